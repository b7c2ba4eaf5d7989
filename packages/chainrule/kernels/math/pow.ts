/** Powers: a copy of src/tensor/math/pow.ts, which explains the method. */
import { scale } from "./bits";
import { product, rest } from "./double-double";
import { binary, expParts } from "./exp";
import { logParts } from "./log";

export function pow(x: f64, y: f64): f64 {
  if (y == 2) return x * x;
  if (y == 1) return x;
  if (x > 0 && x < Infinity && y > -1e20 && y < 1e20) return y == 0.5 ? sqrt(x) : positive(x, y);
  return special(x, y);
}

function positive(x: f64, y: f64): f64 {
  const l = logParts(x, 0);
  const e = product(y, 0, l, rest);
  if (e > 709.8) return Infinity;
  if (e < -745.2) return 0;
  const h = expParts(e, rest);
  return scale(h + rest, binary);
}

function special(x: f64, y: f64): f64 {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NaN;
  const a = abs(x);
  const large: f64 = a > 1 == y > 0 ? Infinity : 0;
  if (y == Infinity || y == -Infinity) return a == 1 ? 1 : large;
  const whole = trunc(y) == y;
  if (x < 0 && a < Infinity && !whole) return NaN;
  let size = large;
  if (a == 1) size = 1;
  else if (a > 0 && a < Infinity && y > -1e20 && y < 1e20) size = positive(a, y);
  const odd = whole && trunc(y * 0.5) != y * 0.5;
  return odd && (x < 0 || 1 / x < 0) ? -size : size;
}
