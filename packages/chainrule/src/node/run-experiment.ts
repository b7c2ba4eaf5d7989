/** Experiments in worker processes, kept in a store. */
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
  /** Where the function is that does a run, as `experiment` takes it. What it prints goes nowhere. */
  readonly measure: MeasureModule;
  /** How many processes; one for each core unless given. */
  readonly workers?: number;
  /** The file of the run store. Without one nothing is kept. */
  readonly store?: string;
  /** Ends the experiment at once; runs under way are done again when it goes on. The done event has `stopped`. */
  readonly signal?: AbortSignal;
}

/**
 * Does the runs of a plan in worker processes, and yields the events of `experiment`. Each result is the one that a single
 * process would give, since a run depends on nothing but its settings and seeds.
 *
 * With a store an outcome is on the disk before its event is yielded; started again after whatever end, it goes on with the runs
 * that are missing. A run whose process ends three times without an answer is reported as failed, and tried again when the
 * experiment goes on.
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

/** Outcomes as they come, recorded before they are told. */
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
