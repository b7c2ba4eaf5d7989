/** A run folder that the user names, read back. Every refusal names the file and the field. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { runFolder } from "chainrule/node";
import { parseSplit, readRun as readRunOf, textFile } from "chainrule/runs";
import type { SavedRun as LibraryRun, Split } from "chainrule/runs";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import { version } from "../version.ts";

/** A saved run, and which rows of its data were in which part; its name is the folder as the user wrote it. */
export interface SavedRun extends LibraryRun {
  readonly split: Split;
}

/**
 * Reads the run in a folder.
 * @throws UsageError when there is no such folder, or no run in it; FileError for a file that is missing, FormatError for
 * one that is not what it should be, or a run that has no model to use
 */
export function readRun(path: string): SavedRun {
  requireRunFolder(path);
  const files = runFolder(path, `chainrule ${version}`);
  return { ...readRunOf(files), split: parseSplit(textFile(files, "split.json")) };
}

function requireRunFolder(path: string): void {
  if (!isFolder(path)) {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined)
      throw new UsageError(`${path} is a file, and the folder of a run is wanted here`);
    const above = dirname(path);
    const near = isFolder(above) ? readdirSync(above).map((name) => join(above, name)) : [];
    const runs = near.filter(isRun);
    throw new UsageError(`there is no folder ${path}${suggestion(path, runs)}`);
  }
  if (isRun(path)) return;
  const inside = readdirSync(path).find((name) => isRun(join(path, name)));
  const hint = inside === undefined ? "" : `; try ${join(path, inside)}`;
  throw new UsageError(`${path} is not a run folder: it has no run.json${hint}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isRun(path: string): boolean {
  return isFolder(path) && statSync(join(path, "run.json"), { throwIfNoEntry: false }) !== undefined;
}
