/**
 * pow and cbrt.
 *
 * x^y = e^(y·log x). The error of the exponent becomes the relative error of the result, and the exponent may be as
 * large as 745. So log x must be accurate to about 2^−67 (`logParts`), and its product with y must be a double-double
 * (`product`), which `expParts` takes. The result is within 0.53 ulp (0.75 if it is subnormal). It is exact if the
 * power is a double, as for small whole numbers.
 */
import { scale } from "./bits.ts";
import { product, rest } from "./double-double.ts";
import { binary, expParts } from "./exp.ts";
import { logParts } from "./log.ts";

/** x to the power y, with the special cases of IEEE 754: pow(x, ±0) = 1 and pow(1, y) = 1 even for NaN, pow(−1, ±∞) = 1. */
export function pow(x: number, y: number): number {
  if (y === 2) return x * x;
  if (y === 1) return x;
  if (x > 0 && x < Infinity && y > -1e20 && y < 1e20) return y === 0.5 ? Math.sqrt(x) : positive(x, y);
  return special(x, y);
}

/** x^y for finite x > 0 and |y| ≤ 10²⁰. */
function positive(x: number, y: number): number {
  const l = logParts(x, 0);
  const e = product(y, 0, l, rest[0]);
  if (e > 709.8) return Infinity;
  if (e < -745.2) return 0;
  const h = expParts(e, rest[0]);
  return scale(h + rest[0], binary[0]);
}

function special(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (x !== x || y !== y) return NaN;
  const a = Math.abs(x);
  const large = a > 1 === y > 0 ? Infinity : 0; // the limit for a large |y|, or for x = ±0 or ±∞
  if (y === Infinity || y === -Infinity) return a === 1 ? 1 : large;
  const whole = Math.trunc(y) === y;
  if (x < 0 && a < Infinity && !whole) return NaN;
  let size = large;
  if (a === 1) size = 1;
  else if (a > 0 && a < Infinity && y > -1e20 && y < 1e20) size = positive(a, y);
  const odd = whole && Math.trunc(y * 0.5) !== y * 0.5;
  return odd && (x < 0 || 1 / x < 0) ? -size : size;
}

/** The cube root, of negative numbers too; exact for cubes. */
export function cbrt(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0 && a < Infinity)) return x;
  const l = logParts(a, 0);
  const third = product(l, rest[0], 0.3333333333333333, 1.850371707708594e-17);
  const h = expParts(third, rest[0]);
  const y = scale(h + rest[0], binary[0]);
  return x < 0 ? -y : y;
}
