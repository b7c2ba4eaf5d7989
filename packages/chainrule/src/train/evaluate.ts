/** The metrics of a learner on data: the loss, and the accuracy for classes or the errors for numbers. */
import { requireTensor } from "../tensor/options.ts";
import type { Dataset } from "../data/dataset.ts";
import { accuracy, r2, rmse } from "../functions/metrics.ts";
import { noGrad } from "../ops/emit.ts";
import { concat } from "../ops/join.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Learner } from "./learner.ts";
import { pauseEvery } from "./pause.ts";
import type { Pause } from "./pause.ts";

export interface Metrics {
  loss: number;
  /** For classes: the fraction of rows whose largest output is that of the true class. */
  accuracy?: number;
  /** For numbers: the root of the mean squared error, and 1 − SS_residual/SS_total. */
  rmse?: number;
  r2?: number;
}

/** Computes the metrics of outputs other than their loss. */
export type OutputMetrics = (output: Tensor, targets: Tensor) => Omit<Metrics, "loss">;

/**
 * The default: accuracy for scores [N, K ≥ 2] against class indices [N], RMSE and R² for outputs of the targets' shape.
 * Outputs of any other shape have no metric but the loss.
 */
export const defaultMetrics: OutputMetrics = (output, targets) => {
  requireTensor("defaultMetrics", "the output", output);
  requireTensor("defaultMetrics", "the targets", targets);
  if (targets.dtype === "int32")
    return targets.rank === 1 && output.rank === 2 && output.shape[1] > 1
      ? { accuracy: accuracy(output, targets) }
      : {};
  return sameShape(output.shape, targets.shape)
    ? { rmse: rmse(output, targets), r2: r2(output, targets) }
    : {};
};

/** The metrics of outputs whose mean loss is known. */
export function metricsOf(
  { metrics = defaultMetrics }: Pick<Learner, "metrics">,
  loss: Tensor,
  output: Tensor,
  targets: Tensor,
): Metrics {
  return { loss: loss.item(), ...metrics(output, targets) };
}

/** How many rows are predicted in one block, which bounds memory. Eager and compiled use the same blocks, for equal bits. */
export const rowsPerBlock = 500;

/** The outputs for all rows, from the outputs for rows `start` to `end` − 1, with pauses in between. */
export async function inBlocks(
  rows: number,
  pause: Pause,
  outputs: (start: number, end: number) => Tensor | Promise<Tensor>,
): Promise<Tensor> {
  if (rows === 0) return outputs(0, 0);
  const blocks: Tensor[] = [];
  for (let start = 0; start < rows; start += rowsPerBlock) {
    await pause();
    blocks.push(await outputs(start, Math.min(rows, start + rowsPerBlock)));
  }
  return blocks.length === 1 ? blocks[0] : concat(blocks);
}

/** The outputs for all rows, computed eagerly. */
export function predictEagerly(
  learner: Pick<Learner, "predict">,
  inputs: Tensor,
  pause: Pause = pauseEvery(),
): Promise<Tensor> {
  return inBlocks(inputs.shape[0], pause, (start, end) => learner.predict(inputs.slice([[start, end]])));
}

/** The metrics on a data set, and the outputs from which they are computed. */
export interface Evaluation {
  readonly metrics: Metrics;
  readonly outputs: Tensor;
}

/** The learner's metrics on a data set with its outputs, computed eagerly. */
export async function evaluateEagerly(
  learner: Pick<Learner, "predict" | "loss" | "metrics">,
  data: Dataset,
  pause?: Pause,
): Promise<Evaluation> {
  const outputs = await predictEagerly(learner, data.inputs, pause);
  const loss = noGrad(() => learner.loss(outputs, data.targets));
  return { metrics: metricsOf(learner, loss, outputs, data.targets), outputs };
}
