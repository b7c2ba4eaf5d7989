/** Ops that move numbers, as strided copies: kernels/layout.ts. */
import { movedAxes, reordered, repeated } from "../../../ops/moves.ts";
import type { Move } from "../../../ops/moves.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { bytesPer } from "../../../tensor/dtype.ts";
import type { DType } from "../../../tensor/dtype.ts";
import type { Step } from "../../device.ts";
import { suffixes } from "../kernels/signatures.ts";
import type { Call, Slots } from "./call.ts";
import type { Family, Lowerer } from "./lowerer.ts";

/** From this many elements on, threads share a copy. */
const WORTH_SHARING = 32_768;
const movers = { 1: "move_8", 4: "move_32", 8: "move_64" } as const;

/** A strided copy from one slot to another. */
function moved(slots: Slots, input: number, output: number, move: Move, step: Step): Call {
  const size = bytesPer[slots.all[output].dtype] as 1 | 4 | 8;
  const [x, out] = [slots.root(input), slots.root(output)];
  const axes = movedAxes(move);
  const empty = sizeOf(move.lengths) === 0;
  return {
    kernel: movers[size],
    steps: [step],
    reads: [x],
    writes: [out],
    share: sizeOf(move.lengths) / WORTH_SHARING,
    write({ tape, at, words }) {
      if (empty) return;
      tape.call(movers[size], {
        out: at(out) + size * (move.toStart ?? 0),
        x: at(x) + size * (move.fromStart ?? 0),
        axes: words(axes.flat()),
        rank: axes.length,
      });
    },
  };
}

/** Expands a slot to the shape of `output`. */
export function expanded(slots: Slots, input: number, output: number, step: Step): Call {
  return moved(slots, input, output, repeated(slots.all[input].shape, slots.all[output].shape), step);
}

/** Copies a slot with its axes in another order. */
export function permuted(
  slots: Slots,
  input: number,
  output: number,
  order: readonly number[],
  step: Step,
): Call {
  return moved(slots, input, output, reordered(slots.all[input].shape, order), step);
}

/** Fills a slot with one number. */
function filled(slots: Slots, output: number, value: number, step: Step): Call {
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

/** The value that an array of the type stores for a number. */
function stored(value: number, dtype: DType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  return dtype === "int32" ? value | 0 : value;
}

/** The copies that the op's record states; null if it states none, or if an input has another type than the output. */
const lowerMoves: Lowerer = (step, slots) => {
  const { op, inputs, output, attrs } = step;
  const { shape, dtype } = slots.all[output];
  if (op.moves === null || inputs.some((input) => slots.all[input].dtype !== dtype)) return null;
  const shapes = { out: shape, inputs: inputs.map((input) => slots.all[input].shape) };
  return op.moves(shapes, attrs).flatMap((move, i) => {
    const copied = moved(slots, inputs[i], output, move, step);
    return move.fill === undefined ? copied : [filled(slots, output, move.fill, step), copied];
  });
};

export const moves: Family = { fusions: [], lowerers: [["layout", lowerMoves]] };
