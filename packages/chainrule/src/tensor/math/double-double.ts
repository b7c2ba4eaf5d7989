/**
 * Double-double arithmetic: a number as the unevaluated sum of a double and a much smaller one, about 106 bits.
 *
 * Everything rests on two facts (Dekker, "A floating-point technique for extending the available precision", 1971). The
 * rounding error of a sum is itself a double: for |a| ≥ |b| and s = a + b it is (a − s) + b. And a double splits into
 * two halves of 26 bits with exact products, so the error of a product can be computed too.
 *
 * A function with a two-part result leaves the second part in `rest[0]`, and the caller reads it at once. Returning a
 * pair would allocate.
 */

/** The low part of the result of the function called last. */
export const rest: Float64Array = new Float64Array(1);

/** The upper 26 bits of x, |x| < 2^996 (Veltkamp's splitting by 2²⁷ + 1). */
export function upperHalf(x: number): number {
  const t = 134217729 * x;
  return t - (t - x);
}

/** (a + al)·(b + bl): returns the high part, leaves the low part in `rest`. */
export function product(a: number, al: number, b: number, bl: number): number {
  const p = a * b;
  const a1 = upperHalf(a);
  const a2 = a - a1;
  const b1 = upperHalf(b);
  const b2 = b - b1;
  const error = a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2 + (a * bl + al * b);
  const high = p + error;
  rest[0] = p - high + error;
  return high;
}

/**
 * (n + nl)/(d + dl): returns the first 26 bits, leaves what follows them in `rest`. The sum of the two rounds once
 * to the quotient; 1 − quotient, say, is best taken as (1 − first) − rest.
 */
export function quotient(n: number, nl: number, d: number, dl: number): number {
  const top = n + nl;
  const topLow = n - top + nl;
  const bottom = d + dl;
  const inverse = 1 / bottom;
  const b1 = upperHalf(bottom);
  const b2 = bottom - b1 + (d - bottom + dl);
  const first = upperHalf(top * inverse);
  // top − first·b1 is exact: both factors have 26 bits, and the difference is small
  rest[0] = (top - first * b1 - first * b2 + topLow) * inverse;
  return first;
}

// ---- pairs, for the tables that are computed when the module loads ---------------------------------------------

/** A double-double as a pair, high part first. */
export type Pair = readonly [number, number];

function pair(high: number, low: number): Pair {
  const sum = high + low;
  return [sum, high - sum + low];
}

export function addPairs([a, al]: Pair, [b, bl]: Pair): Pair {
  const s = a + b;
  const t = s - a;
  return pair(s, a - (s - t) + (b - t) + (al + bl));
}

export function multiplyPairs([a, al]: Pair, [b, bl]: Pair): Pair {
  const high = product(a, al, b, bl);
  return [high, rest[0]];
}

export function dividePairs(a: Pair, b: Pair): Pair {
  const first = a[0] / b[0];
  const left = addPairs(a, multiplyPairs([-first, 0], b));
  const second = left[0] / b[0];
  const remainder = addPairs(left, multiplyPairs([-second, 0], b));
  const [high, low] = pair(first, second);
  return pair(high, low + remainder[0] / b[0]);
}

/** √a for a > 0: one correction of Newton's, (a − r²)/2r, to the double root r. */
export function rootPair(a: Pair): Pair {
  const r = Math.sqrt(a[0]);
  const left = addPairs(a, multiplyPairs([-r, 0], [r, 0]));
  return pair(r, left[0] / (2 * r));
}
