/** Softmax and its logarithm. The maximum is subtracted first, so that no exponential overflows. */
import { requireTensor } from "../tensor/options.ts";
import { composite } from "../ops/composite.ts";
import { noGrad } from "../ops/emit.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { call, operator } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** x − max x. Both functions give the same for x and x + c, so the gradient treats the maximum as a constant. */
function shifted(x: Tensor, axis: number): Tensor {
  // no numbers have no maximum, and an empty softmax is empty
  if (x.shape[axis] === 0) return x;
  return x.sub(noGrad(() => x.max(axis, true)));
}

interface Along {
  readonly axis: number;
}
const tests = {
  examples: [
    { inputs: { x: [3] }, attrs: { axis: 0 } },
    { inputs: { x: [2, 3] }, attrs: { axis: 1 } },
    { inputs: { x: [2, 3, 2] }, attrs: { axis: 1 } },
  ],
};

const softmaxAlong = composite(
  "softmax",
  ({ x }: { x: Tensor }, { axis }: Along) => {
    const e = shifted(x, axis).exp();
    return e.div(e.sum(axis, true));
  },
  {
    tex: ({ x }) => call("softmax", x),
    vjp: { x: (g, y, _tensors, { axis }) => y.mul(g.sub(g.mul(y).sum(axis, true))) },
    tests,
  },
);

const logSoftmaxAlong = composite(
  "logSoftmax",
  ({ x }: { x: Tensor }, { axis }: Along) => {
    const z = shifted(x, axis);
    // logsumexp accumulates the sum in float64, so that a small loss keeps its digits
    return z.sub(z.logSumExp(axis, true));
  },
  {
    tex: ({ x }) => operator("\\ln", call("softmax", x)),
    vjp: { x: (g, y, _tensors, { axis }) => g.sub(y.exp().mul(g.sum(axis, true))) },
    tests,
  },
);

/**
 * Positive numbers that sum to 1 along an axis (the last): yᵢ = e^xᵢ / Σⱼ e^xⱼ, with dyᵢ/dxⱼ = yᵢ(δᵢⱼ − yⱼ).
 * @throws ShapeError for an axis that x does not have
 * @example
 * softmax(tensor([[0, 0], [1000, -1000]])).toArray(); // [ [ 0.5, 0.5 ], [ 1, 0 ] ]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  requireTensor("softmax", "the input", x);
  return softmaxAlong({ x }, { axis: normalizeAxis("softmax", axis, x.shape) });
}

/**
 * ln softmax(x) = x − ln Σ eˣ along an axis (the last). It stays accurate where softmax itself would round to 0 or 1.
 * @throws ShapeError for an axis that x does not have
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // [ -1000, 0 ]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  requireTensor("logSoftmax", "the input", x);
  return logSoftmaxAlong({ x }, { axis: normalizeAxis("logSoftmax", axis, x.shape) });
}
