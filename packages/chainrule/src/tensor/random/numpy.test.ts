import { describe, expect, test } from "vitest";
import golden from "../../../../../test/fixtures/golden/numpy_legacy_rng.json" with { type: "json" };
import { ValueError } from "../errors.ts";
import { RandomState } from "./numpy.ts";

const { abs, rel } = golden.tolerance;
function expectClose(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(got[i] - expected[i])).toBeLessThanOrEqual(abs + rel * Math.abs(expected[i]));
}

describe.each(golden.cases)("$name of NumPy's legacy stream", ({ inputs: { seed }, expected }) => {
  const fresh = (): RandomState => new RandomState(seed);

  test("raw words, uniforms, whole numbers and orders to the bit", () => {
    const raw = fresh();
    expect(expected.raw_uint32.map(() => raw.nextUint32())).toEqual(expected.raw_uint32);
    expect([...fresh().randomSample(12)]).toEqual(expected.random_sample);
    expect([...fresh().rand(3, 4)]).toEqual(expected.random_sample);
    expect([...fresh().uniform(-1, 1, 8)]).toEqual(expected["uniform_-1_1"]);
    expect([...fresh().permutation(10)]).toEqual(expected.permutation_10);
    expect([...fresh().permutation(7)]).toEqual(expected.permutation_7);
    expect([...fresh().randint(0, 10, 12)]).toEqual(expected.randint_0_10);
    expect([...fresh().randint(10, undefined, [2, 6])]).toEqual(expected.randint_0_10);
    const list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(fresh().permutation(list)).toEqual(expected["shuffle_list_0..9"]);
    expect(list[1]).toBe(1);
    fresh().shuffle(list);
    expect(list).toEqual(expected["shuffle_list_0..9"]);
  });

  test("Gaussians at the file's tolerance", () => {
    expectClose(fresh().randn(6, 10), expected.randn);
    expectClose(fresh().standardNormal(60), expected.randn);
    expectClose(fresh().normal(0, 0.3, [4, 2]), expected["normal_0_0.3"]);
    const single = fresh();
    expectClose(
      Array.from(expected.randn, () => single.randn()),
      expected.randn,
    );
  });

  test("a kept Gaussian outlives uniform draws, not a new seed", () => {
    const mixed = expected.mixed_randn3_rand2_randn3;
    const random = fresh();
    expectClose(random.randn(3), mixed.randn3);
    expect([...random.rand(2)]).toEqual(mixed.rand2);
    expectClose(random.randn(3), mixed.randn3_again);
    random.randn(); // the seventh: an eighth is kept
    random.seed(seed);
    expectClose(random.randn(3), mixed.randn3);
  });
});

test("a single draw is the first of many", () => {
  const random = new RandomState(0);
  expect(random.rand()).toBe(0.5488135039273248);
  random.seed(0);
  expect(random.uniform()).toBe(0.5488135039273248);
  random.seed(0);
  expect(random.randint(0, 10)).toBe(5);
  random.seed(0);
  expect(random.normal(1, 2)).toBe(1 + 2 * new RandomState(0).standardNormal());
  expect(new RandomState().randomSample()).toBe(0.5488135039273248);
});

test("the widest range takes a whole word, the narrowest none", () => {
  const random = new RandomState(0);
  expect(random.randint(4, 5)).toBe(4);
  expect(random.randint(-2147483648, 2147483648)).toBe(2357136044 - 2147483648);
  expect([...random.permutation(1)]).toEqual([0]);
  expect(random.permutation(0).length).toBe(0);
  expect(random.nextUint32()).toBe(2546248239);
});

test("bad seeds, ranges and sizes are refused by name", () => {
  for (const seed of [-1, 4294967296, 0.5, NaN]) expect(() => new RandomState(seed)).toThrow(ValueError);
  const random = new RandomState(0);
  for (const [low, high] of [
    [3, 3],
    [0, 0.5],
    [0, 4294967296],
    [-3000000000, 0],
  ])
    expect(() => random.randint(low, high)).toThrow("RandomState.randint");
  expect(() => random.permutation(-1)).toThrow("RandomState.permutation");
  expect(() => random.rand(-2, -3)).toThrow("a size must be a whole number ≥ 0, not -2");
  expect(() => random.randn(2, 0.5)).toThrow("a size");
});
