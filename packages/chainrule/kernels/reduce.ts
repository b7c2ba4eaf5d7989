/**
 * Ops that fold axes away; see src/ops/reduce.ts. x is [outer, length, inner], out [outer, inner]. Sums are carried in
 * float64, in an order that depends on the shape alone.
 */
import { pair, storePair } from "./lanes";
import { shareFrom, shareTo, workspace } from "./memory";
import { exp } from "./math/exp";
import { log } from "./math/log";

const SUM = 0;
const MEAN = 1;
const VARIANCE = 2;
const LARGEST = 3;
const SMALLEST = 4;
const LOG_SUM_EXP = 5;

/** x, or (x − center)² */
@inline
function term(x: v128, center: v128, square: bool): v128 {
  if (!square) return x;
  const d = f64x2.sub(x, center);
  return f64x2.mul(d, d);
}

/** Σ x, or Σ (x − center)², of `length` numbers that are `step` bytes apart. */
@inline
function total<T>(x: usize, length: i32, step: usize, center: f64, square: bool): f64 {
  let sum: f64 = 0;
  if (step == sizeof<T>() && length >= 8) {
    // four running sums, each of every fourth number
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    const centers = f64x2.splat(center);
    const end = x + <usize>(length & ~3) * sizeof<T>();
    while (x < end) {
      even = f64x2.add(even, term(pair<T>(x), centers, square));
      odd = f64x2.add(odd, term(pair<T>(x + 2 * sizeof<T>()), centers, square));
      x += 4 * sizeof<T>();
    }
    const both = f64x2.add(even, odd);
    sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    length &= 3;
  }
  for (let i = 0; i < length; i++, x += step) {
    const value = <f64>load<T>(x);
    sum += square ? (value - center) * (value - center) : value;
  }
  return sum;
}

@inline
function extreme<T>(x: usize, length: i32, step: usize, largest: bool): T {
  let best = load<T>(x);
  for (let i = 1; i < length; i++) {
    x += step;
    const value = load<T>(x);
    if ((largest ? value > best : value < best) || value != value) best = value;
  }
  return best;
}

@inline
function line<T>(op: i32, x: usize, length: i32, step: usize, correction: f64): f64 {
  if (op == LARGEST) return <f64>extreme<T>(x, length, step, true);
  if (op == SMALLEST) return <f64>extreme<T>(x, length, step, false);
  if (op == LOG_SUM_EXP) {
    if (length == 0) return -Infinity;
    const top = <f64>extreme<T>(x, length, step, true);
    if (!(abs(top) < Infinity)) return top;
    let sum: f64 = 0;
    for (let i = 0; i < length; i++, x += step) sum += exp(<f64>load<T>(x) - top);
    return top + log(sum);
  }
  const sum = total<T>(x, length, step, 0, false);
  if (op == SUM) return sum;
  const center = sum / <f64>length;
  if (op == MEAN) return center;
  return total<T>(x, length, step, center, true) / max<f64>(0, <f64>length - correction);
}

/** sums [8] = Σ x, or Σ (x − center)², of eight neighbouring columns. */
@inline
function downEight<T>(sums: usize, x: usize, length: i32, step: usize, centers: usize, square: bool): void {
  const size = sizeof<T>();
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const ca = v128.load(centers);
  const cb = v128.load(centers, 16);
  const cc = v128.load(centers, 32);
  const cd = v128.load(centers, 48);
  for (let p = 0; p < length; p++, x += step) {
    a = f64x2.add(a, term(pair<T>(x), ca, square));
    b = f64x2.add(b, term(pair<T>(x + 2 * size), cb, square));
    c = f64x2.add(c, term(pair<T>(x + 4 * size), cc, square));
    d = f64x2.add(d, term(pair<T>(x + 6 * size), cd, square));
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  v128.store(sums, c, 32);
  v128.store(sums, d, 48);
}

@inline
function divideEight(sums: usize, by: f64): void {
  for (let end = sums + 64; sums < end; sums += 16)
    v128.store(sums, f64x2.div(v128.load(sums), f64x2.splat(by)));
}

/** Sums, means or variances of columns, eight neighbouring columns at a time, so that memory is read in order. */
@inline
function columns<T>(
  op: i32,
  out: usize,
  x: usize,
  length: i32,
  inner: i32,
  from: i32,
  to: i32,
  correction: f64,
): void {
  const size = sizeof<T>();
  const step = <usize>inner * size;
  const sums = workspace;
  const squares = workspace + 64;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const top = x + <usize>i * size;
    downEight<T>(sums, top, length, step, sums, false);
    if (op != SUM) divideEight(sums, <f64>length);
    if (op == VARIANCE) {
      downEight<T>(squares, top, length, step, sums, true);
      divideEight(squares, max<f64>(0, <f64>length - correction));
    }
    const result = op == VARIANCE ? squares : sums;
    for (let c: usize = 0; c < 8; c += 2)
      storePair<T>(out + (<usize>i + c) * size, v128.load(result + (c << 3)));
  }
  for (; i < to; i++)
    store<T>(out + <usize>i * size, <T>line<T>(op, x + <usize>i * size, length, step, correction));
}

@inline
function fold<T>(op: i32, out: usize, x: usize, outer: i32, length: i32, inner: i32, correction: f64): void {
  const size = sizeof<T>();
  if ((op == SUM || op == MEAN || op == VARIANCE) && inner > 1) {
    // threads share blocks of eight columns; no thread takes part of a column
    const blocks = (inner + 7) >> 3;
    const end = shareTo(outer * blocks);
    for (let at = shareFrom(outer * blocks); at < end; ) {
      const o = at / blocks;
      const first = at - o * blocks;
      const last = min<i32>(blocks, first + end - at);
      const row = <usize>o * inner * size;
      const to = min<i32>(inner, last << 3);
      columns<T>(op, out + row, x + row * length, length, inner, first << 3, to, correction);
      at += last - first;
    }
    return;
  }
  const all = outer * inner;
  const end = shareTo(all);
  const step = <usize>inner * size;
  for (let i = shareFrom(all); i < end; i++) {
    const o = inner == 1 ? i : i / inner;
    const at = (<usize>o * length * inner + <usize>(i - o * inner)) * size;
    store<T>(out + <usize>i * size, <T>line<T>(op, x + at, length, step, correction));
  }
}

@inline
function place<T>(out: usize, x: usize, outer: i32, length: i32, inner: i32, largest: bool): void {
  const all = outer * inner;
  const end = shareTo(all);
  const step = <usize>inner * sizeof<T>();
  for (let i = shareFrom(all); i < end; i++) {
    const o = inner == 1 ? i : i / inner;
    let at = x + (<usize>o * length * inner + <usize>(i - o * inner)) * sizeof<T>();
    let best = load<T>(at);
    let where = 0;
    for (let p = 1; p < length; p++) {
      at += step;
      const value = load<T>(at);
      if ((largest ? value > best : value < best) || (value != value && best == best)) {
        best = value;
        where = p;
      }
    }
    store<i32>(out + ((<usize>i) << 2), where);
  }
}

export function sum_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f32>(SUM, out, x, outer, length, inner, 0);
}
export function mean_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f32>(MEAN, out, x, outer, length, inner, 0);
}
export function max_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f32>(LARGEST, out, x, outer, length, inner, 0);
}
export function min_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f32>(SMALLEST, out, x, outer, length, inner, 0);
}
export function logSumExp_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f32>(LOG_SUM_EXP, out, x, outer, length, inner, 0);
}
export function variance_f32(
  out: usize,
  x: usize,
  outer: i32,
  length: i32,
  inner: i32,
  correction: f64,
): void {
  fold<f32>(VARIANCE, out, x, outer, length, inner, correction);
}
export function argmax_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  place<f32>(out, x, outer, length, inner, true);
}
export function argmin_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  place<f32>(out, x, outer, length, inner, false);
}
export function sum_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f64>(SUM, out, x, outer, length, inner, 0);
}
export function mean_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f64>(MEAN, out, x, outer, length, inner, 0);
}
export function max_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f64>(LARGEST, out, x, outer, length, inner, 0);
}
export function min_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f64>(SMALLEST, out, x, outer, length, inner, 0);
}
export function logSumExp_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  fold<f64>(LOG_SUM_EXP, out, x, outer, length, inner, 0);
}
export function variance_f64(
  out: usize,
  x: usize,
  outer: i32,
  length: i32,
  inner: i32,
  correction: f64,
): void {
  fold<f64>(VARIANCE, out, x, outer, length, inner, correction);
}
export function argmax_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  place<f64>(out, x, outer, length, inner, true);
}
export function argmin_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32): void {
  place<f64>(out, x, outer, length, inner, false);
}
