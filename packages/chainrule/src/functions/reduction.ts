/** Code shared by the losses: the reduction to one number, and the checks of inputs. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { checkOptions, oneOf, requireTensor } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";
import { formatShape, sameShape, unravel } from "../tensor/shape.ts";
import { operator } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
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

const reductionCheck = oneOf("mean", "sum", "none");

/**
 * Checks that output and target are tensors and that the options are known, and returns the reduction; `more` has the
 * checks of the options besides it.
 */
export function checkLoss<O extends LossOptions>(
  loss: string,
  output: Tensor,
  target: Tensor,
  options: O,
  more: Checks<Omit<O, "reduction">>,
): Reduction {
  requireTensor(loss, "the output", output);
  requireTensor(loss, "the target", target);
  const { reduction = "mean" } = checkOptions(loss, options, {
    reduction: reductionCheck,
    ...more,
  } as unknown as Checks<O>);
  return reduction;
}

/** The LaTeX of a reduced loss, from that of the losses. */
export function reducedTex(losses: Tex, { reduction }: Reduced): Tex {
  if (reduction === "none") return losses;
  return operator(reduction === "sum" ? "\\sum" : "\\operatorname{mean}", losses);
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

/**
 * Throws for a value outside 0 … 1, where a loss needs probabilities. A trace has no values to check, so a compiled step
 * is checked by the eager calls alone.
 */
export function requireProbabilities(loss: string, name: string, values: Tensor, advice?: string): void {
  requireEach(loss, name, values, (value) => value >= 0 && value <= 1, "a probability, from 0 to 1", advice);
}

/**
 * Throws where a loss needs logarithms of probabilities and was given the probabilities: numbers from 0 to 1 whose sum is 1
 * for each example. The classes are the last axis.
 */
export function refuseProbabilities(loss: string, output: Tensor): void {
  const classes = output.shape[output.rank - 1];
  if (!output.hasValues || output.size === 0 || !output.data.every((value) => value >= 0 && value <= 1))
    return;
  for (let at = 0; at < output.size; at += classes) {
    let sum = 0;
    for (let i = at; i < at + classes; i++) sum += output.data[i];
    if (Math.abs(sum - 1) > 1e-3) return;
  }
  throw new ValueError(loss, "the output holds probabilities, and the loss needs their logarithms", {
    advice: "use logSoftmax in place of softmax",
  });
}

function requireEach(
  loss: string,
  name: string,
  values: Tensor,
  fits: (value: number) => boolean,
  must: string,
  advice?: string,
): void {
  if (!values.hasValues) return;
  const at = values.data.findIndex((value) => !fits(value) && !Number.isNaN(value));
  if (at < 0) return;
  const place = values.rank === 0 ? "" : ` at [${unravel(at, values.shape).join(", ")}]`;
  throw new ValueError(loss, `${name} holds ${values.data[at]}${place}, and each must be ${must}`, {
    advice,
  });
}
