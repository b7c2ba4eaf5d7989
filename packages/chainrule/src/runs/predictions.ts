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

/**
 * Scaled numbers [n, 1] in the units of the target, to the digits that their type holds: 9 of a float32, more where the
 * scaling adds a large offset to it.
 */
export function valuesOf({ plan }: Pick<Preprocess, "plan">, { data, dtype }: Tensor): number[] {
  const unit = "scale" in plan.target ? Math.abs(plan.target.scale) : 1;
  const digitsOf = (value: number): number => {
    if (dtype === "float64") return 17;
    return Math.min(15, Math.max(9, Math.ceil(Math.log10(Math.abs(value) / unit) + 8)));
  };
  return Array.from(unscaleTarget(plan, data), (value) => rounded(value, digitsOf(value)));
}

/** The numbers of a file in the units of the target: where they were scaled, to the 15 digits that undoing it keeps. */
export function actualValues({ plan }: Pick<Preprocess, "plan">, { data }: Tensor): number[] {
  if (!("scale" in plan.target) || plan.target.scale === 1) return Array.from(data);
  return Array.from(unscaleTarget(plan, data), (value) => rounded(value, 15));
}

/** Which of `count` numbers from `start` is the largest; the first of equal ones, as in the accuracy. */
function largest({ data }: Tensor, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (data[start + k] > data[start + best]) best = k;
  return best;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));
