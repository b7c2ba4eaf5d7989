/** Makes the bytes of a file into plain UTF-8: unpacks them, drops a byte-order mark, and checks that they are text. */
import { gunzip, isGzip } from "../../formats/gzip.ts";
import { isZip, startsWith } from "../../formats/signatures.ts";
import { FormatError } from "../../tensor/errors.ts";
import { refuse } from "./refuse.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** How the characters of a file are written as bytes. */
export const encodings = ["utf-8", "utf-16", "windows-1252"] as const;
export type Encoding = (typeof encodings)[number];

/** The encoding that the first bytes of a file state: UTF-16 where they are its byte-order mark. */
export function statedEncoding(bytes: Uint8Array): Encoding {
  return startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]) ? "utf-16" : "utf-8";
}

/** A decoder of an encoding; `start` is the beginning of the text, which tells the order of bytes in UTF-16. */
export function decoderOf(encoding: Encoding, start: Uint8Array): TextDecoder {
  if (encoding !== "utf-16") return new TextDecoder(encoding);
  // Without a mark, the zero byte of the first ASCII character tells the order.
  const big = startsWith(start, [0xfe, 0xff]) || (start[0] === 0 && start[1] !== 0);
  return new TextDecoder(big ? "utf-16be" : "utf-16le");
}

/** The bytes of a text in UTF-8. */
export function recoded(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === "utf-8") return bytes;
  const decoder = decoderOf(encoding, bytes);
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (let start = 0; start < bytes.length; start += chunk)
    parts.push(encoder.encode(decoder.decode(bytes.subarray(start, start + chunk), { stream: true })));
  parts.push(encoder.encode(decoder.decode()));
  return joined(parts);
}

/** The bytes of all parts in one array; those of a single part are not copied. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 1) return filled[0];
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The bytes of a file, unpacked and in UTF-8, with the encoding that they had. */
export function utf8Bytes(
  data: Uint8Array | string,
  file: string,
  asked?: Encoding,
): { bytes: Uint8Array; encoding: Encoding } {
  if (typeof data === "string") return { bytes: new TextEncoder().encode(data), encoding: "utf-8" };
  const bytes = isGzip(data) ? gunzip(data, { name: file }) : data;
  const encoding = asked ?? statedEncoding(bytes);
  refuseOtherFormats(bytes, file);
  return { bytes: recoded(bytes, encoding), encoding };
}

/**
 * Checks that bytes are UTF-8 text, and drops a byte-order mark.
 * @throws FormatError for an empty file and for bytes that are not UTF-8 text, naming the line and what to try
 */
export function textBytes(
  bytes: Uint8Array,
  file: string,
  firstLine = 1,
  encodingAdvice = 'encoding: "windows-1252"',
): Uint8Array {
  const text = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? bytes.subarray(3) : bytes;
  const nul = text.indexOf(0);
  if (nul >= 0)
    throw refuse(
      file,
      lineAt(text, nul, firstLine),
      `byte ${nul - lineStart(text, nul) + 1} is NUL: this is not text; export the table as CSV (UTF-8)`,
    );
  refuseInvalid(text, file, firstLine, encodingAdvice);
  if (text.every((byte) => byte <= 0x20))
    throw new FormatError(`${file}: the file is empty; expected a line of names and rows below it`);
  return text;
}

function refuseOtherFormats(bytes: Uint8Array, file: string): void {
  const hint = "export the table as CSV (UTF-8)";
  if (isZip(bytes))
    throw new FormatError(
      `${file}: this is a zip archive (as .xlsx and .ods files are), expected CSV; ${hint}`,
    );
}

const chunk = 1 << 20;

/** Decodes piece by piece, since the text itself is not kept. */
function refuseInvalid(bytes: Uint8Array, file: string, firstLine: number, advice: string): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  try {
    for (; start < bytes.length; start += chunk)
      decoder.decode(bytes.subarray(start, start + chunk), { stream: true });
    decoder.decode();
  } catch {
    const bad = firstInvalid(bytes, Math.max(0, Math.min(start, bytes.length) - chunk));
    const [line, column] = [lineAt(bytes, bad, firstLine), bad - lineStart(bytes, bad) + 1];
    const problem =
      bad < bytes.length
        ? `byte ${column} (0x${bytes[bad].toString(16)}) is not UTF-8; save the file as CSV UTF-8, or name its encoding (${advice})`
        : "the file ends inside a character; is it whole?";
    throw refuse(file, line, problem);
  }
}

/** The first byte at or after `from` that is not valid UTF-8. */
function firstInvalid(bytes: Uint8Array, from: number): number {
  // A character begins after every ASCII byte, so the search begins there.
  while (from > 0 && bytes[from - 1] >= 0x80) from--;
  let [valid, end] = [from, Math.min(from + 2 * chunk + 4, bytes.length)];
  while (valid < end) {
    const middle = (valid + end + 1) >> 1;
    if (isValidStart(bytes.subarray(from, middle))) valid = middle;
    else end = middle - 1;
  }
  // If the text ends in the middle of a character, the error is where that character began.
  let start = valid;
  while (start > from && (bytes[start - 1] & 0xc0) === 0x80) start--;
  if (start > from && bytes[start - 1] >= 0xc0) start--;
  return valid < bytes.length && !isValidStart(bytes.subarray(start, valid), false) ? start : valid;
}

/** Whether the bytes are valid UTF-8; with `open`, they may end in the middle of a character. */
function isValidStart(bytes: Uint8Array, open = true): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: open });
    return true;
  } catch {
    return false;
  }
}

/** The line of a byte. */
function lineAt(bytes: Uint8Array, at: number, firstLine: number): number {
  return firstLine + countLineBreaks(bytes, 0, at);
}

function lineStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && !isLineBreak(bytes[start - 1])) start--;
  return start;
}

export function isLineBreak(byte: number): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

/** The number of lines that end between two positions. CR LF is one end, counted at the CR. */
export function countLineBreaks(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte === carriageReturn || (byte === lineFeed && bytes[i - 1] !== carriageReturn)) count++;
  }
  return count;
}
