/**
 * sin, cos, tan, for arguments of any size.
 *
 * First x = n·π/2 + r with |r| ≤ π/4, r as a double-double. Up to 2²⁰, r is x minus n times π/2 in three parts; the
 * first two have 33 bits, so n times them is exact (Cody and Waite, "Software Manual for the Elementary Functions",
 * 1980). For larger x, and for the rare x too near a multiple of π/2, x is multiplied by only those digits of 2/π that
 * matter: higher digits give whole turns, lower ones are too small (Payne and Hanek, "Radian reduction for
 * trigonometric functions", 1983).
 *
 * Then |r| = c + d with c the nearest multiple of 1/32, |d| ≤ 1/64, and by the addition theorems
 *
 *     sin(c + d) = sin c + cos c · sin d + sin c · (cos d − 1)
 *     cos(c + d) = cos c − sin c · sin d + cos c · (cos d − 1)
 *
 * with sin c and cos c from a table and short polynomials for the small d. tan is the quotient of both before they are
 * rounded. Error: 0.54 ulp.
 */
import { highWord, LEAST, powers } from "./bits.ts";
import { addPairs, dividePairs, multiplyPairs, product, quotient, rest, type Pair } from "./double-double.ts";

/** Rows of five: sin c and cos c as double-doubles, cos c − 1 as one double; c = row/32. */
export const trigTable: Float64Array = /* @__PURE__ */ sinesAndCosines();

function sinesAndCosines(): Float64Array {
  const values = new Float64Array(5 * 26);
  for (let row = 0; row < 26; row++) {
    const square = (row * row) / 1024;
    let sine: Pair = [0, 0];
    let cosine: Pair = [0, 0]; // cos c − 1
    for (let n = 28; n > 0; n -= 2) {
      const step: Pair = [-square, 0];
      sine = addPairs([1, 0], dividePairs(multiplyPairs(sine, step), [n * (n + 1), 0]));
      cosine = dividePairs(multiplyPairs(addPairs(cosine, [1, 0]), step), [n * (n - 1), 0]);
    }
    [values[5 * row], values[5 * row + 1]] = multiplyPairs(sine, [row / 32, 0]);
    [values[5 * row + 2], values[5 * row + 3]] = addPairs(cosine, [1, 0]);
    values[5 * row + 4] = cosine[0];
  }
  return values;
}

/** sin(r + dr) for 0 ≤ r ≤ 0.786: returns the high part, leaves the low one in `rest`. */
function sineOf(r: number, dr: number): number {
  const c = r + 211106232532992 - 211106232532992; // 1.5·2⁴⁷ rounds to multiples of 1/32
  const i = 160 * c;
  const d = r - c;
  const z = d * d;
  const small =
    dr + d * z * (-0.16666666666666666 + z * (0.008333333333240349 + z * -0.00019841168603363562));
  const fall = z * (-0.5 + z * (0.0416666666658298 + z * -0.0013888797774823953));
  const sine = trigTable[i];
  const high = sine + d;
  rest[0] =
    sine - high + d + (trigTable[i + 1] + (sine * fall + (trigTable[i + 4] * d + trigTable[i + 2] * small)));
  return high;
}

/** cos(r + dr), in the same way. */
function cosineOf(r: number, dr: number): number {
  const c = r + 211106232532992 - 211106232532992;
  const i = 160 * c;
  const d = r - c;
  const z = d * d;
  const small =
    dr + d * z * (-0.16666666666666666 + z * (0.008333333333240349 + z * -0.00019841168603363562));
  const fall = z * (-0.5 + z * (0.0416666666658298 + z * -0.0013888797774823953)) - d * dr;
  const cosine = trigTable[i + 2];
  rest[0] = trigTable[i + 3] + (cosine * fall - trigTable[i] * (d + small));
  return cosine;
}

/** What `reduce` leaves: the low part of r, and n modulo 4. */
const remainder: Float64Array = new Float64Array(2);

/** r of x = n·π/2 + r for x > 0: returns its high part. */
function reduce(x: number): number {
  if (x < 0.785) {
    remainder[0] = 0;
    remainder[1] = 0;
    return x;
  }
  if (x < 1048576) {
    const n = x * 0.6366197723675814 + 6755399441055744 - 6755399441055744;
    const first = x - n * 1.5707963267341256;
    const part = n * 6.077100506303966e-11;
    const second = first - part;
    const last = n * 2.0222662487959506e-21;
    const r = second - last;
    remainder[0] = second - r - last + (first - second - part);
    remainder[1] = n & 3;
    if (r > 1e-9 || r < -1e-9) return r;
  }
  return reduceByDigits(x);
}

/** 2/π in base 2²⁴, after four zeros. */
export const digits: Float64Array = /* @__PURE__ */ digitsOfTwoOverPi();

function digitsOfTwoOverPi(): Float64Array {
  const hexadecimal =
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09" +
    "d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff8" +
    "97ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292" +
    "ea6bfb5fb11f8d5d0856033046fc7b";
  const values = new Float64Array(54);
  for (let i = 0; i < 50; i++) values[i + 4] = Number.parseInt(hexadecimal.slice(6 * i, 6 * i + 6), 16);
  return values;
}

/** The digits of the product: [0] is the whole part modulo 2²⁴, the others its fraction in base 2²⁴. */
const columns: Float64Array = new Float64Array(8);

function reduceByDigits(x: number): number {
  // x = M·2^e with a whole M; digits that would make multiples of 8 are skipped, and M·2^s has at most 79 bits
  const e = (highWord(x) >> 20) - 1075;
  const skip = Math.floor((e - 3) / 24);
  const s = e - 24 * skip;
  let left = x * powers[-e - LEAST] * powers[s - LEAST];
  const m3 = Math.floor(left / 4722366482869645213696); // 2⁷²
  left -= m3 * 4722366482869645213696;
  const m2 = Math.floor(left / 281474976710656); // 2⁴⁸
  left -= m2 * 281474976710656;
  const m1 = Math.floor(left / 16777216);
  const m0 = left - m1 * 16777216;
  let carry = 0;
  for (let column = 7; column >= 0; column--) {
    const i = skip + column + 3; // the digit that m0 meets in this column
    const sum = carry + m0 * digits[i] + m1 * digits[i + 1] + m2 * digits[i + 2] + m3 * digits[i + 3];
    carry = Math.floor(sum / 16777216);
    columns[column] = sum - carry * 16777216;
  }
  // a fraction above one half belongs to the next n: 1 − fraction, digit by digit, and r is negative
  let n = columns[0];
  const negative = columns[1] >= 8388608;
  if (negative) {
    n += 1;
    for (let column = 1; column < 8; column++) columns[column] = 16777215 - columns[column];
  }
  const a = (columns[1] * 16777216 + columns[2]) * 3.552713678800501e-15; // 2^−48
  const b = (columns[3] * 16777216 + columns[4]) * 1.262177448353619e-29; // 2^−96
  const c = (columns[5] * 16777216 + columns[6]) * 4.484155085839415e-44; // 2^−144
  const high = a + b;
  const r = product(high, a - high + b + c, 1.5707963267948966, 6.123233995736766e-17);
  remainder[0] = negative ? -rest[0] : rest[0];
  remainder[1] = n & 3;
  return negative ? -r : r;
}

/** The sine of r + dr + quadrant·π/2. */
function turned(quadrant: number, r: number, dr: number): number {
  const turn = r < 0 ? -1 : 1;
  const odd = (quadrant & 1) !== 0;
  const high = odd ? cosineOf(turn * r, turn * dr) : sineOf(turn * r, turn * dr);
  const y = high + rest[0];
  const half = (quadrant & 2) !== 0;
  return half !== (!odd && turn < 0) ? -y : y; // only the sine is odd
}

/** The sine of x radians. sin(±∞) is NaN. */
export function sin(x: number): number {
  const a = Math.abs(x);
  if (a < 1e-9) return x;
  if (!(a < Infinity)) return NaN;
  const r = reduce(a);
  const y = turned(remainder[1], r, remainder[0]);
  return x < 0 ? -y : y;
}

/** The cosine of x radians. */
export function cos(x: number): number {
  const a = Math.abs(x);
  if (!(a < Infinity)) return NaN;
  const r = reduce(a);
  return turned(remainder[1] + 1, r, remainder[0]);
}

/** The tangent of x radians. */
export function tan(x: number): number {
  const a = Math.abs(x);
  if (a < 1e-9) return x;
  if (!(a < Infinity)) return NaN;
  const r = reduce(a);
  const turn = r < 0 ? -1 : 1;
  const dr = turn * remainder[0];
  const sine = sineOf(turn * r, dr);
  const sineLow = rest[0];
  const cosine = cosineOf(turn * r, dr);
  const odd = (remainder[1] & 1) !== 0; // the tangent of r + π/2 is −1/tan r
  const y =
    (odd ? quotient(cosine, rest[0], sine, sineLow) : quotient(sine, sineLow, cosine, rest[0])) + rest[0];
  return (odd !== turn < 0) !== x < 0 ? -y : y;
}
