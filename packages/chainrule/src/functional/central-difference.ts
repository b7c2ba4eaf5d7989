/** Derivatives by central differences, which need no formula. */
import type { Values } from "../tensor/dtype.ts";

/** f(−h), f(h) and the slope between them, (f(h) − f(−h))/2h, which differs from f′(0) by a term of order h². */
export function centralDifference(
  f: (by: number) => number,
  h: number,
): { readonly below: number; readonly above: number; readonly slope: number } {
  const [below, above] = [f(-h), f(h)];
  return { below, above, slope: (above - below) / (2 * h) };
}

/** What `compute` returns while x[at] is moved by some amount; x is restored afterwards. */
export function moved(x: Values, at: number, by: number, compute: () => number): number {
  const before = x[at];
  x[at] = before + by;
  try {
    return compute();
  } finally {
    x[at] = before;
  }
}
