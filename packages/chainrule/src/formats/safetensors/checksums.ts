/**
 * The format has no checksum, so a flipped bit in a weight goes unseen. As an option, the metadata carries one line of
 * CRC-32 sums: of the other metadata, then of each tensor in the order of the data. Other readers show the line and
 * ignore it.
 */
import { formatShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import { crc32, hex32 } from "../crc32.ts";
import { quote, refusal } from "../refusal.ts";
import { inDataOrder, metadataName } from "./header.ts";
import type { Header } from "./header.ts";

export const checksumName = "chainrule.crc32";

/** Compares by code points, the order of UTF-8; `<` would put U+10000 and above before U+E000. */
export function compareText(a: string, b: string): number {
  const lift = (unit: number): number =>
    unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = lift(a.charCodeAt(i)) - lift(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A tensor's checksum covers its entry in the header, too. */
export function tensorChecksum(name: string, dtype: string, shape: Shape, data: Uint8Array): string {
  const head = new TextEncoder().encode(`${JSON.stringify(name)} ${dtype} ${formatShape(shape)} `);
  return hex32(crc32(data, crc32(head)));
}

export function textChecksum(metadata: Iterable<readonly [string, string]>): string {
  return hex32(crc32(new TextEncoder().encode(JSON.stringify([...metadata]))));
}

/**
 * Removes the checksums from the metadata and compares them with the bytes. Returns whether there were any.
 * @throws FormatError naming the tensor that differs
 */
export function verifyChecksums(
  { dataStart, entries, metadata }: Header,
  bytes: Uint8Array,
  file: string,
): boolean {
  const line = metadata.get(checksumName);
  if (line === undefined) return false;
  metadata.delete(checksumName);
  const [texts, ...sums] = line.split(" ");
  if (sums.length !== entries.length)
    throw refusal(
      file,
      8,
      `${metadataName}: expected ${entries.length} checksums of tensors, found ${sums.length}`,
    );
  const compare = (at: number, what: string, expected: string, found: string): void => {
    if (expected !== found)
      throw refusal(
        file,
        at,
        `${what}: expected the checksum ${quote(expected)}, found "${found}"; the file was damaged or changed after it was written`,
      );
  };
  compare(8, metadataName, texts, textChecksum([...metadata].sort(([a], [b]) => compareText(a, b))));
  for (const [i, { name, dtype, shape, begin, end }] of inDataOrder(entries).entries()) {
    const data = bytes.subarray(dataStart + begin, dataStart + end);
    compare(dataStart + begin, `tensor ${quote(name)}`, sums[i], tensorChecksum(name, dtype, shape, data));
  }
  return true;
}
