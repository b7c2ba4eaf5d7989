/** Shapes, strides, axes and the broadcasting rule. */
import { ShapeError } from "./errors.ts";

/** The length of each axis, outermost first; [] is a scalar. */
export type Shape = readonly number[];

/** One axis or several, counted from the front (0…) or the back (−1…). */
export type Axes = number | readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** `[2,3]`, the form in error messages and drawings. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** A copy of a caller's shape, checked to be a list of whole numbers ≥ 0. */
export function checkShape(op: string, shape: Shape): Shape {
  const given: unknown = shape;
  if (!Array.isArray(given) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    const text = Array.isArray(given) ? formatShape(shape) : String(given);
    throw new ShapeError(op, [], `${text} is not a list of whole numbers ≥ 0`, "bad-shape");
  }
  return [...shape];
}

/** The row-major strides: how far apart neighbours along each axis lie. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** The index along each axis of the element at a position in row-major order. */
export function unravel(position: number, shape: Shape): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(position % shape[axis]);
    position = Math.floor(position / shape[axis]);
  }
  return index;
}

/** The axis counted from the front; throws if it is out of range. */
export function normalizeAxis(op: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `use ${-rank} … ${rank - 1}`;
    throw new ShapeError(
      op,
      [shape],
      `axis ${axis} is out of range for ${formatShape(shape)}; ${range}`,
      "bad-axis",
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** The axes counted from the front, ascending; default: all axes. */
export function normalizeAxes(op: string, axes: Axes | undefined, shape: Shape): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  if (typeof axes !== "number" && !Array.isArray(axes))
    throw new ShapeError(
      op,
      [shape],
      `axes are a number or a list; write x.${op}(1) or x.${op}([0, 1])`,
      "bad-axis",
    );
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(op, axis, shape));
  list.sort((a, b) => a - b);
  for (let i = 1; i < list.length; i++)
    if (list[i] === list[i - 1])
      throw new ShapeError(op, [shape], `axis ${list[i]} is named twice`, "bad-axis");
  return list;
}

/** The shape after a reduction over `axes` (normalised); with `keepDims` they stay, with length 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** NumPy's broadcasting rule: shapes align at the last axis, and lengths must be equal or 1. */
export function broadcastShapes(op: string, ...shapes: Shape[]): Shape {
  if (shapes.length === 2 && sameShape(shapes[0], shapes[1])) return shapes[0];
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      const length = shape[axis];
      if (length === 1 || length === out[at]) continue;
      if (out[at] !== 1)
        throw new ShapeError(
          op,
          shapes,
          `cannot broadcast ${shapes.map(formatShape).join(" with ")}: lengths ${out[at]} and ${length} meet on ` +
            `axis ${at - rank}; they must be equal, or one of them 1`,
        );
      out[at] = length;
    }
  return out;
}

/** The strides that broadcast a tensor of `shape` to the shape `out`: 0 along repeated axes. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const own = stridesOf(shape);
  const shift = out.length - shape.length;
  return out.map((_, axis) => (axis < shift || shape[axis - shift] === 1 ? 0 : own[axis - shift]));
}

/**
 * Visits the rows of `shape` along its last axis of more than one element, in row-major order. Each array has its own
 * strides. A visit gets the start of the row in each array, its length, and each array's step between neighbours.
 * `starts` is reused between visits. This is the only place that walks arbitrary strides.
 */
export function eachRow(
  shape: Shape,
  strides: readonly (readonly number[])[],
  origins: readonly number[],
  visit: (starts: readonly number[], length: number, steps: readonly number[]) => void,
): void {
  if (sizeOf(shape) === 0) return;
  let last = shape.length - 1;
  while (last > 0 && shape[last] === 1) last--;
  const length = last < 0 ? 1 : shape[last];
  const steps = strides.map((of) => of[last] ?? 0);
  const starts = [...origins];
  const index = new Array<number>(Math.max(0, last)).fill(0);
  for (;;) {
    visit(starts, length, steps);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      const atEnd = ++index[axis] === shape[axis];
      for (let k = 0; k < starts.length; k++)
        starts[k] += atEnd ? strides[k][axis] * (1 - shape[axis]) : strides[k][axis];
      if (!atEnd) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
