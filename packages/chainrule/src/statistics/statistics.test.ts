import { describe, expect, test } from "vitest";
import expected from "../../../../test/fixtures/statistics/expected.json" with { type: "json" };
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { bootstrapInterval, pairedComparison, tInterval } from "./inference.ts";
import { newcombeInterval, wilsonInterval } from "./proportions.ts";
import { interquartileMean, mean, quantile, standardDeviation } from "./spread.ts";
import { studentQuantile, studentTail } from "./student-t.ts";

const relative = (value: number, known: number) =>
  known === 0 ? Math.abs(value) : Math.abs(value / known - 1);

/** The congruential generator that the script of the fixture draws with. */
class SameDraws extends Generator {
  #x = 12345;
  override integer(_low: number, n: number): number {
    this.#x = Number((BigInt(this.#x) * 1664525n + 1013904223n) % 4294967296n);
    return Number((BigInt(this.#x) * BigInt(n)) / 4294967296n);
  }
}

describe("Student's distribution agrees with SciPy", () => {
  test.each(expected.quantiles as [number, number, number][])(
    "level %d, %d degrees of freedom",
    (level, n, t) => {
      expect(relative(studentQuantile(level, n), t)).toBeLessThan(1e-13);
    },
  );

  test.each(expected.tails as [number, number, number][])(
    "P(|T| > %d) for %d degrees of freedom",
    (t, n, p) => {
      expect(Math.abs(studentTail(t, n) - p)).toBeLessThan(1e-14);
    },
  );

  test.each(expected.intervals as [number, number, number][])(
    "the interval at level %d",
    (level, low, high) => {
      const ends = tInterval(expected.scores[0], level);
      expect(relative(ends[0], low)).toBeLessThan(1e-13);
      expect(relative(ends[1], high)).toBeLessThan(1e-13);
    },
  );

  test("the paired comparison", () => {
    const [first, second] = expected.scores;
    const { p, interval, pairs, larger, smaller, equal } = pairedComparison(first, second);
    expect(Math.abs(p - expected.paired.p)).toBeLessThan(1e-14);
    expect(relative(interval[0], expected.paired.low)).toBeLessThan(1e-12);
    expect(relative(interval[1], expected.paired.high)).toBeLessThan(1e-12);
    expect([pairs, larger + smaller + equal]).toEqual([20, 20]);
  });
});

describe("the stratified bootstrap has rliable's ends for the same resamples, within 1e-12", () => {
  const options = { resamples: 500, generator: new Generator(0) };
  const flat = (groups: readonly (readonly number[])[]) => groups.flat();

  test.each([
    ["mean", (drawn: readonly (readonly number[])[]) => mean(flat(drawn)), 0.95, expected.bootstrap.mean],
    [
      "interquartile mean",
      (drawn: readonly (readonly number[])[]) => interquartileMean(flat(drawn)),
      0.95,
      expected.bootstrap.iqm,
    ],
    [
      "interquartile mean",
      (drawn: readonly (readonly number[])[]) => interquartileMean(flat(drawn)),
      0.9,
      expected.bootstrap.iqm90,
    ],
  ])("%s", (_name, statistic, level, ends) => {
    const own = bootstrapInterval(expected.scores, statistic, {
      ...options,
      level,
      generator: new SameDraws(0),
    });
    expect(Math.abs(own[0] - ends[0])).toBeLessThan(1e-12);
    expect(Math.abs(own[1] - ends[1])).toBeLessThan(1e-12);
  });

  test("is the same for the same seed, and another for another", () => {
    const ends = (seed: number) =>
      bootstrapInterval(expected.scores, (drawn) => mean(flat(drawn)), { generator: new Generator(seed) });
    expect(ends(1)).toEqual(ends(1));
    expect(ends(1)).not.toEqual(ends(2));
  });

  test("covers the true mean about as often as it says", () => {
    const generator = new Generator(5);
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const values = Array.from({ length: 30 }, () => generator.normal());
      const [low, high] = bootstrapInterval([values], ([drawn]) => mean(drawn), {
        generator: generator.stream(`trial ${trial}`),
        resamples: 200,
        level: 0.9,
      });
      if (low <= 0 && 0 <= high) covered++;
    }
    // 180 expected; the seed is fixed, and the range is 3 standard deviations of 200 draws.
    expect(covered).toBeGreaterThan(167);
    expect(covered).toBeLessThan(193);
  });
});

test("means, deviations and quantiles of few values", () => {
  expect(relative(interquartileMean(expected.scores.flat()), expected.iqm)).toBeLessThan(1e-14);
  expect([mean([]), standardDeviation([1]), ...tInterval([1])]).toEqual([NaN, NaN, NaN, NaN]);
  expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1), quantile([3, 1], 0.25)]).toEqual([1, 3, 1.5]);
  expect(pairedComparison([1, 2], [1, 2])).toMatchObject({ difference: 0, p: 1, equal: 2 });
  expect(pairedComparison([2, 3], [1, 2])).toMatchObject({ difference: 1, p: 0, larger: 2 });
  expect(pairedComparison([1], [2])).toMatchObject({ difference: -1, p: NaN, smaller: 1 });
});

test("the order of values changes no bit, and equal values do not spread", () => {
  const values = [0.1, 0.2, 0.3, 0.7];
  const others = [values.toReversed(), [0.3, 0.1, 0.7, 0.2]];
  expect(others.map(mean)).toEqual(others.map(() => mean(values)));
  expect(others.map(standardDeviation)).toEqual(others.map(() => standardDeviation(values)));
  const equal = [0.7, 0.7, 0.7];
  expect([mean(equal), standardDeviation(equal)]).toEqual([0.7, 0]);
  const shifted = pairedComparison([0.1, 0.1, 0.1], [0, 0, 0]);
  expect(shifted).toMatchObject({ deviation: 0, p: 0, interval: [0.1, 0.1] });
});

test("quantiles of values whose difference is beyond any number", () => {
  expect(quantile([-1.5e308, 1.5e308], 0.5)).toBe(0);
});

test("what cannot be computed is refused", () => {
  expect(() => pairedComparison([1], [])).toThrow(ShapeError);
  expect(() => tInterval([1, 2], 1)).toThrow(ValueError);
  expect(() => quantile([1], 2)).toThrow(ValueError);
  const none = () => bootstrapInterval([[1], []], () => 0, { generator: new Generator(0) });
  expect(none).toThrow(/every group needs a value/);
  expect(() => studentQuantile(0.95, 1.5)).toThrow(ValueError);
});

test("the interval of a gap: the values of a worked example", () => {
  // 56 of 70 and 48 of 80: Newcombe (1998), Statistics in Medicine 17, table II, (a), method 10: 0.0524 to 0.3339
  const [low, high] = newcombeInterval([56 / 70, 70], [48 / 80, 80]);
  expect(low).toBeCloseTo(0.0524, 4);
  expect(high).toBeCloseTo(0.3339, 4);
});

test("Wilson's interval: the values of a worked example, and the ends", () => {
  // 81 of 263: Newcombe (1998), Statistics in Medicine 17, table I, method 3: 0.2553 to 0.3662
  const [low, high] = wilsonInterval(81 / 263, 263);
  expect(low).toBeCloseTo(0.2553, 4);
  expect(high).toBeCloseTo(0.3662, 4);
  expect(wilsonInterval(0, 20)[0]).toBe(0);
  expect(wilsonInterval(1, 20)[1]).toBe(1);
});
