/** Values of a batch: a tensor with the shape that one example's value has, and the operations of the language on them. */
import { maximum, minimum } from "../ops/arithmetic.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The value of an expression for a batch of N examples. A vector or number of each example is [N, n], a matrix [N, r, c];
 * without an example axis they are [n] (a number also []) and [r, c].
 */
export interface Value {
  readonly tensor: Tensor;
  /** Whether the first axis is that of the examples. */
  readonly varies: boolean;
  /** The shape of one example's value. */
  readonly rows: number;
  readonly cols: number;
  /** Whether the tensor has both axes, rows and columns. */
  readonly matrix: boolean;
}

export const isNumberValue = ({ rows, cols }: Value): boolean => rows === 1 && cols === 1;

/** A vector or a number from a tensor without rows and columns. */
export function flatValue(tensor: Tensor, varies: boolean, rows: number, cols: number): Value {
  return { tensor, varies, rows, cols, matrix: false };
}

/** The tensor with both axes: [N, r, c] or [r, c]. */
export function asMatrix({ tensor, varies, rows, cols, matrix }: Value): Tensor {
  return matrix ? tensor : tensor.reshape([...examplesOf(tensor, varies), rows, cols]);
}

/** The tensor of a vector or number with one axis: [N, n] or [n]. */
export function asVector({ tensor, varies, rows, cols }: Value): Tensor {
  return tensor.reshape([...examplesOf(tensor, varies), rows * cols]);
}

function examplesOf(tensor: Tensor, varies: boolean): number[] {
  return varies ? [tensor.shape[0]] : [];
}

/** The value of a tensor [.., r, c], kept as a matrix only if it is one. */
function fromMatrix(tensor: Tensor, varies: boolean, rows: number, cols: number): Value {
  const value: Value = { tensor, varies, rows, cols, matrix: true };
  return rows === 1 || cols === 1 ? flatValue(asVector(value), varies, rows, cols) : value;
}

export type Pairwise = "+" | "-" | "*" | "/" | "max" | "min" | "power";

const pairwise: Readonly<Record<Pairwise, (a: Tensor, b: Tensor) => Tensor>> = {
  "+": (a, b) => a.add(b),
  "-": (a, b) => a.sub(b),
  "*": (a, b) => a.mul(b),
  "/": (a, b) => a.div(b),
  max: (a, b) => maximum(a, b),
  min: (a, b) => minimum(a, b),
  power: (a, b) => a.pow(b),
};

/** Two values entry by entry: equal shapes, or a number beside anything. */
export function entries(operation: Pairwise | ((a: Tensor, b: Tensor) => Tensor), a: Value, b: Value): Value {
  const compute = typeof operation === "function" ? operation : pairwise[operation];
  const like = isNumberValue(a) ? b : a;
  const matrix = (a.matrix && !isNumberValue(a)) || (b.matrix && !isNumberValue(b));
  const shaped = (value: Value): Tensor => {
    if (!matrix) return value.matrix ? asVector(value) : value.tensor;
    return asMatrix(value);
  };
  return {
    tensor: compute(shaped(a), shaped(b)),
    varies: a.varies || b.varies,
    rows: like.rows,
    cols: like.cols,
    matrix,
  };
}

/** A function of each entry. */
export function mapped(value: Value, compute: (x: Tensor) => Tensor): Value {
  return { ...value, tensor: compute(value.tensor) };
}

export function transposedValue(value: Value): Value {
  const turned = { ...value, rows: value.cols, cols: value.rows };
  return value.matrix ? { ...turned, tensor: value.tensor.transpose() } : turned;
}

/** A number of all entries of each example's value, such as their sum. */
export function reducedValue(
  value: Value,
  compute: (x: Tensor, axis: number, keepDim: boolean) => Tensor,
): Value {
  const flat = asVector(value);
  return flatValue(compute(flat, -1, value.varies), value.varies, 1, 1);
}

/** The matrix product of two values; a number scales. */
export function product(a: Value, b: Value): Value {
  const [rows, cols, varies] = [a.rows, b.cols, a.varies || b.varies];
  const weighs = (weight: Value, x: Value): boolean =>
    weight.matrix && !weight.varies && x.varies && !x.matrix;
  // x Wᵀ for every row x: one product for the whole batch
  if (
    b.cols === 1 &&
    a.cols === b.rows &&
    (weighs(a, b) || (!isNumberValue(a) && !isNumberValue(b) && !a.varies && b.varies))
  )
    return flatValue(asVector(b).matmul(asMatrix(a), { transposeB: true }), true, rows, 1);
  if (
    a.rows === 1 &&
    a.cols === b.rows &&
    (weighs(b, a) || (!isNumberValue(a) && !isNumberValue(b) && a.varies && !b.varies))
  )
    return flatValue(asVector(a).matmul(asMatrix(b)), true, 1, cols);
  if (isNumberValue(a) || isNumberValue(b)) return entries("*", a, b);
  if (rows === 1 && cols === 1 && a.varies && b.varies)
    return flatValue(asVector(a).mul(asVector(b)).sum(-1, true), true, 1, 1);
  return fromMatrix(asMatrix(a).matmul(asMatrix(b)), varies, rows, cols);
}
