/** log and log1p: a copy of src/tensor/math/log.ts, which explains the method. */
import { LOG_TABLE } from "../memory";
import { highWord, powerOfTwo } from "./bits";
import { setRest } from "./double-double";

const LN2_HIGH: f64 = 0.6931471805598903;
const LN2_LOW: f64 = 5.497923018708371e-14;
const START: i32 = 0x3fe69000;

/** log(x + dx) as a double-double, for finite x > 0: the high part, the low part in `rest`. */
export function logParts(x: f64, dx: f64): f64 {
  let word = highWord(x);
  let k = 0;
  if (word < 0x00100000) {
    x *= 18014398509481984;
    word = highWord(x);
    k = -54;
  }
  const cell = word - START;
  const shift = cell >> 20;
  const row = LOG_TABLE + ((<usize>((cell >> 11) & 508)) << 3);
  const down = powerOfTwo(-shift);
  const m = x * down;
  const c = load<f64>(row);
  k += shift;
  const m1 = m + 1572864 - 1572864;
  const r1 = m1 * c - 1;
  const r2 = (m - m1) * c;
  const r = r1 + r2;
  return series(
    r,
    r1 - r + r2 + dx * down * c,
    <f64>k * LN2_HIGH + load<f64>(row, 8),
    <f64>k * LN2_LOW + load<f64>(row, 16),
  );
}

function series(r: f64, rLow: f64, big: f64, bigLow: f64): f64 {
  const upper = r + 393216 - 393216;
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
  setRest(t - high + low);
  return high;
}

export function log1pParts(x: f64, dx: f64): f64 {
  if (x > -0.00390625 && x < 0.00390625) return series(x, dx, 0, 0);
  const u = 1 + x;
  const back = u - x;
  return logParts(u, 1 - back + (x - (u - back)) + dx);
}

export function log(x: f64): f64 {
  if (!(x > 0 && x < Infinity)) return special(x);
  return logParts(x, 0);
}

function special(x: f64): f64 {
  return x == 0 ? -Infinity : x > 0 ? x : NaN;
}

export function log1p(x: f64): f64 {
  if (x > -1e-16 && x < 1e-16) return x;
  if (!(x > -1 && x < Infinity)) return special(1 + x);
  return log1pParts(x, 0);
}
