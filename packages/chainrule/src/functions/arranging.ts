/** Functions that arrange the numbers of a tensor anew, as PyTorch names them. They are compositions of layout ops. */
import { where } from "../ops/arithmetic.ts";
import { concat } from "../ops/join.ts";
import { requireCount } from "../tensor/check.ts";
import { arange } from "../tensor/create.ts";
import { ShapeError } from "../tensor/errors.ts";
import { requireItems, requireTensor } from "../tensor/options.ts";
import { formatShape, normalizeAxes, normalizeAxis } from "../tensor/shape.ts";
import type { Axes, Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The tensor without its axes of length 1, or without the given ones, of which those of another length stay.
 * @throws ShapeError for an axis that x does not have
 * @example
 * squeeze(zeros([1, 3, 1])).shape; // [ 3 ]
 */
export function squeeze(x: Tensor, axes?: Axes): Tensor {
  requireTensor("squeeze", "the input", x);
  const gone = normalizeAxes("squeeze", axes, x.shape).filter((axis) => x.shape[axis] === 1);
  return x.reshape(x.shape.filter((_, axis) => !gone.includes(axis)));
}

/**
 * The tensor with a new axis of length 1 before `axis`, counted in the result.
 * @throws ShapeError for an axis outside −rank − 1 … rank
 * @example
 * unsqueeze(zeros([3]), 1).shape; // [ 3, 1 ]
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  requireTensor("unsqueeze", "the input", x);
  const at = normalizeAxis("unsqueeze", axis, [...x.shape, 1]);
  return x.reshape(x.shape.toSpliced(at, 0, 1));
}

/**
 * The same numbers under another shape, in which one length may be −1: PyTorch's name of `reshape`.
 * @throws ShapeError for a shape that holds another number of values
 * @example
 * view(zeros([2, 6]), [-1, 4]).shape; // [ 3, 4 ]
 */
export function view(x: Tensor, shape: Shape): Tensor {
  return requireTensor("view", "the input", x).reshape(shape);
}

/**
 * Parts of `size` along an axis (the first), the last one smaller where it does not divide; or of the sizes in a list.
 * @throws ShapeError for sizes that do not add up to the axis, ValueError for a size below 1
 * @example
 * split(arange(5), 2).map((part) => part.toArray()); // [ [ 0, 1 ], [ 2, 3 ], [ 4 ] ]
 */
export function split(x: Tensor, size: number | readonly number[], axis = 0): Tensor[] {
  requireTensor("split", "the input", x);
  const along = normalizeAxis("split", axis, x.shape);
  const length = x.shape[along];
  const sizes =
    typeof size === "number"
      ? Array.from({ length: Math.ceil(length / requireCount("split", "the size", size)) }, (_, i) =>
          Math.min(size, length - i * size),
        )
      : requireItems("split", "the sizes", size).map((one) => requireCount("split", "each size", one, 0));
  if (sizes.reduce((sum, one) => sum + one, 0) !== length)
    throw new ShapeError(
      "split",
      [x.shape],
      `the sizes ${sizes.join(", ")} do not add up to ${length}, axis ${axis} of ${formatShape(x.shape)}`,
    );
  let start = 0;
  return sizes.map((one) => part(x, along, start, (start += one)));
}

/**
 * At most `chunks` parts of equal length along an axis (the first), the last one smaller where it does not divide.
 * @throws ValueError for a number below 1
 * @example
 * chunk(arange(5), 2).map((one) => one.toArray()); // [ [ 0, 1, 2 ], [ 3, 4 ] ]
 */
export function chunk(x: Tensor, chunks: number, axis = 0): Tensor[] {
  requireTensor("chunk", "the input", x);
  requireCount("chunk", "the number of chunks", chunks);
  const length = x.shape[normalizeAxis("chunk", axis, x.shape)];
  return split(x, Math.max(1, Math.ceil(length / chunks)), axis);
}

/** Rows start to stop − 1 of an axis. */
function part(x: Tensor, axis: number, start: number, stop: number): Tensor {
  return x.slice(x.shape.map((_, i) => (i === axis ? ([start, stop] as const) : null)));
}

/**
 * The tensor repeated along each axis; a shape with fewer axes than `times` gets new ones in front. PyTorch's `tile` is the
 * same.
 * @throws ShapeError for fewer numbers than axes, ValueError for a number below 0
 * @example
 * repeat(arange(2), [2, 2]).toArray(); // [ [ 0, 1, 0, 1 ], [ 0, 1, 0, 1 ] ]
 */
export function repeat(x: Tensor, times: readonly number[]): Tensor {
  requireTensor("repeat", "the input", x);
  const counts = requireItems("repeat", "the numbers", times).map((one) =>
    requireCount("repeat", "each number", one, 0),
  );
  if (counts.length < x.rank)
    throw new ShapeError(
      "repeat",
      [x.shape],
      `${counts.length} numbers are too few for ${formatShape(x.shape)}`,
    );
  const shape = [...counts.slice(x.rank).map(() => 1), ...x.shape];
  const spread = shape.flatMap((length) => [1, length]);
  const grown = x.reshape(spread).expand(shape.flatMap((length, i) => [counts[i], length]));
  return grown.reshape(shape.map((length, i) => length * counts[i]));
}

/**
 * As `repeat`, but fewer numbers than axes stand for the last axes: NumPy's and PyTorch's `tile`.
 * @throws ValueError for a number below 0
 * @example
 * tile(arange(2), [2]).toArray(); // [ 0, 1, 0, 1 ]
 */
export function tile(x: Tensor, times: readonly number[]): Tensor {
  requireTensor("tile", "the input", x);
  const counts = requireItems("tile", "the numbers", times);
  return repeat(x, [...new Array<number>(Math.max(0, x.rank - counts.length)).fill(1), ...counts]);
}

/**
 * The numbers moved along an axis by `shift` places; those that leave at its end come back at its beginning.
 * @throws ShapeError for an axis that x does not have
 * @example
 * roll(arange(5), 2).toArray(); // [ 3, 4, 0, 1, 2 ]
 */
export function roll(x: Tensor, shift: number, axis = 0): Tensor {
  requireTensor("roll", "the input", x);
  requireCount("roll", "the shift", shift, Number.MIN_SAFE_INTEGER);
  const along = normalizeAxis("roll", axis, x.shape);
  const length = x.shape[along];
  const start = length === 0 ? 0 : ((-shift % length) + length) % length;
  return start === 0 ? x : concat([part(x, along, start, length), part(x, along, 0, start)], along);
}

/** Column − row for each place of a matrix [rows, columns]. */
function offsets(rows: number, columns: number): Tensor {
  return arange(columns)
    .reshape([1, columns])
    .sub(arange(rows).reshape([rows, 1]));
}

function requireMatrix(where: string, x: Tensor): [rows: number, columns: number] {
  requireTensor(where, "the input", x);
  if (x.rank < 2)
    throw new ShapeError(where, [x.shape], `needs a matrix [.., rows, columns], not ${formatShape(x.shape)}`);
  return [x.shape[x.rank - 2], x.shape[x.rank - 1]];
}

/**
 * The lower triangle of a matrix [.., rows, columns]: 0 above the diagonal, or above the one `diagonal` places to the right.
 * @throws ShapeError for fewer than two axes
 * @example
 * tril(ones([2, 2])).toArray(); // [ [ 1, 0 ], [ 1, 1 ] ]
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  return where(offsets(...requireMatrix("tril", x)).le(diagonal), x, 0);
}

/**
 * The upper triangle of a matrix [.., rows, columns]: 0 below the diagonal, or below the one `diagonal` places to the right.
 * @throws ShapeError for fewer than two axes
 * @example
 * triu(ones([2, 2]), 1).toArray(); // [ [ 0, 1 ], [ 0, 0 ] ]
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return where(offsets(...requireMatrix("triu", x)).ge(diagonal), x, 0);
}

/**
 * A square matrix with a vector [n] on its diagonal; of a matrix [rows, columns] its diagonal.
 * @throws ShapeError for another number of axes
 * @example
 * diag(tensor([1, 2])).toArray(); // [ [ 1, 0 ], [ 0, 2 ] ]
 */
export function diag(x: Tensor): Tensor {
  requireTensor("diag", "the input", x);
  if (x.rank === 1) {
    const [n] = x.shape;
    return where(offsets(n, n).eq(0), x.reshape([1, n]), 0);
  }
  if (x.rank !== 2)
    throw new ShapeError("diag", [x.shape], `needs a vector or a matrix, not ${formatShape(x.shape)}`);
  const count = Math.min(...x.shape);
  const square = x.slice([
    [0, count],
    [0, count],
  ]);
  return where(offsets(count, count).eq(0), square, 0).sum(1);
}

/**
 * x, with `value` where the mask is true; the mask broadcasts.
 * @throws ShapeError when the shapes do not broadcast
 * @example
 * maskedFill(tensor([1, 2, 3]), tensor([1, 2, 3]).gt(2), -1).toArray(); // [ 1, 2, -1 ]
 */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  requireTensor("maskedFill", "the input", x);
  requireTensor("maskedFill", "the mask", mask);
  return where(mask, value, x);
}
