/** A run of a tape: what is put into the memory before it, what is read after it, and where it takes place. */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesPer } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import type { Apart } from "./apart.ts";
import type { Where } from "./cells.ts";
import type { Machine } from "./machine.ts";
import type { Bytes } from "./start-worker.ts";

export interface Run {
  readonly tape: number;
  readonly end: number;
  readonly steps: number;
  /** On one thread; the others are not woken. */
  readonly alone: boolean;
  readonly puts: readonly Bytes[];
  /** The cells that it changes. */
  readonly changed: readonly StateCell[];
  readonly results: readonly Place[];
  /** What the heap holds for it alone. */
  readonly blocks: readonly number[];
}

/** Where an array of numbers lies. */
export interface Place {
  readonly dtype: DType;
  readonly at: number;
  readonly length: number;
}

/** On this thread. */
export function runHere(machine: Machine, run: Run): readonly Values[] {
  const { instance, cells } = machine;
  try {
    for (const put of run.puts) machine.put(put);
    if (run.alone) instance.runAlone(run.tape, run.end, 0, run.steps);
    else instance.run(run.tape, run.end, 0, run.steps);
    cells.changed(run.changed);
    return run.results.map((place) => read(machine, place));
  } finally {
    for (const at of run.blocks) machine.heap.free(at);
  }
}

/** In the worker, while this thread goes on; `where` says in whose memory. */
export async function runAway(
  machine: Machine,
  apart: Apart,
  where: Where,
  { puts, changed, results, blocks, ...tape }: Run,
): Promise<readonly Values[]> {
  const { cells } = machine;
  const tell = cells.lend(changed, where);
  try {
    if (where === "here") {
      for (const put of puts) machine.put(put);
      await machine.whileAway(apart.run({ ...tape, puts: [], takes: [] }));
      machine.requireAlive();
      tell([]);
      return results.map((place) => read(machine, place));
    }
    // copies of their own can be handed over
    const copies = puts.map(({ at, bytes }) => ({ at, bytes: bytes.slice() }));
    const takes = [...cells.placesOf(changed), ...results].map(({ dtype, at, length }) => ({
      at,
      length: length * bytesPer[dtype],
    }));
    const taken = await machine.whileAway(apart.run({ ...tape, puts: copies, takes }));
    machine.requireAlive();
    tell(taken.slice(0, changed.length));
    return results.map(({ dtype }, i) => new arrays[dtype](taken[changed.length + i].buffer));
  } catch (error) {
    tell(null);
    throw error;
  } finally {
    for (const at of blocks) machine.heap.free(at);
  }
}

const read = (machine: Machine, { dtype, at, length }: Place): Values =>
  machine.numbers(dtype, at, length).slice();
