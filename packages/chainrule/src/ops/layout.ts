/** Ops that change the shape or order of numbers, or repeat them. */
import { ShapeError } from "../tensor/errors.ts";
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from "../tensor/shape.ts";
import type { Axes, Shape } from "../tensor/shape.ts";
import { call, power } from "../tensor/tex.ts";
import { requireItems } from "../tensor/options.ts";
import { defineOp } from "./define.ts";
import type { KernelShapes, Unary } from "./define.ts";
import { copy, reordered, repeated } from "./moves.ts";
import type { Move } from "./moves.ts";

/** The same numbers in row-major order with another shape; one length may be −1 and is computed. */
export const reshape: Unary<[shape: Shape], { shape: Shape }> = defineOp({
  name: "reshape",
  kind: "view",
  arity: 1,
  attrs: ([x], shape) => ({ shape: fill(x.shape, requireItems("reshape", "the shape", shape)) }),
  shape: (_inputs, { shape }) => shape,
  kernel: copy,
  vjp: [(g, _y, [x]) => g.reshape(x.shape)],
  tests: {
    examples: [
      { inputs: [[2, 3]], args: [[3, 2]] },
      { inputs: [[2, 3]], args: [[-1]] },
      { inputs: [[1]], args: [[]] },
    ],
  },
  tex: ([x]) => x,
});

function fill(from: Shape, to: Shape): Shape {
  const open = to.indexOf(-1);
  const known = sizeOf(to.filter((_, axis) => axis !== open));
  const shape = open < 0 ? [...to] : to.with(open, known === 0 ? 0 : sizeOf(from) / known);
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
  moves: ({ inputs: [x] }: KernelShapes, { order }: Order): Move[] => [reordered(x, order)],
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
  tests: {
    examples: [
      { inputs: [[2, 3]], args: [[1, 0]] },
      { inputs: [[2, 3, 4]], args: [[2, 0, 1]] },
    ],
  },
  tex: ([x], { order }) => call(`permute_{${order.join(",")}}`, x),
});

/** Two axes swapped; default: the last two. */
export const transpose: Unary<[axisA?: number, axisB?: number], Order> = defineOp({
  ...reorder,
  name: "transpose",
  attrs: ([x], axisA = -2, axisB = -1) => {
    const a = normalizeAxis("transpose", axisA, x.shape);
    const b = normalizeAxis("transpose", axisB, x.shape);
    return { order: x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)) };
  },
  vjp: [(g, _y, _inputs, { order }) => g.permute(order)],
  tests: { examples: [{ inputs: [[2, 3]] }, { inputs: [[2, 3, 4]], args: [0, 2] }] },
  tex: ([x]) => power(x, "\\top"),
});

/** x broadcast to a larger shape. */
export const expand: Unary<[shape: Shape], { shape: Shape }> = defineOp({
  name: "expand",
  kind: "layout",
  arity: 1,
  attrs: ([x], given) => {
    const shape = checkShape("expand", given);
    if (!sameShape(broadcastShapes("expand", x.shape, shape), shape))
      throw new ShapeError(
        "expand",
        [x.shape, shape],
        `${formatShape(x.shape)} cannot be repeated to ${formatShape(shape)}`,
      );
    return { shape };
  },
  shape: (_inputs, { shape }) => shape,
  moves: ({ out, inputs: [x] }) => [repeated(x, out)],
  broadcasts: true,
  vjp: [(g) => g],
  tests: {
    examples: [
      { inputs: [[3]], args: [[2, 3]] },
      { inputs: [[2, 1]], args: [[4, 2, 3]] },
      { inputs: [[]], args: [[2]] },
    ],
  },
  tex: ([x]) => x,
});

/** The elements in reverse order along the axes; default: all axes. */
export const flip: Unary<[axes?: Axes], { axes: readonly number[] }> = defineOp({
  name: "flip",
  kind: "layout",
  arity: 1,
  attrs: ([x], axes) => ({ axes: normalizeAxes("flip", axes, x.shape) }),
  shape: ([x]) => x,
  moves: ({ out }, { axes }) => {
    const to = stridesOf(out);
    const from = to.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    const fromStart = axes.reduce((sum, axis) => sum + (out[axis] - 1) * to[axis], 0);
    return [{ lengths: out, from, fromStart, to }];
  },
  vjp: [(g, _y, _inputs, { axes }) => g.flip(axes)],
  tests: { examples: [{ inputs: [[4]] }, { inputs: [[2, 3]], args: [1] }] },
  tex: ([x]) => call("flip", x),
});
