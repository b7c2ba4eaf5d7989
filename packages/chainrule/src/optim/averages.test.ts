import { describe, expect, it, test } from "vitest";
import series from "../../../../test/fixtures/golden/ewa_series.json" with { type: "json" };
import golden from "../../../../test/fixtures/golden/ewa.json" with { type: "json" };
import { state, tensor } from "../index.ts";
import { ewa, ewaSeries, ewaWeight, ewaWindow } from "./index.ts";

const { abs, rel } = golden.tolerance;
function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((x, i) =>
    expect(Math.abs(x - expected[i])).toBeLessThanOrEqual(abs + rel * Math.abs(expected[i])),
  );
}

interface Inputs {
  readonly beta: number;
  readonly y?: readonly number[];
  readonly i?: readonly number[];
}
interface Expected {
  readonly v?: readonly number[];
  readonly v_corrected?: readonly number[];
  readonly effective_window?: number;
  readonly w?: readonly number[];
}
const cases: { name: string; inputs: Inputs; expected: Expected }[] = golden.cases;

describe("the course's averages", () => {
  const known = cases.filter(({ expected }) => expected.v !== undefined);
  it("has the cases that are known", () => expect([known.length, cases.length]).toEqual([5, 6]));

  test.each(known)("$name", ({ inputs: { beta, y = series.series.y }, expected }) => {
    expectClose(ewaSeries(y, beta), expected.v as number[]);
    expectClose(ewaSeries(y, beta, { biasCorrection: true }), expected.v_corrected as number[]);
    if (expected.effective_window !== undefined) expectClose([ewaWindow(beta)], [expected.effective_window]);
  });

  test.each(cases.filter(({ expected }) => expected.w !== undefined))("$name", ({ inputs, expected }) => {
    const { beta, i = [] } = inputs;
    // the course draws βⁱ without the (1 − β) before it
    expectClose(
      i.map((age) => ewaWeight(beta, age) / (1 - beta)),
      expected.w as number[],
    );
  });
});

describe("ewaSeries", () => {
  const { y } = series.series;

  test.each([0, 0.5, 0.9, 0.99])("is the weighted sum it unrolls to, at β = %f", (beta) => {
    const averages = ewaSeries(y, beta);
    for (const t of [0, 1, 2, 17, 99]) {
      let sum = 0;
      for (let i = 1; i <= t; i++) sum += ewaWeight(beta, t - i) * y[i];
      expect(averages[t]).toBeCloseTo(sum, 12);
    }
  });

  it("gives back a constant with the correction, and starts at (1 − β) of it without", () => {
    const constant = new Float64Array(50).fill(3);
    expect(ewaSeries(constant, 0.9)[1]).toBeCloseTo(0.3, 15);
    for (const v of ewaSeries(constant, 0.9, { biasCorrection: true }).slice(1)) expect(v).toBeCloseTo(3, 12);
  });

  it("does not look at the first value, and takes an empty series", () => {
    expect(ewaSeries([NaN, 1], 0.5)).toEqual([0, 0.5]);
    expect(ewaSeries([], 0.5)).toEqual([]);
  });

  it("is what repeated steps on tensors give", () => {
    const v = state(tensor([0, 0], { dtype: "float64" }));
    for (const value of y.slice(1)) v.assign(ewa(v, tensor([value, -value], { dtype: "float64" }), 0.8));
    const last = ewaSeries(y, 0.8)[99];
    expectClose([...v.data], [last, -last]);
  });
});

test.each([-0.1, 1, NaN])("β = %f is refused", (beta) => {
  for (const use of [() => ewaSeries([1], beta), () => ewaWeight(beta, 1), () => ewaWindow(beta)])
    expect(use).toThrow(/beta must be at least 0 and below 1/);
  expect(() => ewaWeight(0.5, -1)).toThrow(/age must be at least 0/);
});
