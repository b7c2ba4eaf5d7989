/** Rows for a saved run: its own once more, or others, made into numbers as its own were. */
import { FormatError } from "chainrule";
import { DataError, FileError } from "chainrule/node";
import type { Dataset } from "chainrule/data";
import { UsageError } from "../failure.ts";
import { bytesOf, isDataName, outputsOf } from "chainrule/runs";
import type { EncodedRows } from "chainrule/runs";
import { readData, sha256 } from "./data.ts";
import { counted } from "./display.ts";
import { downloadNote } from "./download-note.ts";
import type { SavedRun } from "./saved-run.ts";

export interface RowFlags {
  /** Other data than the run's. */
  readonly data?: string;
  readonly dataDir?: string;
  readonly json?: true;
}

/** The data that the flags name, or the run's own; `own` tells whether the numbers are the run's. */
export async function readSaved(
  saved: SavedRun,
  flags: RowFlags,
): Promise<{ raw: EncodedRows; own: boolean }> {
  const { spec, preprocess, data } = saved;
  const { file, testFile } = flags.data === undefined ? data : { file: undefined, testFile: undefined };
  const given = flags.data !== undefined && !isDataName(flags.data) ? flags.data : undefined;
  const places = { dataDir: flags.dataDir, onProgress: downloadNote(flags), file: given ?? file, testFile };
  try {
    const raw = await readData({ ...spec, data: flags.data ?? spec.data }, places, preprocess);
    return { raw, own: sha256(bytesOf(raw, spec.dtype)) === data.sha256 };
  } catch (error) {
    if (error instanceof FileError && [file, testFile].includes(error.path))
      throw new FileError(error.path, `${error.message}; if the data are elsewhere, name them with --data`);
    throw error;
  }
}

export const partNames = ["test", "validation", "train"] as const;
export type PartName = (typeof partNames)[number];

/** The numbers that the rows of a part have in their file, from 0. */
export function rowNumbers({ split }: SavedRun, part: PartName): Int32Array {
  return split[part];
}

/** The rows of a part of the run, as they were read. */
export function partRows({ name: path, split }: SavedRun, raw: EncodedRows, part: PartName): Dataset {
  const own = part === "test" && split.ownTest;
  const from = own ? raw.test : raw.data;
  const numbers = own ? raw.testRows : raw.rows;
  if (split[part].length === 0)
    throw new UsageError(
      part === "test"
        ? `${path} held back no test rows, so there is nothing to repeat; others are given with --data`
        : `${path} has no ${part} rows`,
    );
  const places = numbers && new Map(Array.from(numbers, (row, place) => [row, place]));
  const at = split[part].map((row) => (places ? (places.get(row) ?? -1) : row));
  const stray = at.findIndex((place) => place < 0 || place >= (from?.length ?? 0));
  if (from === null || stray >= 0)
    throw new FormatError(
      `${path}/split.json: ${part}: row ${split[part][Math.max(0, stray)]} is not among the ${from?.length ?? 0} rows of the data`,
    );
  return from.subset(at);
}

/** All rows of other data, or of their own test set. */
export function otherRows(
  { name: path, spec, preprocess }: SavedRun,
  raw: EncodedRows,
  data: string,
): Dataset {
  const rows = raw.test ?? raw.data;
  const features = rows.inputs.shape[1];
  const classes = rows.info.classNames?.length;
  const outputs = outputsOf(spec.model);
  if (
    features !== preprocess.features ||
    (classes !== undefined) !== (spec.task === "classification") ||
    (classes ?? rows.targets.shape[1]) !== outputs
  )
    throw new UsageError(
      `--data ${data} does not fit ${path}: it has ${counted(features, "input")} and ` +
        `${classes === undefined ? counted(rows.targets.shape[1], "output") : `${classes} classes`}, ` +
        `the run ${counted(preprocess.features, "input")} and ${spec.task === "classification" ? `${outputs} classes` : counted(outputs, "output")}`,
    );
  return rows;
}

/** @throws DataError when the numbers are not the run's, with what to try then */
export function requireOwn(
  { name: path, data, spec }: SavedRun,
  raw: EncodedRows,
  advice: string,
  name: string = data.name,
): void {
  const found = sha256(bytesOf(raw, spec.dtype));
  if (found !== data.sha256)
    throw new DataError(
      `${path}: the numbers of ${name} are not those of the run: their sha256 is ${found.slice(0, 12)}… and was ` +
        `${data.sha256.slice(0, 12)}…; ${advice}`,
    );
}
