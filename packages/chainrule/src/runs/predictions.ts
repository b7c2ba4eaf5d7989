/** What the outputs of a run's network mean: classes with probabilities, or values in the target's units. */
import { unscaleTarget } from "../data/table/apply.ts";
import { softmax } from "../functions/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Preprocess } from "./preprocess.ts";

/** A class, and the probability of each class by its name. */
export interface ClassPrediction {
  readonly class: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** A number in the units of what was to be predicted. */
export interface ValuePrediction {
  readonly value: number;
}

export type Prediction = ClassPrediction | ValuePrediction;

type Meaning = Pick<Preprocess, "classNames" | "plan">;

/** The predictions that outputs [n, K] stand for, rounded to the digits that their type holds. */
export function predictionsOf({ classNames, plan }: Meaning, output: Tensor): Prediction[] {
  if (classNames === null) return valuesOf({ plan }, output).map((value) => ({ value }));
  const count = classNames.length;
  const digits = output.dtype === "float64" ? 15 : 7;
  const { data } = softmax(output);
  return Array.from({ length: output.shape[0] }, (_, row) => {
    const start = row * count;
    const probabilities = classNames.map((name, k) => [name, rounded(data[start + k], digits)] as const);
    return {
      class: classNames[largest(output, start, count)],
      probabilities: Object.fromEntries(probabilities),
    };
  });
}

/** Scaled numbers [n, 1] in the units of the target. */
export function valuesOf({ plan }: Pick<Preprocess, "plan">, { data, dtype }: Tensor): number[] {
  const digits = dtype === "float64" ? 17 : 9;
  return Array.from(unscaleTarget(plan, data as ArrayLike<number>), (value) => rounded(value, digits));
}

/** Which of `count` numbers from `start` is the largest; the first of equal ones, as in the accuracy. */
function largest({ data }: Tensor, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (data[start + k] > data[start + best]) best = k;
  return best;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));
