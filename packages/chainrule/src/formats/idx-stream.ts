/** Reads IDX data that come piece by piece, some rows at a time. */
import { parseIdx } from "./idx.ts";
import type { IdxArray } from "./idx.ts";
import { refusal } from "./refusal.ts";
import type { ReadOptions } from "./refusal.ts";

/** The header length with eight axes. */
const longestHeader = 36;
/** The approximate number of bytes of rows per array. */
const blockBytes = 1 << 20;

/**
 * Reads an IDX array that comes in pieces, and yields it as arrays of some of its rows (axis 0).
 *
 * @throws FormatError like parseIdx, and for data with fewer or more rows than their header announces
 * @example
 * async function* pieces() { yield writeIdx([3, 2], new Uint8Array([1, 2, 3, 4, 5, 6])); }
 * const shapes: unknown[] = [];
 * for await (const { shape } of readIdxRows(pieces())) shapes.push(shape);
 * shapes; // [ [ 3, 2 ] ]
 */
export async function* readIdxRows(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<IdxArray, void, void> {
  const file = options.name ?? "the IDX data";
  let pending = new Uint8Array(0);
  let header: Header | undefined;
  let done = 0;
  /** The next rows, with a header of their own. */
  const take = (rows: number, { start, rowBytes }: Header): IdxArray => {
    const bytes = pending.slice(0, start + rows * rowBytes);
    new DataView(bytes.buffer).setUint32(4, rows);
    const rest = pending.subarray(bytes.length);
    const next = new Uint8Array(start + rest.length);
    next.set(pending.subarray(0, start));
    next.set(rest, start);
    pending = next;
    done += rows;
    return parseIdx(bytes, { name: file });
  };
  for await (const chunk of chunks) {
    const joined = new Uint8Array(pending.length + chunk.length);
    joined.set(pending);
    joined.set(chunk, pending.length);
    pending = joined;
    header ??= readHeader(pending);
    if (header === undefined && pending.length < longestHeader) continue;
    if (header === undefined) break;
    const { start, rowBytes, count } = header;
    const here = Math.floor((pending.length - start) / rowBytes);
    if (pending.length >= blockBytes && here > 0 && done + here <= count) yield take(here, header);
  }
  // The reader of whole files reports data that are too short for a header, and rows without bytes.
  if (header === undefined) {
    yield parseIdx(pending, { name: file });
    return;
  }
  const { start, rowBytes, count } = header;
  const left = pending.length - start;
  if (left !== (count - done) * rowBytes)
    throw refusal(
      file,
      4,
      `lengths of the axes: expected ${count * rowBytes} bytes for ${count} rows, found ${done * rowBytes + left}` +
        `; the file ${left > (count - done) * rowBytes ? "has bytes behind the data" : "is cut off"}`,
    );
  if (count > done || done === 0) yield take(count - done, header);
}

interface Header {
  /** The position where the data begin. */
  readonly start: number;
  readonly rowBytes: number;
  readonly count: number;
}

const widths: Record<number, number> = { 0x08: 1, 0x09: 1, 0x0b: 2, 0x0c: 4, 0x0d: 4, 0x0e: 8 };

function readHeader(bytes: Uint8Array): Header | undefined {
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  const width = widths[bytes[2]];
  if (bytes.length < start || rank === 0 || rank > 8 || width === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let rowBytes = width;
  for (let axis = 1; axis < rank; axis++) rowBytes *= view.getUint32(4 + 4 * axis);
  if (!(rowBytes > 0 && rowBytes < 2 ** 31)) return undefined;
  return { start, rowBytes, count: view.getUint32(4) };
}
