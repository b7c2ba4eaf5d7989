/** The schedules that are functions of time, with PyTorch's names if it has them. */
import { requireBetween } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { pow } from "../tensor/math/index.ts";
import { anything, between, checkOptions, count, requireItems } from "../tensor/options.ts";
import { cosineFactor, exponentialFactor, oneCycleFactor, stepFactor, warmupFactor } from "./factors.ts";
import type { OneCycleShape } from "./factors.ts";
import { RateSchedule } from "./schedule.ts";
import type { Scheduled } from "./schedule.ts";

/** A length in batches, or in epochs, whose number of batches the training loop gives. */
export type Length = { readonly steps: number } | { readonly epochs: number };

/**
 * Multiplies the rate by `gamma` after every `stepSize` epochs: base · γ^⌊epoch/stepSize⌋. Default: gamma 0.1.
 * @throws ValueError unless stepSize ≥ 1 and gamma ≥ 0
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new StepLR(optimizer, { stepSize: 10, gamma: 0.5 });
 * schedule.afterEpoch(20);
 * optimizer.paramGroups[0].lr; // 0.25
 */
export class StepLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: { stepSize: number; gamma?: number }) {
    const { stepSize, gamma = 0.1 } = checkOptions("StepLR", options, {
      stepSize: between(1),
      gamma: between(0),
    });
    requireBetween("StepLR", "stepSize", stepSize, 1);
    super(optimizer, "epoch", (base, epoch) => base * stepFactor(epoch, stepSize, gamma), "StepLR");
  }
}

/**
 * Multiplies the rate by `gamma` after every epoch: base · γ^epoch.
 * @throws ValueError unless gamma ≥ 0
 */
export class ExponentialLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: { gamma: number }) {
    const { gamma } = checkOptions("ExponentialLR", options, { gamma: between(0) });
    requireBetween("ExponentialLR", "gamma", gamma, 0);
    super(optimizer, "epoch", (base, epoch) => base * exponentialFactor(epoch, gamma), "ExponentialLR");
  }
}

/**
 * Lowers the rate on half a cosine from the base rate to `etaMin` (default 0) at `tMax` epochs, where it stays: etaMin
 * + (base − etaMin)(1 + cos(π epoch/tMax))/2. PyTorch's rises again after tMax.
 * @throws ValueError unless tMax ≥ 1 and etaMin ≥ 0
 * @see Loshchilov & Hutter, SGDR (2017), equation 5, without restarts
 */
export class CosineAnnealingLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: { tMax: number; etaMin?: number }) {
    const { tMax, etaMin = 0 } = checkOptions("CosineAnnealingLR", options, {
      tMax: between(1),
      etaMin: between(0),
    });
    requireBetween("CosineAnnealingLR", "tMax", tMax, 1);
    const rate = (base: number, epoch: number): number =>
      etaMin + (base - etaMin) * cosineFactor(epoch, tMax);
    super(optimizer, "epoch", rate, "CosineAnnealingLR");
  }
}

/**
 * Multiplies the rate by `gamma` at each of the `milestones`, epochs in ascending order: base · γ^(milestones ≤ epoch).
 * Default: gamma 0.1.
 * @throws ValueError for milestones that do not ascend
 * @see PyTorch's MultiStepLR
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new MultiStepLR(optimizer, { milestones: [2, 4], gamma: 0.5 });
 * schedule.afterEpoch(4);
 * optimizer.paramGroups[0].lr; // 0.25
 */
export class MultiStepLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: { milestones: readonly number[]; gamma?: number }) {
    const { milestones, gamma = 0.1 } = checkOptions("MultiStepLR", options, {
      milestones: anything,
      gamma: between(0),
    });
    const steps = requireItems("MultiStepLR", "milestones", milestones);
    steps.forEach((epoch, i) =>
      requireBetween("MultiStepLR", "each milestone", epoch, i === 0 ? 0 : steps[i - 1]),
    );
    const passed = (epoch: number): number => steps.filter((milestone) => milestone <= epoch).length;
    super(optimizer, "epoch", (base, epoch) => base * stepFactor(passed(epoch), 1, gamma), "MultiStepLR");
  }
}

/**
 * Lowers the rate to 0 at `totalIters` epochs by a power, where it stays: base · (1 − min(epoch, total)/total)^power.
 * Defaults: totalIters 5, power 1.
 * @throws ValueError unless totalIters ≥ 1 and power ≥ 0
 * @see PyTorch's PolynomialLR
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new PolynomialLR(optimizer, { totalIters: 4, power: 2 });
 * schedule.afterEpoch(2);
 * optimizer.paramGroups[0].lr; // 0.25
 */
export class PolynomialLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: { totalIters?: number; power?: number } = {}) {
    const { totalIters = 5, power = 1 } = checkOptions("PolynomialLR", options, {
      totalIters: between(1),
      power: between(0),
    });
    const rate = (base: number, epoch: number): number =>
      base * pow(1 - Math.min(epoch, totalIters) / totalIters, power);
    super(optimizer, "epoch", rate, "PolynomialLR");
  }
}

/**
 * Half a cosine from the base rate to `etaMin`, begun again after `t0` epochs, then after t0 · tMult, t0 · tMult² … epochs.
 * Defaults: tMult 1, etaMin 0.
 * @throws ValueError unless t0 ≥ 1, tMult ≥ 1 and etaMin ≥ 0
 * @see Loshchilov & Hutter, SGDR (2017), equation 5; PyTorch's CosineAnnealingWarmRestarts
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new CosineAnnealingWarmRestarts(optimizer, { t0: 2 });
 * const rates = [1, 2, 3].map((epoch) => {
 *   schedule.afterEpoch(epoch);
 *   return optimizer.paramGroups[0].lr;
 * });
 * rates; // [ 0.5, 1, 0.5 ]
 */
export class CosineAnnealingWarmRestarts extends RateSchedule {
  constructor(optimizer: Scheduled, options: { t0: number; tMult?: number; etaMin?: number }) {
    const {
      t0,
      tMult = 1,
      etaMin = 0,
    } = checkOptions("CosineAnnealingWarmRestarts", options, {
      t0: count(1),
      tMult: count(1),
      etaMin: between(0),
    });
    requireBetween("CosineAnnealingWarmRestarts", "t0", t0, 1);
    const rate = (base: number, epoch: number): number => {
      let [length, within] = [t0, epoch];
      if (tMult === 1) within = epoch % t0;
      else
        while (within >= length) {
          within -= length;
          length *= tMult;
        }
      return etaMin + (base - etaMin) * cosineFactor(within, length);
    };
    super(optimizer, "epoch", rate, "CosineAnnealingWarmRestarts");
  }
}

/**
 * Raises the rate linearly over the first batches: base · min(1, (n + 1)/steps) for the batch after n others.
 * @throws ValueError unless the length is above 0
 * @example
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const schedule = new WarmupLR(optimizer, { epochs: 2 });
 * schedule.beforeBatch(0, 4); // the first of 4 · 2 batches
 * optimizer.paramGroups[0].lr; // 0.125
 */
export class WarmupLR extends RateSchedule {
  constructor(optimizer: Scheduled, length: Length) {
    checkOptions<{ steps?: number; epochs?: number }>("WarmupLR", length, lengthChecks);
    requireLength("WarmupLR", length);
    super(
      optimizer,
      "batch",
      (base, n, batches) => base * warmupFactor(n, inBatches(length, batches)),
      "WarmupLR",
    );
  }
}

/**
 * One cycle over the whole training, batch by batch: the rate rises to `maxLr` on half a cosine, then falls on another
 * far below its start. Defaults as PyTorch: maxLr the group's own rate, pctStart 0.3, divFactor 25, finalDivFactor
 * 10,000. Momentum stays constant (PyTorch's cycle_momentum=False).
 * @throws ValueError for numbers out of range
 * @see Smith & Topin, Super-convergence (2018)
 */
export class OneCycleLR extends RateSchedule {
  constructor(optimizer: Scheduled, options: Length & OneCycleShape & { readonly maxLr?: number }) {
    const {
      maxLr,
      steps: _steps,
      epochs: _epochs,
      ...shape
    } = checkOptions<OneCycleOptions>("OneCycleLR", options, {
      ...lengthChecks,
      maxLr: between(0),
      pctStart: between(0, 1),
      divFactor: between(1),
      finalDivFactor: between(1),
    });
    requireLength("OneCycleLR", options);
    super(
      optimizer,
      "batch",
      (base, n, batches) => (maxLr ?? base) * oneCycleFactor(n, inBatches(options, batches), shape),
      "OneCycleLR",
    );
  }
}

type OneCycleOptions = OneCycleShape & {
  readonly maxLr?: number;
  readonly steps?: number;
  readonly epochs?: number;
};

const lengthChecks = { steps: between(1), epochs: between(Number.MIN_VALUE) };

function requireLength(where: string, length: Length): void {
  if (length === undefined)
    throw new ValueError(where, "needs a length", { advice: "write { steps: 100 } or { epochs: 5 }" });
  if ("steps" in length) requireBetween(where, "steps", length.steps, 1);
  else requireBetween(where, "epochs", length.epochs, Number.MIN_VALUE);
}

function inBatches(length: Length, batches: number): number {
  return "steps" in length ? length.steps : length.epochs * batches;
}
