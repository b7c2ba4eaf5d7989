/** Experiments: they measure every setting of a plan with every seed. */
import { ValueError } from "../tensor/errors.ts";
import { resultsOf } from "./events.ts";
import type { ExperimentEvent, Measured, Outcome } from "./events.ts";
import { plan } from "./plan.ts";
import type { Plan, PlannedRun, PlanOptions, SettingsOf, Vary } from "./plan.ts";

/** Measures one run, synchronously or with a promise. */
export type Measure<S> = (run: PlannedRun<S>) => Measured | Promise<Measured>;

export interface ExperimentOptions<V extends Vary> extends PlanOptions<V> {
  readonly measure: Measure<SettingsOf<V>>;
}

export interface RunOptions {
  /** Outcomes of earlier calls; their runs are not done again. */
  readonly outcomes?: readonly Outcome[];
  /** Ends the experiment after the run under way; the done event has `stopped`. */
  readonly signal?: AbortSignal;
}

export interface Experiment<S> {
  readonly plan: Plan<S>;
  /** Does the runs one after the other and yields an event after each. */
  run(options?: RunOptions): AsyncGenerator<ExperimentEvent<S>, void, void>;
}

/**
 * An experiment: `measure` is called once for every setting and seed, and returns the numbers that are compared.
 *
 * A run whose code throws has failed; the other runs go on.
 * @throws ValueError for an invalid plan; while running, for a measure that does not return numbers
 * @example
 * const trial = experiment({ vary: { lr: [0.1, 0.5] }, seeds: 2, measure: ({ settings, seed }) => ({ loss: settings.lr + seed }) });
 * const events: string[] = [];
 * for await (const { event } of trial.run()) events.push(event);
 * events.join(" "); // start run run run run done
 */
export function experiment<V extends Vary>(options: ExperimentOptions<V>): Experiment<SettingsOf<V>> {
  const planned = plan(options);
  return { plan: planned, run: (given = {}) => inTurn(planned, options.measure, given) };
}

async function* inTurn<S>(
  planned: Plan<S>,
  measure: Measure<S>,
  { outcomes = [], signal }: RunOptions,
): AsyncGenerator<ExperimentEvent<S>, void, void> {
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const missing = planned.runs.filter(({ id }) => !known.has(id));
  let done = planned.runs.length - missing.length;
  yield { event: "start", runs: planned.runs.length, done };
  for (const run of missing) {
    if (signal?.aborted) break;
    const outcome = await measureRun(run, measure);
    known.set(run.id, outcome);
    done++;
    yield { event: "run", run, outcome, done };
  }
  yield {
    event: "done",
    results: resultsOf(planned, known),
    ...(done < planned.runs.length && { stopped: true as const }),
  };
}

/** Does one run and returns its outcome. */
export async function measureRun<S>(run: PlannedRun<S>, measure: Measure<S>): Promise<Outcome> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    const measured = await measure(run);
    requireNumbers(measured);
    return { id: run.id, measured, seconds: seconds() };
  } catch (error) {
    return { id: run.id, error: error instanceof Error ? error.message : String(error), seconds: seconds() };
  }
}

function requireNumbers(measured: Measured): void {
  if (typeof measured !== "object" || measured === null)
    throw new ValueError("experiment", `measure returned ${String(measured)}, not an object of numbers`);
  for (const [name, value] of Object.entries(measured)) {
    const numbers: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!numbers.every((one) => typeof one === "number"))
      throw new ValueError(
        "experiment",
        `measure returned "${name}" that is neither a number nor a list of numbers`,
      );
  }
}
