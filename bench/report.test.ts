import { expect, test } from "vitest";
import { resultsFigure } from "./figure.ts";
import { byHand, figure, resultsPage } from "./report.ts";
import type { Run } from "./report.ts";
import type { Row, Section } from "./work/item.ts";

const row = (engine: Row["engine"], cost: number, ratio: number): Row => ({
  engine,
  title: `the ${engine}`,
  threads: 1,
  times: [2 * cost, 2 * cost],
  processorTimes: [cost, cost],
  cost: { median: cost, low: cost, high: cost },
  ratio: { median: ratio, low: ratio, high: ratio },
  deviation: 1e-7,
});

const steps: Section = {
  id: "a",
  title: "a step",
  unit: "ms",
  rows: [row("chainrule", 2, 1), row("jax-js", 4, 2), row("torch", 1, 0.5)],
  leftOut: [{ engine: "jax", title: "the jax", reason: "no Python environment" }],
  flops: 60e6,
  limits: { relaxedGflops: 60, strictGflops: 50, copyGigabytes: 30 },
  load: [0.5, 1.5],
};

const run: Run = {
  date: "2026-11-25",
  minutes: 20,
  rounds: 7,
  machine: {
    processor: "some processor",
    cores: 2,
    memoryGigabytes: 24,
    system: "Linux x64",
    node: "v24",
    commit: "abc",
    load: 0.5,
  },
  results: [{ sections: [steps] }],
};

test("the page states machine, load and limits, the faster engines, and the engines that did not take part", () => {
  const page = resultsPage(run, "\n");
  expect(page).toContain("some processor, 2 cores");
  expect(page).toContain("Load average during the run: 0.5 to 1.5");
  expect(page).toContain("60.0 GFLOP/s");
  expect(page).toContain("| the chainrule | 4 | 2 | 2 … 2 | 1 | 1 … 1 | 50 % | 1e-7 |");
  expect(page).toContain("- a: the torch, 2×");
  expect(page).not.toContain("- a: the jax-js");
  expect(page).toContain("- the jax: no Python environment (a)");
  expect(page).toContain("| a | ≥ 65 % of the roofline | 50 % | **no** |");
});

test("text written by hand stays at the end, unchanged", () => {
  expect(resultsPage(run, "\n\n## Why\n\nMine.\n").endsWith(`${byHand}\n\n## Why\n\nMine.\n`)).toBe(true);
});

test("three digits, whole numbers above a hundred", () => {
  expect([0.0123456, 1.23456, 12.3456, 1234.5].map(figure)).toEqual(["0.0123", "1.23", "12.3", "1235"]);
});

test("the figure has a curve per engine", () => {
  const svg = resultsFigure([steps], "somewhere");
  for (const { title } of steps.rows) expect(svg).toContain(title);
});
