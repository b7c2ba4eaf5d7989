import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ValueError } from "../errors.ts";
import { defaultGenerator, manualSeed } from "./default.ts";
import { Generator } from "./generator.ts";

const take = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, () => next());
const seeds = fc.maxSafeNat();

/** Σ (observed − expected)² / expected over equally likely bins. */
function chiSquare(bins: ArrayLike<number>, draws: number): number {
  const expected = draws / bins.length;
  let sum = 0;
  for (let i = 0; i < bins.length; i++) sum += ((bins[i] - expected) * (bins[i] - expected)) / expected;
  return sum;
}

// Calculated by a separate Python program from the description at the head of generator.ts.
describe("pinned values", () => {
  test.each([
    { seed: 0, uniform: [0.41845711022987275, 0.3146817218764961, 0.39316028345159515, 0.7213709802954236] },
    { seed: 1, uniform: [0.7039437263423627, 0.05771496279395527, 0.01011522487349703, 0.9265834605106775] },
    {
      seed: Number.MAX_SAFE_INTEGER,
      uniform: [0.4364760807442819, 0.9667333890133216, 0.9881862246882299, 0.5721767713355379],
    },
  ])("uniforms of seed $seed", ({ seed, uniform }) => {
    const generator = new Generator(seed);
    expect(take(4, () => generator.uniform())).toEqual(uniform);
  });

  test("normals, to the rounding of the quantile function, and to the bit what every engine gives", () => {
    const generator = new Generator(1);
    const got = take(4, () => generator.normal());
    const exact = [0.5357771828190246, -1.5742489215717612, -2.3220460307000708, 1.450808952867074];
    for (const [i, z] of exact.entries())
      expect(Math.abs(got[i] - z)).toBeLessThanOrEqual(1.5e-15 * Math.abs(z));
    expect(got).toEqual([0.5357771828190246, -1.574248921571761, -2.3220460307000708, 1.4508089528670738]);
  });

  test("whole numbers, also where every second attempt is rejected", () => {
    const small = new Generator(1);
    expect(take(12, () => small.integer(-3, 7))).toEqual([3, 5, -3, 1, 6, 1, 6, 3, 1, 6, -2, 3]);
    const large = new Generator(1);
    const end = 4503599627370497;
    expect(take(4, () => large.integer(0, end))).toEqual([
      1355736374016828, 519850169865118, 91109845942100, 594500388426279,
    ]);
    expect(large.state.counter).toBe(4);
  });

  test("streams, permutations, epochs and a counter above 2³²", () => {
    const generator = new Generator(1);
    expect(generator.stream("weights").state.key).toEqual([372960947, 4246882774]);
    expect(generator.stream("").state.key).toEqual([3788680934, 383277841]);
    expect(generator.stream("é∂").state.key).toEqual([1918208952, 863045717]);
    expect(generator.stream("weights").uniform()).toBe(0.6149616544059101);
    expect([...generator.epochPermutation(10, 0)]).toEqual([3, 2, 0, 9, 4, 8, 5, 6, 1, 7]);
    expect([...generator.epochPermutation(10, 1099511627776)]).toEqual([1, 8, 6, 4, 5, 9, 0, 3, 7, 2]);
    expect([...generator.permutation(10)]).toEqual([5, 9, 0, 3, 7, 8, 2, 4, 1, 6]);
    expect(generator.state.counter).toBe(9);
    generator.state = { key: [1, 0], counter: 8589934597 };
    expect(generator.uniform()).toBe(0.04068154967218174);
  });
});

describe("a draw is a function of key and counter", () => {
  test("every seed up to 2⁵³ − 1 has its own key", () => {
    expect(new Generator(Number.MAX_SAFE_INTEGER).state).toEqual({ key: [4294967295, 2097151], counter: 0 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const [low, high] = new Generator(seed).state.key;
        expect(high * 4294967296 + low).toBe(seed);
      }),
    );
  });

  test("a state taken anywhere goes on with the same numbers", () => {
    fc.assert(
      fc.property(seeds, fc.nat(20), (seed, skipped) => {
        const generator = new Generator(seed);
        take(skipped, () => generator.normal());
        const copy = Generator.fromState(JSON.parse(JSON.stringify(generator.state)));
        const draws = (g: Generator): number[] => [
          g.uniform(),
          g.normal(),
          g.integer(0, 1000),
          ...g.permutation(5),
        ];
        expect(draws(copy)).toEqual(draws(generator));
        expect(copy.state).toEqual(generator.state);
      }),
    );
  });

  test("a stream depends on its name alone, not on draws or on other streams", () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.string(), fc.nat(5), (seed, one, other, draws) => {
        const fresh = new Generator(seed).stream(one);
        const used = new Generator(seed);
        used.stream(other).normal();
        take(draws, () => used.uniform());
        expect(used.stream(one).state).toEqual(fresh.state);
        expect(used.state.counter).toBe(draws);
        if (one !== other) expect(used.stream(other).state.key).not.toEqual(fresh.state.key);
      }),
    );
  });

  test("names that hide in one another differ", () => {
    const root = new Generator(5);
    const names = ["", "\0", "\0\0", "a", "a\0", "a\0\0\0", "a\0\0\0\0", "aaaa", "aaaaa", "a/b", "ab"];
    const keys = names.map((name) => root.stream(name).state.key.join());
    keys.push(root.stream("a").stream("b").state.key.join(), root.stream("b").stream("a").state.key.join());
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("the arrays hold what single draws give, rounded when stored", () => {
    const generator = new Generator(3);
    const { state } = generator;
    const again = <T>(next: () => T): T[] => {
      generator.state = state;
      return take(50, next);
    };
    expect([...generator.fillUniform(new Float64Array(50))]).toEqual(again(() => generator.uniform()));
    generator.state = state;
    expect([...generator.fillUniform(new Float32Array(50), -2, 3)]).toEqual(
      again(() => Math.fround(-2 + 5 * generator.uniform())),
    );
    generator.state = state;
    expect([...generator.fillNormal(new Float64Array(50))]).toEqual(again(() => generator.normal()));
    generator.state = state;
    expect([...generator.fillNormal(new Float32Array(50), 4, 0.3)]).toEqual(
      again(() => Math.fround(4 + 0.3 * generator.normal())),
    );
    generator.state = state;
    expect([...generator.fillInteger(new Int32Array(50), -5, 5)]).toEqual(
      again(() => generator.integer(-5, 5)),
    );
  });
});

describe("laws, with seeds that are fixed and so cannot fail by chance", () => {
  const DRAWS = 100_000;

  test("uniforms fill 100 bins, also seen as neighbouring pairs and in their low bits", () => {
    const generator = new Generator(2024);
    const bins = new Int32Array(100);
    const pairs = new Int32Array(100);
    const low = new Int32Array(64);
    let sum = 0;
    let last = generator.uniform();
    for (let i = 0; i < DRAWS; i++) {
      const u = generator.uniform();
      if (!(u >= 0 && u < 1)) expect.fail(`${u} is outside [0, 1)`);
      sum += u;
      bins[Math.floor(u * 100)]++;
      pairs[Math.floor(u * 10) * 10 + Math.floor(last * 10)]++;
      low[(u * 9007199254740992) % 64]++;
      last = u;
    }
    // χ² with 99 and 63 degrees of freedom: 99.9 % below 148.2 and 103.4.
    expect(chiSquare(bins, DRAWS)).toBeLessThan(148.2);
    expect(chiSquare(pairs, DRAWS)).toBeLessThan(148.2);
    expect(chiSquare(low, DRAWS)).toBeLessThan(103.4);
    expect(Math.abs(sum / DRAWS - 0.5)).toBeLessThan(3 * Math.sqrt(1 / 12 / DRAWS));
  });

  test("normals have the moments 0, 1, 0, 3 and no memory", () => {
    const z = new Generator(2025).fillNormal(new Float64Array(DRAWS));
    const mean = (f: (z: number, i: number) => number): number =>
      z.reduce((sum, x, i) => sum + f(x, i), 0) / DRAWS;
    // The bounds are three standard errors: √(1, 2, 15, 96 and 1 over the number of draws).
    const near = (got: number, expected: number, variance: number): void =>
      expect(Math.abs(got - expected)).toBeLessThan(3 * Math.sqrt(variance / DRAWS));
    near(
      mean((x) => x),
      0,
      1,
    );
    near(
      mean((x) => x * x),
      1,
      2,
    );
    near(
      mean((x) => x * x * x),
      0,
      15,
    );
    near(
      mean((x) => x * x * x * x),
      3,
      96,
    );
    near(
      mean((x, i) => x * z[(i + 1) % DRAWS]),
      0,
      1,
    );
    const beyond3 = z.filter((x) => Math.abs(x) > 3).length;
    near(beyond3 / DRAWS, 0.0026998, 0.0026925);
  });

  test("two streams of one seed, and the same stream of two seeds, are uncorrelated", () => {
    const draw = (seed: number, name: string): Float64Array =>
      new Generator(seed).stream(name).fillNormal(new Float64Array(20_000));
    const a = draw(1, "a");
    for (const b of [draw(1, "b"), draw(2, "a")]) {
      const correlation = a.reduce((sum, x, i) => sum + x * b[i], 0) / a.length;
      expect(Math.abs(correlation)).toBeLessThan(3 / Math.sqrt(a.length));
    }
  });

  test("whole numbers are equally likely", () => {
    const generator = new Generator(11);
    const bins = new Int32Array(7);
    for (let i = 0; i < DRAWS; i++) bins[generator.integer(-3, 4) + 3]++;
    // 6 degrees of freedom: 99.9 % below 22.5.
    expect(chiSquare(bins, DRAWS)).toBeLessThan(22.5);
  });

  test("all 24 orders of four are equally likely, from one stream and over the epochs", () => {
    const generator = new Generator(12);
    const counts = new Map<string, number>();
    const overEpochs = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = generator.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
      const epoch = generator.epochPermutation(4, i).join();
      overEpochs.set(epoch, (overEpochs.get(epoch) ?? 0) + 1);
    }
    for (const map of [counts, overEpochs]) {
      expect(map.size).toBe(24);
      // 23 degrees of freedom: 99.9 % below 49.7.
      expect(chiSquare([...map.values()], 24_000)).toBeLessThan(49.7);
    }
  });
});

describe("whole numbers and orders", () => {
  test("integers stay inside their range, also the widest", () => {
    const end = fc.maxSafeInteger();
    fc.assert(
      fc.property(seeds, end, end, (seed, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a + 1];
        fc.pre(Number.isSafeInteger(high) && high - low < 9007199254740992);
        const value = new Generator(seed).integer(low, high);
        expect(Number.isSafeInteger(value) && value >= low && value < high).toBe(true);
      }),
    );
  });

  test("permutations hold every number once", () => {
    fc.assert(
      fc.property(seeds, fc.nat(60), fc.nat(), (seed, n, epoch) => {
        const generator = new Generator(seed);
        const inOrder = Int32Array.from({ length: n }, (_, i) => i);
        expect(generator.permutation(n).sort()).toEqual(inOrder);
        expect(generator.epochPermutation(n, epoch).sort()).toEqual(inOrder);
      }),
    );
  });

  test("an epoch's order is the same whenever it is asked for, and moves nothing", () => {
    const unbroken = new Generator(9);
    const orders = [0, 1, 2, 3].map((epoch) => unbroken.epochPermutation(20, epoch).join());
    unbroken.uniform();
    const resumed = new Generator(9);
    expect(resumed.epochPermutation(20, 2).join()).toBe(orders[2]);
    expect(unbroken.epochPermutation(20, 3).join()).toBe(orders[3]);
    expect(resumed.state.counter).toBe(0);
    expect(new Set(orders).size).toBe(4);
  });
});

describe("what is refused", () => {
  test.each([-1, 0.5, NaN, Infinity, 9007199254740992])("the seed %d", (seed) => {
    expect(() => new Generator(seed)).toThrow(ValueError);
    expect(() => manualSeed(seed)).toThrow(String(seed));
  });

  test.each([
    [3, 3],
    [4, 3],
    [0.5, 3],
    [0, Infinity],
    [NaN, 3],
    [-9007199254740991, 9007199254740991],
  ])("the range %d to %d", (low, high) => {
    expect(() => new Generator(0).integer(low, high)).toThrow(`not ${low} and ${high}`);
  });

  test("bad states, counts and epochs", () => {
    const generator = new Generator(0);
    const state = (key: number[], counter: number) => () => {
      generator.state = { key: key as [number, number], counter };
    };
    expect(state([1], 0)).toThrow("two unsigned 32-bit words");
    expect(state([1, -2], 0)).toThrow("not [1, -2]");
    expect(state([1, 2], -1)).toThrow("the counter");
    expect(() => generator.permutation(-1)).toThrow("n must be");
    expect(() => generator.epochPermutation(3, 1.5)).toThrow("the epoch");
    expect(generator.state).toEqual(new Generator(0).state);
  });
});

test("the shared generator restarts in place", () => {
  const before = defaultGenerator();
  manualSeed(3);
  const first = before.uniform();
  expect(first).toBe(new Generator(3).uniform());
  expect(manualSeed(3)).toBe(before);
  expect(before.uniform()).toBe(first);
  manualSeed(0);
});
