/**
 * The gradient of layer norm. Intermediate results are rounded where the rule in src/functions/norm.ts rounds them, and
 * sums have the order of reduce.ts, so the bits are those of the rule's steps one by one.
 */
import { shareFrom, shareTo } from "./memory";

/** Two neighbouring numbers. */
@inline
function two<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load64_zero(at) : v128.load(at);
}

/** Two neighbouring numbers as float64. */
@inline
function wide<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(x) : x;
}

@inline
function both(even: v128, odd: v128): f64 {
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

@inline
function row<T>(out: usize, h: usize, z: usize, r: T, cols: i32): void {
  const size = sizeof<T>();
  let sum: f64 = 0;
  let product: f64 = 0;
  let i = 0;
  if (cols >= 8) {
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    let evenProduct = f64x2.splat(0);
    let oddProduct = f64x2.splat(0);
    for (; i + 4 <= cols; i += 4) {
      const at = <usize>i * size;
      const a = two<T>(h + at);
      const b = two<T>(h + at + 2 * size);
      even = f64x2.add(even, wide<T>(a));
      odd = f64x2.add(odd, wide<T>(b));
      evenProduct = f64x2.add(evenProduct, wide<T>(v128.mul<T>(a, two<T>(z + at))));
      oddProduct = f64x2.add(oddProduct, wide<T>(v128.mul<T>(b, two<T>(z + at + 2 * size))));
    }
    sum = both(even, odd);
    product = both(evenProduct, oddProduct);
  }
  for (; i < cols; i++) {
    const a = load<T>(h + <usize>i * size);
    sum += <f64>a;
    product += <f64>(<T>(a * load<T>(z + <usize>i * size)));
  }
  const mean = <T>(<T>sum / <T>cols);
  const slope = <T>(<T>product / <T>cols);
  const lanes = <i32>(16 / size);
  for (i = 0; i + lanes <= cols; i += lanes) {
    const at = <usize>i * size;
    const centered = v128.sub<T>(v128.load(h + at), v128.splat<T>(mean));
    const along = v128.mul<T>(v128.load(z + at), v128.splat<T>(slope));
    v128.store(out + at, v128.mul<T>(v128.sub<T>(centered, along), v128.splat<T>(r)));
  }
  for (; i < cols; i++) {
    const at = <usize>i * size;
    const centered = <T>(load<T>(h + at) - mean);
    store<T>(out + at, <T>(<T>(centered - <T>(load<T>(z + at) * slope)) * r));
  }
}

@inline
function normGrad<T>(out: usize, h: usize, z: usize, r: usize, rows: i32, cols: i32): void {
  const end = shareTo(rows);
  for (let i = shareFrom(rows); i < end; i++) {
    const at = <usize>i * <usize>cols * sizeof<T>();
    row<T>(out + at, h + at, z + at, load<T>(r + <usize>i * sizeof<T>()), cols);
  }
}

/** out = (h − mean h − z · mean(h z)) r for each row; h, z [rows, cols], r [rows] */
export function normGrad_f32(out: usize, h: usize, z: usize, r: usize, rows: i32, cols: i32): void {
  normGrad<f32>(out, h, z, r, rows, cols);
}
export function normGrad_f64(out: usize, h: usize, z: usize, r: usize, rows: i32, cols: i32): void {
  normGrad<f64>(out, h, z, r, rows, cols);
}
