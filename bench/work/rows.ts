/** Makes the rows of a table from measurements. */
import { baselines } from "../engines.ts";
import type { Measured, Outcome } from "../harness.ts";
import { pairedRatio, spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";
import type { Row, Section } from "./item.ts";

export function sectionOf(outcome: Outcome, what: Pick<Section, "id" | "title" | "flops" | "note">): Section {
  const { measured, leftOut, limits, load } = outcome;
  const rows = measured.map(({ values, peakBytes: _peak, sameBitsAs, ...row }) => {
    const twins = measured.find(({ engine }) => engine === sameBitsAs)?.values;
    return rowOf(twins ? { ...row, sameBits: sameNumbers(values, twins) } : row);
  });
  return { ...what, unit: "ms", rows: withRatios(rows), leftOut, limits, load };
}

function sameNumbers(values: readonly number[], others: readonly number[]): boolean {
  return values.length === others.length && values.every((value, i) => Object.is(value, others[i]));
}

export function rowOf(row: Omit<Row, "cost" | "ratio">): Row {
  return { ...row, cost: spread(costs(row)) };
}

/** The cost of each round: processor time for an engine with one thread where it was taken, else time by the clock. */
export function costs({
  threads,
  times,
  processorTimes,
}: Pick<Measured, "threads" | "times"> & Partial<Pick<Measured, "processorTimes">>): readonly number[] {
  return threads === 1 && processorTimes ? processorTimes : times;
}

/** Adds the cost of each engine relative to the first baseline that took part. */
export function withRatios(rows: readonly Row[]): Row[] {
  const base = baselines.map((id) => rows.find(({ engine }) => engine === id)).find((row) => row);
  return base ? rows.map((row) => ({ ...row, ratio: ratioOf(row, base) })) : [...rows];
}

/** The compared quantity of two engines in each round: costs if both have one thread, else times by the clock. */
export function likeCosts(row: Row, base: Row): [readonly number[], readonly number[]] {
  return row.threads === 1 && base.threads === 1 ? [costs(row), costs(base)] : [row.times, base.times];
}

/** One engine's cost ÷ another's, round by round. */
export const ratioOf = (row: Row, base: Row): Spread => pairedRatio(...likeCosts(row, base));
