/** What the losses share: how the losses of the examples become one number, and the checks of their inputs. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The mean of the losses, their sum, or the losses themselves. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `mean` unless told otherwise. */
  readonly reduction?: Reduction;
}

export function checkedReduction({ reduction = "mean" }: LossOptions, loss: string): Reduction {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    throw new ValueError(loss, `reduction is mean, sum or none, not ${String(reduction)}`);
  return reduction;
}

/** One number from the losses, or the losses as they are; `mean` divides by `count`, the number of losses unless given. */
export function reduced(losses: Tensor, reduction: Reduction, count?: Tensor | number): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  return count === undefined ? losses.mean() : losses.sum().div(count);
}

/** Broadcasting [10,1] against [10] would give a hundred numbers and a wrong loss without a word. */
export function requireSameShape(loss: string, output: Tensor, target: Tensor): void {
  if (sameShape(output.shape, target.shape)) return;
  const hint =
    output.size === target.size
      ? `; reshape one: target.reshape(${formatShape(output.shape)})`
      : "; both need one number per example and output";
  throw new ShapeError(
    loss,
    [output.shape, target.shape],
    `output ${formatShape(output.shape)} and target ${formatShape(target.shape)} differ${hint}`,
  );
}
