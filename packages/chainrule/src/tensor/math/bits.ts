/**
 * The exponent of a double, read from its bits, and exact multiplication by powers of two.
 *
 * A double is ±m·2^k with 1 ≤ m < 2: one sign bit, eleven bits of k + 1023, 52 bits of m. The high 32 bits hold sign,
 * exponent and the first 20 bits of m. Products with 2^k are exact unless the result is subnormal. A table of the
 * powers therefore replaces writing exponent bits, and is faster.
 */

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Which of the two words is the high one: 1 on every little-endian machine, and so in WebAssembly. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0];

/** The high 32 bits of x: sign, exponent and the first bits of the fraction. */
export function highWord(x: number): number {
  double[0] = x;
  return words[HIGH];
}

/** The least exponent that `powers` holds: 2^−1074 is the smallest positive double. */
export const LEAST = -1074;

/** powers[k + 1074] = 2^k for −1074 ≤ k ≤ 1023. */
export const powers: Float64Array = /* @__PURE__ */ powersOfTwo();

function powersOfTwo(): Float64Array {
  const table = new Float64Array(2098);
  table[0] = 5e-324;
  for (let i = 1; i < 2098; i++) table[i] = 2 * table[i - 1];
  return table;
}

/** m·2^k for |m| < 4 and −1080 ≤ k ≤ 1030, rounded once. */
export function scale(m: number, k: number): number {
  if (k > 1023) return m * 128 * powers[k - 7 - LEAST];
  if (k < LEAST) return m * 0.015625 * powers[k + 6 - LEAST];
  return m * powers[k - LEAST];
}
