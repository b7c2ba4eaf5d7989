import { expect, test } from "vitest";
import { rooflineOf, share, verdicts } from "./targets.ts";
import type { Row, Section } from "./work/item.ts";

const row = (engine: Row["engine"], time: number, more: Partial<Row> = {}): Row => ({
  engine,
  title: engine,
  threads: 1,
  times: [time],
  cost: { median: time, low: time, high: time },
  ...more,
});

const section = (id: string, rows: Row[], more: Partial<Section> = {}): Section => ({
  id,
  title: id,
  unit: "ms",
  rows,
  leftOut: [],
  ...more,
});

const limits = { relaxedGflops: 60, strictGflops: 50, copyGigabytes: 30 };
const find = (results: Section[], goal: string) =>
  verdicts([{ sections: results }]).find((verdict) => verdict.goal === goal);

test("nine times as fast is reached, a little less is missed", () => {
  const at = (time: number) =>
    find([section("a", [row("chainrule", 2), row("tfjs-wasm", time)])], "≥ 9× tfjs wasm, its own minimize");
  expect(at(18)).toMatchObject({ found: "9.00×", reached: true });
  expect(at(17.9)).toMatchObject({ found: "8.95×", reached: false });
});

test("what did not run is not measured, rather than missed or reached", () => {
  expect(find([section("a", [row("chainrule", 2)])], "≥ 1.5× jax-js")).toMatchObject({
    found: "not measured",
    reached: null,
  });
});

test("the share of the roofline", () => {
  // 96 MFLOP in 2 ms are 48 GFLOP/s
  const one = section("a", [row("chainrule", 2)], { flops: 96e6, limits });
  expect(share(one, "chainrule", 60)).toBeCloseTo(0.8, 12);
  expect(find([one], "≥ 65 % of the roofline")).toMatchObject({ found: "80 %", reached: true });
});

test("the roofline is never below the best product of Chainrule", () => {
  const product = section("f-512", [row("chainrule", 4), row("torch", 1)], { flops: 2 * 512 ** 3, limits });
  expect(rooflineOf([product])).toBeCloseTo((2 * 512 ** 3) / 4e6, 9);
  expect(rooflineOf([section("a", [], { limits })])).toBe(60);
});

test("differing bits are reported", () => {
  const threads = (sameBits: boolean) =>
    find([section("a", [row("chainrule-2", 1, { sameBits })])], "the same bits as one thread");
  expect(threads(true)).toMatchObject({ found: "yes", reached: true });
  expect(threads(false)).toMatchObject({ found: "no", reached: false });
});
