/** Ranks the settings of an experiment by one measure, with confidence intervals. */
import { pairedComparison, tInterval } from "../statistics/inference.ts";
import type { Interval, PairedComparison } from "../statistics/inference.ts";
import { mean, standardDeviation } from "../statistics/spread.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Outcome, Results } from "./events.ts";

export interface RankBy {
  /** The measure that decides the ranking. */
  readonly measure: string;
  readonly better: "largest" | "smallest";
  /**
   * The measure that decides between equal means, which accuracies of few rows often have. Default: the plan's order.
   */
  readonly ties?: { readonly measure: string; readonly better: "largest" | "smallest" };
  /** The level of the confidence intervals. Default 0.95. */
  readonly level?: number;
  /**
   * The range of each measure by name, such as [0, 1] for an accuracy. Confidence intervals of means, and of
   * differences to the best, are cut to it. With few seeds they would reach beyond the range. The cut loses no
   * coverage, since the true mean lies in the range.
   */
  readonly ranges?: Readonly<Record<string, Interval>>;
}

/** One measure of one setting over its seeds. */
export interface MeasureSummary {
  /** The values in the order of `seeds`. */
  readonly values: readonly number[];
  readonly mean: number;
  /** NaN for a single seed. */
  readonly deviation: number;
  /** The t interval of the mean, within the measure's range; NaN for a single seed. */
  readonly interval: Interval;
}

/** The results of one setting over its seeds. */
export interface SettingSummary<S> {
  /** The rank, from 1. */
  readonly rank: number;
  /** The setting's index in the plan, from 0. */
  readonly setting: number;
  readonly settings: S;
  /** The seeds whose runs were measured. */
  readonly seeds: readonly number[];
  /** The numbers of runs that failed and of runs that are still to be done. */
  readonly failed: number;
  readonly missing: number;
  /** The messages of the runs that failed, without repetitions. */
  readonly errors: readonly string[];
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  /**
   * The difference of the deciding measure to the best setting, over the seeds that both have. The best setting has
   * none.
   */
  readonly againstBest?: PairedComparison;
}

export interface Summary<S> {
  readonly by: Omit<RankBy, "ranges"> & { readonly level: number };
  /** The names of the measures that are numbers, the deciding one first. */
  readonly measures: readonly string[];
  /**
   * The settings, the best first. Settings with failed runs come after all others, ordered by the number of failed
   * runs; settings without measurements come last.
   */
  readonly ranking: readonly SettingSummary<S>[];
}

/**
 * Ranks the settings of an experiment by the mean of a measure over the seeds.
 * @throws ValueError when runs were measured but none of them has that measure
 * @example
 * const { plan, run } = experiment({ vary: { lr: [0.1, 0.5] }, seeds: 2, measure: ({ settings, seed }) => ({ loss: settings.lr + seed }) });
 * for await (const event of run())
 *   if (event.event === "done") summarize(event.results, { measure: "loss", better: "smallest" }).ranking[0].settings; // { lr: 0.1 }
 */
export function summarize<S>({ plan, outcomes }: Results<S>, by: RankBy): Summary<S> {
  const { ranges = {}, ...ranked } = by;
  const { measure, level = 0.95 } = ranked;
  const rangeOf = (name: string): Interval => (Object.hasOwn(ranges, name) ? ranges[name] : everywhere);
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const found = [
    ...new Set(
      outcomes.flatMap(({ measured = {} }) =>
        Object.keys(measured).filter((name) => typeof measured[name] === "number"),
      ),
    ),
  ];
  if (found.length > 0 && !found.includes(measure))
    throw new ValueError("summarize", `no run measured "${measure}"; there are ${found.join(", ")}`);
  const measures = [measure, ...found.filter((name) => name !== measure)];
  const unranked = plan.settings.map((settings, setting) => {
    const runs = plan.runs.filter((run) => run.setting === setting);
    const ended = runs.flatMap((run) => {
      const outcome = known.get(run.id);
      return outcome ? [{ seed: run.seed, outcome }] : [];
    });
    const good = ended.filter(({ outcome }) => outcome.measured);
    const errors = [...new Set(ended.flatMap(({ outcome }) => outcome.error ?? []))];
    return {
      setting,
      settings,
      seeds: good.map(({ seed }) => seed),
      failed: ended.length - good.length,
      missing: runs.length - ended.length,
      errors,
      measures: Object.fromEntries(
        measures.map((name) => [
          name,
          summaryOf(
            good.map(({ outcome }) => numberOf(outcome, name)),
            level,
            rangeOf(name),
          ),
        ]),
      ),
    };
  });
  type Unranked = (typeof unranked)[number];
  const score = (one: Unranked, { measure: name, better: which }: Omit<RankBy, "ties">): number => {
    const value = one.measures[name]?.mean ?? NaN;
    if (Number.isNaN(value)) return -Infinity;
    // Means that differ only by the rounding of their sums count as equal: 0.1, 0.2, 0.3 and 0.2, 0.2, 0.2.
    const rounded = Number(value.toPrecision(12));
    return which === "largest" ? rounded : -rounded;
  };
  const ranking = [...unranked].sort(
    (a, b) =>
      Number(a.seeds.length === 0) - Number(b.seeds.length === 0) ||
      a.failed - b.failed ||
      difference(score(b, by), score(a, by)) ||
      (by.ties ? difference(score(b, by.ties), score(a, by.ties)) : 0) ||
      a.setting - b.setting,
  );
  const [best] = ranking;
  return {
    by: { ...ranked, level },
    measures,
    ranking: ranking.map((one, i) => ({
      rank: i + 1,
      ...one,
      ...(i > 0 && { againstBest: paired(one, best, measure, level, rangeOf(measure)) }),
    })),
  };
}

/** The difference; 0 for equal infinities, too. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b);

function numberOf({ measured = {} }: Outcome, name: string): number {
  const value = measured[name];
  return typeof value === "number" ? value : NaN;
}

const everywhere: Interval = [-Infinity, Infinity];

/** The part of an interval that lies in a range. */
function within([low, high]: Interval, [least, most]: Interval): Interval {
  return [Math.max(low, least), Math.min(high, most)];
}

function summaryOf(values: readonly number[], level: number, range: Interval): MeasureSummary {
  return {
    values,
    mean: mean(values),
    deviation: standardDeviation(values),
    interval: within(tInterval(values, level), range),
  };
}

interface Seeded {
  readonly seeds: readonly number[];
  readonly measures: Readonly<Record<string, MeasureSummary>>;
}

function paired(
  one: Seeded,
  best: Seeded,
  measure: string,
  level: number,
  [least, most]: Interval,
): PairedComparison {
  const shared = one.seeds.filter((seed) => best.seeds.includes(seed));
  const values = (of: Seeded) => shared.map((seed) => of.measures[measure].values[of.seeds.indexOf(seed)]);
  const comparison = pairedComparison(values(one), values(best), level);
  return { ...comparison, interval: within(comparison.interval, [least - most, most - least]) };
}
