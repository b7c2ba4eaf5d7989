/** The schedule that lowers the rate when the loss stops improving. */
import { requireShare } from "../tensor/check.ts";
import { between, checkOptions, oneOf } from "../tensor/options.ts";
import { ValueError } from "../tensor/errors.ts";
import { requireSchedule } from "./schedule.ts";
import type { Schedule, Scheduled, ScheduleState } from "./schedule.ts";

export interface PlateauOptions {
  /** The factor that multiplies the rates; default 0.1. */
  readonly factor?: number;
  /** The number of epochs without improvement to wait for; one more lowers the rates. Default 10. */
  readonly patience?: number;
  /** The relative improvement on the best value that counts; default 0.0001. */
  readonly threshold?: number;
  /** "min" (default) for a loss, "max" for an accuracy. */
  readonly mode?: "min" | "max";
  /** The number of epochs after lowering that are not counted; default 0. */
  readonly cooldown?: number;
  /** The lower bound of the rates; default 0. */
  readonly minLr?: number;
  /** A smaller change of a rate is not made; default 1e-8. */
  readonly eps?: number;
}

/**
 * Multiplies the rates by `factor` when the watched loss has not improved for more than `patience` epochs in a row: an
 * improvement is below best − threshold · |best| (above best + threshold · |best| with mode "max"), and the first value
 * improves if it is finite. The rule and its defaults are PyTorch's, but for negative losses, which PyTorch's best · (1 −
 * threshold) takes for improvements while they are equal.
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
    const given = checkOptions("ReduceLROnPlateau", options, {
      factor: requireShare,
      patience: between(0),
      threshold: between(0),
      mode: oneOf("min", "max"),
      cooldown: between(0),
      minLr: between(0),
      eps: between(0),
    });
    const { factor = 0.1, patience = 10, threshold = 1e-4, mode = "min" } = given;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = given;
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
    if (this.#best === null) return Number.isFinite(loss);
    // relative to the size of the best value, so that a negative loss can improve
    const margin = threshold * Math.abs(this.#best);
    return mode === "min" ? loss < this.#best - margin : loss > this.#best + margin;
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

  /** Continues from a state that `stateDict` returned. */
  loadStateDict(state: ScheduleState): void {
    requireSchedule("ReduceLROnPlateau", state);
    this.#best = state.best as number | null;
    this.#bad = state.bad as number;
    this.#cooling = state.cooling as number;
  }
}
