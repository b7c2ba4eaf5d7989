/** What an experiment yields, in one process or several. */
import type { Plan, PlannedRun, Settings } from "./plan.ts";

/** What was measured of a run: numbers, and curves of numbers such as a loss per epoch. */
export type Measured = Readonly<Record<string, number | readonly number[]>>;

/** How a run ended: with what was measured, or with why its code failed. */
export interface Outcome {
  readonly id: string;
  readonly measured?: Measured;
  readonly error?: string;
  /** The time it took: in no table, because it differs from time to time. */
  readonly seconds: number;
}

export interface ExperimentStart {
  readonly event: "start";
  readonly runs: number;
  /** How many of them were done before. */
  readonly done: number;
}

/** After each run, in the order in which they end. */
export interface RunEnd<S = Settings> {
  readonly event: "run";
  readonly run: PlannedRun<S>;
  readonly outcome: Outcome;
  /** How many runs are done now. */
  readonly done: number;
}

export interface ExperimentDone<S = Settings> {
  readonly event: "done";
  readonly results: Results<S>;
  /** Present when a signal ended it early. */
  readonly stopped?: true;
}

export type ExperimentEvent<S = Settings> = ExperimentStart | RunEnd<S> | ExperimentDone<S>;

/** A plan with the outcomes there are, in the plan's order, whatever the order in which they came. */
export interface Results<S = Settings> {
  readonly plan: Plan<S>;
  readonly outcomes: readonly Outcome[];
}

/** Puts outcomes into the plan's order. */
export function resultsOf<S>(plan: Plan<S>, outcomes: ReadonlyMap<string, Outcome>): Results<S> {
  return { plan, outcomes: plan.runs.flatMap((run) => outcomes.get(run.id) ?? []) };
}
