/** The rows of a run, from where they are to its parts; and those of a saved run, as its own were read. */
import { createHash } from "node:crypto";
import { partsOf, readByPlan, readBySettings, resolveData } from "chainrule/runs";
import type {
  DrawSettings,
  EncodedRows,
  FileSettings,
  Parts,
  Preprocess,
  RunRequest,
  Sha256,
} from "chainrule/runs";
import { loadSource, sourceAt } from "./files.ts";
import type { Places } from "./files.ts";
import { checkNames, refusedAsUsage, tableNotes } from "./table-words.ts";

/** The parts of a run, and what was understood of a table, in sentences. */
export interface LoadedParts extends Parts {
  readonly notes: readonly string[];
}

/** Reads, splits and scales the data of a run. */
export async function loadParts({ settings: asked }: RunRequest, places: Places): Promise<LoadedParts> {
  const settings = resolveData(asked, sourceAt(asked.data, places));
  const { rows, tables } = await loadSource(settings.data, settings, places, readBySettings(settings));
  if (tables) checkNames(tables.table, settings);
  const parts = refusedAsUsage(() => partsOf(rows, settings, sha256));
  return { ...parts, notes: tables ? tableNotes(tables, parts, settings) : [] };
}

/** Reads the data of a saved run, or others as its own were read. */
export async function readData(
  settings: DrawSettings & FileSettings & { readonly data: string },
  places: Places,
  preprocess: Pick<Preprocess, "plan" | "ofTable">,
): Promise<EncodedRows> {
  const { rows } = await loadSource(settings.data, settings, places, readByPlan(preprocess, settings));
  return rows.encode(preprocess.plan, settings.dtype);
}

export const sha256: Sha256 = (chunks) => {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
};
