/** Losses that compare directions and distributions: smooth L1, Kullback and Leibler's divergence, the cosine. */
import { where } from "../ops/arithmetic.ts";
import { between, checkOptions, flag, oneOf, requireTensor } from "../tensor/options.ts";
import { requireBetween, requirePositive } from "../tensor/check.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLoss, reduced, requireSameShape } from "./reduction.ts";
import type { LossOptions } from "./reduction.ts";

/**
 * Smooth L1: d²/(2β) where |d| < β, else |d| − β/2, with d = output − target, averaged over all elements; β is 1 by default.
 * It is Huber's loss divided by β. Girshick 2015.
 * @throws ShapeError when the shapes differ, ValueError unless beta > 0
 * @example
 * smoothL1Loss(tensor([0.5, 3]), tensor([0, 0]), { reduction: "none" }).toArray(); // [ 0.125, 2.5 ]
 */
export function smoothL1Loss(
  output: Tensor,
  target: Tensor,
  options: LossOptions & { readonly beta?: number } = {},
): Tensor {
  const reduction = checkLoss("smoothL1Loss", output, target, options, { beta: requirePositive });
  requireSameShape("smoothL1Loss", output, target);
  const { beta = 1 } = options;
  const d = output.sub(target).abs();
  return reduced(where(d.lt(beta), d.mul(d).mul(0.5 / beta), d.sub(beta / 2)), reduction);
}

export interface KLDivOptions {
  /** `mean` over all elements (default, as PyTorch), `batchMean` over the examples, the mathematical divergence, or `sum`. */
  readonly reduction?: "mean" | "batchMean" | "sum" | "none";
  /** Whether the target holds logarithms of probabilities. */
  readonly logTarget?: boolean;
}

/**
 * Kullback and Leibler's divergence Σ q (ln q − ln p), from log-probabilities ln p and probabilities q of one shape; a term
 * with q = 0 is 0.
 * @throws ShapeError when the shapes differ
 * @example
 * klDivLoss(tensor([[0.5, 0.5]]).log(), tensor([[1, 0]]), { reduction: "batchMean" }).item(); // ≈ 0.693
 */
export function klDivLoss(output: Tensor, target: Tensor, options: KLDivOptions = {}): Tensor {
  requireTensor("klDivLoss", "the output", output);
  requireTensor("klDivLoss", "the target", target);
  const { reduction = "mean", logTarget = false } = checkOptions("klDivLoss", options, {
    reduction: oneOf("mean", "batchMean", "sum", "none"),
    logTarget: flag,
  });
  requireSameShape("klDivLoss", output, target);
  const losses = logTarget ? target.exp().mul(target.sub(output)) : divergences(output, target);
  return reduction === "batchMean" ? losses.sum().div(output.shape[0] ?? 1) : reduced(losses, reduction);
}

/** q (ln q − ln p), 0 where q is 0. */
function divergences(logp: Tensor, q: Tensor): Tensor {
  const positive = q.gt(0);
  return where(positive, q.mul(where(positive, q, 1).log().sub(logp)), 0);
}

/**
 * The cosine of the angle between vectors along an axis (the last): a·b / (max(|a|, ε) max(|b|, ε)), with ε = 1e-8.
 * @throws ShapeError when the shapes do not broadcast
 * @example
 * cosineSimilarity(tensor([[1, 0]]), tensor([[1, 1]])).toArray(); // [ 0.7071067690849304 ]
 */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  options: { readonly axis?: number; readonly eps?: number } = {},
): Tensor {
  requireTensor("cosineSimilarity", "the first tensor", a);
  requireTensor("cosineSimilarity", "the second tensor", b);
  const { axis = -1, eps = 1e-8 } = checkOptions("cosineSimilarity", options, {
    axis: (where, name, value) => requireBetween(where, name, value, -Infinity),
    eps: between(0),
  });
  const length = (x: Tensor): Tensor =>
    x
      .mul(x)
      .sum(axis)
      .clamp(eps * eps)
      .sqrt();
  return a
    .mul(b)
    .sum(axis)
    .div(length(a).mul(length(b)));
}

/**
 * 1 − cos(a, b) for pairs with target 1, max(0, cos(a, b) − margin) for those with −1; pairs [N, F], targets [N], margin 0 by
 * default.
 * @throws ShapeError when the shapes do not fit
 * @example
 * cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])).item(); // 1
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  const reduction = checkLoss("cosineEmbeddingLoss", a, target, options, { margin: between(-1, 1) });
  const cosine = cosineSimilarity(a, b);
  requireSameShape("cosineEmbeddingLoss", cosine, target);
  const { margin = 0 } = options;
  return reduced(where(target.gt(0), cosine.neg().add(1), cosine.sub(margin).relu()), reduction);
}
