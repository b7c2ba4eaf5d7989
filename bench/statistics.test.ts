import { describe, expect, test } from "vitest";
import { deviation, logLogSlope, median, pairedRatio, quantile, spread } from "./statistics.ts";

describe("quantiles", () => {
  test("the median is the middle value, or halfway between the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  test("the middle half of 0 … 8", () => {
    expect(spread([8, 0, 1, 7, 2, 6, 3, 5, 4])).toEqual({ median: 4, low: 2, high: 6 });
    expect(quantile([10, 20], 0.25)).toBe(12.5);
  });

  test("an empty list has no quantile", () => {
    expect(() => median([])).toThrow("no values");
  });

  test("the values keep their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("ratios in pairs", () => {
  test("a round that was slow for both changes nothing", () => {
    expect(pairedRatio([2, 2, 20], [1, 1, 10])).toEqual({ median: 2, low: 2, high: 2 });
  });

  test("the ratio of medians would be another one", () => {
    expect(pairedRatio([1, 4, 9], [1, 2, 3]).median).toBe(2);
  });

  test("rounds without partner are refused", () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow("2 and 1 rounds");
  });
});

describe("slopes", () => {
  test("y = 3 x² has slope 2", () => {
    const x = [1, 2, 4, 8];
    expect(
      logLogSlope(
        x,
        x.map((one) => 3 * one * one),
      ),
    ).toBeCloseTo(2, 12);
  });

  test("a constant has slope 0", () => {
    expect(logLogSlope([1, 10, 100], [5, 5, 5])).toBeCloseTo(0, 12);
  });

  test("one x has no slope", () => {
    expect(() => logLogSlope([2, 2], [1, 3])).toThrow("two of them different");
  });
});

describe("deviations", () => {
  test("relative to the reference, and to the floor below it", () => {
    expect(deviation([2, 101], [2, 100], 1e-3)).toBeCloseTo(0.01, 12);
    expect(deviation([1e-6], [0], 1e-3)).toBeCloseTo(1e-3, 12);
  });

  test("NaN and a missing number have an infinite deviation", () => {
    expect(deviation([NaN], [1], 1e-3)).toBe(Infinity);
    expect(deviation([1], [1, 2], 1e-3)).toBe(Infinity);
  });
});
