/**
 * The curves of the schedules, as pure functions: by what factor the rate changes after `n` epochs or batches. They
 * can be drawn, and combined in a RateSchedule.
 */
import { cos, pow } from "../tensor/math/index.ts";

/** γ^⌊n/stepSize⌋ */
export function stepFactor(n: number, stepSize: number, gamma: number): number {
  return pow(gamma, Math.floor(n / stepSize));
}

/** γⁿ */
export function exponentialFactor(n: number, gamma: number): number {
  return pow(gamma, n);
}

/** (1 + cos(π n/total))/2, from 1 down to 0, where it stays */
export function cosineFactor(n: number, total: number): number {
  return n >= total ? 0 : (1 + cos((Math.PI * n) / total)) / 2;
}

/** min(1, (n + 1)/steps): the first step has 1/steps, the last of the warm-up the full rate */
export function warmupFactor(n: number, steps: number): number {
  return Math.min(1, (n + 1) / steps);
}

export interface OneCycleShape {
  /** The share of the steps on which the rate rises; 0.3. */
  readonly pctStart?: number;
  /** The highest rate over the first; 25. */
  readonly divFactor?: number;
  /** The first rate over the last; 10,000. */
  readonly finalDivFactor?: number;
}

/**
 * One cycle of `total` steps as a factor of the highest rate: from 1/divFactor up to 1 at step pctStart · total − 1, then
 * down to 1/(divFactor · finalDivFactor) at the last, where it stays; each way half a cosine.
 */
export function oneCycleFactor(n: number, total: number, shape: OneCycleShape = {}): number {
  const { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = shape;
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
