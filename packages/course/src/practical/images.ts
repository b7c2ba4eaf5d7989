/** Images as rows of numbers from 0 to 1: MNIST where it was found, and the small digits that come with the library. */
import { Generator, tensor } from "chainrule";
import { Dataset, split } from "chainrule/data";
import { DIGITS_MAXIMUM, digits } from "chainrule/data/digits";
import type { FoundDataset } from "chainrule/node";

/** The training or test part of MNIST, bytes divided by 255. */
export function mnistRows({ images, labels, count, rows, columns }: FoundDataset["train"]): Dataset {
  return new Dataset(
    tensor(images, { shape: [count, rows * columns], dtype: "float32" }).div(255),
    tensor(labels, { dtype: "int32" }),
    { classNames: Array.from("0123456789"), image: [rows, columns] },
  );
}

/** The embedded digits, 8 × 8 pixels: a fifth of each class is held back, the same rows every time. */
export function digitParts(): { readonly train: Dataset; readonly held: Dataset } {
  const all = digits();
  const scaled = new Dataset(all.inputs.div(DIGITS_MAXIMUM), all.targets, all.info);
  const { rest, held } = split(all.length, 0.2, new Generator(0).stream("split"), all.targets.data);
  return { train: scaled.subset(rest), held: scaled.subset(held) };
}

/** Some rows of a data set in their order, from one up to but without another. */
export function rowsOf(data: Dataset, from: number, to: number): Dataset {
  return data.subset(Int32Array.from({ length: to - from }, (_, i) => from + i));
}
