/**
 * Composites that a kernel does in one pass: softmax, its logarithm, and cross-entropy with class indices. x is [rows, cols].
 * Intermediate results are rounded where the composite in src/functions rounds them, and sums have its order, so the bits
 * are those of the composite.
 */
import { checked, shareFrom, shareTo } from "./memory";
import { exp, exp2Lanes } from "./math/exp";
import { exp4 } from "./math/lanes";
import { log } from "./math/log";

@inline
function largest<T>(x: usize, cols: i32): T {
  let best = load<T>(x);
  for (let i = 1; i < cols; i++) {
    const value = load<T>(x + <usize>i * sizeof<T>());
    if (value > best || value != value) best = value;
  }
  return best;
}

/** eᶻ of one row, z = x − max x, and their sum, added in order; both rounded. */
@inline
function exponentials<T>(out: usize, x: usize, cols: i32): T {
  const top = largest<T>(x, cols);
  let sum: f64 = 0;
  let i = 0;
  if (sizeof<T>() == 4)
    for (; i + 4 <= cols; i += 4) {
      const offset = (<usize>i) << 2;
      const e = exp4(f32x4.sub(v128.load(x + offset), f32x4.splat(<f32>top)));
      v128.store(out + offset, e);
      sum += <f64>f32x4.extract_lane(e, 0);
      sum += <f64>f32x4.extract_lane(e, 1);
      sum += <f64>f32x4.extract_lane(e, 2);
      sum += <f64>f32x4.extract_lane(e, 3);
    }
  for (; i < cols; i++) {
    const offset = <usize>i * sizeof<T>();
    const e = <T>exp(<f64>(<T>(load<T>(x + offset) - top)));
    store<T>(out + offset, e);
    sum += <f64>e;
  }
  return <T>sum;
}

/** ln Σ eᶻ of one row, z = x − top, added in order */
@inline
function logSum<T>(x: usize, cols: i32, top: T): T {
  // if z has a NaN, top is NaN or infinite; the composite's maximum of z is NaN then, and so is the result
  let sum: f64 = 0;
  let i = 0;
  if (sizeof<T>() == 4)
    for (; i + 2 <= cols; i += 2) {
      const two = f32x4.sub(v128.load64_zero(x + ((<usize>i) << 2)), f32x4.splat(<f32>top));
      // one of the terms is e⁰ = 1; adding e⁻⁷⁰⁸ to it changes it as little as adding 0
      const e = exp2Lanes(f64x2.max(f64x2.promote_low_f32x4(two), f64x2.splat(-708)));
      sum += f64x2.extract_lane(e, 0);
      sum += f64x2.extract_lane(e, 1);
    }
  for (; i < cols; i++) sum += exp(<f64>(<T>(load<T>(x + <usize>i * sizeof<T>()) - top)));
  return <T>log(sum);
}

@inline
function softmax<T>(out: usize, x: usize, rows: i32, cols: i32): void {
  const end = shareTo(rows);
  for (let row = shareFrom(rows); row < end; row++) {
    const offset = <usize>row * <usize>cols * sizeof<T>();
    const sum = exponentials<T>(out + offset, x + offset, cols);
    for (let i = 0; i < cols; i++) {
      const at = out + offset + <usize>i * sizeof<T>();
      store<T>(at, load<T>(at) / sum);
    }
  }
}
export function softmax_f32(out: usize, x: usize, rows: i32, cols: i32): void {
  softmax<f32>(out, x, rows, cols);
}
export function softmax_f64(out: usize, x: usize, rows: i32, cols: i32): void {
  softmax<f64>(out, x, rows, cols);
}

@inline
function logSoftmax<T>(out: usize, x: usize, rows: i32, cols: i32): void {
  const end = shareTo(rows);
  for (let row = shareFrom(rows); row < end; row++) {
    const offset = <usize>row * <usize>cols * sizeof<T>();
    const top = largest<T>(x + offset, cols);
    const sum = logSum<T>(x + offset, cols, top);
    for (let i = 0; i < cols; i++) {
      const at = offset + <usize>i * sizeof<T>();
      store<T>(out + at, <T>(<T>(load<T>(x + at) - top) - sum));
    }
  }
}
export function logSoftmax_f32(out: usize, x: usize, rows: i32, cols: i32): void {
  logSoftmax<f32>(out, x, rows, cols);
}
export function logSoftmax_f64(out: usize, x: usize, rows: i32, cols: i32): void {
  logSoftmax<f64>(out, x, rows, cols);
}

@inline
function crossEntropy<T>(out: usize, x: usize, target: usize, rows: i32, cols: i32): void {
  const end = shareTo(rows);
  for (let row = shareFrom(rows); row < end; row++) {
    const from = x + <usize>row * <usize>cols * sizeof<T>();
    const top = largest<T>(from, cols);
    const sum = logSum<T>(from, cols, top);
    const at = checked(load<i32>(target + ((<usize>row) << 2)), cols);
    const z = <T>(load<T>(from + <usize>at * sizeof<T>()) - top);
    store<T>(out + <usize>row * sizeof<T>(), -(<T>(z - sum)));
  }
}
/** out[row] = −ln softmax(x[row])[target[row]] */
export function crossEntropy_f32(out: usize, x: usize, target: usize, rows: i32, cols: i32): void {
  crossEntropy<f32>(out, x, target, rows, cols);
}
export function crossEntropy_f64(out: usize, x: usize, target: usize, rows: i32, cols: i32): void {
  crossEntropy<f64>(out, x, target, rows, cols);
}

@inline
function crossEntropyGrad<T>(
  out: usize,
  x: usize,
  target: usize,
  g: usize,
  rows: i32,
  cols: i32,
  dg: i32,
): void {
  const end = shareTo(rows);
  for (let row = shareFrom(rows); row < end; row++) {
    const offset = <usize>row * <usize>cols * sizeof<T>();
    const at = checked(load<i32>(target + ((<usize>row) << 2)), cols);
    const share = load<T>(g + <usize>(row * dg) * sizeof<T>());
    const sum = exponentials<T>(out + offset, x + offset, cols);
    for (let i = 0; i < cols; i++) {
      const to = out + offset + <usize>i * sizeof<T>();
      const p = <T>(load<T>(to) / sum);
      store<T>(to, <T>((i == at ? <T>(p - 1) : p) * share));
    }
  }
}
/** out = (softmax(x) − onehot(target)) · g; g is one number (dg 0) or one per row (dg 1) */
export function crossEntropyGrad_f32(
  out: usize,
  x: usize,
  target: usize,
  g: usize,
  rows: i32,
  cols: i32,
  dg: i32,
): void {
  crossEntropyGrad<f32>(out, x, target, g, rows, cols, dg);
}
export function crossEntropyGrad_f64(
  out: usize,
  x: usize,
  target: usize,
  g: usize,
  rows: i32,
  cols: i32,
  dg: i32,
): void {
  crossEntropyGrad<f64>(out, x, target, g, rows, cols, dg);
}
