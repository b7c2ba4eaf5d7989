/**
 * log, log1p, log2, log10.
 *
 * Tang's table-driven method ("Table-driven implementation of the logarithm function in IEEE floating-point
 * arithmetic", 1990). Write x = 2^k·m with m between 0.705 and 1.41, and look up, by the first bits of m, a number c ≈
 * 1/m of eleven bits. Then m·c = 1 + r with |r| ≤ 1/228, and
 *
 *     log x = k·ln 2 − log c + r − r²/2 + r³(1/3 − r/4 + …)
 *
 * Every large term is exact: k·LN2_HIGH and the high part of −log c are multiples of 2^−42, m·c − 1 is computed without
 * error from two pieces of m, and r²/2 from the upper half of r. Around 1, c = 1 and k = 0, so only r − r²/2 + …
 * remains: small results are as accurate as large ones. The sum is a double-double with a relative error below 2^−67,
 * as `pow` needs; the other functions round it once. Error: 0.51 ulp.
 */
import { highWord, LEAST, powers } from "./bits.ts";
import { addPairs, dividePairs, multiplyPairs, product, rest, type Pair } from "./double-double.ts";

const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;
/** The high word of 0.705078125, where m begins; the 128 cells are 2¹³ high words wide, one is centred on 1. */
const START = 0x3fe69000;

/** logTable[4i] = c, and logTable[4i + 1] + logTable[4i + 2] = −log c, the first of these a multiple of 2^−42. */
export const logTable: Float64Array = /* @__PURE__ */ logarithms();

function logarithms(): Float64Array {
  const values = new Float64Array(512);
  const factors: Pair[] = []; // 2/45, 2/43, … 2/1
  for (let n = 45; n > 0; n -= 2) factors.push(dividePairs([2, 0], [n, 0]));
  for (let i = 0; i < 128; i++) {
    const word = START + i * 8192 + 4096; // the middle of the cell, as a double's high word
    const fraction = (word & 0xfffff) / 1048576;
    const middle = word < 0x3ff00000 ? (1 + fraction) / 2 : 1 + fraction;
    const c = Math.floor(1024 / middle + 0.5) / 1024;
    const [high, low] = seriesOfLog(c, factors);
    const grid = high + 1536 - 1536; // 1.5·2¹⁰ has the unit 2^−42
    values[4 * i] = c;
    values[4 * i + 1] = -grid;
    values[4 * i + 2] = -(high - grid + low);
  }
  return values;
}

/** log c = 2 atanh z = 2(z + z³/3 + z⁵/5 + …) with z = (c − 1)/(c + 1). */
function seriesOfLog(c: number, factors: readonly Pair[]): Pair {
  const z = dividePairs([c - 1, 0], [c + 1, 0]);
  const square = multiplyPairs(z, z);
  let sum: Pair = [0, 0];
  for (const factor of factors) sum = addPairs(multiplyPairs(sum, square), factor);
  return multiplyPairs(sum, z);
}

/**
 * log(x + dx) as a double-double, for finite x > 0 and dx at most a rounding error of x: returns the high part,
 * leaves the low part in `rest`.
 */
export function logParts(x: number, dx: number): number {
  let word = highWord(x);
  let k = 0;
  if (word < 0x00100000) {
    x *= 18014398509481984; // a subnormal times 2⁵⁴
    word = highWord(x);
    k = -54;
  }
  const cell = word - START;
  const shift = cell >> 20;
  const i = (cell >> 11) & 508;
  const down = powers[-shift - LEAST];
  const m = x * down;
  const c = logTable[i];
  k += shift;

  // m·c − 1, exactly: the first piece of m has 33 bits, c has 11, the second piece 21
  const m1 = m + 1572864 - 1572864;
  const r1 = m1 * c - 1;
  const r2 = (m - m1) * c;
  const r = r1 + r2;
  return series(
    r,
    r1 - r + r2 + dx * down * c,
    k * LN2_HIGH + logTable[i + 1],
    k * LN2_LOW + logTable[i + 2],
  );
}

/** big + bigLow + log(1 + r + rLow), where big is 0 or larger than r; the low part of it in `rest`. */
function series(r: number, rLow: number, big: number, bigLow: number): number {
  const upper = r + 393216 - 393216; // r to a multiple of 2^−34, so that its square is exact
  const half = 0.5 * upper * upper;
  const square = r * r;
  const p =
    0.33333333333333337 -
    r * 0.24999999999999997 +
    square * (0.19999999997685114 - r * 0.16666666665817872) +
    square * square * (0.14286035042852757 - r * 0.12500224529902232);
  const s = big + r;
  const t = s - half;
  const small = square * r * p - 0.5 * (r - upper) * (r + upper) - r * rLow;
  const low = big - s + r + (s - t - half) + (rLow + bigLow + small);
  const high = t + low;
  rest[0] = t - high + low;
  return high;
}

/** log(1 + x + dx) as a double-double, for x > −1. */
export function log1pParts(x: number, dx: number): number {
  if (x > -0.00390625 && x < 0.00390625) return series(x, dx, 0, 0);
  const u = 1 + x;
  const back = u - x;
  return logParts(u, 1 - back + (x - (u - back)) + dx);
}

/** The natural logarithm. log(±0) = −∞, log of a negative number is NaN. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return special(x);
  return logParts(x, 0);
}

function special(x: number): number {
  return x === 0 ? -Infinity : x > 0 ? x : NaN;
}

/** log(1 + x), accurate also near 0. */
export function log1p(x: number): number {
  if (x > -1e-16 && x < 1e-16) return x;
  if (!(x > -1 && x < Infinity)) return special(1 + x);
  return log1pParts(x, 0);
}

/** The logarithm to base 2: exact for powers of two. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return special(x);
  const high = logParts(x, 0);
  return product(high, rest[0], 1.4426950408889634, 2.0355273740931033e-17);
}

/** The logarithm to base 10: exact for powers of ten. */
export function log10(x: number): number {
  if (!(x > 0 && x < Infinity)) return special(x);
  const high = logParts(x, 0);
  return product(high, rest[0], 0.4342944819032518, 1.098319650216765e-17);
}
