/**
 * Ops that fold axes away; see src/ops/reduce.ts. x is [outer, length, inner], out [outer, inner]. Sums are carried in
 * float64, in an order that depends on the shape alone.
 */
import { shareFrom, shareTo } from "./memory";
import { exp } from "./math/exp";
import { log } from "./math/log";

const SUM = 0;
const MEAN = 1;
const VARIANCE = 2;
const LARGEST = 3;
const SMALLEST = 4;
const LOG_SUM_EXP = 5;

/** Σ of `length` numbers that lie `step` bytes apart. */
@inline
function total<T>(x: usize, length: i32, step: usize): f64 {
  let sum: f64 = 0;
  if (step == sizeof<T>() && length >= 8) {
    // four running sums, of every fourth number
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    const end = x + <usize>(length & ~3) * sizeof<T>();
    while (x < end) {
      if (sizeof<T>() == 4) {
        const four = v128.load(x);
        even = f64x2.add(even, f64x2.promote_low_f32x4(four));
        odd = f64x2.add(odd, f64x2.promote_low_f32x4(i64x2.shuffle(four, four, 1, 1)));
      } else {
        even = f64x2.add(even, v128.load(x));
        odd = f64x2.add(odd, v128.load(x, 16));
      }
      x += 4 * sizeof<T>();
    }
    const both = f64x2.add(even, odd);
    sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    length &= 3;
  }
  for (let i = 0; i < length; i++, x += step) sum += <f64>load<T>(x);
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
  const sum = total<T>(x, length, step);
  if (op == SUM) return sum;
  const center = sum / <f64>length;
  if (op == MEAN) return center;
  let squares: f64 = 0;
  for (let i = 0; i < length; i++, x += step) {
    const d = <f64>load<T>(x) - center;
    squares += d * d;
  }
  return squares / max<f64>(0, <f64>length - correction);
}

/** Sums of columns, eight at a time down the rows: what lies side by side is read side by side. */
function columnSums(out: usize, x: usize, length: i32, inner: i32, from: i32, to: i32): void {
  const step = (<usize>inner) << 2;
  for (let i = from; i < to; i += 8) {
    let at = x + ((<usize>i) << 2);
    if (i + 8 <= to) {
      let a = f64x2.splat(0);
      let b = f64x2.splat(0);
      let c = f64x2.splat(0);
      let d = f64x2.splat(0);
      for (let p = 0; p < length; p++, at += step) {
        const four = v128.load(at);
        const next = v128.load(at, 16);
        a = f64x2.add(a, f64x2.promote_low_f32x4(four));
        b = f64x2.add(b, f64x2.promote_low_f32x4(i64x2.shuffle(four, four, 1, 1)));
        c = f64x2.add(c, f64x2.promote_low_f32x4(next));
        d = f64x2.add(d, f64x2.promote_low_f32x4(i64x2.shuffle(next, next, 1, 1)));
      }
      const to8 = out + ((<usize>i) << 2);
      v128.store(to8, i64x2.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
      v128.store(to8, i64x2.shuffle(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 2), 16);
    } else {
      for (let j = i; j < to; j++)
        store<f32>(out + ((<usize>j) << 2), <f32>sumDown(x + ((<usize>j) << 2), length, step));
    }
  }
}

function sumDown(x: usize, length: i32, step: usize): f64 {
  let sum: f64 = 0;
  for (let p = 0; p < length; p++, x += step) sum += <f64>load<f32>(x);
  return sum;
}

@inline
function fold<T>(op: i32, out: usize, x: usize, outer: i32, length: i32, inner: i32, correction: f64): void {
  const size = sizeof<T>();
  if (op == SUM && sizeof<T>() == 4 && inner > 1) {
    // blocks of eight columns are shared out; the columns of a block are never cut
    const blocks = (inner + 7) >> 3;
    const from = shareFrom(blocks) << 3;
    const to = min<i32>(inner, shareTo(blocks) << 3);
    for (let o = 0; o < outer; o++)
      columnSums(
        out + ((<usize>o * inner) << 2),
        x + ((<usize>o * length * inner) << 2),
        length,
        inner,
        from,
        to,
      );
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
