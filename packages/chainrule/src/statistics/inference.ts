/** The uncertainty of means: confidence intervals, and the comparison of two settings on the same seeds. */
import { requireCount } from "../tensor/check.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import type { Generator } from "../tensor/random/index.ts";
import { mean, quantile, standardDeviation } from "./spread.ts";
import { studentQuantile, studentTail } from "./student-t.ts";

export type Interval = readonly [low: number, high: number];

/**
 * The confidence interval of a mean, m ± t s / √n, with t the quantile (1 + level) / 2 of Student's distribution with n
 * − 1 degrees of freedom: if the values are normally distributed, the share `level` of such intervals contains the true
 * mean. NaN for fewer than two values.
 *
 * Source: Student, The Probable Error of a Mean (1908).
 * @throws ValueError for a level that is not between 0 and 1
 * @example
 * tInterval([1, 2, 3]).map((end) => end.toFixed(3)); // [ '-0.484', '4.484' ]
 */
export function tInterval(values: readonly number[], level = 0.95): Interval {
  requireLevel("tInterval", level);
  if (values.length < 2) return [NaN, NaN];
  const half =
    (studentQuantile(level, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  const middle = mean(values);
  return [middle - half, middle + half];
}

export interface BootstrapOptions {
  /** The generator that draws the resamples. */
  readonly generator: Generator;
  /** The number of resamples; default 2,000. */
  readonly resamples?: number;
  /** The confidence level; default 0.95. */
  readonly level?: number;
}

/**
 * The percentile interval of the stratified bootstrap. A resample draws from each group, with replacement, as many
 * values as it has, and computes `statistic` of the drawn groups. The ends are the quantiles (1 ∓ level) / 2 of these
 * statistics.
 *
 * Source: Efron (1979); stratified over tasks as in Agarwal et al. (2021).
 * @throws ValueError for an empty group, or a bad level or number of resamples
 * @example
 * const groups = [[0.9, 0.92, 0.94], [0.5, 0.7, 0.6]];
 * bootstrapInterval(groups, (drawn) => interquartileMean(drawn.flat()), { generator: new Generator(0) }).map((end) => end.toFixed(3)); // [ '0.705', '0.815' ]
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  statistic: (drawn: readonly (readonly number[])[]) => number,
  { generator, resamples = 2000, level = 0.95 }: BootstrapOptions,
): Interval {
  requireLevel("bootstrapInterval", level);
  requireCount("bootstrapInterval", "resamples", resamples);
  if (groups.length === 0 || groups.some((group) => group.length === 0))
    throw new ValueError("bootstrapInterval", "every group needs a value to draw");
  const statistics = Array.from({ length: resamples }, () =>
    statistic(groups.map((group) => group.map(() => group[generator.integer(0, group.length)]))),
  );
  return [quantile(statistics, (1 - level) / 2), quantile(statistics, (1 + level) / 2)];
}

/** The comparison of two settings on the same seeds. */
export interface PairedComparison {
  readonly pairs: number;
  /** The mean of first − second. */
  readonly difference: number;
  readonly deviation: number;
  /** The confidence interval of the difference. */
  readonly interval: Interval;
  /**
   * The two-sided p-value of the paired t test: the probability of a difference at least this large if there is no true
   * difference.
   */
  readonly p: number;
  /** The numbers of pairs in which the first is larger, equal and smaller. */
  readonly larger: number;
  readonly equal: number;
  readonly smaller: number;
}

/**
 * Compares values of the same seeds in pairs, which cancels the effect of the seed. From the differences dᵢ = aᵢ − bᵢ
 * it computes the mean m, its t interval, and the p-value of t = m √n / s. If all differences are equal (s = 0), p is
 * 0, or 1 if they are 0.
 * @throws ShapeError when the numbers of values differ
 * @example
 * const { difference, p } = pairedComparison([0.9, 0.92, 0.94], [0.89, 0.9, 0.91]);
 * [difference.toFixed(3), p.toFixed(4)]; // [ '0.020', '0.0742' ]
 */
export function pairedComparison(
  first: readonly number[],
  second: readonly number[],
  level = 0.95,
): PairedComparison {
  if (first.length !== second.length)
    throw new ShapeError(
      "pairedComparison",
      [[first.length], [second.length]],
      `${first.length} and ${second.length} values do not make pairs; take the values of the seeds that both have`,
    );
  const differences = first.map((value, i) => value - second[i]);
  const n = differences.length;
  const [difference, deviation] = [mean(differences), standardDeviation(differences)];
  const t = deviation === 0 && difference === 0 ? 0 : (difference * Math.sqrt(n)) / deviation;
  const count = (sign: number) => differences.filter((one) => Math.sign(one) === sign).length;
  return {
    pairs: n,
    difference,
    deviation,
    interval: tInterval(differences, level),
    p: n < 2 ? NaN : studentTail(Math.abs(t), n - 1),
    larger: count(1),
    equal: count(0),
    smaller: count(-1),
  };
}

function requireLevel(where: string, level: number): void {
  if (!(level > 0 && level < 1))
    throw new ValueError(where, `the level must lie between 0 and 1, not ${level}`);
}
