/** What stands above the table in a file: Excel's line `sep=;`, and lines above the names. */
import { quote } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import type { IsMissing } from "./cells.ts";
import { detectSeparator, isHeader } from "./layout.ts";
import type { TextRecord } from "./layout.ts";
import { forEachRecord } from "./records.ts";
import { counted } from "./refuse.ts";
import { isLineBreak } from "./text-bytes.ts";

/** The table without what stands above it. */
export interface Uncovered {
  readonly bytes: Uint8Array;
  /** The line of the file in which the rest begins. */
  readonly firstLine: number;
  /** The separator that the file itself names. */
  readonly separator?: string;
  /** The number of lines above the names, without a line `sep=`. */
  readonly skipped: number;
  readonly notes: readonly string[];
}

export interface UncoverOptions {
  readonly separator?: string | undefined;
  readonly header?: boolean | undefined;
  /** The number of lines to skip. Default: detected. */
  readonly skipLines?: number | undefined;
  readonly firstLine: number;
  readonly isGap: IsMissing;
  /** How the notes say the option that skips no line. */
  readonly keepLines: string;
}

/** Finds where the table begins in the text of a file. */
export function uncover(bytes: Uint8Array, file: string, options: UncoverOptions): Uncovered {
  const { skipLines, firstLine } = options;
  const notes: string[] = [];
  let [rest, line, separator] = [bytes, firstLine, options.separator];
  const named = firstLine === 1 ? /^sep=(.)[ \t]*[\r\n]/.exec(decode(bytes.subarray(0, 16))) : null;
  if (named !== null) {
    [rest, line] = [afterLines(bytes, 1), 2];
    separator ??= named[1];
    notes.push(`line 1 names the separator, ${quote(named[0].trim())}, and does not belong to the table`);
  }
  let skipped = skipLines ?? 0;
  if (skipLines === undefined && options.header !== false) {
    skipped = linesAbove(rest, file, separator ?? detectSeparator(rest) ?? ",", options);
    if (skipped > 0)
      notes.push(
        `${counted(skipped, "line")} above the names ${skipped === 1 ? "is" : "are"} skipped (${quote(firstText(rest))}); ${options.keepLines} keeps ${skipped === 1 ? "it" : "them"}`,
      );
  }
  const bare = afterLines(rest, skipped);
  if (skipped > 0 && bare.every((byte) => byte <= 0x20))
    throw new FormatError(`${file}: no row is left below the ${counted(skipped, "line")} to skip`);
  return {
    bytes: bare,
    firstLine: line + skipped,
    ...(separator !== undefined && { separator }),
    skipped,
    notes,
  };
}

const mostAbove = 10;
const sampleBytes = 64 * 1024;
const sampleRecords = 30;

/**
 * The number of lines above the names where that is evident: at most ten of them, each with at least two fields fewer
 * than the table (one fewer for a table of two columns), then a line of names, and only rows of that width below.
 */
function linesAbove(bytes: Uint8Array, file: string, separator: string, { isGap }: UncoverOptions): number {
  const records = firstRecords(bytes, file, separator);
  const width = records.at(-1)?.fields.length ?? 0;
  const filled = ({ fields }: TextRecord): number =>
    fields.length - [...fields].reverse().findIndex((field) => field.trim() !== "");
  const isAbove = (record: TextRecord): boolean => {
    const { length } = record.fields;
    if (length === width) return width > 2 && record.fields.slice(1).every((field) => field.trim() === "");
    return width === 2 ? length === 1 : length < width && filled(record) <= width - 2;
  };
  const first = records.findIndex((record) => !isAbove(record));
  if (width < 2 || first < 1 || first > mostAbove) return 0;
  const [names, ...below] = records.slice(first);
  if (below.length === 0 || names.fields.length !== width) return 0;
  if (below.some(({ fields }) => fields.length !== width)) return 0;
  if (names.fields.some((field) => field.trim() === "")) return 0;
  return isHeader(names.fields, below, isGap) ? names.line - 1 : 0;
}

/** The first records, or none where their quotes are out of place; the reader says so. */
function firstRecords(bytes: Uint8Array, file: string, separator: string): TextRecord[] {
  const records: TextRecord[] = [];
  const end = bytes.length <= sampleBytes ? bytes.length : lastLineEnd(bytes.subarray(0, sampleBytes));
  try {
    forEachRecord(bytes.subarray(0, end), separator, file, (fields, line) => {
      if (records.length < sampleRecords) records.push({ fields, line });
    });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return [];
  }
  return records;
}

function lastLineEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && !isLineBreak(bytes[end - 1])) end--;
  return end;
}

/** The bytes behind the first `count` lines. CR LF ends one line. */
function afterLines(bytes: Uint8Array, count: number): Uint8Array {
  let at = 0;
  for (let lines = 0; lines < count && at < bytes.length; lines++) {
    while (at < bytes.length && !isLineBreak(bytes[at])) at++;
    at += bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : 1;
  }
  return bytes.subarray(Math.min(at, bytes.length));
}

function firstText(bytes: Uint8Array): string {
  return decode(bytes.subarray(0, 80)).split(/[\r\n]/)[0];
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
