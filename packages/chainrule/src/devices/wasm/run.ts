/** A run of a tape: what is put into the memory before it, what is read after it, and where it takes place. */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesPer } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import type { Apart } from "./apart.ts";
import type { Fault } from "./instance.ts";
import type { Machine } from "./machine.ts";
import type { Bytes, Taken } from "./start-worker.ts";

export interface Run {
  readonly tape: number;
  readonly end: number;
  /** On one thread; the others are not woken. */
  readonly alone: boolean;
  /** Its steps, all in one go unless rows must be brought in between. */
  readonly legs: Iterable<Leg>;
  /** The cells that it changes. */
  readonly changed: readonly StateCell[];
  readonly results: readonly Place[];
  /** What the heap holds for it alone. */
  readonly blocks: readonly number[];
  /** What to throw for an index out of range. */
  refusal(fault: Fault): unknown;
}

/** The steps first … first + steps − 1, and what is to lie in the memory before them. */
export interface Leg {
  readonly first: number;
  readonly steps: number;
  readonly puts: readonly Bytes[];
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
  const { tape, end } = run;
  try {
    for (const { first, steps, puts } of run.legs) {
      let fault: Fault | null = null;
      try {
        for (const put of puts) machine.put(put);
        machine.run(!run.alone, tape, end, first, steps);
      } finally {
        // a step that fails comes after others that are done
        cells.changed(run.changed);
        fault = instance.takeFault();
      }
      if (fault !== null) throw run.refusal(fault);
    }
    return run.results.map((place) => read(machine, place));
  } finally {
    for (const at of run.blocks) machine.heap.free(at);
  }
}

/** In the worker, while this thread goes on. */
export async function runAway(machine: Machine, apart: Apart, run: Run): Promise<readonly Values[]> {
  const { instance, cells } = machine;
  const { tape, end, alone, changed, results } = run;
  const tell = cells.lend(changed, apart.where);
  const takes = [...cells.placesOf(changed), ...results].map(({ dtype, at, length }) => ({
    at,
    length: length * bytesPer[dtype],
  }));
  let taken: Taken | null = null;
  try {
    for (const { first, steps, puts } of run.legs) {
      if (apart.where === "here") for (const put of puts) machine.put(put);
      taken = await apart.run({ tape, end, alone, first, steps, puts, takes });
      machine.requireReady();
      const fault = instance.takeFault();
      if (fault !== null) throw run.refusal(fault);
    }
    const from = taken?.slice(changed.length) ?? [];
    return results.map((place, i) =>
      apart.where === "here" ? read(machine, place) : new arrays[place.dtype](from[i].buffer),
    );
  } finally {
    tell(taken);
    for (const at of run.blocks) machine.heap.free(at);
  }
}

const read = (machine: Machine, { dtype, at, length }: Place): Values =>
  machine.numbers(dtype, at, length).slice();
