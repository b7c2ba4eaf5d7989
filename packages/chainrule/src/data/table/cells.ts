/** Reads single cells of a table. */

/** The texts that stand for a missing value unless the caller names others. */
const missing = new Set([
  "",
  "NA",
  "N/A",
  "n/a",
  "na",
  "#N/A",
  "<NA>",
  "NaN",
  "nan",
  "NAN",
  "-nan",
  "-NaN",
  "null",
  "NULL",
  "Null",
  "None",
  "?",
]);

/** Whether the text of a cell, without spaces around it, stands for a missing value. */
export type IsMissing = (trimmed: string) => boolean;

export const isMissing: IsMissing = (trimmed) => missing.has(trimmed);

/** The test for missing values where a caller names their words. An empty cell is missing in any case. */
export function missingWords(words: readonly string[] | undefined): IsMissing {
  if (words === undefined) return isMissing;
  const own = new Set(["", ...words.map((one) => one.trim())]);
  return (trimmed) => own.has(trimmed);
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^[+-]?inf(?:inity)?$/i;
const otherBase = /^[+-]?0[xbo][\da-f]+$/i;
const withComma = /^[+-]?(?:\d[\d.' ]*,\d+|\d{1,3}(?:,\d{3})+\.\d*)(?:[eE][+-]?\d+)?$/;

const zero = 0x30;
const nine = 0x39;

/** The number in a cell, or NaN. Numbers are written with decimal digits, sign, point and exponent alone. */
export function numberIn(text: string): number {
  const first = text.charCodeAt(0);
  // Number() also reads 0x10, 0b1 and 0o7, and reads the empty text as 0; the letter is the second character.
  if (first >= zero && first <= nine) {
    const second = text.charCodeAt(1) | 0x20;
    if (second !== 0x78 && second !== 0x62 && second !== 0x6f) {
      const value = Number(text);
      return Number.isFinite(value) ? value : NaN;
    }
  }
  const trimmed = text.trim();
  // A text processor writes −5 with U+2212.
  const plain = trimmed.startsWith("\u2212") ? `-${trimmed.slice(1)}` : trimmed;
  if (!decimal.test(plain)) return NaN;
  const value = Number(plain);
  return Number.isFinite(value) ? value : NaN;
}

export type CellKind = "missing" | "number" | "odd" | "text";

/** odd: looks like a number, but is not accepted: inf, 1e999, 0x10, 1,5. */
export function kindOf(text: string, isGap: IsMissing = isMissing): CellKind {
  const trimmed = text.trim();
  if (isGap(trimmed)) return "missing";
  if (!Number.isNaN(numberIn(trimmed))) return "number";
  return oddity(trimmed) === undefined ? "text" : "odd";
}

/** Why a cell that looks like a number is not accepted, and what to try; undefined for text. */
export function oddity(trimmed: string): string | undefined {
  if (withComma.test(trimmed))
    return "is written with a comma; write numbers with a decimal point and without thousands separators, such as 1234.5";
  if (otherBase.test(trimmed)) return "is not a decimal number; write it with digits, point and exponent";
  if (infinite.test(trimmed) || decimal.test(trimmed))
    return "is beyond what a number holds; correct it, or leave it empty if it is missing";
  return undefined;
}
