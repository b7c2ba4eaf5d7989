/**
 * Reads tables from CSV text that comes piece by piece. Memory is bounded by the size of a piece, however long the file
 * is.
 */
import { FormatError } from "../../tensor/errors.ts";
import { missingWords } from "./cells.ts";
import { courseLine, detectSeparator } from "./layout.ts";
import { uncover } from "./preamble.ts";
import { readTable } from "./read.ts";
import type { ReadTableOptions } from "./read.ts";
import type { Table } from "./table.ts";
import { countLineBreaks, decoderOf, joined, statedEncoding, textBytes } from "./text-bytes.ts";
import type { Encoding } from "./text-bytes.ts";

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
  const given = options.encoding;
  // A block is UTF-8; the first table says what the file was.
  const text = { encoding: given ?? ("utf-8" as Encoding) };
  const rest = { ...options, encoding: "utf-8" } as const;
  for await (const { bytes, last } of blocks(inUtf8(chunks, text, given))) {
    const start = line;
    line += countLineBreaks(bytes, 0, bytes.length);
    if (first === undefined) {
      const table = last ? readTable(bytes, rest) : readFirst(bytes, { ...rest, name });
      const notes =
        given === undefined && text.encoding !== "utf-8"
          ? ["the file is read as UTF-16", ...table.notes]
          : table.notes;
      first = { ...table, ...(text.encoding !== "utf-8" && { encoding: text.encoding }), notes };
      yield first;
    } else if (!isBlank(bytes)) {
      const { separator, header, columns, notes: _, ...others } = first;
      const names = (): string[] => columns.map((column) => column.name);
      const types = options.types ?? columns;
      const more = { ...rest, name, separator, header: false, skipLines: 0, names, types, firstLine: start };
      const { rows, columns: found, lines } = readTable(bytes, more);
      yield { ...others, rows, columns: found, lines, separator, header, notes: [] };
    }
  }
  if (first === undefined)
    throw new FormatError(`${name}: the file is empty; expected a line of names and rows below it`);
}

function isBlank(bytes: Uint8Array): boolean {
  // Spaces of several bytes, such as U+00A0, do not make a row either.
  return bytes.every((byte) => byte <= 0x20 || byte >= 0x80) && new TextDecoder().decode(bytes).trim() === "";
}

/** The chunks of a text in UTF-8; `found.encoding` becomes that of the text, which its first bytes may state. */
async function* inUtf8(
  chunks: AsyncIterable<Uint8Array>,
  found: { encoding: Encoding },
  asked: Encoding | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const encoder = new TextEncoder();
  let decoder: TextDecoder | undefined;
  let start: Uint8Array | undefined = new Uint8Array(0);
  const begin = (bytes: Uint8Array): void => {
    found.encoding = asked ?? statedEncoding(bytes);
    if (found.encoding !== "utf-8") decoder = decoderOf(found.encoding, bytes);
    start = undefined;
  };
  for await (const piece of chunks) {
    let chunk = piece;
    if (start !== undefined) {
      chunk = joined([start, piece]);
      // The mark of an encoding is two bytes.
      if (chunk.length < 2) {
        start = chunk;
        continue;
      }
      begin(chunk);
    }
    yield decoder === undefined ? chunk : encoder.encode(decoder.decode(chunk, { stream: true }));
  }
  if (start !== undefined && start.length > 0) yield start;
  if (decoder !== undefined) yield encoder.encode(decoder.decode());
}

/** The first of several pieces. */
function readFirst(bytes: Uint8Array, options: ReadTablesOptions & { readonly name: string }): Table {
  const whole = textBytes(bytes, options.name);
  const { separator: asked, header, skipLines } = options;
  const isGap = missingWords(options.na);
  const uncovered = uncover(whole, options.name, {
    separator: asked,
    header,
    skipLines,
    firstLine: 1,
    isGap,
    keepLines: "",
  });
  const text = uncovered.bytes;
  const end = text.indexOf(0x0a);
  const separator = uncovered.separator ?? detectSeparator(text) ?? ",";
  const course = courseLine(new TextDecoder().decode(text.subarray(0, end)).split(separator));
  if (course === undefined || options.header !== undefined) return readTable(bytes, options);
  const firstLine = uncovered.firstLine + 1;
  const below = { ...options, separator, header: false, skipLines: 0, firstLine };
  const table = readTable(text.subarray(end + 1), below);
  if (table.columns.length !== course.features + 1) return readTable(bytes, options);
  return { ...table, classNames: course.classNames };
}

interface Block {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** Pieces that end where a record does. */
async function* blocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block, void, void> {
  let pending: Uint8Array = new Uint8Array(0);
  let [scanned, quoted, cut] = [0, false, 0];
  for await (const chunk of chunks) {
    pending = joined([pending, chunk]);
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
