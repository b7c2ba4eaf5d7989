/** The few loops that the reference kernels of the op families share, and their one refusal. */
import { allocate, dtypeOf } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { broadcastStrides, formatShape, sizeOf, stridesOf, walk } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Kernel, KernelShapes } from "./define.ts";

/** The same numbers in the same order; converts the type where it differs. */
export function copy(out: Values, [x]: readonly Values[]): void {
  out.set(x);
}

/** out[i] = f(x[i]) */
export function map<A>(f: (x: number, attrs: A) => number): Kernel<A> {
  return (out, [x], _shapes, attrs) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i], attrs);
  };
}

/** A loop over one row: `length` results from `at`, from inputs that begin at `i` and `j` and move on by `di` and `dj`. */
export type Row = (
  out: Values,
  at: number,
  length: number,
  a: Values,
  i: number,
  di: number,
  b: Values,
  j: number,
  dj: number,
) => void;

/** out[i] = f(a[i], b[i]) with broadcasting: rows along the last axis, each input at its own stride. */
export function zip(f: (a: number, b: number) => number): Kernel<unknown> {
  return zipRows((out, at, length, a, i, di, b, j, dj) => {
    for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = f(a[i], b[j]);
  });
}

/** The same from a loop of its own. Engines do not inline f into a loop that many ops share: 6 times slower, measured. */
export function zipRows(row: Row): Kernel<unknown> {
  return (out, [a, b], shapes) => {
    const { length } = out;
    const [i, j] = [a.length === length, b.length === length];
    if ((i || a.length === 1) && (j || b.length === 1)) row(out, 0, length, a, 0, i ? 1 : 0, b, 0, j ? 1 : 0);
    else
      rows(shapes, (at, size, starts, steps) => {
        row(out, at, size, a, starts[0], steps[0], b, starts[1], steps[1]);
      });
  };
}

/**
 * Visits the rows of `shapes.out` along its last axis: where the row begins in the output, its length, and for each
 * broadcast input where the row begins there and the step between its elements (0 where it repeats).
 */
export function rows(
  shapes: KernelShapes,
  visit: (at: number, length: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  const { out } = shapes;
  const length = out.length === 0 ? 1 : out[out.length - 1];
  const count = sizeOf(out.slice(0, -1));
  if (length === 0) return;
  const strides = shapes.inputs.map((shape) => broadcastStrides(shape, out));
  const steps = strides.map((stride) => stride[out.length - 1] ?? 0);
  const starts = strides.map(() => 0);
  const index = new Array<number>(Math.max(0, out.length - 1)).fill(0);
  for (let row = 0; row < count; row++) {
    visit(row * length, length, starts, steps);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const turn = ++index[axis] === out[axis];
      for (let input = 0; input < starts.length; input++)
        starts[input] += turn ? strides[input][axis] * (1 - out[axis]) : strides[input][axis];
      if (!turn) break;
      index[axis] = 0;
    }
  }
}

/** A line of elements that is folded into one: `length` numbers from `start`, `step` apart. */
export type Fold = (x: Values, start: number, length: number, step: number) => number;

/**
 * out = fold of every line along `axes` (normalised). Neighbouring axes fold as one line; axes that are apart are
 * brought together in a copy first.
 */
export function fold(out: Values, x: Values, shape: Shape, axes: readonly number[], line: Fold): void {
  const first = axes[0] ?? shape.length;
  const together = axes.every((axis, i) => axis === first + i);
  if (!together) {
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...kept, ...axes];
    const moved = allocate(dtypeOf(x), x.length);
    gatherPermuted(moved, x, shape, order);
    return fold(
      out,
      moved,
      order.map((axis) => shape[axis]),
      axes.map((_, i) => kept.length + i),
      line,
    );
  }
  const length = sizeOf(shape.slice(first, first + axes.length));
  const inner = sizeOf(shape.slice(first + axes.length));
  const outer = sizeOf(shape.slice(0, first));
  for (let o = 0, at = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) out[at++] = line(x, o * length * inner + i, length, inner);
}

/** out = x, of `shape`, with its axes in another order. */
export function gatherPermuted(out: Values, x: Values, shape: Shape, order: readonly number[]): void {
  const strides = stridesOf(shape);
  const [lengths, steps] = [shape, strides].map((of) => order.map((axis) => of[axis]));
  gatherStrided(out, x, lengths, steps);
}

/** out = the elements of x at `start`, with `strides` over the axes of `shape`, in row-major order. */
export function gatherStrided(
  out: Values,
  x: Values,
  shape: Shape,
  strides: readonly number[],
  start = 0,
): void {
  let at = 0;
  walk(shape, strides, start, (offset) => {
    out[at++] = x[offset];
  });
}

/** What is thrown for an index that lies outside its axis, of that length, of a tensor of `shape`. */
export function badIndex(op: string, index: number, length: number, shape: Shape): ShapeError {
  const message = `index ${index} is out of range 0 … ${length - 1} for ${formatShape(shape)}`;
  return new ShapeError(op, [shape], message, "bad-index");
}
