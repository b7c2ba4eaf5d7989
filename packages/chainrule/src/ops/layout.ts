/** Ops that move, repeat, cut or join numbers without computing any. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
  walk,
} from "../tensor/shape.ts";
import type { Axes, Shape } from "../tensor/shape.ts";
import { binding, call, power } from "../tensor/tex.ts";
import { dtypeOf } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { defineOp, list } from "./define.ts";
import type { Op, TensorLike, Unary } from "./define.ts";
import { copy } from "./kernels.ts";
import { sumTo } from "./reduce.ts";

/** out = the elements of x at `start`, with `strides` over the axes of `shape`, in row-major order. */
function gatherStrided(out: Values, x: Values, shape: Shape, strides: readonly number[], start = 0): void {
  let at = 0;
  walk(shape, strides, start, (offset) => {
    out[at++] = x[offset];
  });
}

/** The same numbers in row-major order under another shape; one length may be −1 and is worked out. */
export const reshape: Unary<[shape: Shape], { shape: Shape }> = defineOp({
  name: "reshape",
  kind: "view",
  arity: 1,
  attrs: ([x], shape) => ({ shape: fill(x.shape, shape) }),
  shape: (_inputs, { shape }) => shape,
  kernel: copy,
  vjp: [(g, _y, [x]) => g.reshape(x.shape)],
  examples: [
    { inputs: [[2, 3]], args: [[3, 2]] },
    { inputs: [[2, 3]], args: [[-1]] },
    { inputs: [[1]], args: [[]] },
  ],
  tex: ([x]) => x,
});

function fill(from: Shape, to: Shape): Shape {
  const open = to.indexOf(-1);
  const known = sizeOf(to.filter((_, axis) => axis !== open));
  const shape = open < 0 ? to : to.with(open, known === 0 ? 0 : sizeOf(from) / known);
  if (shape.every((length) => Number.isSafeInteger(length) && length >= 0) && sizeOf(shape) === sizeOf(from))
    return shape;
  throw new ShapeError(
    "reshape",
    [from, to],
    `${formatShape(from)} has ${sizeOf(from)} elements and does not fit ${formatShape(to)}`,
    "bad-shape",
  );
}

export interface Order {
  order: readonly number[];
}
const reorder = {
  kind: "layout" as const,
  arity: 1,
  shape: ([x]: readonly Shape[], { order }: Order): Shape => order.map((axis) => x[axis]),
  kernel: (
    out: Values,
    [x]: readonly Values[],
    shapes: { out: Shape; inputs: readonly Shape[] },
    { order }: Order,
  ): void => {
    const strides = stridesOf(shapes.inputs[0]);
    gatherStrided(
      out,
      x,
      shapes.out,
      order.map((axis) => strides[axis]),
    );
  },
};

/** The axes in another order: axis i of the result is axis order[i] of x. */
export const permute: Unary<[order: readonly number[]], Order> = defineOp({
  ...reorder,
  name: "permute",
  attrs: ([x], order) => {
    if (order.length !== x.rank)
      throw new ShapeError(
        "permute",
        [x.shape],
        `the order [${order.join(",")}] must name every axis of ${formatShape(x.shape)}`,
        "bad-axis",
      );
    normalizeAxes("permute", order, x.shape);
    return { order: order.map((axis) => normalizeAxis("permute", axis, x.shape)) };
  },
  vjp: [(g, _y, _inputs, { order }) => g.permute(order.map((_, axis) => order.indexOf(axis)))],
  examples: [
    { inputs: [[2, 3]], args: [[1, 0]] },
    { inputs: [[2, 3, 4]], args: [[2, 0, 1]] },
  ],
  tex: ([x], { order }) => call(`permute_{${order.join(",")}}`, x),
});

/** Two axes swapped, the last two unless named. */
export const transpose: Unary<[axisA?: number, axisB?: number], Order> = defineOp({
  ...reorder,
  name: "transpose",
  attrs: ([x], axisA = -2, axisB = -1) => {
    const a = normalizeAxis("transpose", axisA, x.shape);
    const b = normalizeAxis("transpose", axisB, x.shape);
    return { order: x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)) };
  },
  vjp: [(g, _y, _inputs, { order }) => g.permute(order)],
  examples: [{ inputs: [[2, 3]] }, { inputs: [[2, 3, 4]], args: [0, 2] }],
  tex: ([x]) => power(x, "\\top"),
});

/** x repeated to a larger shape, as broadcasting does. */
export const expand: Unary<[shape: Shape], { shape: Shape }> = defineOp({
  name: "expand",
  kind: "layout",
  arity: 1,
  attrs: ([x], shape) => {
    checkShape("expand", shape);
    if (!sameShape(broadcastShapes("expand", x.shape, shape), shape))
      throw new ShapeError(
        "expand",
        [x.shape, shape],
        `${formatShape(x.shape)} cannot be repeated to ${formatShape(shape)}`,
      );
    return { shape };
  },
  shape: (_inputs, { shape }) => shape,
  kernel: (out, [x], shapes) =>
    gatherStrided(out, x, shapes.out, broadcastStrides(shapes.inputs[0], shapes.out)),
  vjp: [(g, _y, [x]) => sumTo(g, x.shape)],
  examples: [
    { inputs: [[3]], args: [[2, 3]] },
    { inputs: [[2, 1]], args: [[4, 2, 3]] },
    { inputs: [[]], args: [[2]] },
  ],
  tex: ([x]) => x,
});

/** The order along the axes turned round, along all of them unless named. */
export const flip: Unary<[axes?: Axes], { axes: readonly number[] }> = defineOp({
  name: "flip",
  kind: "layout",
  arity: 1,
  attrs: ([x], axes) => ({ axes: normalizeAxes("flip", axes, x.shape) }),
  shape: ([x]) => x,
  kernel: (out, [x], shapes, { axes }) => {
    const strides = stridesOf(shapes.out);
    const start = axes.reduce((sum, axis) => sum + (shapes.out[axis] - 1) * strides[axis], 0);
    gatherStrided(
      out,
      x,
      shapes.out,
      strides.map((step, axis) => (axes.includes(axis) ? -step : step)),
      start,
    );
  },
  vjp: [(g, _y, _inputs, { axes }) => g.flip(axes)],
  examples: [{ inputs: [[4]] }, { inputs: [[2, 3]], args: [1] }],
  tex: ([x]) => call("flip", x),
});

/** What is taken of one axis: everything, one index (the axis is dropped), or from start to before stop in steps. */
export type Range = null | number | readonly [start?: number | null, stop?: number | null, step?: number];

export interface Slice {
  start: readonly number[];
  step: readonly number[];
  /** How many are taken along each axis of x, and which of those axes the result drops. */
  length: readonly number[];
  dropped: readonly number[];
}

/** A part of x: `x.slice([0, null, [1, 3]])` is x[0, :, 1:3] in NumPy; negative numbers count from the end. */
export const slice: Unary<[ranges: readonly Range[]], Slice> = defineOp({
  name: "slice",
  kind: "layout",
  arity: 1,
  attrs: ([x], ranges) => {
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
  kernel: (out, [x], shapes, { start, step, length }) => {
    const strides = stridesOf(shapes.inputs[0]);
    const from = start.reduce((sum, index, axis) => sum + index * strides[axis], 0);
    gatherStrided(
      out,
      x,
      length,
      strides.map((stride, axis) => stride * step[axis]),
      from,
    );
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
  examples: [
    { inputs: [[5]], args: [[[1, 4]]] },
    { inputs: [[3, 4]], args: [[-1, [null, null, 2]]] },
    { inputs: [[2, 3, 4]], args: [[null, [1], [0, -1, 2]]] },
    { inputs: [[4, 2]], args: [[[2, 2]]] },
  ],
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
    throw bad(`the step must be a whole number ≥ 1, not ${step}; flip() turns an axis round`);
  // as in NumPy, ends beyond the axis are cut back
  const cut = (index: number | null | undefined, usual: number): number => {
    if (index === null || index === undefined) return usual;
    if (!Number.isInteger(index)) throw bad(`${index} is not a whole number`);
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  };
  const start = cut(first, 0);
  return { start, step, length: Math.max(0, Math.ceil((cut(last, size) - start) / step)) };
}

export interface Padding {
  before: readonly number[];
  after: readonly number[];
  /** How many are put between neighbours. */
  interior: readonly number[];
  value: number;
}

/** x with `value` put before, after and between its elements, given per axis as [before, after]. */
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
  kernel: (out, [x], shapes, { before, interior, value }) => {
    if (value !== 0) out.fill(dtypeOf(out) === "bool" ? 1 : value);
    const strides = stridesOf(shapes.out);
    let at = 0;
    const start = before.reduce((sum, width, axis) => sum + width * strides[axis], 0);
    walk(
      shapes.inputs[0],
      strides.map((stride, axis) => stride * (interior[axis] + 1)),
      start,
      (offset) => {
        out[offset] = x[at++];
      },
    );
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
  examples: [
    { inputs: [[3]], args: [[[1, 2]]] },
    { inputs: [[2, 3]], args: [list([0, 1], [2, 0]), { value: 7 }] },
    { inputs: [[2, 3]], args: [list([1, 1], [0, 0]), { interior: [2, 1] }] },
  ],
  tex: ([x]) => call("pad", x),
});

type Join = Op<[tensors: readonly TensorLike[]], [axis?: number], { axis: number }>;

/** Tensors joined along an axis that exists; all other lengths must agree. */
export const concat: Join = defineOp({
  name: "concat",
  kind: "layout",
  arity: "list",
  attrs: (inputs, axis = 0) => ({ axis: normalizeAxis("concat", axis, inputs[0].shape) }),
  shape: (inputs, { axis }) => {
    const [first] = inputs;
    for (const other of inputs)
      if (other.length !== first.length || other.some((length, i) => i !== axis && length !== first[i]))
        throw new ShapeError(
          "concat",
          inputs,
          `shapes ${inputs.map(formatShape).join(", ")} differ on other axes than ${axis}`,
        );
    return first.with(
      axis,
      inputs.reduce((sum, shape) => sum + shape[axis], 0),
    );
  },
  kernel: (out, inputs, shapes, { axis }) => {
    const inner = sizeOf(shapes.out.slice(axis + 1));
    const block = shapes.out[axis] * inner;
    let from = 0;
    inputs.forEach((x, i) => {
      const length = shapes.inputs[i][axis] * inner;
      for (let outer = 0; outer * length < x.length; outer++)
        out.set(x.subarray(outer * length, (outer + 1) * length), outer * block + from);
      from += length;
    });
  },
  vjp:
    (input) =>
    (g, _y, inputs, { axis }) => {
      const start = inputs.slice(0, input).reduce((sum, x) => sum + x.shape[axis], 0);
      return g.slice(along(axis, [start, start + inputs[input].shape[axis]]));
    },
  examples: [
    { inputs: [[2], [3]] },
    { inputs: list([2, 3], [2, 1], [2, 2]), args: [1] },
    { inputs: list([1, 2, 2], [2, 2, 2]), args: [-3] },
  ],
  tex: (inputs) => call("concat", ...inputs),
});

/** Tensors of one shape joined along a new axis. */
export const stack: Join = defineOp({
  name: "stack",
  kind: "layout",
  arity: "list",
  attrs: (inputs, axis = 0) => ({ axis: normalizeAxis("stack", axis, [...inputs[0].shape, inputs.length]) }),
  shape: (inputs, { axis }) => {
    if (!inputs.every((shape) => sameShape(shape, inputs[0])))
      throw new ShapeError(
        "stack",
        inputs,
        `shapes ${inputs.map(formatShape).join(", ")} differ; concat joins along an axis that exists`,
      );
    return inputs[0].toSpliced(axis, 0, inputs.length);
  },
  kernel: (out, inputs, shapes, { axis }) => {
    const inner = sizeOf(shapes.out.slice(axis + 1));
    inputs.forEach((x, i) => {
      for (let outer = 0; outer * inner < x.length; outer++)
        out.set(x.subarray(outer * inner, (outer + 1) * inner), (outer * inputs.length + i) * inner);
    });
  },
  vjp:
    (input) =>
    (g, _y, _inputs, { axis }) =>
      g.slice(along(axis, input)),
  examples: [{ inputs: [[3], [3]] }, { inputs: list([2, 3], [2, 3]), args: [-1] }, { inputs: [[], [], []] }],
  tex: (inputs) => call("stack", ...inputs),
});

/** Ranges that take everything of the axes before `axis`, and `range` of it. */
function along(axis: number, range: Range): Range[] {
  return [...new Array<null>(axis).fill(null), range];
}
