/** Reads a run folder back. Everything in it is checked before it is used; every refusal names the file and the field. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { FormatError } from "chainrule";
import type { Sequential } from "chainrule/nn";
import { loadSafetensors, readBytes } from "chainrule/node";
import {
  isDataName,
  dataNames,
  parsePreprocess,
  parseRun,
  parseSplit,
  refused,
  restoreModel,
  specOf,
} from "chainrule/runs";
import type { JsonFile, Preprocess, RunRecord, RunSpec, Split } from "chainrule/runs";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import { version } from "../version.ts";

/** A run that has ended, with its network as it was saved. */
export interface SavedRun extends Pick<RunRecord, "device" | "build" | "data" | "files"> {
  /** As the user wrote it. */
  readonly path: string;
  /** A stopped run ended early by Ctrl-C. */
  readonly status: "done" | "stopped";
  readonly spec: RunSpec;
  /** The metrics that the run ended with, under the names of the done event. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly preprocess: Preprocess;
  readonly split: Split;
  readonly model: Sequential;
}

/**
 * Reads the run in a folder.
 * @throws UsageError when there is no such folder, or no run in it; FileError for a file that is missing, FormatError for
 * one that is not what it should be, or a run that has no model to use
 */
export function readRun(path: string): SavedRun {
  requireRunFolder(path);
  const run = fileOf(path, "run.json");
  const { status, reason, settings, device, build, data, files, results } = parseRun(run);
  if (status === "running")
    throw new FormatError(
      `${path} holds no model yet: the run goes on, or was killed before its end ("status": "running" in run.json)`,
    );
  if (status === "diverged")
    throw new FormatError(
      `${path} diverged, and its model is of no use: ${reason ?? "run.json gives no reason"}`,
    );
  if (results === undefined) throw refused(run.name, "results", "it is missing");
  if (data.file === undefined && !isDataName(settings.data))
    throw refused(
      run.name,
      "settings.data",
      `${JSON.stringify(settings.data)} is none of ${dataNames.join(", ")}, and data.file names no file`,
    );
  const spec = specOf(settings);
  const preprocess = parsePreprocess(fileOf(path, "preprocess.json"), spec);
  const split = parseSplit(fileOf(path, "split.json"));
  const tensors = join(path, "model.safetensors");
  const model = restoreModel(spec, loadSafetensors(tensors).tensors, tensors);
  return { path, status, spec, device, build, data, files, results, preprocess, split, model };
}

function fileOf(path: string, file: string): JsonFile {
  const name = join(path, file);
  return { name, text: new TextDecoder().decode(readBytes(name)), reader: `chainrule ${version}` };
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
  throw new UsageError(`${path} is no run folder: it has no run.json${hint}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isRun(path: string): boolean {
  return isFolder(path) && statSync(join(path, "run.json"), { throwIfNoEntry: false }) !== undefined;
}
