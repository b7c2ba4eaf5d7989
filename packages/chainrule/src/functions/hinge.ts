/** Multi-class hinge losses: on scores, and on softmax probabilities. */
import { composite } from "../ops/composite.ts";
import { requireFinite } from "../tensor/check.ts";
import { oneOf, requireTensor } from "../tensor/options.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { classTarget, classWeight, classesLast, fourOfThree, pick, pickEach } from "./classes.ts";
import type { ClassWeightOptions } from "./cross-entropy.ts";
import { checkLoss, reduced, reducedTex } from "./reduction.ts";
import type { LossOptions, Reduction } from "./reduction.ts";
import { softmax } from "./softmax.ts";

export interface HingeOptions extends LossOptions {
  /** The required lead of the true class over every other class; default 1. */
  readonly margin?: number;
}

interface Given {
  readonly x: Tensor;
  readonly target: Tensor;
}
interface Hinge {
  readonly margin: number;
  readonly reduction: Reduction;
}

/** max(0, s_j − s_y + margin) for every class j ≠ y, and 0 for y. */
function violations(s: Tensor, y: Tensor, margin: number): Tensor {
  const own = pick(s, y);
  const others = y
    .oneHot(s.shape[s.rank - 1], s.dtype)
    .neg()
    .add(1);
  return s
    .sub(own.reshape([...own.shape, 1]))
    .add(margin)
    .relu()
    .mul(others);
}

const onScores = composite(
  "hingeLoss",
  ({ x, target }: Given, { margin, reduction }: Hinge) =>
    reduced(violations(x, target, margin).sum(-1), reduction),
  {
    tex: ({ x, target }, hinge) => reducedTex(call("hinge", x, target), hinge),
    tests: {
      examples: [
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { margin: 1, reduction: "mean" } },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { margin: 0.2, reduction: "none" } },
      ],
      kinked: true,
    },
  },
);

/**
 * Hinge on scores: Σ_{j≠y} max(0, s_j − s_y + margin) per example, averaged over the examples. The gradient of a class
 * exactly at the margin is 0. PyTorch's `multiMarginLoss` also divides by the number of classes.
 * @throws ShapeError, DTypeError for a target that holds no class index per example
 * @example
 * hingeLoss(tensor([[3, 2.5, 0]]), tensor([0], { dtype: "int32" })).item(); // 0.5
 */
export function hingeLoss(output: Tensor, target: Tensor, options: HingeOptions = {}): Tensor {
  const reduction = checkLoss("hingeLoss", output, target, options, { margin: requireFinite });
  const x = classesLast(output);
  const y = classTarget("hingeLoss", output.shape, target);
  return onScores({ x, target: y }, { margin: options.margin ?? 1, reduction });
}

const onProbabilities = composite(
  "probabilityHingeLoss",
  ({ x, target }: Given, hinge: Hinge) => onScores({ x: softmax(x), target }, hinge),
  {
    tex: ({ x, target }, hinge) => reducedTex(call("hinge", call("softmax", x), target), hinge),
    tests: {
      examples: [
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { margin: 1, reduction: "mean" } },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { margin: 0.3, reduction: "none" } },
      ],
      kinked: true,
    },
  },
);

/**
 * Hinge on probabilities, from logits: Σ_{j≠y} max(0, p_j − p_y + margin) with p = softmax(output), averaged over the
 * examples. With a margin of 1 or more every class is always active, and the loss is C(1 − p_y) + (C − 1)(margin − 1).
 * A margin of 0.2 or 0.5 acts as a hinge.
 * @throws ShapeError, DTypeError for a target that holds no class index per example
 * @example
 * probabilityHingeLoss(tensor([[0, 0]]), tensor([1], { dtype: "int32" }), { margin: 0.5 }).item(); // 0.5
 */
export function probabilityHingeLoss(output: Tensor, target: Tensor, options: HingeOptions = {}): Tensor {
  const reduction = checkLoss("probabilityHingeLoss", output, target, options, { margin: requireFinite });
  const x = classesLast(output);
  const y = classTarget("probabilityHingeLoss", output.shape, target);
  return onProbabilities({ x, target: y }, { margin: options.margin ?? 1, reduction });
}

interface MultiMargin extends Hinge {
  readonly p: 1 | 2;
}

const multiMargin = composite(
  "multiMarginLoss",
  ({ x, target, weight }: Given & { weight?: Tensor }, { margin, p, reduction }: MultiMargin) => {
    const over = violations(x, target, margin);
    const losses = (p === 2 ? over.mul(over) : over).mean(-1);
    return reduced(weight ? losses.mul(pickEach(weight, target)) : losses, reduction);
  },
  {
    tex: ({ x, target }, settings) => reducedTex(call("margin", x, target), settings),
    tests: {
      domain: { weight: [0.5, 2] },
      examples: [
        {
          inputs: { x: [4, 3], target: fourOfThree, weight: [3] },
          attrs: { margin: 0.7, p: 2, reduction: "none" },
        },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { margin: 1, p: 1, reduction: "mean" } },
      ],
      kinked: true,
    },
  },
);

/**
 * PyTorch's multi_margin_loss: w_y/C · Σ_{j≠y} max(0, margin − s_y + s_j)^p per example, averaged over the examples.
 * @throws ShapeError, DTypeError for a target that holds no class index per example, ValueError unless p is 1 or 2
 * @example
 * multiMarginLoss(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([3], { dtype: "int32" })).item(); // ≈ 0.325
 */
export function multiMarginLoss(
  output: Tensor,
  target: Tensor,
  options: HingeOptions & ClassWeightOptions & { readonly p?: 1 | 2 } = {},
): Tensor {
  const reduction = checkLoss("multiMarginLoss", output, target, options, {
    margin: requireFinite,
    p: oneOf(1, 2),
    weight: requireTensor,
  });
  const { p = 1, margin = 1 } = options;
  const y = classTarget("multiMarginLoss", output.shape, target);
  const weight = classWeight("multiMarginLoss", output.shape, options.weight);
  const settings = {
    margin,
    p,
    reduction,
  };
  return multiMargin({ x: classesLast(output), target: y, weight }, settings);
}
