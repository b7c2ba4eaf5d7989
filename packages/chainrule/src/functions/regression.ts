/** Regression losses: squared error, absolute error, and Huber's mixture of both. */
import { where } from "../ops/arithmetic.ts";
import { composite } from "../ops/composite.ts";
import { requirePositive } from "../tensor/check.ts";
import { flag } from "../tensor/options.ts";
import { atom, binding, infix } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLoss, reduced, reducedTex, requireSameShape } from "./reduction.ts";
import type { LossOptions, Reduced } from "./reduction.ts";

interface Pair<T = Tensor> {
  readonly output: T;
  readonly target: T;
}
const inputs = { output: [2, 3], target: [2, 3] };
const examples = (["mean", "sum", "none"] as const).map((reduction) => ({ inputs, attrs: { reduction } }));

const difference = ({ output, target }: Pair<Tex>): string => infix("-", binding.sum, output, target).text;

const meanSquare = composite(
  "mseLoss",
  ({ output, target }: Pair, { reduction }: Reduced) => {
    const d = output.sub(target);
    return reduced(d.mul(d), reduction);
  },
  {
    tex: (pair, settings) =>
      reducedTex({ text: `\\left(${difference(pair)}\\right)^2`, binds: binding.power }, settings),
    tests: { examples },
  },
);

/**
 * Squared differences, averaged over all elements: mean (output − target)², PyTorch's mse_loss. `squaredError` sums
 * over the outputs instead.
 * @throws ShapeError when the shapes differ
 * @example
 * mseLoss(tensor([[1, 2]]), tensor([[0, 0]])).item(); // 2.5
 */
export function mseLoss(output: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const reduction = checkLoss("mseLoss", output, target, options, {});
  requireSameShape("mseLoss", output, target);
  return meanSquare({ output, target }, { reduction });
}

interface SquaredError extends Reduced {
  readonly half: boolean;
}

const summedSquare = composite(
  "squaredError",
  ({ output, target }: Pair, { half, reduction }: SquaredError) => {
    const d = output.sub(target);
    const squares = d.mul(d);
    const losses = d.rank > 1 ? squares.sum(d.shape.map((_, axis) => axis).slice(1)) : squares;
    return reduced(half ? losses.mul(0.5) : losses, reduction);
  },
  {
    tex: (pair, settings) => {
      const text = `${settings.half ? "\\frac{1}{2} " : ""}\\left\\|${difference(pair)}\\right\\|^2`;
      return reducedTex({ text, binds: settings.half ? binding.product : binding.power }, settings);
    },
    tests: {
      examples: [
        { inputs, attrs: { half: false, reduction: "mean" } },
        { inputs, attrs: { half: true, reduction: "sum" } },
        { inputs, attrs: { half: true, reduction: "none" } },
        { inputs: { output: [3], target: [3] }, attrs: { half: true, reduction: "mean" } },
      ],
    },
  },
);

/**
 * The course's square loss: Σ_k (output − target)² over the outputs of an example (all axes but the first), averaged
 * over the examples. Its gradient by the output is 2(output − target)/N. `half` multiplies both by ½. A tensor of one
 * axis holds one output per example.
 * @throws ShapeError when the shapes differ
 * @example
 * squaredError(tensor([[1, 2], [0, 0]]), tensor([[0, 0], [0, 1]])).item(); // 3
 */
export function squaredError(
  output: Tensor,
  target: Tensor,
  options: LossOptions & { readonly half?: boolean } = {},
): Tensor {
  const reduction = checkLoss("squaredError", output, target, options, { half: flag });
  requireSameShape("squaredError", output, target);
  return summedSquare({ output, target }, { half: options.half ?? false, reduction });
}

const absolute = composite(
  "l1Loss",
  ({ output, target }: Pair, { reduction }: Reduced) => reduced(output.sub(target).abs(), reduction),
  {
    tex: (pair, settings) => reducedTex(atom(`\\left|${difference(pair)}\\right|`), settings),
    tests: { examples, kinked: true },
  },
);

/**
 * Absolute differences, averaged over all elements: mean |output − target|; the derivative at 0 is 0.
 * @throws ShapeError when the shapes differ
 * @example
 * l1Loss(tensor([1, -3]), tensor([0, 0])).item(); // 2
 */
export function l1Loss(output: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const reduction = checkLoss("l1Loss", output, target, options, {});
  requireSameShape("l1Loss", output, target);
  return absolute({ output, target }, { reduction });
}

interface Huber extends Reduced {
  readonly delta: number;
}

const huber = composite(
  "huberLoss",
  ({ output, target }: Pair, { delta, reduction }: Huber) => {
    const d = output.sub(target).abs();
    const losses = where(d.le(delta), d.mul(d).mul(0.5), d.sub(delta / 2).mul(delta));
    return reduced(losses, reduction);
  },
  {
    tex: (pair, settings) =>
      reducedTex(atom(`H_{${settings.delta}}\\left(${difference(pair)}\\right)`), settings),
    tests: {
      examples: [
        { inputs, attrs: { delta: 1, reduction: "mean" } },
        { inputs, attrs: { delta: 0.6, reduction: "none" } },
      ],
    },
  },
);

/**
 * Huber's loss, quadratic near 0 and linear beyond: d²/2 where |d| ≤ δ, else δ(|d| − δ/2), with d = output − target,
 * averaged over all elements. Its derivative is d clamped to −δ … δ.
 * @throws ShapeError when the shapes differ, ValueError unless δ > 0
 * @example
 * huberLoss(tensor([0.5, 3]), tensor([0, 0]), { reduction: "none" }).toArray(); // [ 0.125, 2.5 ]
 */
export function huberLoss(
  output: Tensor,
  target: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  const reduction = checkLoss("huberLoss", output, target, options, { delta: requirePositive });
  const { delta = 1 } = options;
  requireSameShape("huberLoss", output, target);
  return huber({ output, target }, { delta, reduction });
}
