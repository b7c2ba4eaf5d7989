/** Reads and writes JSON lines: files that grow by whole lines, such as metrics.jsonl. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { FormatError } from "../tensor/errors.ts";
import { fileError } from "./file-error.ts";
import { readBytes } from "./files.ts";

const lineFeed = 0x0a;

/**
 * Appends values to a file of JSON lines. Every line is handed to the system whole before `write` returns, so it
 * survives the end of the process; after `sync` it survives a power cut, too. Opening cuts off a line that a crash
 * tore.
 *
 * @throws FileError naming the path and the reason; a line that did not fit on the disk is taken back
 * @example
 * const path = `${process.env.TMPDIR ?? "/tmp"}/chainrule-example.jsonl`;
 * const writer = new LineWriter(path, { fresh: true });
 * writer.write({ event: "epoch", epoch: 1 });
 * writer.close();
 * readLines(path); // [ { event: 'epoch', epoch: 1 } ]
 */
export class LineWriter {
  readonly path: string;
  #file: number | undefined;
  #length: number;

  /** `fresh` begins with an empty file; otherwise existing lines stay. */
  constructor(path: string, options: { readonly fresh?: boolean } = {}) {
    this.path = path;
    try {
      this.#file = openSync(path, options.fresh || !existsSync(path) ? "w" : "r+");
      this.#length = endOfLastLine(this.#file);
      ftruncateSync(this.#file, this.#length);
    } catch (cause) {
      if (this.#file !== undefined) closeSync(this.#file);
      throw fileError("write", path, cause);
    }
  }

  /** Appends one value as a line. */
  write(value: unknown): void {
    const file = this.#open();
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    try {
      for (let done = 0; done < line.length;)
        done += writeSync(file, line, done, line.length - done, this.#length + done);
      this.#length += line.length;
    } catch (cause) {
      try {
        ftruncateSync(file, this.#length);
      } catch {
        // The next opening cuts the torn line off.
      }
      throw fileError("write", this.path, cause, line.length);
    }
  }

  /** Forces what was written to the disk. */
  sync(): void {
    try {
      fsyncSync(this.#open());
    } catch (cause) {
      throw fileError("write", this.path, cause);
    }
  }

  /** Forces what was written to the disk and closes the file; a second time does nothing. */
  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    try {
      this.sync();
    } finally {
      this.#file = undefined;
      closeSync(file);
    }
  }

  #open(): number {
    if (this.#file === undefined) throw fileError("write", this.path, "it is closed");
    return this.#file;
  }
}

/** The position after the last line feed; bytes after it are a torn line. */
function endOfLastLine(file: number): number {
  const block = Buffer.alloc(64 * 1024);
  for (let end = fstatSync(file).size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const count = readSync(file, block, 0, end - start, start);
    const found = block.subarray(0, count).lastIndexOf(lineFeed);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}

/**
 * The values of a file of JSON lines; a last line without its end is left out, as a crash may have torn it.
 * @throws FileError when it cannot be read, FormatError naming a line that is not JSON
 */
export function readLines(path: string): unknown[] {
  const lines = new TextDecoder().decode(readBytes(path)).split("\n");
  return lines.slice(0, -1).map((line, i) => {
    try {
      return JSON.parse(line) as unknown;
    } catch (cause) {
      throw new FormatError(
        `${path}: line ${i + 1}: expected JSON, found ${JSON.stringify(line.slice(0, 40))}`,
        {
          cause,
        },
      );
    }
  });
}
