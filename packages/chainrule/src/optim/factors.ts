/**
 * The curves of the schedules as pure functions: the factor of the learning rate after `n` epochs or batches. They can
 * be plotted, and combined in a RateSchedule.
 */
import { requireFinite } from "../tensor/check.ts";
import { checkOptions } from "../tensor/options.ts";
import { cos, pow } from "../tensor/math/index.ts";

/** γ^⌊n/stepSize⌋ */
export function stepFactor(n: number, stepSize: number, gamma: number): number {
  return pow(gamma, Math.floor(n / stepSize));
}

/** γⁿ, the factor of ExponentialLR after n steps. */
export function exponentialFactor(n: number, gamma: number): number {
  return pow(gamma, n);
}

/** (1 + cos(π n/total))/2, from 1 down to 0; it stays 0 after `total` */
export function cosineFactor(n: number, total: number): number {
  return n >= total ? 0 : (1 + cos((Math.PI * n) / total)) / 2;
}

/** min(1, (n + 1)/steps): the first step has the factor 1/steps, the last step of the warm-up 1 */
export function warmupFactor(n: number, steps: number): number {
  return Math.min(1, (n + 1) / steps);
}

export interface OneCycleShape {
  /** The share of the steps with a rising rate; default 0.3. */
  readonly pctStart?: number;
  /** The highest rate divided by the first; default 25. */
  readonly divFactor?: number;
  /** The first rate divided by the last; default 10,000. */
  readonly finalDivFactor?: number;
}

/**
 * One cycle of `total` steps as a factor of the highest rate: from 1/divFactor up to 1 at step pctStart · total − 1,
 * then down to 1/(divFactor · finalDivFactor) at the last step, where it stays. Each way is half a cosine.
 */
export function oneCycleFactor(n: number, total: number, shape: OneCycleShape = {}): number {
  const {
    pctStart = 0.3,
    divFactor = 25,
    finalDivFactor = 1e4,
  } = checkOptions("oneCycleFactor", shape, {
    pctStart: requireFinite,
    divFactor: requireFinite,
    finalDivFactor: requireFinite,
  });
  const first = 1 / divFactor;
  const [top, end] = [pctStart * total - 1, total - 1];
  if (top > 0 && n <= top) return between(first, 1, n / top);
  const last = first / finalDivFactor;
  return n >= end ? last : between(1, last, (n - top) / (end - top));
}

/** From `a` to `b` on half a cosine as `share` goes from 0 to 1. */
function between(a: number, b: number, share: number): number {
  return b + ((a - b) * (1 + cos(Math.PI * share))) / 2;
}
