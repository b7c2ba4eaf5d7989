/** Softmax and its logarithm, with the maximum taken out first so that no exponential overflows. */
import { composite } from "../ops/composite.ts";
import { noGrad } from "../ops/emit.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { binding, call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** x − max x. Both functions are the same for x and x + c, so the maximum counts as a constant. */
function shifted(x: Tensor, axis: number): Tensor {
  return x.sub(noGrad(() => x.max(axis, true)));
}

const examples = [
  { inputs: [[3]], args: [0] },
  { inputs: [[2, 3]], args: [1] },
  { inputs: [[2, 3, 2]], args: [1] },
];

const softmaxAlong = composite(
  "softmax",
  (x: Tensor, axis: number) => {
    const e = shifted(x, axis).exp();
    return e.div(e.sum(axis, true));
  },
  {
    tex: ([x]) => call("softmax", x),
    vjp: [
      (g, y, _inputs, attrs) => {
        const [axis] = attrs as [number];
        return y.mul(g.sub(g.mul(y).sum(axis, true)));
      },
    ],
    tests: { examples },
  },
);

const logSoftmaxAlong = composite(
  "logSoftmax",
  (x: Tensor, axis: number) => {
    const z = shifted(x, axis);
    // not ln of a rounded sum: the op carries the sum in float64, so that a small loss keeps its digits
    return z.sub(z.logSumExp(axis, true));
  },
  {
    tex: ([x]) => ({ text: `\\ln ${call("softmax", x).text}`, binds: binding.product }),
    vjp: [
      (g, y, _inputs, attrs) => {
        const [axis] = attrs as [number];
        return g.sub(y.exp().mul(g.sum(axis, true)));
      },
    ],
    tests: { examples },
  },
);

/**
 * Positive numbers that sum to 1 along an axis (the last): yᵢ = e^xᵢ / Σⱼ e^xⱼ, with dyᵢ/dxⱼ = yᵢ(δᵢⱼ − yⱼ).
 * @throws ShapeError for an axis that x does not have
 * @example
 * softmax(tensor([[0, 0], [1000, -1000]])).toArray(); // [ [ 0.5, 0.5 ], [ 1, 0 ] ]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return softmaxAlong(x, normalizeAxis("softmax", axis, x.shape));
}

/**
 * ln softmax(x) = x − ln Σ eˣ along an axis (the last), exact where softmax itself would be rounded to 0 or 1.
 * @throws ShapeError for an axis that x does not have
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // [ -1000, 0 ]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return logSoftmaxAlong(x, normalizeAxis("logSoftmax", axis, x.shape));
}
