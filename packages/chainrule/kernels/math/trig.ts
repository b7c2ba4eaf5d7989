/** sin and cos: a copy of src/tensor/math/trig.ts, which explains the method. */
import { COLUMNS, DIGITS_TABLE, TRIG_TABLE, thread } from "../memory";
import { highWord, powerOfTwo } from "./bits";
import { product, rest, setRest } from "./double-double";

@inline
function entry(i: i32): f64 {
  return load<f64>(TRIG_TABLE + ((<usize>i) << 3));
}

function sineOf(r: f64, dr: f64): f64 {
  const c = r + 211106232532992 - 211106232532992;
  const i = <i32>(160 * c);
  const d = r - c;
  const z = d * d;
  const small =
    dr + d * z * (-0.16666666666666666 + z * (0.008333333333240349 + z * -0.00019841168603363562));
  const fall = z * (-0.5 + z * (0.0416666666658298 + z * -0.0013888797774823953));
  const sine = entry(i);
  const high = sine + d;
  setRest(sine - high + d + (entry(i + 1) + (sine * fall + (entry(i + 4) * d + entry(i + 2) * small))));
  return high;
}

function cosineOf(r: f64, dr: f64): f64 {
  const c = r + 211106232532992 - 211106232532992;
  const i = <i32>(160 * c);
  const d = r - c;
  const z = d * d;
  const small =
    dr + d * z * (-0.16666666666666666 + z * (0.008333333333240349 + z * -0.00019841168603363562));
  const fall = z * (-0.5 + z * (0.0416666666658298 + z * -0.0013888797774823953)) - d * dr;
  const cosine = entry(i + 2);
  setRest(entry(i + 3) + (cosine * fall - entry(i) * (d + small)));
  return cosine;
}

/** Further results of `reduce`: the low part of r, and n modulo 4. */
let remainder: f64 = 0;
let quarter: i32 = 0;

function reduce(x: f64): f64 {
  if (x < 0.785) {
    remainder = 0;
    quarter = 0;
    return x;
  }
  if (x < 1048576) {
    const n = x * 0.6366197723675814 + 6755399441055744 - 6755399441055744;
    const first = x - n * 1.5707963267341256;
    const piece = n * 6.077100506303966e-11;
    const second = first - piece;
    const last = n * 2.0222662487959506e-21;
    const r = second - last;
    remainder = second - r - last + (first - second - piece);
    quarter = (<i32>n) & 3;
    if (r > 1e-9 || r < -1e-9) return r;
  }
  return reduceByDigits(x);
}

@inline
function digit(i: i32): f64 {
  return load<f64>(DIGITS_TABLE + ((<usize>i) << 3));
}
@inline
function column(i: i32): usize {
  return COLUMNS + ((<usize>thread) << 6) + ((<usize>i) << 3);
}

function reduceByDigits(x: f64): f64 {
  const e = (highWord(x) >> 20) - 1075;
  const skip = <i32>floor<f64>(<f64>(e - 3) / 24);
  const s = e - 24 * skip;
  let left = x * powerOfTwo(-e) * powerOfTwo(s);
  const m3 = floor<f64>(left / 4722366482869645213696.0);
  left -= m3 * 4722366482869645213696.0;
  const m2 = floor<f64>(left / 281474976710656);
  left -= m2 * 281474976710656;
  const m1 = floor<f64>(left / 16777216);
  const m0 = left - m1 * 16777216;
  let carry: f64 = 0;
  for (let c = 7; c >= 0; c--) {
    const i = skip + c + 3;
    const sum = carry + m0 * digit(i) + m1 * digit(i + 1) + m2 * digit(i + 2) + m3 * digit(i + 3);
    carry = floor<f64>(sum / 16777216);
    store<f64>(column(c), sum - carry * 16777216);
  }
  let n = load<f64>(column(0));
  const negative = load<f64>(column(1)) >= 8388608;
  if (negative) {
    n += 1;
    for (let c = 1; c < 8; c++) store<f64>(column(c), 16777215 - load<f64>(column(c)));
  }
  const a = (load<f64>(column(1)) * 16777216 + load<f64>(column(2))) * 3.552713678800501e-15;
  const b = (load<f64>(column(3)) * 16777216 + load<f64>(column(4))) * 1.262177448353619e-29;
  const c = (load<f64>(column(5)) * 16777216 + load<f64>(column(6))) * 4.484155085839415e-44;
  const high = a + b;
  const r = product(high, a - high + b + c, 1.5707963267948966, 6.123233995736766e-17);
  remainder = negative ? -rest : rest;
  quarter = (<i32>n) & 3;
  return negative ? -r : r;
}

function turned(quadrant: i32, r: f64, dr: f64): f64 {
  const turn: f64 = r < 0 ? -1 : 1;
  const odd = (quadrant & 1) != 0;
  const high = odd ? cosineOf(turn * r, turn * dr) : sineOf(turn * r, turn * dr);
  const y = high + rest;
  const half = (quadrant & 2) != 0;
  return half != (!odd && turn < 0) ? -y : y;
}

export function sin(x: f64): f64 {
  const a = abs(x);
  if (a < 1e-9) return x;
  if (!(a < Infinity)) return NaN;
  const r = reduce(a);
  const y = turned(quarter, r, remainder);
  return x < 0 ? -y : y;
}

export function cos(x: f64): f64 {
  const a = abs(x);
  if (!(a < Infinity)) return NaN;
  const r = reduce(a);
  return turned(quarter + 1, r, remainder);
}
