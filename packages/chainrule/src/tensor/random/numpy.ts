/**
 * NumPy's legacy `RandomState`, for numbers that courses printed. Integers, uniforms and permutations are equal to the
 * bit, Gaussians up to the rounding of the logarithm. Its stream has been frozen since NumPy 1.17.
 */
import { requireCount } from "../check.ts";
import { ValueError } from "../errors.ts";
import { log } from "../math/index.ts";
import { MersenneTwister } from "./mersenne.ts";

const INT32 = 2147483648;

/** A count of numbers, or the sizes of an array, which is returned flat in row-major order. */
export type Size = number | readonly number[];

/**
 * The generator behind `np.random.seed(s)` and `np.random.RandomState(s)`.
 *
 * Without a size a draw returns one number, with a size a flat array. Throws {@link ValueError} unless the seed is a
 * whole number from 0 to 2³² − 1.
 *
 * @example
 * const random = new RandomState(0);
 * random.randn(); // 1.764052345967664
 * random.uniform(-1, 1, [2, 3]).length; // 6
 */
export class RandomState {
  #twister = new MersenneTwister(0);
  #gauss: number | undefined;

  constructor(seed = 0) {
    this.seed(seed);
  }

  /** Restarts from a seed and forgets the saved second Gaussian. */
  seed(seed: number): void {
    this.#twister = new MersenneTwister(requireCount("RandomState.seed", "the seed", seed, 0, 4294967295));
    this.#gauss = undefined;
  }

  /** Uniform on [0, 1): (a · 2²⁶ + b) / 2⁵³ from the top 27 and 26 bits of two words. */
  randomSample(): number;
  randomSample(size: Size): Float64Array;
  randomSample(size?: Size): number | Float64Array {
    return draw(() => this.#double(), size);
  }

  /** As {@link RandomState.randomSample}, with the sizes as arguments. */
  rand(): number;
  rand(...sizes: number[]): Float64Array;
  rand(...sizes: number[]): number | Float64Array {
    return draw(() => this.#double(), sizes.length === 0 ? undefined : sizes);
  }

  /** Uniform on [low, high): low + (high − low) · u. */
  uniform(low?: number, high?: number): number;
  uniform(low: number, high: number, size: Size): Float64Array;
  uniform(low = 0, high = 1, size?: Size): number | Float64Array {
    return draw(() => low + (high - low) * this.#double(), size);
  }

  /** Standard normal by the polar method, see {@link RandomState.randn}. */
  standardNormal(): number;
  standardNormal(size: Size): Float64Array;
  standardNormal(size?: Size): number | Float64Array {
    return draw(() => this.#normal(), size);
  }

  /**
   * Standard normal, with the sizes as arguments.
   *
   *     x₁ = 2u − 1, x₂ = 2u′ − 1 until 0 < r² = x₁² + x₂² < 1;   f = √(−2 ln r² / r²);   f x₂ now, f x₁ at the next call
   */
  randn(): number;
  randn(...sizes: number[]): Float64Array;
  randn(...sizes: number[]): number | Float64Array {
    return draw(() => this.#normal(), sizes.length === 0 ? undefined : sizes);
  }

  /** Normal: loc + scale · z. */
  normal(loc?: number, scale?: number): number;
  normal(loc: number, scale: number, size: Size): Float64Array;
  normal(loc = 0, scale = 1, size?: Size): number | Float64Array {
    return draw(() => loc + scale * this.#normal(), size);
  }

  /**
   * Whole numbers in [low, high), or in [0, low) when called with one end, by masked rejection.
   *
   * Throws {@link ValueError} unless −2³¹ ≤ low < high ≤ 2³¹.
   */
  randint(low: number, high?: number): number;
  randint(low: number, high: number | undefined, size: Size): Int32Array;
  randint(low: number, high?: number, size?: Size): number | Int32Array {
    const [first, end] = high === undefined ? [0, low] : [low, high];
    if (!Number.isInteger(first) || !Number.isInteger(end) || first < -INT32 || first >= end || end > INT32)
      throw new ValueError(
        "RandomState.randint",
        `needs whole numbers −2^31 ≤ low < high ≤ 2^31, not low ${first} and high ${end}`,
      );
    const next = (): number => first + this.#interval(end - first - 1);
    return size === undefined ? next() : new Int32Array(countOf(size)).map(next);
  }

  /** A shuffled copy of the list, or of 0 … n − 1. */
  permutation(n: number): Int32Array;
  permutation<T>(list: readonly T[]): T[];
  permutation<T>(source: number | readonly T[]): Int32Array | T[] {
    if (typeof source !== "number") {
      const copy = [...source];
      this.shuffle(copy);
      return copy;
    }
    requireCount("RandomState.permutation", "n", source, 0, INT32 - 1);
    const order = new Int32Array(source).map((_, i) => i);
    this.shuffle(order);
    return order;
  }

  /** Shuffles in place: for i = n − 1 … 1 swaps element i with one drawn from 0 … i. */
  shuffle<T>(list: { readonly length: number; [index: number]: T }): void {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#interval(i);
      const moved = list[i];
      list[i] = list[j];
      list[j] = moved;
    }
  }

  /** The next 32 raw bits, unsigned. */
  nextUint32(): number {
    return this.#twister.next();
  }

  #double(): number {
    const a = this.#twister.next() >>> 5;
    const b = this.#twister.next() >>> 6;
    return (a * 67108864 + b) / 9007199254740992;
  }

  #normal(): number {
    if (this.#gauss !== undefined) {
      const kept = this.#gauss;
      this.#gauss = undefined;
      return kept;
    }
    for (;;) {
      const x1 = 2 * this.#double() - 1;
      const x2 = 2 * this.#double() - 1;
      const square = x1 * x1 + x2 * x2;
      if (square >= 1 || square === 0) continue;
      const f = Math.sqrt((-2 * log(square)) / square);
      this.#gauss = f * x1;
      return f * x2;
    }
  }

  /** Uniform on 0 … most: 32 bits under the smallest mask 2ᵏ − 1 ≥ most, until they fit. Draws nothing for most = 0. */
  #interval(most: number): number {
    if (most === 0) return 0;
    const mask = -1 >>> Math.clz32(most);
    for (;;) {
      const value = (this.#twister.next() & mask) >>> 0;
      if (value <= most) return value;
    }
  }
}

function draw(next: () => number, size: Size | undefined): number | Float64Array {
  return size === undefined ? next() : new Float64Array(countOf(size)).map(next);
}

function countOf(size: Size): number {
  const sizes = typeof size === "number" ? [size] : size;
  return sizes.reduce((product, length) => product * requireCount("RandomState", "a size", length, 0), 1);
}
