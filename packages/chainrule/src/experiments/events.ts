/** The events that an experiment yields, in one process or several. */
import type { Plan, PlannedRun, Settings } from "./plan.ts";

/** The measurements of a run: numbers, and curves of numbers such as a loss per epoch. */
export type Measured = Readonly<Record<string, number | readonly number[]>>;

/** How a run ended: with its measurements, or with the error of its code. */
export interface Outcome {
  readonly id: string;
  readonly measured?: Measured;
  readonly error?: string;
  /** The duration. No table holds it, since it varies from run to run. */
  readonly seconds: number;
}

export interface ExperimentStart {
  readonly event: "start";
  readonly runs: number;
  /** How many of the runs were done before. */
  readonly done: number;
}

/** After each run, in the order in which they end. */
export interface RunEnd<S = Settings> {
  readonly event: "run";
  readonly run: PlannedRun<S>;
  readonly outcome: Outcome;
  /** The number of runs that are done now. */
  readonly done: number;
}

export interface ExperimentDone<S = Settings> {
  readonly event: "done";
  readonly results: Results<S>;
  /** Present when a signal ended it early. */
  readonly stopped?: true;
}

export type ExperimentEvent<S = Settings> = ExperimentStart | RunEnd<S> | ExperimentDone<S>;

/** A plan with the outcomes so far, in the plan's order, whatever the order in which they came. */
export interface Results<S = Settings> {
  readonly plan: Plan<S>;
  readonly outcomes: readonly Outcome[];
}

/** Puts outcomes into the plan's order. */
export function resultsOf<S>(plan: Plan<S>, outcomes: ReadonlyMap<string, Outcome>): Results<S> {
  return { plan, outcomes: plan.runs.flatMap((run) => outcomes.get(run.id) ?? []) };
}
