/** The uncertainty of a share of counted rows, such as an accuracy. */
import type { Interval } from "./inference.ts";

const z = 1.959964;

/**
 * Wilson's 95 % interval for a share p of n trials: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
 *
 * Source: Wilson, Probable Inference (1927).
 * @example
 * wilsonInterval(0.9, 40).map((end) => end.toFixed(3)); // [ '0.769', '0.960' ]
 */
export function wilsonInterval(share: number, n: number): Interval {
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** A share and its number of trials. */
export type Proportion = readonly [share: number, n: number];

/**
 * The 95 % interval of the difference a − b of two independent shares, from Wilson's interval of each.
 *
 * Source: Newcombe, Interval Estimation for the Difference Between Independent Proportions (1998), method 10.
 * @example
 * newcombeInterval([0.92, 1000], [0.9, 40]).map((end) => end.toFixed(3)); // [ '-0.043', '0.151' ]
 */
export function newcombeInterval(a: Proportion, b: Proportion): Interval {
  const [[lowA, highA], [lowB, highB]] = [wilsonInterval(...a), wilsonInterval(...b)];
  const root = (x: number, y: number) => Math.sqrt(x * x + y * y);
  const gap = a[0] - b[0];
  return [gap - root(a[0] - lowA, highB - b[0]), gap + root(highA - a[0], b[0] - lowB)];
}
