/** Double-double arithmetic: a copy of src/tensor/math/double-double.ts, which explains the method. */

/** The low part of the last result. */
export let rest: f64 = 0;

@inline
export function setRest(low: f64): void {
  rest = low;
}

/** The upper 26 bits of x. */
@inline
export function upperHalf(x: f64): f64 {
  const t = 134217729 * x;
  return t - (t - x);
}

/** (a + al)·(b + bl): the high part, the low part in `rest`. */
export function product(a: f64, al: f64, b: f64, bl: f64): f64 {
  const p = a * b;
  const a1 = upperHalf(a);
  const a2 = a - a1;
  const b1 = upperHalf(b);
  const b2 = b - b1;
  const error = a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2 + (a * bl + al * b);
  const high = p + error;
  rest = p - high + error;
  return high;
}

/** (n + nl)/(d + dl): the first 26 bits; the following bits are in `rest`. */
export function quotient(n: f64, nl: f64, d: f64, dl: f64): f64 {
  const top = n + nl;
  const topLow = n - top + nl;
  const bottom = d + dl;
  const inverse = 1 / bottom;
  const b1 = upperHalf(bottom);
  const b2 = bottom - b1 + (d - bottom + dl);
  const first = upperHalf(top * inverse);
  rest = (top - first * b1 - first * b2 + topLow) * inverse;
  return first;
}
