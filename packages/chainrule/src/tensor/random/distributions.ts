/**
 * Pure functions from the two random words of a block to a number. They never reject, so draw i of a stream depends on
 * key and i alone. They use only + − × ÷ √ and the library's own logarithm, so the bits are the same everywhere.
 */
import { log } from "../math/index.ts";

/** The top 53 bits of two words as a whole number in [0, 2⁵³). */
export function integer53(word0: number, word1: number): number {
  return (word0 >>> 5) * 67108864 + (word1 >>> 6);
}

/** Uniform on [0, 1) from two words: the multiples of 2⁻⁵³, each as likely. */
export function uniformFrom(word0: number, word1: number): number {
  return integer53(word0, word1) / 9007199254740992;
}

/** The same for a Float32Array, where numbers just below 1 would round up to 1. */
export function uniform32From(word0: number, word1: number): number {
  return Math.min(uniformFrom(word0, word1), 16777215 / 16777216);
}

/**
 * Standard normal from two words: Φ⁻¹((k + ½) / 2⁵²), where k is their top 52 bits.
 *
 * The half keeps the probability away from 0 and 1 and makes the distribution symmetric; the largest value is Φ⁻¹(1 −
 * 2⁻⁵³) ≈ 8.21.
 */
export function normalFrom(word0: number, word1: number): number {
  return normalQuantile(((word0 >>> 6) * 67108864 + (word1 >>> 6) + 0.5) / 4503599627370496);
}

/**
 * Φ⁻¹(p), the standard normal quantile, for 0 < p < 1, to about 1e-15 of its value.
 *
 *     |p − ½| ≤ 0.425:   q · A(r) / B(r),          q = p − ½,  r = 0.425² − q²
 *     else               ± C(r − 1.6) / D(r − 1.6)  for r = √(−ln min(p, 1 − p)) ≤ 5,   ± E(r − 5) / F(r − 5) beyond
 *
 * The eight-term polynomials A … F are those of Wichura, "Algorithm AS 241: The percentage points of the normal
 * distribution" (Applied Statistics 37, 1988, PPND16).
 *
 * @example
 * normalQuantile(0.975); // ≈ 1.95996398454
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(A, r)) / polynomial(B, r);
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const x =
    r <= 5 ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6) : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -x : x;
}

/** c[0] + c[1] x + … + c[7] x⁷ by Horner's rule. */
function polynomial(c: readonly number[], x: number): number {
  return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

const A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
];
