import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FileError } from "./errors.ts";

/** The meaning of the system's error codes, and what to try. */
const reasons: Record<string, string> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  EDQUOT: "your quota of disk space is used up",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead round in a circle",
  EIO: "the disk reports an error",
};

/** The code of an error of the system; undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The error when `action` ("read", "write" …) failed on `path`. It names the path, the reason, and what to try. */
export function fileError(action: string, path: string, cause: unknown, bytes?: number): FileError {
  const code = systemCode(cause);
  const reason =
    code === undefined
      ? String(cause)
      : `${reasons[code] ?? placeReason(code, path, bytes) ?? (cause as Error).message} (${code})`;
  return new FileError(path, `cannot ${action} ${path}: ${reason}`, { cause, fault: code });
}

function placeReason(code: string, path: string, bytes: number | undefined): string | undefined {
  if (code === "ENOSPC")
    return `no space is left on the device${bytes === undefined ? "" : `, and ${bytes} bytes are needed`}; free some, or choose another folder`;
  if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EEXIST") return undefined;
  let found = resolve(path);
  while (!existsSync(found) && found !== dirname(found)) found = dirname(found);
  if (!statSync(found).isDirectory()) return `${found} is a file, not a folder`;
  const folder = dirname(resolve(path));
  return found === folder ? "there is no such file" : `the folder ${folder} does not exist`;
}
