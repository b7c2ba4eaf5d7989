/**
 * Layout ops as data. An op that only moves numbers (permute, expand, flip, slice, pad, concat, stack) declares its
 * moves. Its reference kernel, the calls of a device and the rewrite rules are all derived from them.
 */
import { broadcastStrides, eachRow, stridesOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Values } from "../tensor/dtype.ts";
import { dtypeOf } from "../tensor/dtype.ts";
import type { Kernel, KernelShapes } from "./define.ts";

/**
 * A strided copy of one input into the result: for every index i within `lengths`,
 * result[toStart + Σ iₖ toₖ] = x[fromStart + Σ iₖ fromₖ].
 */
export interface Move {
  readonly lengths: Shape;
  readonly from: readonly number[];
  readonly fromStart?: number;
  readonly to: readonly number[];
  readonly toStart?: number;
  /** The number that fills the places of the result that no move writes. */
  readonly fill?: number;
}

/**
 * The moves of an op, one per input. (Typed as a method, so that an op may have narrower attributes than the table's
 * type.)
 */
export type Moves<A> = { bivariant(shapes: KernelShapes, attrs: A): readonly Move[] }["bivariant"];

/** x broadcast to a larger shape. */
export function repeated(x: Shape, out: Shape): Move {
  return { lengths: out, from: broadcastStrides(x, out), to: stridesOf(out) };
}

/** The axes of x in another order. */
export function reordered(x: Shape, order: readonly number[]): Move {
  const strides = stridesOf(x);
  const [lengths, from] = [x, strides].map((of) => order.map((axis) => of[axis]));
  return { lengths, from, to: stridesOf(lengths) };
}

/** One axis of a copy: its length, and the step between elements in the result and in the input. */
export type MovedAxis = [length: number, to: number, from: number];

/**
 * The axes of a move, outermost first. Axes of length 1 are left out; neighbours that are contiguous in both tensors
 * merge.
 */
export function movedAxes({ lengths, to, from }: Move): MovedAxis[] {
  const axes: MovedAxis[] = [];
  lengths.forEach((length, i) => {
    if (length === 1) return;
    const last = axes.at(-1);
    if (last && last[1] === to[i] * length && last[2] === from[i] * length)
      axes[axes.length - 1] = [last[0] * length, to[i], from[i]];
    else axes.push([length, to[i], from[i]]);
  });
  return axes.length === 0 ? [[1, 1, 1]] : axes;
}

/** Runs of at least this many neighbouring numbers are copied as a block. */
const block = 32;

/** Copies the numbers that a move names. */
export function move(out: Values, x: Values, given: Move): void {
  const axes = movedAxes(given);
  const [lengths, to, from] = [0, 1, 2].map((part) => axes.map((axis) => axis[part]));
  eachRow(lengths, [to, from], [given.toStart ?? 0, given.fromStart ?? 0], (starts, length, steps) => {
    const [toStep, fromStep] = [steps[0], steps[1]];
    const [first, source] = [starts[0], starts[1]];
    if (toStep === 1 && fromStep === 1 && length >= block)
      out.set(x.subarray(source, source + length), first);
    else for (let n = 0, j = first, k = source; n < length; n++, j += toStep, k += fromStep) out[j] = x[k];
  });
}

/** The reference kernel of an op that declares its moves. */
export function movingKernel<A>(moves: Moves<A>): Kernel<A> {
  return (out, inputs, shapes, attrs) =>
    moves(shapes, attrs).forEach((one, i) => {
      const { fill = 0 } = one;
      if (fill !== 0) out.fill(dtypeOf(out) === "bool" ? 1 : fill);
      move(out, inputs[i], one);
    });
}

/** The reference kernel of a view: the same numbers in the same order, converted if the types differ. */
export function copy(out: Values, [x]: readonly Values[]): void {
  out.set(x);
}
