/**
 * Schedules change the learning rates between steps, per batch or per epoch. They assign the optimizer's rate cells, so
 * traced steps follow. All but ReduceLROnPlateau are pure functions of the progress of training and keep no counter.
 */
import { oneOf, requireFunction } from "../tensor/options.ts";
import { describe } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { StateDictError } from "../tensor/errors.ts";

/** The interface between a training loop and a schedule. */
export interface Schedule {
  /** Whether the rates change before every batch or after every epoch. */
  readonly unit: "batch" | "epoch";
  /** Sets the rates for the batch after `steps` batches; an epoch has `batches` batches. */
  beforeBatch(steps: number, batches: number): void;
  /** Sets the rates after epoch `epoch` (from 1); `loss` is that epoch's watched loss. */
  afterEpoch(epoch: number, loss?: number): void;
  /** The state for a resumed run, as plain JSON; the optimizer's state has the rates. */
  stateDict(): ScheduleState;
  /**
   * Continues from a state that `stateDict` returned.
   * @throws StateDictError for the state of another schedule, or of another number of groups
   */
  loadStateDict(state: ScheduleState): void;
}

export interface ScheduleState {
  /** The schedule's class by name. */
  readonly schedule: string;
  readonly [field: string]: string | number | null | readonly number[];
}

/** The part of an optimizer that a schedule changes. */
export interface Scheduled {
  readonly paramGroups: readonly { lr: number }[];
}

/**
 * The rate after `n` batches or epochs, from the initial rate; an epoch has `batches` batches (0 if the unit is
 * "epoch").
 */
export type Rate = (base: number, n: number, batches: number) => number;

/**
 * A schedule from a function rate(base, n, batches) for the rate after n batches or epochs; base is the group's rate
 * when the schedule is made.
 *
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new RateSchedule(optimizer, "epoch", (base, epoch) => base / (1 + epoch));
 * schedule.afterEpoch(3);
 * optimizer.paramGroups[0].lr; // 0.25
 */
export class RateSchedule implements Schedule {
  readonly unit: "batch" | "epoch";
  readonly #optimizer: Scheduled;
  readonly #rate: Rate;
  readonly #name: string;
  #bases: readonly number[];

  constructor(optimizer: Scheduled, unit: "batch" | "epoch", rate: Rate, name = "RateSchedule") {
    if (!Array.isArray(optimizer?.paramGroups))
      throw new ValueError(
        name,
        `the optimizer is ${describe(optimizer)}, not an optimizer such as new SGD(…)`,
      );
    oneOf("batch", "epoch")(name, "the unit", unit);
    requireFunction(name, "the rate", rate);
    this.unit = unit;
    this.#optimizer = optimizer;
    this.#rate = rate;
    this.#name = name;
    this.#bases = optimizer.paramGroups.map((group) => group.lr);
    if (unit === "epoch") this.#move(0, 0);
  }

  beforeBatch(steps: number, batches: number): void {
    if (this.unit === "batch") this.#move(steps, batches);
  }

  afterEpoch(epoch: number, _loss?: number): void {
    if (this.unit === "epoch") this.#move(epoch, 0);
  }

  stateDict(): ScheduleState {
    return { schedule: this.#name, bases: this.#bases };
  }

  /** Continues from a state that `stateDict` returned. */
  loadStateDict(state: ScheduleState): void {
    requireSchedule(this.#name, state);
    const { bases } = state;
    if (!Array.isArray(bases) || bases.length !== this.#bases.length)
      throw new StateDictError(
        `${this.#name}.loadStateDict`,
        `bases must be ${this.#bases.length} rates, one per parameter group`,
      );
    this.#bases = bases;
  }

  #move(n: number, batches: number): void {
    this.#optimizer.paramGroups.forEach((group, i) => (group.lr = this.#rate(this.#bases[i], n, batches)));
  }
}

export function requireSchedule(name: string, { schedule }: ScheduleState): void {
  if (schedule !== name)
    throw new StateDictError(`${name}.loadStateDict`, `the state is that of ${schedule}`);
}
