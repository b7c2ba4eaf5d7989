/** The schedule that watches the loss. */
import { requireBetween, requireShare } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { requireSchedule } from "./schedule.ts";
import type { Schedule, Scheduled, ScheduleState } from "./schedule.ts";

export interface PlateauOptions {
  /** What the rates are multiplied by; 0.1. */
  readonly factor?: number;
  /** How many epochs without improvement are borne; the next one lowers the rates; 10. */
  readonly patience?: number;
  /** By what share of itself the best value must be beaten; 0.0001. */
  readonly threshold?: number;
  /** "max" for an accuracy; "min". */
  readonly mode?: "min" | "max";
  /** For how many epochs after lowering none is counted as bad; 0. */
  readonly cooldown?: number;
  /** The rates do not fall below; 0. */
  readonly minLr?: number;
  /** A rate that would move by no more than this stays; 1e-8. */
  readonly eps?: number;
}

/**
 * Multiplies the rates by `factor` when the watched loss has not improved for more than `patience` epochs in a row.
 * A loss that is NaN is no improvement. Defaults as PyTorch, whose rule this is with a relative threshold.
 * @throws ValueError for options out of range, and in `afterEpoch` without a loss
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
 * [0.9, 0.8, 0.8, 0.8].forEach((loss, i) => schedule.afterEpoch(i + 1, loss));
 * optimizer.paramGroups[0].lr; // 0.5
 */
export class ReduceLROnPlateau implements Schedule {
  readonly unit = "epoch";
  readonly #optimizer: Scheduled;
  readonly #options: Required<PlateauOptions>;
  #best: number | null = null;
  #bad = 0;
  #cooling = 0;

  constructor(optimizer: Scheduled, options: PlateauOptions = {}) {
    const { factor = 0.1, patience = 10, threshold = 1e-4, mode = "min" } = options;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    const where = "ReduceLROnPlateau";
    requireShare(where, "factor", factor);
    for (const [name, value] of Object.entries({ patience, threshold, cooldown, minLr, eps }))
      requireBetween(where, name, value, 0);
    if (mode !== "min" && mode !== "max")
      throw new ValueError(where, `mode must be "min" or "max", not ${String(mode)}`);
    this.#optimizer = optimizer;
    this.#options = { factor, patience, threshold, mode, cooldown, minLr, eps };
  }

  beforeBatch(): void {}

  afterEpoch(_epoch: number, loss?: number): void {
    if (loss === undefined)
      throw new ValueError("ReduceLROnPlateau", "watches a loss; call afterEpoch(epoch, loss)");
    const { patience, cooldown } = this.#options;
    if (this.#improves(loss)) {
      this.#best = loss;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    this.#lower();
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #improves(loss: number): boolean {
    const { mode, threshold } = this.#options;
    if (this.#best === null) return !Number.isNaN(loss);
    return mode === "min" ? loss < this.#best * (1 - threshold) : loss > this.#best * (1 + threshold);
  }

  #lower(): void {
    const { factor, minLr, eps } = this.#options;
    for (const group of this.#optimizer.paramGroups) {
      const lower = Math.max(group.lr * factor, minLr);
      if (group.lr - lower > eps) group.lr = lower;
    }
  }

  stateDict(): ScheduleState {
    return { schedule: "ReduceLROnPlateau", best: this.#best, bad: this.#bad, cooling: this.#cooling };
  }

  loadStateDict(state: ScheduleState): void {
    requireSchedule("ReduceLROnPlateau", state);
    this.#best = state.best as number | null;
    this.#bad = state.bad as number;
    this.#cooling = state.cooling as number;
  }
}
