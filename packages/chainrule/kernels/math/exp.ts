/** exp and expm1: a copy of src/tensor/math/exp.ts, which explains the method. */
import { EXP_TABLE } from "../memory";
import { powerOfTwo, scale } from "./bits";
import { rest, setRest } from "./double-double";

const STEPS: f64 = 184.6649652337873;
const STEP_HIGH: f64 = 0.005415212348111709;
const STEP_LOW: f64 = 1.2864023111638346e-14;
const SHIFT: f64 = 6755399441055744;

/** eʳ − 1 − r for |r| ≤ ln 2/256. */
@inline
function excess(r: f64): f64 {
  const r2 = r * r;
  return (
    r2 *
    (0.4999999999999907 + r * 0.16666666666665456 + r2 * (0.04166667685277303 + r * 0.008333337727581403))
  );
}

export function exp(x: f64): f64 {
  if (!(x >= -745.2)) return x < 0 ? 0 : x;
  if (x > 709.8) return Infinity;
  const n = x * STEPS + SHIFT - SHIFT;
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const i = <i32>n;
  const row = EXP_TABLE + ((<usize>(i & 127)) << 4);
  const p = r + excess(r);
  const t = load<f64>(row);
  return scale(t + (load<f64>(row, 8) + t * p), i >> 7);
}

/** The binary exponent, a second result of `expParts`. */
export let binary: i32 = 0;

/** e^(x + dx) = (h + rest)·2^binary. */
export function expParts(x: f64, dx: f64): f64 {
  const n = x * STEPS + SHIFT - SHIFT;
  const high = x - n * STEP_HIGH;
  const low = n * STEP_LOW - dx;
  const r = high - low;
  const lost = high - r - low;
  const i = <i32>n;
  const row = EXP_TABLE + ((<usize>(i & 127)) << 4);
  const t = load<f64>(row);
  const correction = load<f64>(row, 8) + t * (r + (lost + excess(r)));
  const h = t + correction;
  setRest(t - h + correction);
  binary = i >> 7;
  return h;
}

export function expm1(x: f64): f64 {
  if (x > -0.125 && x < 0.125) {
    const x2 = x * x;
    if (x2 < 1e-33) return x;
    const p =
      0.16666666666666666 +
      x * 0.041666666666666664 +
      x2 * (0.008333333333357288 + x * 0.001388888888892417) +
      x2 * x2 * (0.00019841269075368176 + x * 0.00002480158642824695) +
      x2 * x2 * x2 * (0.000002756515539990753 + x * 2.7564851556484527e-7);
    return x + x2 * (0.5 + x * p);
  }
  if (!(x > -40)) return x < 0 ? -1 : x;
  if (x > 709.8) return Infinity;
  const m = expParts(x, 0);
  const k = binary;
  if (k > 60) return scale(m + rest, k);
  const h = scale(m, k);
  const l = scale(rest, k);
  const s = h - 1;
  const error = h > 1 ? h - s - 1 : h - (s + 1);
  return s + (error + l);
}

// ---- two at a time ----------------------------------------------------------------------------------------------

/** Constants in memory: loading one takes one instruction; engines compile a splat of a number to three, at every use. */
const CONSTANTS: usize = memory.data<f64>([
  6755399441055744, 184.6649652337873, 0.005415212348111709, 1.2864023111638346e-14, 0.04166667685277303,
  0.008333337727581403, 0.4999999999999907, 0.16666666666665456,
]);
@inline
function constant(offset: usize): v128 {
  return v128.load64_splat(CONSTANTS + offset);
}

/**
 * exp of two doubles with −708 ≤ x ≤ 709, or NaN, by the same operations in the same order. The powers of two are made
 * from their exponent bits.
 */
@inline
export function exp2Lanes(x: v128): v128 {
  const shift = constant(0);
  const n = f64x2.sub(f64x2.add(f64x2.mul(x, constant(8)), shift), shift);
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, constant(16))), f64x2.mul(n, constant(24)));
  const i = i32x4.trunc_sat_f64x2_s_zero(n);
  const row0 = v128.load(EXP_TABLE + ((<usize>(i32x4.extract_lane(i, 0) & 127)) << 4));
  const row1 = v128.load(EXP_TABLE + ((<usize>(i32x4.extract_lane(i, 1) & 127)) << 4));
  const t = i64x2.shuffle(row0, row1, 0, 2);
  const low = i64x2.shuffle(row0, row1, 1, 3);
  const r2 = f64x2.mul(r, r);
  const inner = f64x2.add(constant(32), f64x2.mul(r, constant(40)));
  const outer = f64x2.add(f64x2.add(constant(48), f64x2.mul(r, constant(56))), f64x2.mul(r2, inner));
  const p = f64x2.add(r, f64x2.mul(r2, outer));
  const m = f64x2.add(t, f64x2.add(low, f64x2.mul(t, p)));
  const k = i64x2.extend_low_i32x4_s(i32x4.shr_s(i, 7));
  return f64x2.mul(m, i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52));
}
