/** Where a few numbers lie and how they spread, the same to the bit in whatever order they come. */
import { requireBetween } from "../tensor/check.ts";

/**
 * The mean m = Σ xᵢ / n; NaN of no values. Of equal values it is that value, and the order of others changes no bit.
 * @example
 * mean([1, 2, 6]); // 3
 */
export function mean(values: readonly number[]): number {
  // A sum of equal values is rounded, and so is its n-th part.
  if (values.length > 0 && values.every((value) => value === values[0])) return values[0];
  return sum(values) / values.length;
}

/** In ascending order, so that the order in which they come makes no difference. */
function sum(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b).reduce((total, value) => total + value, 0);
}

/**
 * The sample standard deviation s = √(Σ (xᵢ − m)² / (n − 1)); NaN of fewer than two values, which tell nothing of it.
 * @example
 * standardDeviation([1, 2, 3]); // 1
 */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) * (value - middle))) / (values.length - 1));
}

/**
 * The mean of the middle half: ⌊n/4⌋ values are left out at either end.
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
 * The value at place q (n − 1) in ascending order, between two values in proportion, as NumPy's quantile.
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
  // A weighted sum, because the difference of two huge values is infinite.
  return below === above ? below : below * (1 - share) + above * share;
}
