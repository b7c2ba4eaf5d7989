/** Makes folders that can be removed again, so that a command that fails before its work began leaves none behind. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FileError } from "./errors.ts";
import { fileError, systemCode } from "./file-error.ts";
import { isTemporary } from "./files.ts";

/** A new folder that is either kept or removed later. */
export interface NewFolder {
  readonly path: string;
  /** Keeps the folder and removes the folder that it replaced. */
  keep(): void;
  /**
   * Removes the folder with everything in it and the parent folders made for it, and restores the folder that it
   * replaced.
   */
  discard(): void;
}

export interface FolderOptions {
  /**
   * Replaces an existing folder if it holds a file of one of these names. So a user who forces a new run over an old
   * one cannot lose another folder by a typing error.
   */
  readonly replaceHolding?: readonly string[];
}

/**
 * Makes a folder and its parent folders. An existing empty folder is used.
 *
 * @throws FileError when the folder exists, is not empty and may not be replaced, or when it cannot be made
 */
export function createFolder(path: string, options: FolderOptions = {}): NewFolder {
  const full = resolve(path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory())
    throw new FileError(path, `cannot make the folder ${path}: there is a file of that name`, {
      fault: "EEXIST",
    });
  try {
    const aside = found === undefined ? undefined : setAside(path, full, options.replaceHolding ?? []);
    return newFolder(full, makeFolders(full), aside);
  } catch (cause) {
    throw cause instanceof FileError ? cause : fileError("make the folder", path, cause);
  }
}

/**
 * Makes the folder `<parent>/<stem>-<n>`, where n is one above the highest existing number. Several processes may do
 * this at once.
 */
export function createNumberedFolder(parent: string, stem: string): NewFolder {
  const above = resolve(parent);
  try {
    const first = makeFolders(above);
    const taken = readdirSync(above)
      .filter((name) => name.startsWith(`${stem}-`) && /^[0-9]{1,9}$/.test(name.slice(stem.length + 1)))
      .map((name) => Number(name.slice(stem.length + 1)));
    for (let n = Math.max(0, ...taken) + 1; ; n++) {
      const full = join(above, `${stem}-${n}`);
      try {
        mkdirSync(full);
        return newFolder(full, first ?? full, undefined);
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
    }
  } catch (cause) {
    throw fileError("make a folder in", parent, cause);
  }
}

/** Makes a folder and its parents; returns the outermost folder that was missing. */
function makeFolders(full: string): string | undefined {
  const missing: string[] = [];
  for (let at = full; !existsSync(at); at = dirname(at)) missing.unshift(at);
  // Makes them one by one: with `recursive`, Node reports a read-only disk as a missing folder.
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process was faster.
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
  return missing[0];
}

/** Renames a folder that is in the way; undefined if it is empty and can be used. */
function setAside(path: string, full: string, holding: readonly string[]): string | undefined {
  const all = readdirSync(full);
  const names = all.filter((name) => !isTemporary(name));
  if (names.length === 0) {
    for (const name of all) rmSync(join(full, name));
    return undefined;
  }
  if (holding.length === 0)
    throw new FileError(path, `the folder ${path} is there and not empty`, {
      advice: "choose another one, or have it replaced",
      fault: "not-empty",
    });
  if (!holding.some((name) => names.includes(name)))
    throw new FileError(
      path,
      `the folder ${path} is not replaced: it holds no ${holding.join(" and no ")}, so it is something else`,
      { advice: "choose another one", fault: "something-else" },
    );
  const aside = `${full}.replaced-${randomBytes(4).toString("hex")}`;
  renameSync(full, aside);
  return aside;
}

/** `first` is the outermost folder that was made, undefined if none was. */
function newFolder(full: string, first: string | undefined, aside: string | undefined): NewFolder {
  return {
    path: full,
    keep() {
      if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
    },
    discard() {
      if (first === undefined) {
        for (const name of readdirSync(full)) rmSync(join(full, name), { recursive: true, force: true });
        return;
      }
      rmSync(full, { recursive: true, force: true });
      if (aside !== undefined) renameSync(aside, full);
      else removeEmpty(dirname(full), first);
    },
  };
}

/** Removes the folders from `folder` up to `first`, as long as they are empty. */
function removeEmpty(folder: string, first: string): void {
  for (let at = folder; at.length >= first.length; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return;
    }
  }
}
