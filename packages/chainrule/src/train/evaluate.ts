/** The figures of a learner on data: loss, and accuracy for classes or errors for numbers. */
import type { Dataset } from "../data/dataset.ts";
import { accuracy, r2, rmse } from "../functions/metrics.ts";
import { noGrad } from "../ops/emit.ts";
import { concat } from "../ops/pieces.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Learner } from "./learner.ts";
import { breather } from "./breather.ts";

export interface Figures {
  loss: number;
  /** For classes: the fraction of rows whose largest output is the right one. */
  accuracy?: number;
  /** For numbers: the root of the mean squared error, and 1 − SS_residual/SS_total. */
  rmse?: number;
  r2?: number;
}

/** What is told of outputs besides their loss. */
export type Judge = (output: Tensor, targets: Tensor) => Omit<Figures, "loss">;

/**
 * The usual judge: accuracy for scores [N, K ≥ 2] against class indices [N], errors for numbers of the targets' shape.
 * Of anything else the loss is all that is told.
 */
export const usualJudge: Judge = (output, targets) => {
  if (targets.dtype === "int32")
    return targets.rank === 1 && output.rank === 2 && output.shape[1] > 1
      ? { accuracy: accuracy(output, targets) }
      : {};
  return sameShape(output.shape, targets.shape)
    ? { rmse: rmse(output, targets), r2: r2(output, targets) }
    : {};
};

/** The figures of outputs whose mean loss is known. */
export function figuresOf(
  { judge = usualJudge }: Pick<Learner, "judge">,
  loss: Tensor,
  output: Tensor,
  targets: Tensor,
): Figures {
  return { loss: loss.item(), ...judge(output, targets) };
}

/** Rows that are predicted at a time, which bounds memory; the same for all ways to run, so that bits are the same, too. */
export const rowsAtATime = 500;

/** The outputs for all rows, from those for rows `start` to before `end`; others get their turn in between. */
export async function inParts(
  rows: number,
  breathe: () => Promise<void> | void,
  outputs: (start: number, end: number) => Tensor | Promise<Tensor>,
): Promise<Tensor> {
  if (rows === 0) return outputs(0, 0);
  const parts: Tensor[] = [];
  for (let start = 0; start < rows; start += rowsAtATime) {
    await breathe();
    parts.push(await outputs(start, Math.min(rows, start + rowsAtATime)));
  }
  return parts.length === 1 ? parts[0] : concat(parts);
}

/** The outputs for all rows, line by line of the learner's code. */
export function predictAll(
  learner: Pick<Learner, "predict">,
  inputs: Tensor,
  breathe: () => Promise<void> | void = breather(),
): Promise<Tensor> {
  return inParts(inputs.shape[0], breathe, (start, end) => learner.predict(inputs.slice([[start, end]])));
}

/** The learner's figures on a data set. */
export async function evaluate(
  learner: Pick<Learner, "predict" | "loss" | "judge">,
  data: Dataset,
  breathe?: () => Promise<void> | void,
): Promise<Figures> {
  const output = await predictAll(learner, data.inputs, breathe);
  return figuresOf(
    learner,
    noGrad(() => learner.loss(output, data.targets)),
    output,
    data.targets,
  );
}
