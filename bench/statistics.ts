/** Statistics of timings: medians, since a busy machine only ever adds time, and their spread. */

/** The quantile of the values, linear between neighbours: share 0 is the minimum, 0.5 the median. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("no values, so no quantile");
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A median with the middle half around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/**
 * The ratio of the times of two engines, round by round, with its median and middle half. Both ran within a second or
 * so in each round, so a disturbance of a whole round slows both and cancels.
 */
export function pairedRatio(times: readonly number[], base: readonly number[]): Spread {
  if (times.length !== base.length)
    throw new Error(`${times.length} and ${base.length} rounds; a ratio needs pairs`);
  return spread(times.map((time, round) => time / base[round]));
}

/** The slope of the least-squares line through (log x, log y): the p of y ∝ xᵖ. */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length || new Set(x).size < 2)
    throw new Error(`${x.length} x and ${y.length} y; a slope needs as many of each, two of them different`);
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [uMean, vMean] = [mean(u), mean(v)];
  const covariance = u.reduce((sum, one, i) => sum + (one - uMean) * (v[i] - vMean), 0);
  return covariance / u.reduce((sum, one) => sum + (one - uMean) ** 2, 0);
}

/**
 * The largest |value − reference| ⁄ max(|reference|, floor): Infinity if the lengths differ or a value is not finite.
 */
export function deviation(values: ArrayLike<number>, reference: ArrayLike<number>, floor: number): number {
  if (values.length !== reference.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const one = Math.abs(values[i] - reference[i]) / Math.max(Math.abs(reference[i]), floor);
    if (!Number.isFinite(one)) return Infinity;
    largest = Math.max(largest, one);
  }
  return largest;
}
