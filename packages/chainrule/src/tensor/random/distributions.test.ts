import { expect, test } from "vitest";
import quantiles from "../../../../../test/fixtures/random/normal_quantile.json" with { type: "json" };
import { integer53, normalFrom, normalQuantile, uniformFrom } from "./distributions.ts";

test("the words' top bits make the number, the low ones do not", () => {
  expect(integer53(-1, -1)).toBe(Number.MAX_SAFE_INTEGER);
  expect(integer53(31, 63)).toBe(0);
  expect(integer53(32, 64)).toBe(67108864 + 1);
  expect(uniformFrom(0, 0)).toBe(0);
  expect(uniformFrom(-1, -1)).toBe(1 - Number.EPSILON / 2);
  expect(uniformFrom(-2147483648, 0)).toBe(0.5);
});

test.each(quantiles)("the normal quantile of %d is %d", (p, z) => {
  expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(1.5e-15 * Math.abs(z));
});

test("normal numbers are finite, symmetric to the bit and grow with the words", () => {
  expect(normalFrom(0, 0)).toBeCloseTo(-8.2095, 4);
  let previous = -Infinity;
  for (let i = 0; i < 4096; i++) {
    const word = (i << 20) | 0x12345;
    const z = normalFrom(word, 99);
    expect(z).toBeGreaterThan(previous);
    expect(normalFrom(~word, ~99)).toBe(-z);
    previous = z;
  }
});
