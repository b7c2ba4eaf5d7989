/** Ops that cut a part out of a tensor, or pad a tensor. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, stridesOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { binding, call } from "../tensor/tex.ts";
import { defineOp, list } from "./define.ts";
import type { Unary } from "./define.ts";

/** The range of one axis: everything (null), one index (the axis is dropped), or [start, stop, step] without stop. */
export type Range = null | number | readonly [start?: number | null, stop?: number | null, step?: number];

export interface Slice {
  start: readonly number[];
  step: readonly number[];
  /** The number of elements along each axis of x, and the axes that the result drops. */
  length: readonly number[];
  dropped: readonly number[];
}

/** A part of x: `x.slice([0, null, [1, 3]])` is x[0, :, 1:3] in NumPy; negative numbers count from the end. */
export const slice: Unary<[ranges: readonly Range[]], Slice> = defineOp({
  name: "slice",
  kind: "layout",
  arity: 1,
  attrs: ([x], ranges) => {
    if (!Array.isArray(ranges))
      throw new ValueError(
        "slice",
        `takes a list of ranges, one per axis, as [null, [0, 2]], not ${String(ranges)}`,
      );
    if (ranges.length > x.rank)
      throw new ShapeError(
        "slice",
        [x.shape],
        `${ranges.length} ranges for the ${x.rank} axes of ${formatShape(x.shape)}`,
        "bad-index",
      );
    const parts = x.shape.map((size, axis) => span(x.shape, axis, size, ranges[axis] ?? null));
    return {
      start: parts.map((part) => part.start),
      step: parts.map((part) => part.step),
      length: parts.map((part) => part.length),
      dropped: x.shape.map((_, axis) => axis).filter((axis) => typeof ranges[axis] === "number"),
    };
  },
  shape: (_inputs, { length, dropped }) => length.filter((_, axis) => !dropped.includes(axis)),
  moves: ({ inputs: [x] }, { start, step, length }) => {
    const strides = stridesOf(x);
    const from = strides.map((stride, axis) => stride * step[axis]);
    return [{ lengths: length, from, fromStart: offset(start, strides), to: stridesOf(length) }];
  },
  vjp: [
    (g, _y, [x], { start, step, length }) =>
      g.reshape(length).pad(
        x.shape.map((size, axis) => {
          const covered = length[axis] === 0 ? 0 : (length[axis] - 1) * step[axis] + 1;
          return length[axis] === 0 ? [0, size] : [start[axis], size - start[axis] - covered];
        }),
        { interior: step.map((by) => by - 1) },
      ),
  ],
  tests: {
    examples: [
      { inputs: [[5]], args: [[[1, 4]]] },
      { inputs: [[3, 4]], args: [[-1, [null, null, 2]]] },
      { inputs: [[2, 3, 4]], args: [[null, [1], [0, -1, 2]]] },
      { inputs: [[4, 2]], args: [[[2, 2]]] },
    ],
  },
  tex: ([x]) => ({ text: `${x.text}_{[\\cdot]}`, binds: binding.power }),
});

function span(
  shape: Shape,
  axis: number,
  size: number,
  range: Range,
): { start: number; step: number; length: number } {
  if (range === null) return { start: 0, step: 1, length: size };
  const bad = (text: string): ShapeError =>
    new ShapeError("slice", [shape], `${text} on axis ${axis} of ${formatShape(shape)}`, "bad-index");
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -size || range >= size)
      throw bad(`index ${range} is out of range`);
    return { start: range < 0 ? range + size : range, step: 1, length: 1 };
  }
  const [first, last, step = 1] = range;
  if (!Number.isInteger(step) || step < 1)
    throw bad(`the step must be a whole number ≥ 1, not ${step}; flip() reverses an axis`);
  // as in NumPy, start and stop are clamped to the axis
  const cut = (index: number | null | undefined, otherwise: number): number => {
    if (index === null || index === undefined) return otherwise;
    if (!Number.isInteger(index)) throw bad(`${index} is not a whole number`);
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  };
  const start = cut(first, 0);
  return { start, step, length: Math.max(0, Math.ceil((cut(last, size) - start) / step)) };
}

/** The offset of the element at `index`. */
function offset(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, at, axis) => sum + at * strides[axis], 0);
}

export interface Padding {
  before: readonly number[];
  after: readonly number[];
  /** The number of values between neighbours. */
  interior: readonly number[];
  value: number;
}

/** x with `value` inserted before, after and between its elements; `widths` has [before, after] per axis. */
export const pad: Unary<
  [
    widths: readonly (readonly [before: number, after: number] | number[])[],
    options?: { value?: number; interior?: readonly number[] },
  ],
  Padding
> = defineOp({
  name: "pad",
  kind: "layout",
  arity: 1,
  attrs: ([x], widths, { value = 0, interior = x.shape.map(() => 0) } = {}) => {
    const all = [...widths.flat(), ...interior];
    if (widths.length !== x.rank || interior.length !== x.rank || widths.some((pair) => pair.length !== 2))
      throw new ShapeError(
        "pad",
        [x.shape],
        `needs a pair [before, after] for each of the ${x.rank} axes of ${formatShape(x.shape)}`,
        "bad-axis",
      );
    if (!all.every((width) => Number.isSafeInteger(width) && width >= 0))
      throw new ValueError("pad", `widths must be whole numbers ≥ 0, got ${all.join(", ")}`);
    return { before: widths.map((pair) => pair[0]), after: widths.map((pair) => pair[1]), interior, value };
  },
  shape: ([x], { before, after, interior }) =>
    x.map((length, axis) => before[axis] + after[axis] + length + Math.max(0, length - 1) * interior[axis]),
  moves: ({ out, inputs: [x] }, { before, interior, value }) => {
    const strides = stridesOf(out);
    const to = strides.map((stride, axis) => stride * (interior[axis] + 1));
    return [{ lengths: x, from: stridesOf(x), to, toStart: offset(before, strides), fill: value }];
  },
  vjp: [
    (g, _y, [x], { before, interior }) =>
      g.slice(
        x.shape.map((length, axis): Range => {
          const end = before[axis] + (length === 0 ? 0 : (length - 1) * (interior[axis] + 1) + 1);
          return [before[axis], end, interior[axis] + 1];
        }),
      ),
  ],
  tests: {
    examples: [
      { inputs: [[3]], args: [[[1, 2]]] },
      { inputs: [[2, 3]], args: [list([0, 1], [2, 0]), { value: 7 }] },
      { inputs: [[2, 3]], args: [list([1, 1], [0, 0]), { interior: [2, 1] }] },
    ],
  },
  tex: ([x]) => call("pad", x),
});
