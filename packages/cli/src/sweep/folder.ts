/** The folder of a sweep: the run store that it goes on from, and what it comes to. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { experimentFigures, runTable, toCsv, toJson } from "chainrule/experiments";
import type { Plan, Results, Settings, Summary } from "chainrule/experiments";
import {
  createFolder,
  createNumberedFolder,
  FileError,
  RunStore,
  StoreError,
  writeFileAtomic,
} from "chainrule/node";
import { UsageError, inTheWay } from "../failure.ts";
import { sweepPage } from "./page.ts";
import type { PageText } from "./page.ts";

export const storeName = "runs.sqlite";

/** Whether a folder holds a sweep. */
export function isSweep(path: string): boolean {
  return existsSync(join(path, storeName));
}

export interface SweepFolder {
  /** As a user would write it. */
  readonly path: string;
  readonly store: string;
}

/**
 * The folder to work in: a new one, or that of the same sweep, which goes on.
 * @throws UsageError when something else is there, or a sweep with another plan, unless with `--force`
 */
export function sweepFolder(out: string | undefined, force: boolean, plan: Plan, data: string): SweepFolder {
  try {
    if (out === undefined) {
      const folder = createNumberedFolder("runs", `${data}-sweep`);
      folder.keep();
      return made(relative(process.cwd(), folder.path), plan, () => folder.discard());
    }
    const found = statSync(out, { throwIfNoEntry: false });
    const empty = found === undefined || (found.isDirectory() && readdirSync(out).length === 0);
    if (!empty && !force && isSweep(out)) return made(out, plan, () => {});
    const folder = createFolder(out, force ? { replaceHolding: [storeName] } : {});
    const ready = made(out, plan, () => folder.discard());
    folder.keep();
    return ready;
  } catch (error) {
    if (error instanceof FileError)
      throw new UsageError(`--out: ${inTheWay(error, "begin anew with --force")}`);
    throw error;
  }
}

/** Opens the store once, so that another plan is refused before any process is started. */
function made(path: string, plan: Plan, undo: () => void): SweepFolder {
  const store = join(path, storeName);
  try {
    RunStore.open(store, plan).close();
    return { path, store };
  } catch (error) {
    undo();
    if (error instanceof StoreError && error.fault === "other-plan")
      throw new UsageError(
        `--out: ${path} holds a sweep with other settings, seeds or rows, from other initial weights, or of another version; choose another folder, or begin anew with --force`,
      );
    throw error;
  }
}

/** Writes what there is: ranking and runs as JSON, runs as CSV, and a page with the figures, and with the test if there was one. */
export function publish<S extends Settings>(
  path: string,
  results: Results<S>,
  summary: Summary<S>,
  text: PageText,
): void {
  writeFileAtomic(join(path, "results.json"), toJson(results, summary));
  writeFileAtomic(join(path, "results.csv"), toCsv(runTable(results)));
  const figures = experimentFigures(results, summary);
  writeFileAtomic(join(path, "report.html"), sweepPage(text, results, summary, figures));
}
