/**
 * Reads the zip archives of .npz files from their directory: stored and deflated entries below 4 GiB. The reader of
 * fflate overwrites entries of the same name, silently cuts long entries off, and checks no CRC, so only its inflate is
 * used. Source: PKWARE, APPNOTE.TXT 6.3.10.
 */
import { isZip, otherFormat } from "./signatures.ts";
import { crc32, hex32 } from "./crc32.ts";
import { defaultLimit, freeBytes, inflate, mostRatio } from "./gzip.ts";
import { quote, refusal } from "./refusal.ts";
import type { ReadOptions } from "./refusal.ts";

export interface ZipOptions extends ReadOptions {
  /** The largest expanded size of all entries together, in bytes. Default 1 GiB. */
  readonly limit?: number;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  /** The sizes in bytes, in the archive and expanded. */
  readonly packed: number;
  readonly size: number;
  /** The positions of its directory entry, of its local header and of its bytes. */
  readonly listed: number;
  readonly header: number;
  readonly start: number;
}

/** Whether the path stays inside the folder into which it would be unpacked. */
export function isSafeName(name: string): boolean {
  return (
    name.isWellFormed() &&
    // oxlint-disable-next-line no-control-regex
    !/[\\\u0000-\u001f\u007f]|^[A-Za-z]:/.test(name) &&
    name.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/**
 * Yields the entries in order; each is expanded and checked when the caller asks for it. The whole directory is checked
 * first.
 */
export function* readZip(
  bytes: Uint8Array,
  options: ZipOptions = {},
): Generator<readonly [name: string, content: Uint8Array], void, void> {
  const file = options.name ?? "the zip data";
  const entries = readDirectory(bytes, file);
  checkSizes(entries, options.limit, file);
  for (const { name, method, checksum, packed, size, start } of entries) {
    const raw = bytes.subarray(start, start + packed);
    const field = `entry ${quote(name)}`;
    const content = method === 0 ? raw : inflate(raw, size, file, field, start);
    const found = crc32(content);
    if (found !== checksum)
      throw refusal(
        file,
        start,
        `${field}: expected the CRC-32 ${hex32(checksum)}, found ${hex32(found)}; the data are damaged`,
      );
    yield [name, content];
  }
}

function readDirectory(bytes: Uint8Array, file: string): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === undefined)
    throw (
      (isZip(bytes) ? undefined : otherFormat(file, bytes, "directory", "that of a zip archive")) ??
      refusal(
        file,
        0,
        "zip: expected an end-of-directory record, found none; the file is cut off or is not a zip archive",
      )
    );
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff)
    throw refusal(file, end, "zip: archives of more than 4 GiB or 65534 entries (zip64) are not read");
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count)
    throw refusal(file, end, "zip: archives in several parts are not read");
  if (start + view.getUint32(end + 12, true) !== end)
    throw refusal(
      file,
      end + 12,
      `zip: expected the directory to end at ${end}, found ${start + view.getUint32(end + 12, true)}`,
    );
  const entries: Entry[] = [];
  const names = new Set<string>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50)
      throw refusal(file, at, `zip: expected entry ${i} of ${count} of the directory, found something else`);
    const length = view.getUint16(at + 28, true);
    const next = at + 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw refusal(file, at, `zip: entry ${i} of ${count} reaches beyond the directory`);
    const entry = readEntry(
      bytes,
      view,
      at,
      decodeName(bytes.subarray(at + 46, at + 46 + length), file, at),
      file,
    );
    if (names.has(entry.name)) throw refusal(file, at, `zip: the entry ${quote(entry.name)} appears twice`);
    names.add(entry.name);
    entries.push(entry);
    at = next;
  }
  if (at !== end) throw refusal(file, at, `zip: expected ${count} entries, found ${end - at} bytes more`);
  checkOverlap(entries, start, file);
  return entries;
}

/** The record that ends the archive, before a comment of up to 65535 bytes. */
function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 65_535; at--)
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  return undefined;
}

function decodeName(raw: Uint8Array, file: string, at: number): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch (cause) {
    throw refusal(file, at + 46, "zip: expected the name of an entry in UTF-8, found other bytes", { cause });
  }
  if (!isSafeName(name))
    throw refusal(
      file,
      at + 46,
      `zip: expected a relative name without "..", found ${quote(name)}, which leads out of the archive`,
    );
  return name;
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, name: string, file: string): Entry {
  const field = `entry ${quote(name)}`;
  const method = view.getUint16(at + 10, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if (view.getUint16(at + 8, true) & 1)
    throw refusal(file, at + 8, `${field}: encrypted entries are not read`);
  if (method !== 0 && method !== 8)
    throw refusal(
      file,
      at + 10,
      `${field}: expected compression 0 (stored) or 8 (deflated), found ${method}`,
    );
  if ([packed, size, header].includes(0xffffffff))
    throw refusal(file, at + 20, `${field}: entries of more than 4 GiB (zip64) are not read`);
  if (method === 0 && packed !== size)
    throw refusal(
      file,
      at + 24,
      `${field}: expected ${packed} bytes, as many as are stored, found ${size} declared`,
    );
  if (header + 30 > bytes.length || view.getUint32(header, true) !== 0x04034b50)
    throw refusal(file, at + 42, `${field}: expected its header at byte ${header}, found something else`);
  const length = view.getUint16(header + 26, true);
  const start = header + 30 + length + view.getUint16(header + 28, true);
  const same =
    length === view.getUint16(at + 28, true) &&
    bytes.subarray(header + 30, header + 30 + length).every((byte, i) => byte === bytes[at + 46 + i]);
  if (!same || view.getUint16(header + 8, true) !== method)
    throw refusal(file, header, `${field}: its header and the directory differ in name or compression`);
  return { name, method, checksum: view.getUint32(at + 16, true), packed, size, listed: at, header, start };
}

/** Checks that no two entries share bytes; archives that are made to expand without end do. */
function checkOverlap(entries: readonly Entry[], end: number, file: string): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  for (const [i, { name, start, packed, listed }] of sorted.entries()) {
    const limit = sorted[i + 1]?.header ?? end;
    if (start + packed > limit)
      throw refusal(
        file,
        listed + 20,
        `entry ${quote(name)}: expected its bytes to end by ${limit}, found ${start + packed}: it overlaps what follows`,
      );
  }
}

function checkSizes(entries: readonly Entry[], limit: number | undefined, file: string): void {
  let total = 0;
  for (const { name, packed, size, listed } of entries) {
    if (limit === undefined && size > Math.max(freeBytes, mostRatio * packed))
      throw refusal(
        file,
        listed + 24,
        `entry ${quote(name)}: expected to expand at most ${mostRatio}:1, found ${packed} bytes that expand to ${size}; give a limit if this is meant`,
      );
    total += size;
    if (total > (limit ?? defaultLimit))
      throw refusal(
        file,
        listed + 24,
        `entry ${quote(name)}: expected at most ${limit ?? defaultLimit} bytes in all, found ${total}`,
      );
  }
}
