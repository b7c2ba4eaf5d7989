/** Rows of a table, looked up by index. */
import { requireTensor } from "../tensor/options.ts";
import { composite } from "../ops/composite.ts";
import { DTypeError, ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

const rowsOf = composite(
  "embedding",
  ({ indices, weight }: { indices: Tensor; weight: Tensor }) => {
    const rows = weight.indexSelect(indices.reshape([indices.size]), 0);
    return rows.reshape([...indices.shape, weight.shape[1]]);
  },
  {
    tex: ({ indices, weight }) => call("embedding", indices, weight),
    tests: {
      examples: [
        { inputs: { indices: { shape: [2, 2], dtype: "int32", values: [0, 2, 1, 2] }, weight: [3, 4] } },
        { inputs: { indices: { shape: [], dtype: "int32", values: [1] }, weight: [2, 3] } },
      ],
    },
  },
);

/**
 * weight[indices]: int32 indices of any shape, weight [count, features] → [...indices.shape, features]. A row's
 * gradient is the sum over its uses.
 * @throws DTypeError, ShapeError for other types or axes, or an index out of range
 * @example
 * embedding(tensor([1, 1], { dtype: "int32" }), tensor([[1, 2], [3, 4]])).toArray(); // [ [ 3, 4 ], [ 3, 4 ] ]
 */
export function embedding(indices: Tensor, weight: Tensor): Tensor {
  requireTensor("embedding", "the indices", indices);
  requireTensor("embedding", "the weight", weight);
  if (indices.dtype !== "int32")
    throw new DTypeError("embedding", `indices are int32, not ${indices.dtype}; convert with .to("int32")`);
  if (weight.rank !== 2)
    throw new ShapeError(
      "embedding",
      [weight.shape],
      `the weight is [count,features], not ${formatShape(weight.shape)}`,
    );
  return rowsOf({ indices, weight });
}
