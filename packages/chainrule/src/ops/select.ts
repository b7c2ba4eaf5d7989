/** Ops that read or write elements by integer indices. Indices have no gradient and must be in range. */
import { badIndex, requireCount } from "../tensor/check.ts";
import { allocate, checkDType, requireDType, whole } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { checkShape, eachRow, formatShape, normalizeAxis, sizeOf, stridesOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import { defineOp } from "./define.ts";
import type { Op, TensorLike, Unary } from "./define.ts";

/** An op of a tensor and of the int32 indices into it. */
type Indexed<Args extends readonly unknown[], A> = Op<[x: TensorLike, index: TensorLike], Args, A>;

const integers: readonly DType[] = ["int32"];

function checked(op: string, index: number, length: number, shape: Shape): number {
  if (index < 0 || index >= length) throw badIndex(op, index, length, shape);
  return index;
}

/** For each element of `index`, the offset in a tensor of `shape` of the element that it selects along `axis`. */
function pointed(op: string, index: Values, indexShape: Shape, axis: number, shape: Shape): Int32Array {
  const strides = stridesOf(shape);
  const offsets = new Int32Array(index.length);
  let at = 0;
  // the index gives the position along `axis`; along the other axes the position stays
  eachRow(indexShape, [strides.with(axis, 0)], [0], (starts, length, steps) => {
    for (let i = 0, start = starts[0]; i < length; i++, at++, start += steps[0])
      offsets[at] = start + checked(op, index[at], shape[axis], shape) * strides[axis];
  });
  return offsets;
}

function checkPointed(op: string, index: Shape, shape: Shape, axis: number): void {
  if (index.length !== shape.length || index.some((length, i) => i !== axis && length > shape[i]))
    throw new ShapeError(
      op,
      [shape, index],
      `the index ${formatShape(index)} must have as many axes as ${formatShape(shape)} and may be longer only on axis ${axis}`,
    );
}

const pair: readonly { shape: Shape; dtype: DType; values: readonly number[] }[] = [
  { shape: [2, 2], dtype: "int32", values: [0, 2, 1, 1] },
  { shape: [3], dtype: "int32", values: [2, 0, 2] },
];

/** out[i][j] = x[i][index[i][j]] for axis 1: one element per element of the index. */
export const gather: Indexed<[axis: number], { axis: number }> = defineOp({
  name: "gather",
  kind: "select",
  arity: 2,
  attrs: ([x], axis) => ({ axis: normalizeAxis("gather", axis, x.shape) }),
  shape: ([x, index], { axis }) => (checkPointed("gather", index, x, axis), index),
  dtype: ([x, index]) => (requireDType("gather's index", index, integers), x),
  kernel: (out, [x, index], shapes, { axis }) => {
    const offsets = pointed("gather", index, shapes.inputs[1], axis, shapes.inputs[0]);
    for (let i = 0; i < out.length; i++) out[i] = x[offsets[i]];
  },
  vjp: [(g, _y, [x, index], { axis }) => g.scatterAdd(index, axis, x.shape), null],
  tests: {
    examples: [
      { inputs: [[2, 3], pair[0]], args: [1] },
      { inputs: [[3], pair[1]], args: [0] },
    ],
  },
  tex: ([x, index]) => call("gather", x, index),
});

/** Zeros of `shape` with x[i][j] added at [i][index[i][j]] for axis 1; it is the derivative of gather. */
export const scatterAdd: Indexed<[axis: number, shape: Shape], { axis: number; shape: Shape }> = defineOp({
  name: "scatterAdd",
  kind: "select",
  arity: 2,
  attrs: (_inputs, axis, given) => {
    const shape = checkShape("scatterAdd", given);
    return { axis: normalizeAxis("scatterAdd", axis, shape), shape };
  },
  shape: ([x, index], { axis, shape }) => {
    checkPointed("scatterAdd", index, shape, axis);
    if (formatShape(x) !== formatShape(index))
      throw new ShapeError(
        "scatterAdd",
        [x, index],
        `${formatShape(x)} and its index ${formatShape(index)} must have the same shape`,
      );
    return shape;
  },
  dtype: ([x, index]) => (requireDType("scatterAdd's index", index, integers), whole(x)),
  kernel: (out, [x, index], shapes, { axis }) => {
    const offsets = pointed("scatterAdd", index, shapes.inputs[1], axis, shapes.out);
    accumulate(out, (sums) => {
      for (let i = 0; i < x.length; i++) sums[offsets[i]] += x[i];
    });
  },
  vjp: [(g, _y, [, index], { axis }) => g.gather(index, axis), null],
  tests: {
    examples: [
      { inputs: [[2, 2], pair[0]], args: [1, [2, 3]] },
      { inputs: [[3], pair[1]], args: [0, [3]] },
    ],
  },
  tex: ([x, index]) => call("scatterAdd", x, index),
});

/** Whole slices along an axis: out = x[:, index] for axis 1. The index has one axis. */
export const indexSelect: Indexed<[axis: number], { axis: number }> = defineOp({
  name: "indexSelect",
  kind: "select",
  arity: 2,
  attrs: ([x], axis) => ({ axis: normalizeAxis("indexSelect", axis, x.shape) }),
  shape: ([x, index], { axis }) => x.with(axis, vectorLength("indexSelect", index)),
  dtype: ([x, index]) => (requireDType("indexSelect's index", index, integers), x),
  kernel: (out, [x, index], shapes, { axis }) => {
    const shape = shapes.inputs[0];
    eachSlice("indexSelect", index, shape, axis, (at, from, inner) =>
      out.set(x.subarray(from, from + inner), at),
    );
  },
  vjp: [(g, _y, [x, index], { axis }) => g.indexAdd(index, axis, x.shape[axis]), null],
  tests: {
    examples: [
      { inputs: [[3], pair[1]], args: [0] },
      { inputs: [[2, 3], pair[1]], args: [1] },
    ],
  },
  tex: ([x, index]) => call("select", x, index),
});

/** Zeros with slice i of x added at index[i] along an axis of `length`; it is the derivative of indexSelect. */
export const indexAdd: Indexed<[axis: number, length: number], { axis: number; length: number }> = defineOp({
  name: "indexAdd",
  kind: "select",
  arity: 2,
  attrs: ([x], axis, length) => {
    requireCount("indexAdd", "the length", length, 0);
    return { axis: normalizeAxis("indexAdd", axis, x.shape), length };
  },
  shape: ([x, index], { axis, length }) => {
    if (vectorLength("indexAdd", index) !== x[axis])
      throw new ShapeError(
        "indexAdd",
        [x, index],
        `${x[axis]} slices on axis ${axis} of ${formatShape(x)} but ${index[0]} indices`,
      );
    return x.with(axis, length);
  },
  dtype: ([x, index]) => (requireDType("indexAdd's index", index, integers), whole(x)),
  kernel: (out, [x, index], shapes, { axis }) =>
    accumulate(out, (sums) =>
      eachSlice("indexAdd", index, shapes.out, axis, (from, at, inner) => {
        for (let i = 0; i < inner; i++) sums[at + i] += x[from + i];
      }),
    ),
  vjp: [(g, _y, [, index], { axis }) => g.indexSelect(index, axis), null],
  tests: {
    examples: [
      { inputs: [[3], pair[1]], args: [0, 4] },
      { inputs: [[2, 3], pair[1]], args: [1, 3] },
    ],
  },
  tex: ([x, index]) => call("indexAdd", x, index),
});

function vectorLength(op: string, index: Shape): number {
  if (index.length !== 1)
    throw new ShapeError(op, [index], `the index must have one axis, got ${formatShape(index)}`);
  return index[0];
}

/**
 * Visits each selected slice: its offset in the packed tensor, its offset in the indexed tensor of `shape`, and its
 * length.
 */
function eachSlice(
  op: string,
  index: Values,
  shape: Shape,
  axis: number,
  visit: (packed: number, indexed: number, inner: number) => void,
): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let i = 0; i < index.length; i++) checked(op, index[i], shape[axis], shape);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < index.length; i++)
      visit((o * index.length + i) * inner, (o * shape[axis] + index[i]) * inner, inner);
}

/** Sums are accumulated in float64 and rounded once, as in the reductions. */
function accumulate(out: Values, add: (sums: Values) => void): void {
  const sums = allocate("float64", out.length);
  add(sums);
  out.set(sums);
}

/** A row of `classes` numbers per index: 1 at the index, else 0. */
export const oneHot: Unary<[classes: number, dtype?: DType], { classes: number; dtype: DType }> = defineOp({
  name: "oneHot",
  kind: "select",
  arity: 1,
  attrs: (_inputs, classes, dtype = "float32") => {
    return { classes: requireCount("oneHot", "classes", classes), dtype: checkDType("oneHot", dtype) };
  },
  shape: ([index], { classes }) => [...index, classes],
  dtype: ([index], { dtype }) => (requireDType("oneHot's index", index, integers), dtype),
  kernel: (out, [index], shapes, { classes }) => {
    for (let i = 0; i < index.length; i++)
      out[i * classes + checked("oneHot", index[i], classes, shapes.out)] = 1;
  },
  vjp: null,
  tests: { examples: [{ inputs: [pair[0]], args: [3] }] },
  tex: ([index]) => call("onehot", index),
});
