/** The op `to`: to i32 it truncates modulo 2³² as JavaScript does, with 0 for NaN; to u8 (bool) it is x ≠ 0. */

/** Truncates modulo 2³²; 0 for NaN and for ±∞. */
@inline
export function toInt32(x: f64): i32 {
  if (abs(x) < 9.2e18) return <i32>(<i64>x);
  return largeToInt32(x);
}

function largeToInt32(x: f64): i32 {
  if (!(abs(x) < Infinity)) return 0;
  // such a number is its 53 bits times a power of two above 2⁹
  const bits = reinterpret<i64>(x);
  const shift = ((<i32>(bits >> 52)) & 2047) - 1075;
  if (shift > 31) return 0;
  const magnitude = (<i32>((bits & 0xfffffffffffff) | 0x10000000000000)) << shift;
  return x < 0 ? -magnitude : magnitude;
}

@inline
function cast<F, T>(out: usize, a: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const x = load<F>(a);
    if (sizeof<T>() == 1) store<u8>(out, x != <F>0 ? 1 : 0);
    else if (isInteger<T>() && isFloat<F>()) store<i32>(out, toInt32(<f64>x));
    else store<T>(out, <T>x);
    out += sizeof<T>();
    a += sizeof<F>();
  }
}

export function cast_f32_f64(out: usize, a: usize, n: i32): void {
  cast<f32, f64>(out, a, n);
}
export function cast_f32_i32(out: usize, a: usize, n: i32): void {
  cast<f32, i32>(out, a, n);
}
export function cast_f32_u8(out: usize, a: usize, n: i32): void {
  cast<f32, u8>(out, a, n);
}
export function cast_f64_f32(out: usize, a: usize, n: i32): void {
  cast<f64, f32>(out, a, n);
}
export function cast_f64_i32(out: usize, a: usize, n: i32): void {
  cast<f64, i32>(out, a, n);
}
export function cast_f64_u8(out: usize, a: usize, n: i32): void {
  cast<f64, u8>(out, a, n);
}
export function cast_i32_f32(out: usize, a: usize, n: i32): void {
  cast<i32, f32>(out, a, n);
}
export function cast_i32_f64(out: usize, a: usize, n: i32): void {
  cast<i32, f64>(out, a, n);
}
export function cast_i32_u8(out: usize, a: usize, n: i32): void {
  cast<i32, u8>(out, a, n);
}
export function cast_u8_f32(out: usize, a: usize, n: i32): void {
  cast<u8, f32>(out, a, n);
}
export function cast_u8_f64(out: usize, a: usize, n: i32): void {
  cast<u8, f64>(out, a, n);
}
export function cast_u8_i32(out: usize, a: usize, n: i32): void {
  cast<u8, i32>(out, a, n);
}
