import { expect, test } from "vitest";
import { compared, comparisonText, together, verdictText } from "./comparison.ts";
import type { EngineId } from "./engines.ts";
import { order } from "./order.ts";
import type { Row, Section } from "./work/item.ts";
import { rowOf } from "./work/rows.ts";

/** 15 rounds in which the other checkout takes 1, 2, … 15, and this one that times the ratios. */
const base = Array.from({ length: 15 }, (_, round) => round + 1);
const times = (ratios: readonly number[]) => base.map((one, round) => one * ratios[round]);

const rows = (
  engine: "chainrule" | "chainrule-eager",
  ratios: readonly number[],
  more: Partial<Row> = {},
) => [
  rowOf({ engine, title: engine, threads: 1, times: times(ratios), ...more }),
  rowOf({ engine: `${engine}@other`, title: `${engine}, the other`, threads: 1, times: base }),
];

const section = (rows: readonly Row[], leftOut: Section["leftOut"] = []): Section => ({
  id: "a",
  title: "a step",
  unit: "ms",
  rows,
  leftOut,
});

/** `slow` of 15 rounds at a ratio, the others at 1. */
const slowRounds = (slow: number, ratio: number) => base.map((_, round) => (round < slow ? ratio : 1));

test("a work whose middle half lies above 1.03 is over its limit", () => {
  // the first quartile of 15 values is halfway between the 4th and the 5th
  const { comparisons } = compared(section(rows("chainrule", slowRounds(12, 1.08))));
  expect(comparisons).toMatchObject([{ work: "a chainrule", limit: 1.03, over: true }]);
  expect(comparisons[0].ratio.low).toBeCloseTo(1.08, 12);
  const text = comparisonText({ comparisons, notCompared: [] });
  expect(text).toContain("| 1.080 | 1.080 | 1.080 | 1.03 | **over** |");
  expect(verdictText({ comparisons, notCompared: [] })).toBe(
    "the middle half lies above the limit in 1 of 1 works: a chainrule.",
  );
});

test("a work whose middle half reaches down to the limit holds, though its median is above", () => {
  const { comparisons } = compared(section(rows("chainrule", slowRounds(10, 1.08))));
  expect(comparisons).toMatchObject([{ over: false }]);
  expect(comparisons[0].ratio.median).toBeCloseTo(1.08, 12);
  const at = (low: number) =>
    compared(
      section(
        rows(
          "chainrule",
          base.map(() => low),
        ),
      ),
    ).comparisons.map(({ over }) => over);
  expect([at(1.029), at(1.031)]).toEqual([[false], [true]]);
});

test("eager works have the limit 1.05", () => {
  const at = (ratio: number) =>
    compared(
      section(
        rows(
          "chainrule-eager",
          base.map(() => ratio),
        ),
      ),
    ).comparisons[0];
  expect(at(1.04)).toMatchObject({ limit: 1.05, over: false });
  expect(at(1.06)).toMatchObject({ limit: 1.05, over: true });
});

test("ratios are taken within a round, of processor time where both have it", () => {
  const [own, other] = rows("chainrule", slowRounds(15, 2));
  const cpu = (row: Row, all: readonly number[]) => rowOf({ ...row, processorTimes: all });
  const { comparisons } = compared(section([cpu(own, base), cpu(other, base)]));
  expect(comparisons).toMatchObject([{ over: false, ratio: { median: 1 } }]);
  const threads = (row: Row, all: readonly number[]) => rowOf({ ...cpu(row, all), threads: 2 });
  expect(compared(section([threads(own, base), threads(other, base)])).comparisons).toMatchObject([
    { over: true, ratio: { median: 2 } },
  ]);
});

test("a form that failed is not compared; a form that never does the work is not listed", () => {
  const leftOut: Section["leftOut"] = [
    { engine: "chainrule-2@other", title: "two threads, the other", reason: "no such export" },
    { engine: "chainrule-train", title: "train()", reason: "is about training", byRule: true },
    { engine: "jax-js", title: "jax-js", reason: "not installed" },
  ];
  const found = compared(section([], leftOut));
  expect(found).toEqual({
    comparisons: [],
    notCompared: [{ work: "a two threads, the other", reason: "no such export" }],
  });
  const both = together([
    found,
    compared(
      section(
        rows(
          "chainrule",
          base.map(() => 1),
        ),
      ),
    ),
  ]);
  expect(verdictText(both)).toBe("no middle half lies above its limit in 1 works compared; 1 not compared.");
  expect(comparisonText(both)).toContain("not compared: a two threads, the other: no such export");
});

test("numbers that differ between the checkouts are shown", () => {
  const [own, other] = rows(
    "chainrule",
    base.map(() => 1),
  );
  const bits = (sameBits?: boolean) =>
    comparisonText(compared(section([own, { ...other, ...(sameBits === undefined ? {} : { sameBits }) }])));
  expect(bits(true)).toContain("| holds | same |");
  expect(bits(false)).toContain("| holds | **differ** |");
  expect(bits()).toContain("| holds | – |");
});

test("partners take turns side by side and swap places; without partners another engine begins each round", () => {
  const entries = (all: readonly [EngineId, EngineId?][]) =>
    all.map(([id, partner]) => ({ entry: partner ? { id, partner } : { id } }));
  const ids = (all: ReturnType<typeof entries>, round: number) =>
    order(all, round).map(({ entry }) => entry.id);
  const pairs = entries([
    ["chainrule"],
    ["chainrule-2"],
    ["chainrule@other", "chainrule"],
    ["chainrule-2@other", "chainrule-2"],
  ]);
  expect(ids(pairs, 0)).toEqual(["chainrule", "chainrule@other", "chainrule-2", "chainrule-2@other"]);
  expect(ids(pairs, 1)).toEqual(["chainrule-2@other", "chainrule-2", "chainrule@other", "chainrule"]);
  const alone = entries([["chainrule"], ["plain"], ["jax"]]);
  expect([0, 1, 2, 3].map((round) => ids(alone, round)[0])).toEqual([
    "chainrule",
    "plain",
    "jax",
    "chainrule",
  ]);
  expect(order([], 1)).toEqual([]);
});
