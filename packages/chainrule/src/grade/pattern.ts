/** What all wrong numbers have in common, and which mistake that points to: a factor, a sign, a transposed matrix. */

/** A factor by which numbers may be wrong, got = value · expected, and the mistake that gives it. */
export interface Factor {
  readonly value: number;
  readonly reason: string;
}

export type Pattern =
  | { readonly kind: "transposed" }
  | { readonly kind: "sign" }
  /** `value` has a sign; `reasons` are those of the known factors that have its size. */
  | { readonly kind: "factor"; readonly value: number; readonly reasons: readonly string[] };

/** How close two numbers are that count as equal. */
export interface Closeness {
  readonly abs: number;
  readonly rel: number;
}

/** A mean over B examples that was not taken, or taken twice. */
export const batchOf = (B: number): readonly Factor[] => [
  { value: B, reason: `summed over the batch of ${B} and not averaged?` },
  { value: 1 / B, reason: `divided by the batch size, ${B}, once too often?` },
];

/** A sum over K classes or outputs that was averaged, and the reverse. */
export const outputsOf = (K: number): readonly Factor[] => [
  { value: 1 / K, reason: `averaged over the ${K} outputs too, which are to be added up?` },
  { value: K, reason: `counted ${K} times, once for each output?` },
];

/** The ½ of a square loss, which its derivative does not have. */
export const halfOfLoss: readonly Factor[] = [
  { value: 2, reason: "the ½ of the loss left out, or something counted twice?" },
  { value: 1 / 2, reason: "a ½ too many?" },
];

/**
 * The one factor between all numbers and what is expected; undefined unless every number agrees with it. A single number
 * is some multiple of any other, so there only the sign and the factors that the caller names count.
 */
export function factorBetween(
  found: readonly number[],
  wanted: readonly number[],
  named: readonly Factor[],
  close: Closeness,
): Pattern | undefined {
  const largest = wanted.reduce((best, value, i) => (Math.abs(value) > Math.abs(wanted[best]) ? i : best), 0);
  // the ratio of two numbers as small as the tolerance tells nothing
  if (!(Math.abs(wanted[largest]) > 1e3 * close.abs)) return undefined;
  const isFactor = (r: number): boolean =>
    Number.isFinite(r) &&
    r !== 0 &&
    wanted.every(
      (value, i) =>
        Math.abs(found[i] - r * value) <= close.abs * Math.abs(r) + close.rel * Math.abs(r * value),
    );
  if (isFactor(-1)) return { kind: "sign" };
  const known = wanted.length > 1 ? [...named, ...halfOfLoss] : named;
  for (const sign of [1, -1]) {
    const agreeing = known.filter(({ value }) => isFactor(sign * value));
    if (agreeing.length === 0) continue;
    const reasons = [...new Set(agreeing.map(({ reason }) => reason))];
    return { kind: "factor", value: sign * agreeing[0].value, reasons };
  }
  const ratio = found[largest] / wanted[largest];
  const sizes = new Set(
    wanted.filter((value) => value !== 0).map((value) => Math.abs(value / wanted[largest]).toFixed(6)),
  );
  return sizes.size > 1 && isFactor(ratio) ? { kind: "factor", value: ratio, reasons: [] } : undefined;
}

/** The rows of an m × n matrix as columns. */
export function transposed(numbers: readonly number[], [rows, columns]: readonly number[]): number[] {
  return numbers.map((_, at) => numbers[(at % rows) * columns + Math.floor(at / rows)]);
}
