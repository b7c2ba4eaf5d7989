/**
 * Plans where the slots of a program lie. Cells and constants have their own places; temporaries share an arena. The new
 * value of a cell overwrites the old one if no later call reads the old one or can fail, so that a failed step changes no
 * cell. Otherwise it is a temporary, and is copied to the cell's place at the end.
 */
import { bytesPer } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Step } from "../../device.ts";
import { ops } from "../../../ops/index.ts";
import { planArena } from "./arena.ts";
import type { Call, Slots } from "../lower/call.ts";
import type { Lowered } from "../lower/lower.ts";

export interface Plan {
  /** All calls, including the copies at the end. */
  readonly calls: readonly Call[];
  /** The slots that hold the program's outputs after the step. */
  readonly outputs: readonly number[];
  /** For each slot that lies in the place of a cell, the cell's number. */
  readonly inCell: ReadonlyMap<number, number>;
  /** The offset in the arena of each temporary, and of the scratch memory of each call. */
  readonly inArena: ReadonlyMap<number, number>;
  readonly scratch: readonly number[];
  readonly arenaBytes: number;
}

export function slotBytes(slots: Slots, slot: number): number {
  const { shape, dtype } = slots.all[slot];
  return sizeOf(shape) * bytesPer[dtype];
}

function copied(slots: Slots, from: number, to: number): Call {
  const step: Step = { op: ops.detach, attrs: undefined, inputs: [from], output: to, scope: null };
  return {
    kernel: "copy",
    steps: [step],
    reads: [from],
    writes: [to],
    share: 0,
    write({ tape, at }) {
      tape.call("copy", { out: at(to), x: at(from), bytes: slotBytes(slots, from) });
    },
  };
}

export function plan({ program, slots, calls: lowered }: Lowered): Plan {
  const calls = [...lowered];
  const cellOf = new Map(program.cells.map(({ slot }, i) => [slot, i]));
  const fixed = new Set([...program.constants.map(({ slot }) => slot), ...cellOf.keys()]);
  const changes = program.cells.flatMap(({ update }, i) =>
    update === null ? [] : [{ cell: i, to: program.cells[i].slot, from: slots.root(update) }],
  );
  const changed = new Set(changes.map(({ to }) => to));
  const keepOld = (slot: number): number => {
    if (!changed.has(slot)) return slot;
    const { shape, dtype } = slots.all[slot];
    const copy = slots.fresh(shape, dtype);
    calls.push(copied(slots, slot, copy));
    return copy;
  };
  const outputs = program.outputs.map((slot) => keepOld(slots.root(slot)));
  const sources = changes.map(({ from }) => keepOld(from));

  const inCell = new Map<number, number>(cellOf);
  const copies: Call[] = [];
  changes.forEach(({ cell, to }, i) => {
    const from = sources[i];
    if (!inCell.has(from) && !fixed.has(from) && mayLieIn(calls, from, to)) inCell.set(from, cell);
    else copies.push(copied(slots, from, to));
  });
  calls.push(...copies);
  return { calls, outputs, inCell, ...planTemporaries(program.inputs, slots, calls, outputs, inCell, fixed) };
}

/** Whether the slot `from` may be written where the cell's old value `to` lies. */
function mayLieIn(calls: readonly Call[], from: number, to: number): boolean {
  const made = calls.findIndex(({ writes }) => writes.includes(from));
  return (
    made >= 0 &&
    calls.every(
      (call, i) =>
        i < made ||
        (!call.mayFail && (!call.reads.includes(to) || (i === made && call.mayReplace?.(to, from) === true))),
    )
  );
}

function planTemporaries(
  inputs: readonly number[],
  slots: Slots,
  calls: readonly Call[],
  outputs: readonly number[],
  inCell: ReadonlyMap<number, number>,
  fixed: ReadonlySet<number>,
): Pick<Plan, "inArena" | "scratch" | "arenaBytes"> {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const touch = (slot: number, at: number): void => {
    if (fixed.has(slot) || inCell.has(slot)) return;
    if (!first.has(slot)) first.set(slot, at);
    last.set(slot, at);
  };
  for (const slot of inputs) touch(slot, -1);
  calls.forEach(({ reads, writes }, i) => {
    for (const slot of [...reads, ...writes]) touch(slot, i);
  });
  for (const slot of outputs) touch(slot, calls.length);
  const temporaries = [...first.keys()];
  const withScratch = calls.flatMap(({ scratch = 0 }, i) =>
    scratch > 0 ? [{ call: i, bytes: scratch }] : [],
  );
  const { places, bytes } = planArena([
    ...temporaries.map((slot) => ({
      bytes: slotBytes(slots, slot),
      first: first.get(slot) as number,
      last: last.get(slot) as number,
    })),
    ...withScratch.map(({ call, bytes }) => ({ bytes, first: call, last: call })),
  ]);
  const scratch = calls.map(() => 0);
  withScratch.forEach(({ call }, i) => (scratch[call] = places[temporaries.length + i]));
  return { inArena: new Map(temporaries.map((slot, i) => [slot, places[i]])), scratch, arenaBytes: bytes };
}
