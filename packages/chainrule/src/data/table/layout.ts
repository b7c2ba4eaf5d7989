/** Detects how a file is laid out: its separator, its first line, and the types of its columns. */
import { isMissing, kindOf, numberIn } from "./cells.ts";
import type { CellKind, IsMissing } from "./cells.ts";
import { markIn } from "./marks.ts";
import { counted } from "./refuse.ts";
import type { ColumnType } from "./table.ts";

export interface TextRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** In order of preference: fields between tabs or semicolons may contain commas, but the reverse is rare. */
export const separators = ["\t", ";", ","] as const;
export type Separator = (typeof separators)[number];

/** The name of a separator, for messages. */
export function separatorName(separator: string): string {
  return { "\t": "tab", ";": "semicolon", ",": "comma" }[separator] ?? JSON.stringify(separator);
}

const headBytes = 64 * 1024;
const headLines = 50;

/**
 * The separator that divides the most of the first lines into equally many fields; undefined if no separator occurs.
 */
export function detectSeparator(bytes: Uint8Array): Separator | undefined {
  const lines = separatorCounts(bytes);
  let [best, most] = [undefined as Separator | undefined, 0];
  separators.forEach((separator, kind) => {
    const tally = new Map<number, number>();
    for (const counts of lines)
      if (counts[kind] > 0) tally.set(counts[kind], (tally.get(counts[kind]) ?? 0) + 1);
    const agreeing = Math.max(0, ...tally.values());
    if (agreeing > most) [best, most] = [separator, agreeing];
  });
  return best;
}

/** Counts each separator outside quotes, for each of the first lines that is not blank. */
function separatorCounts(bytes: Uint8Array): number[][] {
  const codes = separators.map((separator) => separator.charCodeAt(0));
  const lines: number[][] = [];
  let [counts, blank, quoted] = [[0, 0, 0], true, false];
  const end = Math.min(bytes.length, headBytes);
  for (let i = 0; i < end && lines.length < headLines; i++) {
    const byte = bytes[i];
    if (byte === 0x22) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === 0x0a || byte === 0x0d) {
      if (!blank) lines.push(counts);
      [counts, blank] = [[0, 0, 0], true];
      continue;
    } else if (codes.includes(byte)) counts[codes.indexOf(byte)]++;
    blank = false;
  }
  // The sample may cut off its last line, so that line is ignored unless it is the only one.
  if (!blank && (end === bytes.length || lines.length === 0)) lines.push(counts);
  return lines;
}

/** The number of fields in the first line that is not blank; counting stops at `most`. */
export function firstLineFields(bytes: Uint8Array, separator: string, most: number): number {
  const code = separator.charCodeAt(0);
  let [fields, quoted, blank] = [1, false, true];
  for (const byte of bytes) {
    if (byte === 0x22) quoted = !quoted;
    else if (!quoted && (byte === 0x0a || byte === 0x0d)) {
      if (!blank) break;
      continue;
    } else if (!quoted && byte === code && ++fields > most) break;
    blank = false;
  }
  return fields;
}

/**
 * Whether the first record holds names. Without a number in it, it does unless all its texts appear again in the
 * columns below. With numbers in it, it does if more columns of numbers begin with a text than with a number. Numbers
 * that may be names count for nothing: years, and whole numbers that rise by one. If the record has no other numbers, a
 * text that does not appear in the column of texts below it counts as well.
 */
export function isHeader(
  first: readonly string[],
  below: readonly TextRecord[],
  isGap: IsMissing = isMissing,
): boolean {
  const kinds = first.map((field) => kindOf(field, isGap));
  if (kinds.every((kind) => kind === "missing")) return false;
  const recurs = (name: string, column: number): boolean =>
    below.some(({ fields }) => fields[column] === name);
  if (!kinds.includes("number") && !kinds.includes("odd"))
    return !first.every((name, column) => isGap(name.trim()) || recurs(name, column));
  const nameLike = numbersLikeNames(first, kinds, below);
  const allLikeNames = kinds.every((kind, i) => (kind !== "number" && kind !== "odd") || nameLike.has(i));
  let votes = 0;
  kinds.forEach((kind, column) => {
    const others = below
      .map(({ fields }) => kindOf(fields[column] ?? "", isGap))
      .filter((one) => one !== "missing");
    if (others.length === 0 || kind === "missing" || nameLike.has(column)) return;
    const aboveTexts = others.includes("text");
    if (kind !== "text") votes -= aboveTexts ? 0 : 1;
    else if (!aboveTexts || (allLikeNames && !recurs(first[column], column))) votes++;
  });
  return votes > 0;
}

/** The columns whose first number may be a name: a year above other numbers than years, or one of a run such as 1, 2, 3. */
function numbersLikeNames(
  first: readonly string[],
  kinds: readonly CellKind[],
  below: readonly TextRecord[],
): Set<number> {
  const found = new Set<number>();
  const values = first.map((field, i) => (kinds[i] === "number" ? numberIn(field) : NaN));
  const isYear = (value: number): boolean => Number.isInteger(value) && value >= 1800 && value <= 2100;
  values.forEach((value, i) => {
    const others = below.map(({ fields }) => numberIn(fields[i] ?? ""));
    if (isYear(value) && 2 * others.filter(isYear).length <= others.length) found.add(i);
  });
  for (let start = 0; start < values.length;) {
    let end = start + 1;
    while (end < values.length && values[end] === values[end - 1] + 1) end++;
    if (end - start >= 3 && Number.isInteger(values[start])) for (let i = start; i < end; i++) found.add(i);
    start = end;
  }
  return found;
}

/** x1, x2, … and y: the default names of columns. */
export function defaultNames(width: number): string[] {
  return Array.from({ length: width }, (_, i) => (i === width - 1 && width > 1 ? "y" : `x${i + 1}`));
}

/** The first line of a course file: rows, features, and the names of the classes. */
export interface CourseLine {
  readonly rows: number;
  readonly features: number;
  readonly classNames: readonly string[];
}

export function courseLine(fields: readonly string[]): CourseLine | undefined {
  const [rows, features, ...classNames] = fields.map((field) => field.trim());
  if (!/^\d{1,9}$/.test(rows) || features === undefined || !/^\d{1,9}$/.test(features)) return undefined;
  if (classNames.length < 2 || new Set(classNames).size < classNames.length) return undefined;
  if (classNames.some((name) => kindOf(name) !== "text")) return undefined;
  return { rows: Number(rows), features: Number(features), classNames };
}

export function describeCourseLine({ rows, features, classNames }: CourseLine): string {
  return `${counted(rows, "row")}, ${counted(features, "feature")} and the classes ${classNames.join(", ")}`;
}

/** The cells of one column, counted by kind. */
export interface CellCounts {
  number: number;
  odd: number;
  text: number;
  /** The first text, with its line. */
  first?: { readonly text: string; readonly line: number };
}

export function countCells(
  records: readonly TextRecord[],
  column: number,
  isGap: IsMissing = isMissing,
): CellCounts {
  const counts: CellCounts = { number: 0, odd: 0, text: 0 };
  for (const { fields, line } of records) {
    const found = kindOf(fields[column], isGap);
    if (found === "missing") continue;
    // Ids of 20 digits would collapse into one number.
    const long =
      found === "number" && fields[column].length > 15 && markIn(fields[column].trim()) !== undefined;
    const kind = long ? "text" : found;
    counts[kind]++;
    if (kind === "text") counts.first ??= { text: fields[column].trim(), line };
  }
  return counts;
}

/** Up to this share, texts among numbers are taken for mistakes, which are refused by line. */
const mostMistakes = 0.05;

/** "number" if all cells are numbers, or all but one or very few; undefined if all cells are missing. */
export function typeOf({ number, odd, text }: CellCounts): ColumnType | undefined {
  const filled = number + odd + text;
  if (filled === 0) return undefined;
  if (text === 0) return "number";
  const few = text === 1 || text <= mostMistakes * filled;
  return few && number + odd > text && number > 1 ? "number" : "text";
}
