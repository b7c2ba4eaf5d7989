import { existsSync, statSync } from "node:fs";
import { DataError } from "./errors.ts";
import { cacheFolder } from "./cache.ts";
import type { Environment } from "./cache.ts";

/** A folder where data may be, and the source of its name: `dataDir (--data-dir)`, `CHAINRULE_DATA` or `cache`. */
export interface DataRoot {
  readonly folder: string;
  readonly named: string;
}

export interface RootOptions {
  /** The folder to look in first; it must exist. */
  readonly dataDir?: string;
  /** The environment for `CHAINRULE_DATA` and the cache. Default `process.env`. */
  readonly environment?: Environment;
}

/** The folders that are searched for data sets, in this order. */
export function dataRoots({ dataDir, environment = process.env }: RootOptions): DataRoot[] {
  const roots: [named: string, folder: string | undefined][] = [
    ["dataDir (--data-dir)", dataDir],
    ["CHAINRULE_DATA", environment.CHAINRULE_DATA || undefined],
    ["cache", cacheFolder(environment)],
  ];
  return roots.flatMap(([named, folder]) => (folder === undefined ? [] : [{ named, folder }]));
}

/**
 * Checks the folder of data sets that a caller chose.
 * @throws DataError for a `dataDir` that is not a folder
 */
export function requireDataDir({ dataDir }: RootOptions): void {
  if (dataDir !== undefined && !statSync(dataDir, { throwIfNoEntry: false })?.isDirectory())
    throw new DataError(
      `the data folder ${dataDir} ${existsSync(dataDir) ? "is not a folder" : "does not exist"}`,
    );
}
