/** MNIST as the course's functions take it: float64 rows of 784 numbers from 0 to 1, and labels. */
import { tensor } from "chainrule";
import { Dataset } from "chainrule/data";
import type { ImageSet } from "chainrule/formats";
import type { FoundDataset } from "chainrule/node";

/** The first rows of the training images, and a tenth as many test images, 1000 at least. */
export function mnistDigits({ train, test }: FoundDataset, rows: number): { train: Dataset; test: Dataset } {
  return { train: part(train, rows), test: part(test, Math.max(1000, Math.round(rows / 6))) };
}

function part({ images, labels, count, rows, columns }: ImageSet, most: number): Dataset {
  const size = rows * columns;
  const taken = Math.min(most, count);
  const pixels = Float64Array.from(images.subarray(0, taken * size), (byte) => byte / 255);
  return new Dataset(
    tensor(pixels, { shape: [taken, size] }),
    tensor(Int32Array.from(labels.subarray(0, taken))),
  );
}
