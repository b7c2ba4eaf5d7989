/** Splits rows into those to train on and those held back. */
import { ValueError } from "../tensor/errors.ts";
import { requireCount } from "../tensor/check.ts";
import { instance, requireObject } from "../tensor/options.ts";
import { Generator } from "../tensor/random/index.ts";

/** How many rows are held back: a fraction of all rows, a number of rows, or that many from the end, unshuffled. */
export type Held = number | { readonly count: number } | { readonly last: number };

export interface Split {
  /** Row numbers, ascending. */
  readonly rest: Int32Array;
  readonly held: Int32Array;
}

/**
 * Splits the rows 0 … n − 1. With `labels` each class is held back in proportion (stratified): its share is n_c · f,
 * rounded down, and the rows still missing go to the classes with the largest remainders.
 * @throws ValueError when no row would be held back, or none left
 */
export function split(n: number, held: Held, generator: Generator, labels?: ArrayLike<number>): Split {
  requireCount("split", "the number of rows", n, 0);
  if (typeof held !== "number")
    requireObject("split", "what is held back", held, "0.2, { count: 500 } or { last: 500 }");
  instance(Generator, "a Generator")("split", "the generator", generator);
  if (typeof held === "object" && "last" in held) {
    checkCount(held.last, n);
    return { rest: range(0, n - held.last), held: range(n - held.last, n) };
  }
  const count = typeof held === "number" ? Math.round(n * checkFraction(held)) : held.count;
  checkCount(count, n);
  const classes = new Map<number, number[]>();
  for (const row of generator.permutation(n)) {
    const label = labels ? labels[row] : 0;
    const rows = classes.get(label);
    if (rows) rows.push(row);
    else classes.set(label, [row]);
  }
  const shares = [...classes]
    .sort(([a], [b]) => a - b)
    .map(([, rows]) => {
      const exact = (rows.length * count) / n;
      return { rows, taken: Math.floor(exact), remainder: exact - Math.floor(exact) };
    });
  let missing = count - shares.reduce((sum, share) => sum + share.taken, 0);
  // ties go to the earlier class: sort() is stable
  for (const share of shares.toSorted((a, b) => b.remainder - a.remainder)) if (missing-- > 0) share.taken++;
  return {
    held: Int32Array.from(shares.flatMap(({ rows, taken }) => rows.slice(0, taken))).sort(),
    rest: Int32Array.from(shares.flatMap(({ rows, taken }) => rows.slice(taken))).sort(),
  };
}

/**
 * Splits the rows 0 … n − 1 into k folds, each held back once: every row is in one `held` and in k − 1 `rest`. With `labels`
 * every fold has each class in proportion. Folds differ by at most one row, per class where there are labels.
 * @throws ValueError unless 2 ≤ k ≤ n
 * @example
 * kFold(10, 5, new Generator(0)).map(({ rest, held }) => [rest.length, held.length]); // [ [ 8, 2 ], [ 8, 2 ], [ 8, 2 ], [ 8, 2 ], [ 8, 2 ] ]
 */
export function kFold(n: number, k: number, generator: Generator, labels?: ArrayLike<number>): Split[] {
  requireCount("kFold", "the number of rows", n, 2);
  requireCount("kFold", "the number of folds", k, 2, n);
  instance(Generator, "a Generator")("kFold", "the generator", generator);
  if (labels !== undefined && labels.length !== n)
    throw new ValueError("kFold", `there are ${labels.length} labels for ${n} rows`);
  const drawn = [...generator.permutation(n)];
  // the rows of a class one after the other, dealt out to the folds in turn
  const rows = labels ? drawn.sort((a, b) => labels[a] - labels[b]) : drawn;
  const fold = new Int32Array(n);
  rows.forEach((row, place) => (fold[row] = place % k));
  return Array.from({ length: k }, (_, i) => ({
    held: range(0, n).filter((row) => fold[row] === i),
    rest: range(0, n).filter((row) => fold[row] !== i),
  }));
}

function range(start: number, stop: number): Int32Array {
  return Int32Array.from({ length: stop - start }, (_, i) => start + i);
}

function checkFraction(fraction: number): number {
  if (!(fraction > 0 && fraction < 1))
    throw new ValueError("split", `a fraction must lie between 0 and 1, not ${fraction}`);
  return fraction;
}

function checkCount(count: number, n: number): void {
  if (!Number.isSafeInteger(count) || count < 1 || count >= n)
    throw new ValueError(
      "split",
      `cannot hold back ${count} of ${n} rows: at least one row must be held back and one left`,
    );
}
