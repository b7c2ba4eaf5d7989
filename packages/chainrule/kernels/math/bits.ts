/** Exponents of doubles: a copy of src/tensor/math/bits.ts, which explains the method. */
import { POWERS_TABLE } from "../memory";

/** 2^k for −1074 ≤ k ≤ 1023. */
@inline
export function powerOfTwo(k: i32): f64 {
  return load<f64>(POWERS_TABLE + ((<usize>(k + 1074)) << 3));
}

@inline
export function highWord(x: f64): i32 {
  return <i32>(reinterpret<i64>(x) >> 32);
}

/** m·2^k for |m| < 4 and −1080 ≤ k ≤ 1030, rounded once. */
export function scale(m: f64, k: i32): f64 {
  if (k > 1023) return m * 128 * powerOfTwo(k - 7);
  if (k < -1074) return m * 0.015625 * powerOfTwo(k + 6);
  return m * powerOfTwo(k);
}
