/** Figures of a classifier: images, weights and confusions. */
import { tensor } from "chainrule";
import { confusionMatrix as countPairs } from "chainrule/functions";
import { confusionMatrix, imageGrid } from "chainrule/plots";
import { digitsRun } from "./training.ts";

export async function digits(): Promise<string> {
  const { truth, predicted, image } = await digitsRun();
  const right = (i: number): boolean => predicted[i] === truth[i];
  const chosen = [...truth.keys()].sort((a, b) => Number(right(a)) - Number(right(b)) || a - b).slice(0, 20);
  return imageGrid({
    title: "Digits of the test set, wrong predictions first",
    images: chosen.map((i) => ({
      values: image(i),
      caption: right(i) ? `${truth[i]}` : `${truth[i]} as ${predicted[i]}`,
      wrong: !right(i),
    })),
    size: [8, 8],
    valueLabel: "brightness",
  });
}

export async function weights(): Promise<string> {
  const { units } = await digitsRun();
  return imageGrid({
    title: "Incoming weights of 24 hidden units",
    images: units.map((values, i) => ({ values, caption: `unit ${i + 1}` })),
    size: [8, 8],
    colors: "signed",
    valueLabel: "weight",
  });
}

export async function confusion(): Promise<string> {
  const { truth, predicted } = await digitsRun();
  return confusionMatrix({
    title: "Digits: confusion on the test set",
    counts: countPairs(tensor(predicted, { dtype: "int32" }), tensor(truth, { dtype: "int32" }), 10),
  });
}

export function namedConfusion(): string {
  return confusionMatrix({
    title: "Iris",
    counts: [
      [10, 0, 0],
      [0, 9, 1],
      [0, 2, 8],
    ],
    classNames: ["Iris-setosa", "Iris-versicolor", "Iris-virginica"],
  });
}
