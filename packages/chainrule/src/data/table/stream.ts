/**
 * Reads tables from CSV text that comes piece by piece. Memory is bounded by the size of a piece, however long the file
 * is.
 */
import { FormatError } from "../../tensor/errors.ts";
import { courseLine, detectSeparator } from "./layout.ts";
import { readTable } from "./read.ts";
import type { ReadTableOptions } from "./read.ts";
import type { Table } from "./table.ts";
import { countLineBreaks, textBytes } from "./text-bytes.ts";

/** The approximate number of bytes per table. */
const blockBytes = 1 << 20;
/** Text of this length without the end of a record has a quote that never closes; the reader reports where. */
const mostPending = 3 << 20;

/** {@link ReadTableOptions} without the settings that the first piece decides. */
export type ReadTablesOptions = Omit<ReadTableOptions, "firstLine">;

/**
 * Reads CSV text as {@link readTable} does, into tables of some thousand rows, one after the other. The first table
 * decides on separator, names and types. Give the types where later rows may have others. A first line of counts and
 * class names is compared with the rows only if one table holds all of them.
 *
 * @throws FormatError like readTable, naming the line in the whole text
 * @example
 * async function* pieces() { yield new TextEncoder().encode("width,kind\n1,a\n2,b\n"); }
 * const rows: number[] = [];
 * for await (const table of readTables(pieces())) rows.push(table.rows);
 * rows; // [ 2 ]
 */
export async function* readTables(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadTablesOptions = {},
): AsyncGenerator<Table, void, void> {
  const name = options.name ?? "the table";
  let first: Table | undefined;
  let line = 1;
  for await (const { bytes, last } of blocks(chunks)) {
    const start = line;
    line += countLineBreaks(bytes, 0, bytes.length);
    if (first === undefined) {
      const table = last ? readTable(bytes, options) : readFirst(bytes, { ...options, name });
      first = table;
      yield table;
    } else if (bytes.some((byte) => byte > 0x20)) {
      const { separator, header, columns, notes: _, ...others } = first;
      const names = (): string[] => columns.map((column) => column.name);
      const types = options.types ?? columns;
      const more = { ...options, name, separator, header: false, names, types, firstLine: start };
      const { rows, columns: found, lines } = readTable(bytes, more);
      yield { ...others, rows, columns: found, lines, separator, header, notes: [] };
    }
  }
  if (first === undefined)
    throw new FormatError(`${name}: the file is empty; expected a line of names and rows below it`);
}

/** The first of several pieces. */
function readFirst(bytes: Uint8Array, options: ReadTablesOptions & { readonly name: string }): Table {
  const text = textBytes(bytes, options.name);
  const end = text.indexOf(0x0a);
  const separator = options.separator ?? detectSeparator(text) ?? ",";
  const course = courseLine(new TextDecoder().decode(text.subarray(0, end)).split(separator));
  if (course === undefined || options.header !== undefined) return readTable(bytes, options);
  const table = readTable(text.subarray(end + 1), { ...options, separator, header: false, firstLine: 2 });
  if (table.columns.length !== course.features + 1) return readTable(bytes, options);
  return { ...table, classNames: course.classNames };
}

interface Block {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** Pieces that end where a record does. */
async function* blocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block, void, void> {
  let pending = new Uint8Array(0);
  let [scanned, quoted, cut] = [0, false, 0];
  for await (const chunk of chunks) {
    const joined = new Uint8Array(pending.length + chunk.length);
    joined.set(pending);
    joined.set(chunk, pending.length);
    pending = joined;
    // The last byte waits for the next piece: a CR may be half of a CR LF.
    for (; scanned < pending.length - 1; scanned++) {
      const byte = pending[scanned];
      if (byte === 0x22) quoted = !quoted;
      else if (!quoted && (byte === 0x0a || (byte === 0x0d && pending[scanned + 1] !== 0x0a)))
        cut = scanned + 1;
    }
    if (pending.length < blockBytes || (cut === 0 && pending.length < mostPending)) continue;
    const end = cut === 0 ? pending.length : cut;
    yield { bytes: pending.subarray(0, end), last: false };
    pending = pending.slice(end);
    [scanned, cut] = [Math.max(0, scanned - end), 0];
  }
  if (pending.length > 0) yield { bytes: pending, last: true };
}
