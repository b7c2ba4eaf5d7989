/** Writes files whole or not at all. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileError, systemCode } from "./file-error.ts";

/**
 * The bytes of a file.
 * @throws FileError naming the path and the reason
 */
export function readBytes(path: string): Uint8Array {
  try {
    const buffer = readFileSync(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}

/**
 * Writes a file so that a reader finds the old content or the new and never a part, even after a power cut. The bytes
 * go into a temporary file of the same folder, are forced to the disk, and the file is renamed. After a failure no
 * temporary file is left. The function is synchronous, so that it can be the last call of a process.
 *
 * @throws FileError naming the path and the reason, such as a full or read-only disk
 * @example
 * const path = `${process.env.TMPDIR ?? "/tmp"}/chainrule-example.txt`;
 * writeFileAtomic(path, "whole or not at all");
 * new TextDecoder().decode(readBytes(path)); // whole or not at all
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  let temporary: string | undefined;
  try {
    const target = linkTarget(path);
    // Renaming would replace even a read-only file.
    const old = statSync(target, { throwIfNoEntry: false });
    if (old !== undefined) accessSync(target, constants.W_OK);
    temporary = join(dirname(target), `.chainrule-${randomBytes(6).toString("hex")}.tmp`);
    const file = openSync(temporary, "wx");
    try {
      if (old?.isFile()) fchmodSync(file, old.mode & 0o777);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
    temporary = undefined;
    syncFolder(dirname(target));
  } catch (cause) {
    if (temporary !== undefined) removeQuietly(temporary);
    throw fileError("write", path, cause, Buffer.byteLength(content));
  }
}

/** Whether this is a name of a temporary file of `writeFileAtomic`; a killed process leaves such a file behind. */
export function isTemporary(name: string): boolean {
  return /^\.chainrule-[0-9a-f]{12}\.tmp$/.test(name);
}

/** The target of a symbolic link, so that the link itself is not replaced. */
function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return resolve(path);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The caller reports why writing failed; a failure of this clean-up adds nothing.
  }
}

/** Forces a folder's list of names to the disk; only then does a rename survive a power cut. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders, and orders renames itself.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some network file systems do not support this.
    if (!["EINVAL", "ENOTSUP", "EBADF", "EPERM"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    closeSync(handle);
  }
}
