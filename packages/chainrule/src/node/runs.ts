/** Saved runs in their folders. */
import { join } from "node:path";
import { loadFrom } from "../runs/load.ts";
import type { LoadedRun, LoadRunOptions } from "../runs/load.ts";
import type { RunSource } from "../runs/saved.ts";
import { readBytes } from "./files.ts";

/** The files of a run folder; `reader` is what messages say reads them. */
export function runFolder(folder: string, reader?: string): RunSource {
  const nameOf = (file: string): string => join(folder, file);
  return {
    name: folder,
    ...(reader !== undefined && { reader }),
    nameOf,
    read: (file) => readBytes(nameOf(file)),
  };
}

/**
 * Loads the run that `chainrule train` saved in a folder.
 *
 * @throws FileError for a file that cannot be read, FormatError for one that is not what it should be, naming file and field,
 * and for a run without a model to use
 * @example
 * loadRun("no-such-folder"); // throws FileError
 */
export function loadRun(folder: string, options: LoadRunOptions = {}): LoadedRun {
  return loadFrom(runFolder(folder), options);
}
