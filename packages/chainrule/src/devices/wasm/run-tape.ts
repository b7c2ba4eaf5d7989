/** A run of a tape: what is put into the memory before it, what is read after it, and where it takes place. */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesPer } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import type { Apart } from "./worker/background.ts";
import type { Put } from "./memory/stamps.ts";
import type { Fault } from "./kernels/instance.ts";
import type { Machine } from "./machine.ts";
import type { Taken } from "./worker/start-worker.ts";

export interface Run {
  readonly tape: number;
  readonly end: number;
  /** On one thread; the others are not woken. */
  readonly alone: boolean;
  /** Its steps, all in one go unless rows must be brought in between. */
  readonly legs: Iterable<Leg>;
  /** The cells that it changes. */
  readonly changed: readonly StateCell[];
  readonly results: readonly Span[];
  /** What the heap holds for it alone. */
  readonly blocks: readonly number[];
  /** What to throw for an index out of range. */
  refusal(fault: Fault): unknown;
}

/** The steps first … first + steps − 1, and what is to lie in the memory before them. */
export interface Leg {
  readonly first: number;
  readonly steps: number;
  readonly puts: readonly Put[];
  readonly last: boolean;
}

/** Where an array of numbers lies, and how many bytes it has. */
export interface Span {
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
      machine.put(puts);
      let fault: Fault | null = null;
      try {
        machine.run(!run.alone, tape, end, first, steps);
      } finally {
        // a step that fails comes after others that are done
        cells.changed(run.changed);
        fault = instance.takeFault();
      }
      if (fault !== null) throw run.refusal(fault);
    }
    return run.results.map((span) => read(machine, span));
  } finally {
    for (const at of run.blocks) machine.heap.free(at);
  }
}

/** In the worker, while this thread goes on. */
export async function runAway(machine: Machine, apart: Apart, run: Run): Promise<readonly Values[]> {
  const { instance, cells } = machine;
  const { tape, end, alone, changed, results } = run;
  try {
    const loan = cells.lend(changed, apart.own);
    const takes = [...loan.places, ...results].map(({ at, length }) => ({ at, length }));
    const ask = async (leg: Leg): Promise<Taken> => {
      if (apart.own === null) machine.put(leg.puts);
      const { first, steps, puts, last } = leg;
      const asked = apart.run({ tape, end, alone, first, steps, puts, takes: last ? takes : [] });
      // now that it is decided what is to be put
      loan.begin();
      const taken = await asked;
      machine.requireReady();
      return taken;
    };
    let fault: Fault | null = null;
    let taken: Taken = [];
    for (const leg of run.legs) {
      taken = await ask(leg);
      fault = instance.takeFault();
      if (fault === null) continue;
      // of no more steps, for what the steps before have made
      if (!leg.last) taken = await ask({ first: 0, steps: 0, puts: [], last: true });
      break;
    }
    loan.end(taken);
    if (fault !== null) throw run.refusal(fault);
    return results.map((span, i) =>
      apart.own === null ? read(machine, span) : new arrays[span.dtype](taken[changed.length + i].buffer),
    );
  } finally {
    for (const at of run.blocks) machine.heap.free(at);
  }
}

const read = (machine: Machine, { dtype, at, length }: Span): Values =>
  machine.numbers(dtype, at, length / bytesPer[dtype]).slice();
