/** Functions whose result depends on the order of the values. They read values, so they run eagerly alone. */
import { requireCount } from "../tensor/check.ts";
import { requireTensor } from "../tensor/options.ts";
import { normalizeAxis, sizeOf, unravel } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface Sorted {
  /** The values in order; gradients flow to the inputs that they came from. */
  readonly values: Tensor;
  /** Their places in the input along the axis, int32. */
  readonly indices: Tensor;
}

/**
 * The places of the values in ascending order along an axis (the last), int32; equal values keep their order, and
 * NaN counts as the largest, as in PyTorch.
 * @throws ShapeError for an axis that x does not have, GraphError in a trace, which has no values
 * @example
 * argsort(tensor([3, 1, 2])).toArray(); // [ 1, 2, 0 ]
 */
export function argsort(x: Tensor, axis = -1, descending = false): Tensor {
  requireTensor("argsort", "the input", x);
  const along = normalizeAxis("argsort", axis, x.shape);
  const length = x.shape[along];
  const step = sizeOf(x.shape.slice(along + 1));
  const out = new Int32Array(x.size);
  const { data } = x;
  const compare = (a: number, b: number): number => {
    const [u, v] = descending ? [data[b], data[a]] : [data[a], data[b]];
    if (Number.isNaN(u) || Number.isNaN(v)) return Number(Number.isNaN(u)) - Number(Number.isNaN(v));
    return u - v;
  };
  for (let block = 0; block < data.length; block += length * step)
    for (let start = block; start < block + step; start++) {
      const places = Array.from({ length }, (_, i) => start + i * step);
      places.sort(compare).forEach((place, i) => (out[start + i * step] = (place - start) / step));
    }
  return fromValues(out, x.shape, "int32");
}

/**
 * The values in ascending order along an axis (the last), with their places; equal values keep their order.
 * @throws ShapeError for an axis that x does not have, GraphError in a trace
 * @example
 * sort(tensor([3, 1, 2])).values.toArray(); // [ 1, 2, 3 ]
 */
export function sort(x: Tensor, axis = -1, descending = false): Sorted {
  const indices = argsort(x, axis, descending);
  return { values: x.gather(indices, normalizeAxis("sort", axis, x.shape)), indices };
}

/**
 * The k largest values along an axis (the last), in descending order, with their places; or the smallest, ascending.
 * @throws ValueError unless 1 ≤ k ≤ the axis, GraphError in a trace
 * @example
 * topk(tensor([3, 1, 2]), 2).values.toArray(); // [ 3, 2 ]
 */
export function topk(x: Tensor, k: number, axis = -1, largest = true): Sorted {
  const all = argsort(x, axis, largest);
  const along = normalizeAxis("topk", axis, x.shape);
  requireCount("topk", "k", k, 1, x.shape[along]);
  const indices = all.slice(x.shape.map((_, i) => (i === along ? ([0, k] as const) : null)));
  return { values: x.gather(indices, along), indices };
}

/**
 * The places of the numbers that are not 0, one row each: int32 [count, rank], in row-major order.
 * @throws GraphError in a trace
 * @example
 * nonzero(tensor([[0, 2], [3, 0]])).toArray(); // [ [ 0, 1 ], [ 1, 0 ] ]
 */
export function nonzero(x: Tensor): Tensor {
  requireTensor("nonzero", "the input", x);
  const places: number[][] = [];
  x.data.forEach((value, at) => {
    if (value !== 0) places.push(unravel(at, x.shape));
  });
  return fromValues(Int32Array.from(places.flat()), [places.length, x.rank], "int32");
}
