/**
 * exp and expm1.
 *
 * Tang's table-driven method ("Table-driven implementation of the exponential function in IEEE floating-point
 * arithmetic", 1989). Write x = n·(ln 2/128) + r with n an integer and |r| ≤ ln 2/256, and n = 128 k + j. Then
 *
 *     eˣ = 2^k · 2^(j/128) · eʳ
 *
 * where 2^k is an exponent, 2^(j/128) comes from a table of double-doubles, and eʳ = 1 + r + r²(c₂ + c₃r + c₄r² + c₅r³)
 * differs from 1 so little (0.0027) that the rounding errors of its polynomial hardly count. The reduction is Cody
 * and Waite's: ln 2/128 = STEP_HIGH + STEP_LOW with so few bits in STEP_HIGH that n·STEP_HIGH is exact.
 * Errors: exp 0.51 ulp, but 0.75 where the result is subnormal and so rounded twice; expm1 0.58.
 */
import { scale } from "./bits.ts";
import { addPairs, multiplyPairs, rest, rootPair, type Pair } from "./double-double.ts";

/** 128/ln 2. */
const STEPS = 184.6649652337873;
const STEP_HIGH = 0.005415212348111709;
const STEP_LOW = 1.2864023111638346e-14;
/** 1.5·2⁵²: adding it and taking it away rounds to the nearest integer. */
const SHIFT = 6755399441055744;

/** expTable[2j] + expTable[2j + 1] = 2^(j/128). */
export const expTable: Float64Array = /* @__PURE__ */ rootsOfTwo();

/** Seven square roots give 2^(1/128), and its powers give the rest. The errors, near 2^−97, are negligible. */
function rootsOfTwo(): Float64Array {
  const values = new Float64Array(256);
  let root: Pair = [2, 0];
  for (let i = 0; i < 7; i++) root = rootPair(root);
  let power: Pair = [1, 0];
  for (let j = 0; j < 128; j++) {
    [values[2 * j], values[2 * j + 1]] = power;
    power = addPairs(multiplyPairs(power, root), [0, 0]);
  }
  return values;
}

/** eʳ − 1 − r for |r| ≤ ln 2/256. */
function excess(r: number): number {
  const r2 = r * r;
  return (
    r2 *
    (0.4999999999999907 + r * 0.16666666666665456 + r2 * (0.04166667685277303 + r * 0.008333337727581403))
  );
}

/** The exponential. exp(−∞) = 0. */
export function exp(x: number): number {
  if (!(x >= -745.2)) return x < 0 ? 0 : x;
  if (x > 709.8) return Infinity;
  const n = x * STEPS + SHIFT - SHIFT;
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const i = n | 0;
  const j = (i & 127) << 1;
  const p = r + excess(r);
  const t = expTable[j];
  return scale(t + (expTable[j + 1] + t * p), i >> 7);
}

/** The binary exponent k that `expParts` leaves. */
export const binary: Int32Array = new Int32Array(1);

/**
 * e^(x + dx) = (h + l)·2^k to about 2^−60, for −745.2 ≤ x ≤ 709.8 and dx at most a rounding error of x: returns h,
 * between 0.99 and 2, leaves l in `rest` and k in `binary`.
 */
export function expParts(x: number, dx: number): number {
  const n = x * STEPS + SHIFT - SHIFT;
  const high = x - n * STEP_HIGH;
  const low = n * STEP_LOW - dx;
  const r = high - low;
  const lost = high - r - low; // what rounding took from r
  const i = n | 0;
  const j = (i & 127) << 1;
  const t = expTable[j];
  const correction = expTable[j + 1] + t * (r + (lost + excess(r)));
  const h = t + correction;
  rest[0] = t - h + correction;
  binary[0] = i >> 7;
  return h;
}

/** eˣ − 1, accurate also near 0. */
export function expm1(x: number): number {
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
  const k = binary[0];
  if (k > 60) return scale(m + rest[0], k);
  const h = scale(m, k);
  const l = scale(rest[0], k);
  const s = h - 1;
  const error = h > 1 ? h - s - 1 : h - (s + 1);
  return s + (error + l);
}
