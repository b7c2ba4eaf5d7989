/** Code shared by the losses: the reduction to one number, and the checks of inputs. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How a loss reduces the losses of elements or examples: mean, sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `mean` by default. */
  readonly reduction?: Reduction;
}

/** The attributes of a loss without other settings. */
export interface Reduced {
  readonly reduction: Reduction;
}

export function checkedReduction({ reduction = "mean" }: LossOptions, loss: string): Reduction {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    throw new ValueError(loss, `reduction must be mean, sum or none, not ${String(reduction)}`);
  return reduction;
}

/** Reduces the losses. `mean` divides by `count`, by default the number of losses. */
export function reduced(losses: Tensor, reduction: Reduction, count?: Tensor | number): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  return count === undefined ? losses.mean() : losses.sum().div(count);
}

/**
 * Throws for shapes such as [10,1] and [10]: broadcasting them would give a hundred numbers, and a wrong loss without
 * an error.
 */
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
