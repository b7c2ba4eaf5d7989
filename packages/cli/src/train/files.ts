/** The files that rows come from: a user's own, and those of named data sets on this machine. */
import { readTable } from "chainrule/data/table";
import type { ReadTableOptions, Table } from "chainrule/data/table";
import { datasetPlaces, findDataset, findTable, readBytes, tablePlaces } from "chainrule/node";
import type { DatasetName, FindOptions, RootOptions, TableName } from "chainrule/node";
import { imageRows, numberRows, ownTable, sourceOf, tableRows } from "chainrule/runs";
import type { DataName, DrawSettings, NumberRows, Source, SourceRows, Tables } from "chainrule/runs";

/** Where files are; no setting of a run holds it. */
export interface Places extends FindOptions {
  /** The file of a user's own data, and that of their test set. */
  readonly file?: string;
  readonly testFile?: string;
}

/** A folder or file, and who names the folder that it is in. */
export interface FoundAt {
  readonly path: string;
  readonly named: string;
}

/** Where the files of a named data set are; undefined where it has none, null where they were not found. */
export function findData(name: DataName, options: RootOptions): FoundAt | null | undefined {
  const { kind } = sourceOf(name);
  if (kind === "images") {
    const place = datasetPlaces(name as DatasetName, options).find(({ missing }) => missing.length === 0);
    return place ? { path: place.folder, named: place.named } : null;
  }
  if (kind !== "table") return undefined;
  const place = tablePlaces(name as TableName, options).find(({ file }) => file !== undefined);
  return place ? { path: place.file!, named: place.named } : null;
}

/** The rows of a source; for tables also the tables, for others the numbers. */
export interface LoadedSource {
  readonly rows: SourceRows;
  readonly tables: Tables | null;
  readonly numbers: NumberRows | null;
}

/** The source that a run reads: that of the name, or the user's own file. */
export function sourceAt(data: string, { file }: Pick<Places, "file">): Source {
  return file === undefined ? sourceOf(data) : ownTable;
}

/** Reads, finds or draws the rows of a name or of a file. */
export async function loadSource(
  data: string,
  settings: DrawSettings,
  places: Places,
  options?: ReadTableOptions,
): Promise<LoadedSource> {
  const source = sourceAt(data, places);
  if (source.kind === "table") {
    const tables = readFiles(
      { ...places, file: places.file ?? findTable(data as TableName, places) },
      options,
    );
    return { rows: tableRows(tables), tables, numbers: null };
  }
  const numbers = await (source.draw?.(settings) ?? imagesOf(source, data as DatasetName, places));
  return { rows: numberRows(numbers), tables: null, numbers };
}

async function imagesOf(source: Source, name: DatasetName, places: Places): Promise<NumberRows> {
  return imageRows(source, await findDataset(name, places));
}

/** Reads a table and the one of `--test FILE`, which has the types of the first. */
export function readFiles(
  { file, testFile }: { readonly file: string; readonly testFile?: string },
  options: ReadTableOptions = {},
): Tables {
  const read = (path: string, types?: ReadTableOptions["types"]): Table =>
    readTable(readBytes(path), { name: path, ...options, ...(types && { types }) });
  const table = read(file);
  return {
    table,
    test: testFile === undefined ? null : read(testFile, [...table.columns, ...(options.types ?? [])]),
  };
}
