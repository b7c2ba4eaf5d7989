/** Reads files and standard input piece by piece, for data that are too large for memory. */
import { createReadStream } from "node:fs";
import { Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { isGzip } from "../formats/gzip.ts";
import { FormatError } from "../tensor/errors.ts";
import { fileError, systemCode } from "./file-error.ts";

const pieceBytes = 1 << 16;

/**
 * The bytes of a file, or of standard input for `-`, unpacked if they are gzipped. Every piece but the last has at
 * least 64 KiB.
 * @throws FileError naming the path and the reason; FormatError for gzip data that are damaged or cut off
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, void> {
  const source = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 4 * pieceBytes });
  const name = path === "-" ? "standard input" : path;
  try {
    const pieces = gathered(source);
    const { value: first } = await pieces.next();
    if (first === undefined) return;
    if (!isGzip(first)) {
      yield first;
      yield* pieces;
    } else yield* gathered(unpacked(first, pieces));
  } catch (cause) {
    const code = systemCode(cause);
    if (code?.startsWith("Z_"))
      throw new FormatError(
        `${name}: gzip: ${(cause as Error).message}; the file is damaged or cut short: copy or download it again`,
        {
          cause,
        },
      );
    throw code === undefined ? cause : fileError("read", name, cause);
  } finally {
    source.destroy();
  }
}

function unpacked(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const packed = async function* () {
    yield first;
    yield* rest;
  };
  // An error reaches the reader of the last stream.
  return pipeline(Readable.from(packed()), createGunzip({ chunkSize: 4 * pieceBytes }), () => {});
}

/** Joins small pieces. */
async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < pieceBytes) continue;
    yield waiting.length === 1 ? chunk : Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}
