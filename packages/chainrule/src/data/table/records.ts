/** Reads the records of CSV text one at a time, with the lines in which they begin. */
import { parse } from "csv-parse/browser/esm/sync";
import { ChainruleError } from "../../tensor/errors.ts";
import type { FormatError } from "../../tensor/errors.ts";
import { quote } from "../../formats/refusal.ts";
import { countLineBreaks, isLineBreak } from "./text-bytes.ts";
import { refuse } from "./refuse.ts";

/** The largest length of a field and of a record. A longer one is a quote that never closes. */
const mostBytes = 1024 * 1024;
export const mostColumns = 10_000;

export type Visit = (fields: readonly string[], line: number) => void;

/**
 * Calls `visit` for each record that is not an empty line. No record is kept, so that memory does not grow with the
 * file.
 * @throws FormatError for quotes out of place or never closed, naming the line; errors of `visit` pass through
 */
export function forEachRecord(
  bytes: Uint8Array,
  separator: string,
  file: string,
  visit: Visit,
  firstLine = 1,
): void {
  // csv-parse counts a line break inside quotes twice when it is CR LF, so lines are counted here.
  let [position, line] = [0, firstLine];
  const skipEmptyLines = (): void => {
    const start = position;
    while (position < bytes.length && isLineBreak(bytes[position])) position++;
    line += countLineBreaks(bytes, start, position);
  };
  try {
    parse(bytes, {
      bom: false,
      delimiter: separator,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: mostBytes,
      on_record: (fields: string[], { bytes: end }) => {
        skipEmptyLines();
        if (fields.length > mostColumns) throw tooManyColumns(file, line, fields.length);
        if (fields.length > 1 || fields[0].trim() !== "") visit(fields, line);
        line += countLineBreaks(bytes, position, end);
        position = end;
        return null;
      },
    });
  } catch (cause) {
    if (cause instanceof ChainruleError || !(cause instanceof Error)) throw cause;
    skipEmptyLines();
    throw syntaxError(bytes, position, line, separator, file, cause);
  }
}

export function tooManyColumns(file: string, line: number, count: number): FormatError {
  return refuse(
    file,
    line,
    `${count} columns, expected at most ${mostColumns}; is another separator meant, or should rows and columns change places?`,
  );
}

/** Reads the record that begins at `from` again, to say what is wrong with its quotes. */
function syntaxError(
  bytes: Uint8Array,
  from: number,
  line: number,
  separator: string,
  file: string,
  cause: Error,
): FormatError {
  const fault = quoteFault(bytes, from, separator.charCodeAt(0));
  const at = line + countLineBreaks(bytes, from, fault.at);
  const opened = line + countLineBreaks(bytes, from, fault.opened);
  const near = quote(new TextDecoder().decode(bytes.subarray(fault.at, fault.at + 20)).split(/[\r\n]/)[0]);
  const problem = {
    open: `a quote opens before ${near} and is not closed within ${bytes.length - from > mostBytes ? "1 MiB" : "the file"}; close it, or write "" for a quote inside quotes`,
    behind: `text behind a closing quote: ${near}${opened < at ? ` (the quote opened in line ${opened})` : ""}; write "" for a quote inside quotes`,
    inside: `a quote inside a field without quotes, before ${near}; put the field in quotes and write "" for the quote`,
    none: `a line of more than 1 MiB, where a row of values is expected; is this a table?`,
  }[fault.kind];
  return refuse(file, at, problem, undefined, { cause });
}

interface QuoteFault {
  readonly kind: "open" | "behind" | "inside" | "none";
  /** The position after the wrong quote. */
  readonly at: number;
  /** The position where the field begins. */
  readonly opened: number;
}

const quoteMark = 0x22;

/** The first quote out of place in the record at `from`. */
function quoteFault(bytes: Uint8Array, from: number, separator: number): QuoteFault {
  let fieldStart = from;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === separator) fieldStart = i + 1;
    else if (isLineBreak(byte)) break;
    else if (byte === quoteMark) {
      if (i !== fieldStart) return { kind: "inside", at: i + 1, opened: i };
      let end = bytes.indexOf(quoteMark, i + 1);
      while (end >= 0 && bytes[end + 1] === quoteMark) end = bytes.indexOf(quoteMark, end + 2);
      if (end < 0 || end - i > mostBytes) return { kind: "open", at: i + 1, opened: i };
      const next = bytes[end + 1];
      if (next !== undefined && next !== separator && !isLineBreak(next))
        return { kind: "behind", at: end + 1, opened: i };
      i = end;
    }
  }
  return { kind: "none", at: from, opened: from };
}
