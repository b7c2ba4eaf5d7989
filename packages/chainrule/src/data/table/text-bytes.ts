/** Makes the bytes of a file into plain UTF-8: unpacks them, drops a byte-order mark, and checks that they are text. */
import { gunzip, isGzip } from "../../formats/gzip.ts";
import { FormatError } from "../../tensor/errors.ts";
import { refuse } from "./refuse.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** @throws FormatError for an empty file and for bytes that are not UTF-8 text, naming the line and what to try */
export function textBytes(data: Uint8Array | string, file: string, firstLine = 1): Uint8Array {
  const packed = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const bytes = isGzip(packed) ? gunzip(packed, { name: file }) : packed;
  refuseOtherFormats(bytes, file);
  const text = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? bytes.subarray(3) : bytes;
  const nul = text.indexOf(0);
  if (nul >= 0)
    throw refuse(
      file,
      lineAt(text, nul, firstLine),
      `byte ${nul - lineStart(text, nul) + 1} is NUL: this is not text; export the table as CSV (UTF-8)`,
    );
  refuseInvalid(text, file, firstLine);
  if (text.every((byte) => byte <= 0x20))
    throw new FormatError(`${file}: the file is empty; expected a line of names and rows below it`);
  return text;
}

function refuseOtherFormats(bytes: Uint8Array, file: string): void {
  const hint = "export the table as CSV (UTF-8)";
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]))
    throw new FormatError(`${file}: the text is UTF-16, expected UTF-8; ${hint}`);
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]))
    throw new FormatError(
      `${file}: this is a zip archive (as .xlsx and .ods files are), expected CSV; ${hint}`,
    );
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

const chunk = 1 << 20;

/** Decodes piece by piece, since the text itself is not kept. */
function refuseInvalid(bytes: Uint8Array, file: string, firstLine: number): void {
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
        ? `byte ${column} (0x${bytes[bad].toString(16)}) is not UTF-8; save the file as CSV UTF-8`
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
