/** How a file is laid out: its separator, its first line, and the types of its columns. */
import { isMissing, kindOf } from "./cells.ts";
import { counted } from "./refuse.ts";
import type { ColumnType } from "./table.ts";

export interface TextRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** By preference: what a tab or a semicolon divides evenly may well hold commas inside, and not the other way round. */
export const separators = ["\t", ";", ","] as const;
export type Separator = (typeof separators)[number];

/** The name of a separator, for messages. */
export function separatorName(separator: string): string {
  return { "\t": "tab", ";": "semicolon", ",": "comma" }[separator] ?? JSON.stringify(separator);
}

const headBytes = 64 * 1024;
const headLines = 50;

/** The separator that divides the most lines of the beginning into equally many fields; undefined where there is none. */
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

/** How often each separator stands outside quotes, for each of the first lines that is not blank. */
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
  // A last line that the sample cuts off says too little, unless it is the only one.
  if (!blank && (end === bytes.length || lines.length === 0)) lines.push(counts);
  return lines;
}

/** How many fields the first line has that is not blank; more than `most` are not counted. */
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
 * Whether the first record holds names: no number in it, and not only what its columns hold below; where there are
 * numbers in it (years as names), whether more columns of numbers have a text on top than a number.
 */
export function isHeader(first: readonly string[], below: readonly TextRecord[]): boolean {
  const kinds = first.map(kindOf);
  if (kinds.every((kind) => kind === "missing")) return false;
  if (!kinds.includes("number") && !kinds.includes("odd")) {
    const recurs = (name: string, column: number): boolean =>
      isMissing(name.trim()) || below.some(({ fields }) => fields[column] === name);
    return !first.every(recurs);
  }
  let votes = 0;
  kinds.forEach((kind, column) => {
    const others = below.map(({ fields }) => kindOf(fields[column] ?? "")).filter((one) => one !== "missing");
    if (others.length === 0 || others.includes("text")) return;
    if (kind === "text") votes++;
    else if (kind !== "missing") votes--;
  });
  return votes > 0;
}

/** x1, x2, … and y: the names of columns that have none. */
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

/** One column's cells counted by kind. */
export interface CellCounts {
  number: number;
  odd: number;
  text: number;
  /** The first text, with its line. */
  first?: { readonly text: string; readonly line: number };
}

export function countCells(records: readonly TextRecord[], column: number): CellCounts {
  const counts: CellCounts = { number: 0, odd: 0, text: 0 };
  for (const { fields, line } of records) {
    const kind = kindOf(fields[column]);
    if (kind === "missing") continue;
    counts[kind]++;
    if (kind === "text") counts.first ??= { text: fields[column].trim(), line };
  }
  return counts;
}

/** The share of texts among numbers up to which they are taken for mistakes, to be refused by line. */
const mostMistakes = 0.05;

/** Numbers where all are; also where one text, or very few, stand among numbers. Undefined: all are missing. */
export function typeOf({ number, odd, text }: CellCounts): ColumnType | undefined {
  const filled = number + odd + text;
  if (filled === 0) return undefined;
  if (text === 0) return "number";
  const few = text === 1 || text <= mostMistakes * filled;
  return few && number + odd > text && number > 1 ? "number" : "text";
}
