/** Runs experiments in worker processes and records them in a store. */
import { resultsOf } from "../experiments/events.ts";
import type { ExperimentEvent, Outcome } from "../experiments/events.ts";
import type { Plan, PlannedRun, Settings } from "../experiments/plan.ts";
import { requireCount } from "../tensor/check.ts";
import { describeMachine } from "./machine.ts";
import type { MeasureModule } from "./experiment-worker.ts";
import { RunStore } from "./run-store.ts";
import { startPool } from "./worker-pool.ts";

export interface ProcessOptions<S> {
  readonly plan: Plan<S>;
  /**
   * The module of the function that measures a run, like `measure` of `experiment`. Its printed output is discarded.
   */
  readonly measure: MeasureModule;
  /** The number of processes. Default: one per core. */
  readonly workers?: number;
  /** The file of the run store. Without it no outcome is recorded. */
  readonly store?: string;
  /** Ends the experiment at once; unfinished runs are done again when it goes on. The done event has `stopped`. */
  readonly signal?: AbortSignal;
}

/**
 * Does the runs of a plan in worker processes, and yields the events of `experiment`. The results equal those of a
 * single process, since a run depends only on its settings and seeds.
 *
 * With a store an outcome is on the disk before its event is yielded. Started again after any interruption, the
 * experiment goes on with the missing runs. A run whose process ends three times without an answer is reported as
 * failed, and tried again when the experiment goes on.
 * @throws StoreError when the store belongs to another plan or is in use
 * @throws ValueError when the module cannot be loaded or has no such function
 */
export async function* runInProcesses<S extends Settings>(
  options: ProcessOptions<S>,
): AsyncGenerator<ExperimentEvent<S>, void, void> {
  const { plan, measure, signal } = options;
  const workers = requireCount("runInProcesses", "workers", options.workers ?? describeMachine().cores);
  const store = options.store === undefined ? undefined : RunStore.open(options.store, plan);
  try {
    const known = new Map((store?.outcomes() ?? []).map((outcome) => [outcome.id, outcome]));
    const missing = plan.runs.filter(({ id }) => !known.has(id));
    const byId = new Map(missing.map((run) => [run.id, run]));
    let done = plan.runs.length - missing.length;
    yield { event: "start", runs: plan.runs.length, done };
    for await (const outcome of outcomes(missing, measure, workers, store, signal)) {
      known.set(outcome.id, outcome);
      done++;
      yield { event: "run", run: byId.get(outcome.id)!, outcome, done };
    }
    yield {
      event: "done",
      results: resultsOf(plan, known),
      ...(done < plan.runs.length && { stopped: true as const }),
    };
  } finally {
    store?.close();
  }
}

/** Yields outcomes as they come, after they are recorded. */
async function* outcomes(
  runs: readonly PlannedRun[],
  measure: MeasureModule,
  workers: number,
  store: RunStore | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Outcome, void, void> {
  if (runs.length === 0) return;
  const ready: Outcome[] = [];
  let failure: unknown;
  let failed = false;
  let wake = (): void => {};
  const fail = (error: unknown): void => {
    failure = error;
    failed = true;
    wake();
  };
  const stop = (): void => {
    pool.stop();
    wake();
  };
  const pool = startPool({
    runs,
    measure,
    workers,
    onFailure: fail,
    onOutcome(outcome, { crashed }) {
      try {
        if (!crashed) store?.record(outcome);
        ready.push(outcome);
        wake();
      } catch (error) {
        pool.stop();
        fail(error);
      }
    },
  });
  signal?.addEventListener("abort", stop);
  try {
    for (let told = 0; told < runs.length;) {
      const outcome = ready.shift();
      if (outcome) {
        told++;
        yield outcome;
      } else if (failed) throw failure;
      else if (signal?.aborted) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    pool.stop();
  }
}
