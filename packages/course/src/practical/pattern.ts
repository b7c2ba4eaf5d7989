/** What all wrong numbers have in common, and which slip that is the mark of: a factor, a sign, a transposed matrix. */

/** A factor by which numbers may be wrong, with the slip that gives it: got = value · expected. */
export interface Factor {
  readonly value: number;
  readonly reason: string;
}

/** How close two numbers are when they are the same. */
export interface Closeness {
  readonly abs: number;
  readonly rel: number;
}

/** A mean over B examples that was not taken, or twice. */
export const batchOf = (B: number): readonly Factor[] => [
  { value: B, reason: `summed over the batch of ${B} and not averaged?` },
  { value: 1 / B, reason: `divided by the batch size, ${B}, once too often?` },
];

/** A sum over K classes or outputs that was averaged, and the reverse. */
export const outputsOf = (K: number): readonly Factor[] => [
  { value: 1 / K, reason: `averaged over the ${K} outputs too, which are to be added up?` },
  { value: K, reason: `counted ${K} times, once for each output?` },
];

/** The ½ of a square loss, whose derivative has none. */
export const halfOfLoss: readonly Factor[] = [
  { value: 2, reason: "the ½ of the loss left out, or something counted twice?" },
  { value: 1 / 2, reason: "a ½ too many?" },
];

/**
 * The one factor between all numbers and what they should be, in words, with its likely reason where the factor is a known
 * one; empty unless every number agrees with it. A lone number is any multiple of another: there only a factor that the
 * check names, and a turned sign, are told.
 */
export function factorBetween(
  found: readonly number[],
  wanted: readonly number[],
  named: readonly Factor[],
  close: Closeness,
): string {
  const largest = wanted.reduce((best, value, i) => (Math.abs(value) > Math.abs(wanted[best]) ? i : best), 0);
  // a ratio of numbers that differ by less than the tolerance says nothing
  if (!(Math.abs(wanted[largest]) > 1e3 * close.abs)) return "";
  const isFactor = (r: number): boolean =>
    Number.isFinite(r) &&
    r !== 0 &&
    wanted.every(
      (value, i) =>
        Math.abs(found[i] - r * value) <= close.abs * Math.abs(r) + close.rel * Math.abs(r * value),
    );

  if (isFactor(-1)) return turned(wanted.length);
  const known = wanted.length > 1 ? [...named, ...halfOfLoss] : named;
  for (const sign of [1, -1]) {
    const reasons = known.filter(({ value }) => isFactor(sign * value));
    if (reasons.length === 0) continue;
    const why = [...new Set(reasons.map(({ reason }) => reason))].join(" Or: ");
    const factor = times(reasons[0].value, wanted.length);
    return sign > 0 ? `${factor}: ${why}` : `${factor}, with the other sign: ${why}`;
  }
  const ratio = found[largest] / wanted[largest];
  const sizes = new Set(
    wanted.filter((value) => value !== 0).map((value) => Math.abs(value / wanted[largest]).toFixed(6)),
  );
  return sizes.size > 1 && isFactor(ratio) ? times(ratio, wanted.length) : "";
}

const turned = (count: number): string =>
  `${count > 1 ? "every number has" : "it has"} the other sign: is a minus missing, or one too many?`;

function times(ratio: number, count: number): string {
  const inverse = 1 / ratio;
  const whole = Math.round(inverse);
  const isPart = whole > 1 && Math.abs(inverse - whole) < 1e-6 * whole;
  const shown = isPart ? `1/${whole} of` : `${Number(ratio.toPrecision(6))} times`;
  return `${count > 1 ? "every number" : "it"} is ${shown} what is expected`;
}

/** The rows of an m × n matrix as columns. */
export function transposed(numbers: readonly number[], [rows, columns]: readonly number[]): number[] {
  return numbers.map((_, at) => numbers[(at % rows) * columns + Math.floor(at / rows)]);
}
