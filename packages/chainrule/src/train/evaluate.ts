/** The figures of a learner on data: loss, and accuracy for classes or errors for numbers. */
import type { Dataset } from "../data/dataset.ts";
import { accuracy, r2, rmse } from "../functions/metrics.ts";
import { noGrad } from "../ops/emit.ts";
import { concat } from "../ops/pieces.ts";
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

/** Targets that are class indices make it classification. */
export function isClassification(targets: Tensor): boolean {
  return targets.dtype === "int32";
}

/** The figures of outputs that are already there. */
export function figuresOf(loss: Learner["loss"], output: Tensor, targets: Tensor): Figures {
  const mean = noGrad(() => loss(output, targets)).item();
  if (isClassification(targets)) return { loss: mean, accuracy: accuracy(output, targets) };
  return { loss: mean, rmse: rmse(output, targets), r2: r2(output, targets) };
}

/** The outputs for all rows, in batches that bound memory; others get their turn in between. */
export async function predictAll(
  learner: Pick<Learner, "predict">,
  inputs: Tensor,
  breathe: () => Promise<void> | void = breather(),
  batchSize = 500,
): Promise<Tensor> {
  const rows = inputs.shape[0];
  if (rows <= batchSize) return learner.predict(inputs);
  const parts: Tensor[] = [];
  for (let start = 0; start < rows; start += batchSize) {
    await breathe();
    parts.push(learner.predict(inputs.slice([[start, start + batchSize]])));
  }
  return concat(parts);
}

/** The learner's figures on a data set. */
export async function evaluate(
  learner: Pick<Learner, "predict" | "loss">,
  data: Dataset,
  breathe?: () => Promise<void> | void,
): Promise<Figures> {
  return figuresOf(learner.loss, await predictAll(learner, data.inputs, breathe), data.targets);
}
