/** Means, quantiles and deviations of a few numbers. Their order does not change a bit of the result. */
import { requireBetween } from "../tensor/check.ts";

/**
 * The mean m = Σ xᵢ / n; NaN for no values. The mean of equal values is exactly that value.
 * @example
 * mean([1, 2, 6]); // 3
 */
export function mean(values: readonly number[]): number {
  // A sum of equal values is rounded, so its n-th part may differ from the value.
  if (values.length > 0 && values.every((value) => value === values[0])) return values[0];
  return sum(values) / values.length;
}

/** The values in ascending order, so that their original order makes no difference. */
function sum(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b).reduce((total, value) => total + value, 0);
}

/**
 * The sample standard deviation s = √(Σ (xᵢ − m)² / (n − 1)); NaN for fewer than two values.
 * @example
 * standardDeviation([1, 2, 3]); // 1
 */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) * (value - middle))) / (values.length - 1));
}

/**
 * The mean of the middle half: the ⌊n/4⌋ smallest and largest values are left out.
 *
 * Source: Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice (2021).
 * @example
 * interquartileMean([100, 1, 2, 3]); // 2.5
 */
export function interquartileMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 4);
  return mean([...values].sort((a, b) => a - b).slice(cut, values.length - cut));
}

/**
 * The quantile q: the value at position q (n − 1) in ascending order, linearly interpolated, as NumPy's quantile.
 * @throws ValueError for q outside 0 … 1
 * @example
 * quantile([1, 2, 3, 4], 0.5); // 2.5
 */
export function quantile(values: readonly number[], q: number): number {
  requireBetween("quantile", "q", q, 0, 1);
  const ascending = [...values].sort((a, b) => a - b);
  const place = q * (ascending.length - 1);
  const [below, above] = [ascending[Math.floor(place)], ascending[Math.ceil(place)]];
  const share = place - Math.floor(place);
  // A weighted sum, because the difference of two huge values can overflow.
  return below === above ? below : below * (1 - share) + above * share;
}
