/** From what was measured to the rows of a table. */
import { baselines, engines } from "../engines.ts";
import type { Measured, Outcome } from "../harness.ts";
import { pairedRatio, spread } from "../statistics.ts";
import type { Row, Section } from "./item.ts";

export function sectionOf(outcome: Outcome, what: Pick<Section, "id" | "title" | "flops" | "note">): Section {
  const { measured, leftOut, limits, load } = outcome;
  const rows = measured.map(({ values, peakBytes: _peak, ...row }) => {
    const twin = engines.find(({ id }) => id === row.engine)?.sameBits;
    const twins = measured.find(({ engine }) => engine === twin)?.values;
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

/** What is compared, of each round. */
export function costs({
  threads,
  times,
  processorTimes,
}: Pick<Measured, "threads" | "times"> & Partial<Pick<Measured, "processorTimes">>): readonly number[] {
  return threads === 1 && processorTimes ? processorTimes : times;
}

/** Adds what each engine needed relative to the first baseline that took part. */
export function withRatios(rows: readonly Row[]): Row[] {
  const base = baselines.map((id) => rows.find(({ engine }) => engine === id)).find((row) => row);
  return base ? rows.map((row) => ({ ...row, ratio: ratioOf(row, base) })) : [...rows];
}

/** One engine's cost relative to another's, round by round: like is compared with like. */
export function ratioOf(row: Row, base: Row): ReturnType<typeof pairedRatio> {
  return row.threads === 1 && base.threads === 1
    ? pairedRatio(costs(row), costs(base))
    : pairedRatio(row.times, base.times);
}
