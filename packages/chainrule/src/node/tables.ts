/** Finds the tables of courses. They are read from a folder and not downloaded. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "./errors.ts";
import { dataRoots, requireDataDir } from "./roots.ts";
import type { DataRoot, RootOptions } from "./roots.ts";

export type TableName = "wine" | "breast-cancer" | "photoz";

const files: Readonly<Record<TableName, string>> = {
  wine: "wine_data.csv",
  "breast-cancer": "breast_cancer.csv",
  photoz: "photoz.csv",
};

/** The folders where a table may be, in order, each with its file, gzipped or not, if it exists. */
export function tablePlaces(
  name: TableName,
  options: RootOptions = {},
): (DataRoot & { readonly file: string | undefined })[] {
  return dataRoots(options).map(({ named, folder: root }) => {
    const folder = join(root, "tabular");
    const file = [files[name], `${files[name]}.gz`].map((one) => join(folder, one)).find(existsSync);
    return { named, folder, file };
  });
}

/**
 * The path of a table: in `dataDir`, the folder in `CHAINRULE_DATA`, or the cache, each with a folder `tabular`.
 * @throws DataError when the table is nowhere, listing the folders
 */
export function findTable(name: TableName, options: RootOptions = {}): string {
  requireDataDir(options);
  const places = tablePlaces(name, options);
  const found = places.find(({ file }) => file !== undefined)?.file;
  if (found !== undefined) return found;
  const looked = places.map(
    ({ folder, named }) =>
      `  ${folder} (${named}): ${existsSync(folder) ? `no ${files[name]}` : "no such folder"}`,
  );
  throw new DataError(
    `${name} is not on this machine. Looked in\n${looked.join("\n")}\n` +
      `Put ${files[name]} or ${files[name]}.gz into one of these folders, or name the folder above it with dataDir (--data-dir) or CHAINRULE_DATA.`,
  );
}
