/** Runs a tape, on this thread or in the worker: writes its inputs to the memory, runs it, and reads its results. */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesPer } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import type { BackgroundWorker } from "./worker/background.ts";
import type { Segment } from "./memory/stamps.ts";
import type { Fault } from "./kernels/instance.ts";
import type { Machine } from "./machine.ts";
import type { WorkerAnswer } from "./worker/start-worker.ts";

export interface Run {
  readonly tape: number;
  readonly end: number;
  /** Whether one thread runs it, and the others are not woken. */
  readonly alone: boolean;
  /** Its steps: one leg, unless rows must be copied in between. */
  readonly legs: Iterable<Leg>;
  /** The cells that it changes. */
  readonly changed: readonly StateCell[];
  readonly results: readonly Span[];
  /** The blocks of the heap to free after the run. */
  readonly blocks: readonly number[];
  /** The error to throw for an index out of range. */
  refusal(fault: Fault): unknown;
}

/** The steps first … first + steps − 1, and the bytes that must be in the memory before them. */
export interface Leg {
  readonly first: number;
  readonly steps: number;
  readonly segments: readonly Segment[];
  readonly last: boolean;
}

/** An array in the memory: its type, address and length in bytes. */
export interface Span {
  readonly dtype: DType;
  readonly at: number;
  readonly length: number;
}

/** Runs on this thread. */
export function runInForeground(machine: Machine, run: Run): readonly Values[] {
  const { instance, cells } = machine;
  const { tape, end } = run;
  try {
    for (const { first, steps, segments } of run.legs) {
      machine.write(segments);
      let fault: Fault | null = null;
      try {
        machine.run(!run.alone, tape, end, first, steps);
      } finally {
        // the steps before a failing one have changed the cells
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

/** Runs in the worker, while this thread goes on. */
export async function runInBackground(
  machine: Machine,
  worker: BackgroundWorker,
  run: Run,
): Promise<readonly Values[]> {
  const { instance, cells } = machine;
  const { tape, end, alone, changed, results } = run;
  try {
    const change = cells.changeInBackground(changed, worker.ownStamps);
    const reads = [...change.places, ...results].map(({ at, length }) => ({ at, length }));
    const ask = async (leg: Leg): Promise<WorkerAnswer> => {
      if (worker.ownStamps === null) machine.write(leg.segments);
      const { first, steps, segments, last } = leg;
      const asked = worker.run({ tape, end, alone, first, steps, segments, reads: last ? reads : [] });
      // the worker has what to write; from now on it changes the cells
      change.begin();
      const answer = await asked;
      machine.requireReady();
      return answer;
    };
    let fault: Fault | null = null;
    let answer: WorkerAnswer = [];
    for (const leg of run.legs) {
      answer = await ask(leg);
      fault = instance.takeFault();
      if (fault === null) continue;
      // a run without steps fetches the results of the steps before the failing one
      if (!leg.last) answer = await ask({ first: 0, steps: 0, segments: [], last: true });
      break;
    }
    change.end(answer);
    if (fault !== null) throw run.refusal(fault);
    return results.map((span, i) =>
      worker.ownStamps === null
        ? read(machine, span)
        : new arrays[span.dtype](answer[changed.length + i].buffer),
    );
  } finally {
    for (const at of run.blocks) machine.heap.free(at);
  }
}

const read = (machine: Machine, { dtype, at, length }: Span): Values =>
  machine.numbers(dtype, at, length / bytesPer[dtype]).slice();
