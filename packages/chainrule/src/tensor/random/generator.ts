/**
 * Chainrule's own random numbers. They are counter-based: draw i of a stream depends only on its key and i.
 *
 * A draw encrypts the block (low 32 bits of the counter; lane · 2²¹ + the next 21 bits) with Threefry-2x32-20 and turns
 * the two words into a number. Lane 0 holds the draws, and lanes 1, 2, … the retries of `integer`. Two lanes that no
 * draw reaches derive the keys of named streams and of epochs. Numbers are drawn in float64; storing them in a
 * Float32Array rounds.
 */
import { ValueError } from "../errors.ts";
import { requireCount } from "../check.ts";
import { integer53, normalFrom, uniform32From, uniformFrom } from "./distributions.ts";
import { threefry2x32 } from "./threefry.ts";

/** The whole state of a generator, as plain data for a checkpoint. */
export interface GeneratorState {
  /** Two unsigned 32-bit words. */
  readonly key: readonly [number, number];
  /** How many draws were made. */
  readonly counter: number;
}

const TWO_32 = 4294967296;
const TWO_53 = 9007199254740992;
const EPOCH_LANE = 2046;
const STREAM_LANE = 2047;

/** The words of the latest block. Drawing is synchronous, so one pair serves all generators. */
const words = new Int32Array(2);

/**
 * A stream of random numbers that is a pure function of its seed.
 *
 * One seed serves a whole run. Every purpose takes its own `stream(name)`, so one more draw for the weights does not
 * change the data. Throws {@link ValueError} unless the seed is a whole number from 0 to 2⁵³ − 1; all its bits count.
 *
 * @example
 * const run = new Generator(1);
 * const weights = run.stream("weights");
 * weights.normal(); // 0.29227458344740953
 */
export class Generator {
  #k0 = 0;
  #k1 = 0;
  #counter = 0;

  constructor(seed: number) {
    requireCount("new Generator", "the seed", seed, 0);
    this.#k0 = seed | 0;
    this.#k1 = (seed / TWO_32) | 0;
  }

  /** A generator that continues from a saved state. */
  static fromState(state: GeneratorState): Generator {
    const generator = new Generator(0);
    generator.state = state;
    return generator;
  }

  /** A copy of key and counter. Assigning a state restores it. */
  get state(): GeneratorState {
    return { key: [this.#k0 >>> 0, this.#k1 >>> 0], counter: this.#counter };
  }

  set state({ key, counter }: GeneratorState) {
    if (key.length !== 2 || key.some((word) => word >>> 0 !== word))
      throw new ValueError(
        "Generator.state",
        `the key must be two unsigned 32-bit words, not [${key.join(", ")}]`,
      );
    requireCount("Generator.state", "the counter", counter, 0);
    this.#k0 = key[0] | 0;
    this.#k1 = key[1] | 0;
    this.#counter = counter;
  }

  /**
   * The child generator for one purpose. It does not depend on when it is made or on what was drawn before.
   *
   * The parent's key encrypts the name's length. The result is the key that encrypts the first block of four UTF-16
   * units of the name, and so on; the last result is the child's key.
   *
   * @example
   * new Generator(7).stream("dropout").stream("layer 2").uniform();
   */
  stream(name: string): Generator {
    threefry2x32(this.#k0, this.#k1, name.length, STREAM_LANE << 21, words);
    const unit = (i: number): number => (i < name.length ? name.charCodeAt(i) : 0);
    for (let i = 0; i < name.length; i += 4)
      threefry2x32(
        words[0],
        words[1],
        unit(i) | (unit(i + 1) << 16),
        unit(i + 2) | (unit(i + 3) << 16),
        words,
      );
    return this.#childOfWords();
  }

  /** The next number, uniform on [0, 1) with 53 random bits. */
  uniform(): number {
    this.#block(this.#counter++, 0);
    return uniformFrom(words[0], words[1]);
  }

  /** The next number, standard normal: the quantile function of one uniform number, hence no rejection and no cached second value. */
  normal(): number {
    this.#block(this.#counter++, 0);
    return normalFrom(words[0], words[1]);
  }

  /**
   * The next whole number in [low, high), all exactly equally likely.
   *
   * With n = high − low, 53 random bits k give low + k mod n, unless k lies in the last, incomplete run of n numbers
   * below 2⁵³; then the same counter is tried in the next lane. A draw with retries still takes one counter step.
   * Throws {@link ValueError} unless both ends are safe integers with low < high ≤ low + 2⁵³ − 1.
   */
  integer(low: number, high: number): number {
    const n = high - low;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || !(n > 0) || n >= TWO_53)
      throw new ValueError(
        "Generator.integer",
        `needs whole numbers low < high, at most 2^53 − 1 apart, not ${low} and ${high}`,
      );
    return this.#integer(low, n);
  }

  /** A random order of 0 … n − 1 (Fisher–Yates from the end; n − 1 draws). Throws {@link ValueError} for a bad n. */
  permutation(n: number): Int32Array {
    requireCount("Generator.permutation", "n", n, 0, 2147483647);
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.#integer(0, i + 1);
      const moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }

  /**
   * The order of n examples in one epoch. It depends only on key, epoch and n, and draws nothing from this stream.
   *
   * A run that resumes at epoch e therefore sees the same orders as the uninterrupted run.
   *
   * @example
   * new Generator(0).stream("order").epochPermutation(4, 12);
   */
  epochPermutation(n: number, epoch: number): Int32Array {
    requireCount("Generator.epochPermutation", "the epoch", epoch, 0);
    this.#block(epoch, EPOCH_LANE);
    return this.#childOfWords().permutation(n);
  }

  /**
   * Fills the array with numbers uniform on [low, high): low + (high − low) · u, one draw each.
   *
   * On [0, 1) a Float32Array also stays below 1; in other ranges a number may round up to `high` (about once in 2²⁵).
   */
  fillUniform<T extends Float32Array | Float64Array>(out: T, low = 0, high = 1): T {
    const from = out instanceof Float32Array ? uniform32From : uniformFrom;
    for (let i = 0; i < out.length; i++) {
      this.#block(this.#counter++, 0);
      out[i] = low + (high - low) * from(words[0], words[1]);
    }
    return out;
  }

  /** Fills the array with normal numbers: mean + std · z, one draw each. */
  fillNormal<T extends Float32Array | Float64Array>(out: T, mean = 0, std = 1): T {
    for (let i = 0; i < out.length; i++) out[i] = mean + std * this.normal();
    return out;
  }

  /** Fills the array with whole numbers from [low, high), as {@link Generator.integer}, one draw each. */
  fillInteger<T extends Int32Array | Float32Array | Float64Array>(out: T, low: number, high: number): T {
    for (let i = 0; i < out.length; i++) out[i] = this.integer(low, high);
    return out;
  }

  #block(counter: number, lane: number): void {
    threefry2x32(this.#k0, this.#k1, counter | 0, (lane << 21) | (counter / TWO_32), words);
  }

  #integer(low: number, n: number): number {
    const counter = this.#counter++;
    const limit = TWO_53 - (TWO_53 % n);
    // At least half of all k pass, so the lanes (over 2,000) do not run out.
    for (let lane = 0; ; lane++) {
      this.#block(counter, lane);
      const k = integer53(words[0], words[1]);
      if (k < limit) return low + (k % n);
    }
  }

  #childOfWords(): Generator {
    return Generator.fromState({ key: [words[0] >>> 0, words[1] >>> 0], counter: 0 });
  }
}
