import { Gunzip, Inflate } from "fflate";
import { crc32, hex32 } from "./crc32.ts";
import { refusal } from "./refusal.ts";
import type { ReadOptions } from "./refusal.ts";

/**
 * Data that expand by more than this ratio are refused, unless they stay below `freeBytes`: they are made to fill
 * memory.
 */
export const mostRatio = 100;
export const freeBytes = 1024 * 1024;
/** The largest size to which one file may expand. */
export const defaultLimit = 1024 * 1024 * 1024;

/** Whether the bytes begin like gzip data. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

export interface GunzipOptions extends ReadOptions {
  /** The largest expanded size in bytes. Default: 100 times the compressed size, at least 1 MiB and at most 1 GiB. */
  readonly limit?: number;
}

/**
 * Expands gzip data of one member or several, and verifies length and CRC-32 of each.
 *
 * @throws FormatError for data that are damaged, cut off, or expand beyond the limit
 * @example
 * gunzip(new Uint8Array([0x1f, 0x8b, 8])); // throws FormatError
 */
export function gunzip(bytes: Uint8Array, options: GunzipOptions = {}): Uint8Array {
  const file = options.name ?? "the gzip data";
  const most = options.limit ?? Math.min(defaultLimit, Math.max(freeBytes, mostRatio * bytes.length));
  if (!isGzip(bytes) || bytes.length < 18)
    throw refusal(file, 0, `gzip: expected 1f 8b 08 and at least 18 bytes, found ${bytes.length} others`);
  // Every member ends with its checksum and length (4 bytes each). For a single member the last length is the length of
  // the whole.
  const trailer = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const room = Math.min(trailer.getUint32(bytes.length - 4, true), 8 * bytes.length);
  const out = new Collector(most, room, () =>
    refusal(
      file,
      0,
      `gzip: expands to more than ${most} bytes (${bytes.length} compressed); unpack it with a tool you trust if this is meant`,
    ),
  );
  let checksum = 0;
  let length = 0;
  const endMember = (end: number): void => {
    const [sum, size] = [trailer.getUint32(end - 8, true), trailer.getUint32(end - 4, true)];
    if (sum !== checksum || size !== length >>> 0)
      throw refusal(
        file,
        end - 8,
        `gzip: expected ${size} bytes with the CRC-32 ${hex32(sum)}, found ${length} with ${hex32(checksum)}; the data are damaged or cut short; copy or download the file again`,
      );
    checksum = 0;
    length = 0;
  };
  const stream = new Gunzip((chunk) => {
    out.add(chunk);
    checksum = crc32(chunk, checksum);
    length += chunk.length;
  });
  stream.onmember = endMember;
  pushAll(stream, bytes, file, "gzip", 0);
  endMember(bytes.length);
  return out.bytes();
}

/**
 * Expands raw deflate data to exactly `size` bytes.
 * @throws FormatError when they hold more or less
 */
export function inflate(
  bytes: Uint8Array,
  size: number,
  file: string,
  field: string,
  at: number,
): Uint8Array {
  const wrong = (found: string): Error =>
    refusal(file, at, `${field}: expected to expand to ${size} bytes, found ${found}`);
  const out = new Collector(size, size, () => wrong("more"));
  pushAll(new Inflate((chunk) => out.add(chunk)), bytes, file, field, at);
  const expanded = out.bytes();
  if (expanded.length !== size) throw wrong(String(expanded.length));
  return expanded;
}

/**
 * Expands piece by piece, so that the limit is noticed early: deflate expands one byte to at most 1032. Pieces grow as
 * expansion goes on, since small pieces are slow.
 */
function pushAll(
  stream: { push(chunk: Uint8Array, final: boolean): void },
  bytes: Uint8Array,
  file: string,
  field: string,
  at: number,
): void {
  let i = 0;
  try {
    do {
      const end = i + Math.min(Math.max(1024, i >> 6), 16 * 1024);
      stream.push(bytes.subarray(i, end), end >= bytes.length);
      i = end;
    } while (i < bytes.length);
  } catch (cause) {
    // The errors of fflate carry a number as code; our own errors pass through.
    if (!(cause instanceof Error) || typeof (cause as { code?: unknown }).code === "string") throw cause;
    const ends = cause.message === "unexpected EOF";
    const near = at + (ends ? bytes.length : Math.min(i, bytes.length));
    const what = ends
      ? "the compressed data end too early: they are cut short or damaged"
      : `${cause.message}; the compressed data are damaged or cut short`;
    throw refusal(file, near, `${field}: ${what}; copy or download the file again`, { cause });
  }
}

/** Joins chunks in a buffer that doubles when it is full, never beyond `most` bytes. */
class Collector {
  readonly #most: number;
  readonly #tooMany: () => Error;
  #room: Uint8Array;
  #length = 0;

  /** `room` is the initial capacity, for a caller that knows the approximate size. */
  constructor(most: number, room: number, tooMany: () => Error) {
    this.#most = most;
    this.#tooMany = tooMany;
    this.#room = new Uint8Array(Math.min(most, room));
  }

  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#most) throw this.#tooMany();
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.min(this.#most, Math.max(length, 2 * this.#room.length, 65_536)));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(chunk, this.#length);
    this.#length = length;
  }

  bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }
}
