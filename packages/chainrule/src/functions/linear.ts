/** The dense layer as a function. */
import { composite } from "../ops/composite.ts";
import { ShapeError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/options.ts";
import { formatShape } from "../tensor/shape.ts";
import { binding, infix, power } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

const affine = composite(
  "linear",
  ({ x, weight, bias }: { x: Tensor; weight: Tensor; bias?: Tensor }) => {
    // one matrix product for all leading axes, so that the weight's gradient is also one product
    const rows = x.rank === 2 ? x : x.reshape([x.size / Math.max(1, weight.shape[1]), weight.shape[1]]);
    const product = rows.matmul(weight, { transposeB: true });
    const y = bias ? product.add(bias) : product;
    return x.rank === 2 ? y : y.reshape([...x.shape.slice(0, -1), weight.shape[0]]);
  },
  {
    tex: ({ x, weight, bias }) => {
      const product = infix("\\,", binding.matrix, x, power(weight, "\\top"));
      return bias ? infix("+", binding.sum, product, bias) : product;
    },
    tests: {
      examples: [
        { inputs: { x: [4, 3], weight: [2, 3], bias: [2] } },
        { inputs: { x: [2, 2, 3], weight: [4, 3], bias: [4] } },
        { inputs: { x: [4, 3], weight: [2, 3] } },
        { inputs: { x: [3], weight: [2, 3], bias: [2] } },
      ],
    },
  },
);

/**
 * y = x Wᵀ + b: x [.., in], weight [out, in], bias [out] → [.., out]; dW = gᵀ x, db = Σ g, dx = g W.
 * @throws ShapeError when the features differ
 * @example
 * linear(tensor([[1, 2]]), tensor([[3, 4]]), tensor([5])).toArray(); // [ [ 16 ] ]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  requireTensor("linear", "the input", x);
  requireTensor("linear", "the weight", weight);
  if (bias !== undefined) requireTensor("linear", "the bias", bias);
  if (weight.rank !== 2 || x.rank === 0 || x.shape[x.rank - 1] !== weight.shape[1])
    throw new ShapeError(
      "linear",
      [x.shape, weight.shape],
      weight.rank === 2 && x.rank > 0
        ? `input ${formatShape(x.shape)} has ${x.shape[x.rank - 1]} features, the weight ` +
            `${formatShape(weight.shape)} takes ${weight.shape[1]}; the weight is [out,in]`
        : `needs an input [..,in] and a weight [out,in], got ${formatShape(x.shape)} and ${formatShape(weight.shape)}`,
    );
  if (bias && (bias.rank !== 1 || bias.shape[0] !== weight.shape[0]))
    throw new ShapeError(
      "linear",
      [x.shape, weight.shape, bias.shape],
      `bias ${formatShape(bias.shape)} must be [${weight.shape[0]}] for the weight ${formatShape(weight.shape)}`,
    );
  return affine({ x, weight, bias });
}
