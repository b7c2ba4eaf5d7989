import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileError, systemCode } from "./file-error.ts";
import { syncFolder } from "./files.ts";

/**
 * The part file of a download, `.<name>.<process>-<random>.part`. Each download has its own, so that two at a time do
 * not mix.
 */
export class Part {
  readonly path: string;
  #taken = false;

  constructor(path: string) {
    this.path = path;
  }

  length(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0;
  }

  append(chunk: Uint8Array): void {
    this.#write(chunk.length, () => {
      // Opens the file only when there are bytes to write.
      mkdirSync(dirname(this.path), { recursive: true });
      const file = openSync(this.path, "a");
      try {
        for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
      } finally {
        closeSync(file);
      }
    });
  }

  truncate(length: number): void {
    if (this.length() !== length) this.#write(0, () => truncateSync(this.path, length));
  }

  moveTo(target: string): void {
    this.#write(0, () => {
      const file = openSync(this.path, "r+");
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(this.path, target);
      syncFolder(dirname(target));
    });
    this.#taken = true;
  }

  /** Releases the part file for a later download; an empty one is removed. */
  release(): void {
    if (this.#taken || !existsSync(this.path)) return;
    if (this.length() === 0) rmSync(this.path, { force: true });
    else renameSync(this.path, this.path.replace(/\.[^.]*\.part$/, ".part"));
  }

  #write(bytes: number, write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw fileError("write", this.path, cause, bytes);
    }
  }
}

/** Takes over the longest part file of an ended process by renaming it; only one process can succeed in that. */
export function claimPart(target: string): Part {
  const folder = dirname(target);
  const stem = `.${basename(target)}`;
  const part = new Part(join(folder, `${stem}.${process.pid}-${randomBytes(4).toString("hex")}.part`));
  try {
    const left = (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => name.startsWith(`${stem}.`) && name.endsWith(".part"))
      .filter((name) => !isRunning(/\.(\d+)-[0-9a-f]+\.part$/.exec(name)?.[1]))
      .map((name) => join(folder, name));
    const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    left.sort((a, b) => size(b) - size(a));
    for (const [i, path] of left.entries()) {
      if (i === 0) renameIfThere(path, part.path);
      else rmSync(path, { force: true });
    }
  } catch (cause) {
    throw fileError("write", target, cause);
  }
  return part;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/** Whether a process of this id runs. A released part file has no id. */
function isRunning(pid: string | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}
