/** Ops that move numbers, as strided copies. */
import { broadcastStrides, sizeOf, stridesOf } from "../../../tensor/shape.ts";
import { bytesPer } from "../../../tensor/dtype.ts";
import type { DType } from "../../../tensor/dtype.ts";
import type { Shape } from "../../../tensor/shape.ts";
import type { Padding, Slice } from "../../../ops/pieces.ts";
import type { Step } from "../../device.ts";
import { suffixes } from "../kernels/signatures.ts";
import type { Call, Slots } from "./call.ts";
import type { Family, Lowerer } from "./lowerer.ts";

const WORTH_SHARING = 32_768;
const movers = { 1: "move_8", 4: "move_32", 8: "move_64" } as const;

/** Lengths with the steps in what is written and what is read, counted in elements. */
interface Walk {
  readonly lengths: Shape;
  readonly to: readonly number[];
  readonly from: readonly number[];
  readonly toStart?: number;
  readonly fromStart?: number;
}

/** Axes of length 1 are left out, and neighbours that are one run in both become one. */
function merged({ lengths, to, from }: Walk): number[][] {
  const axes: number[][] = [];
  lengths.forEach((length, i) => {
    if (length === 1) return;
    const last = axes.at(-1);
    if (last && last[1] === to[i] * length && last[2] === from[i] * length)
      axes[axes.length - 1] = [last[0] * length, to[i], from[i]];
    else axes.push([length, to[i], from[i]]);
  });
  return axes.length === 0 ? [[1, 1, 1]] : axes;
}

/** A strided copy from one slot to another. */
export function moved(slots: Slots, input: number, output: number, walk: Walk, step: Step): Call {
  const size = bytesPer[slots.all[output].dtype] as 1 | 4 | 8;
  const [x, out] = [slots.root(input), slots.root(output)];
  const axes = merged(walk);
  const empty = sizeOf(walk.lengths) === 0;
  return {
    kernel: movers[size],
    steps: [step],
    reads: [x],
    writes: [out],
    share: sizeOf(walk.lengths) / WORTH_SHARING,
    write({ tape, at, words }) {
      if (empty) return;
      tape.call(movers[size], {
        out: at(out) + size * (walk.toStart ?? 0),
        x: at(x) + size * (walk.fromStart ?? 0),
        axes: words(axes.flat()),
        rank: axes.length,
      });
    },
  };
}

/** x repeated to the shape of `output`. */
export function expanded(slots: Slots, input: number, output: number, step: Step): Call {
  const { shape } = slots.all[output];
  const from = broadcastStrides(slots.all[input].shape, shape);
  return moved(slots, input, output, { lengths: shape, to: stridesOf(shape), from }, step);
}

/** The axes in another order. */
export function permuted(
  slots: Slots,
  input: number,
  output: number,
  order: readonly number[],
  step: Step,
): Call {
  const { shape } = slots.all[input];
  const strides = stridesOf(shape);
  const lengths = order.map((axis) => shape[axis]);
  return moved(
    slots,
    input,
    output,
    { lengths, to: stridesOf(lengths), from: order.map((axis) => strides[axis]) },
    step,
  );
}

/** Every element the same number. */
export function filled(slots: Slots, output: number, value: number, step: Step): Call {
  const { dtype, shape } = slots.all[output];
  const out = slots.root(output);
  return {
    kernel: `fill_${suffixes[dtype]}`,
    steps: [step],
    reads: [],
    writes: [out],
    share: 0,
    write({ tape, at }) {
      tape.call(`fill_${suffixes[dtype]}` as "fill_f32", {
        out: at(out),
        n: sizeOf(shape),
        value: stored(value, dtype),
      });
    },
  };
}

/** A number as an array of the type would hold it. */
function stored(value: number, dtype: DType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  return dtype === "int32" ? value | 0 : value;
}

/** Where several tensors lie one after another along an axis of the result. */
function joined(step: Step, slots: Slots): Call[] {
  const { inputs, output, attrs, op } = step;
  const { axis } = attrs as { axis: number };
  const { shape } = slots.all[output];
  const strides = stridesOf(shape);
  let start = 0;
  return inputs.map((input) => {
    const own = slots.all[input].shape;
    const lengths = op.name === "stack" ? own.toSpliced(axis, 0, 1) : own;
    const walk = { lengths, to: strides, from: stridesOf(lengths), toStart: start * strides[axis] };
    start += lengths[axis];
    return moved(slots, input, output, walk, step);
  });
}

const lowerMove: Lowerer = (step, slots) => {
  const { op, inputs, output, attrs } = step;
  const [x] = inputs;
  const { shape } = slots.all[x];
  const out = slots.all[output].shape;
  if (op.name !== "concat" && op.name !== "stack" && slots.all[x].dtype !== slots.all[output].dtype)
    return null;
  switch (op.name) {
    case "expand":
      return [expanded(slots, x, output, step)];
    case "permute":
    case "transpose":
      return [permuted(slots, x, output, (attrs as { order: readonly number[] }).order, step)];
    case "flip": {
      const { axes } = attrs as { axes: readonly number[] };
      const strides = stridesOf(shape);
      const fromStart = axes.reduce((sum, axis) => sum + (shape[axis] - 1) * strides[axis], 0);
      const from = strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
      return [moved(slots, x, output, { lengths: shape, to: strides, from, fromStart }, step)];
    }
    case "slice": {
      const { start, step: by, length } = attrs as Slice;
      const strides = stridesOf(shape);
      const fromStart = start.reduce((sum, index, axis) => sum + index * strides[axis], 0);
      const from = strides.map((stride, axis) => stride * by[axis]);
      return [moved(slots, x, output, { lengths: length, to: stridesOf(length), from, fromStart }, step)];
    }
    case "pad": {
      const { before, interior, value } = attrs as Padding;
      const strides = stridesOf(out);
      const toStart = before.reduce((sum, width, axis) => sum + width * strides[axis], 0);
      const to = strides.map((stride, axis) => stride * (interior[axis] + 1));
      return [
        filled(slots, output, value, step),
        moved(slots, x, output, { lengths: shape, to, from: stridesOf(shape), toStart }, step),
      ];
    }
    case "concat":
    case "stack":
      if (inputs.some((input) => slots.all[input].dtype !== slots.all[output].dtype)) return null;
      return joined(step, slots);
    default:
      return null;
  }
};

export const moves: Family = { fusions: [], lowerers: [["layout", lowerMove]] };
