/** Reads a run folder back. Everything in it is checked before it is used; every refusal names the file and the field. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { FormatError } from "chainrule";
import type { Sequential } from "chainrule/nn";
import { loadSafetensors } from "chainrule/node";
import * as v from "valibot";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import type { FilesRead } from "./identity.ts";
import { network } from "./network.ts";
import { readPreprocess } from "./preprocess.ts";
import type { Preprocess } from "./preprocess.ts";
import { readJson, refused } from "./run-json.ts";
import { settingsSchema } from "./settings-schema.ts";
import { dataNames, isDataName } from "./sources.ts";
import type { TrainSettings } from "./settings.ts";

/** A run that has ended, with its network as it was saved. */
export interface SavedRun {
  /** As the user wrote it. */
  readonly path: string;
  /** A stopped run ended early by Ctrl-C. */
  readonly status: "done" | "stopped";
  readonly settings: TrainSettings;
  /** What computed it, and with which build; runs of before there was a choice say neither. */
  readonly device: string | undefined;
  readonly build: string | undefined;
  /** The name of the data, the sha256 of their numbers, and the files where they were. */
  readonly data: {
    readonly name: string;
    readonly sha256: string;
    readonly file?: string;
    readonly testFile?: string;
  };
  /** Runs of before they were kept have none. */
  readonly files: FilesRead;
  /** The figures that the run ended with, under the names of the done event. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly preprocess: Preprocess;
  readonly split: Split;
  readonly model: Sequential;
}

/** Row numbers of the data; of its own test set in `test` where `ownTest`. */
export interface Split {
  readonly ownTest: boolean;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const runSchema = v.object({
  format: v.literal(1),
  status: v.picklist(["running", "done", "stopped", "diverged"]),
  reason: v.optional(v.string()),
  settings: settingsSchema,
  device: v.optional(v.string()),
  build: v.optional(v.string()),
  data: v.object({
    name: v.string(),
    sha256,
    file: v.optional(v.string()),
    testFile: v.optional(v.string()),
  }),
  files: v.optional(
    v.object({ data: v.optional(sha256), test: v.optional(sha256), initFrom: v.optional(sha256) }),
    {},
  ),
  results: v.optional(v.record(v.string(), v.unknown())),
});

const rows = v.pipe(
  v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1))),
  v.transform((list) => Int32Array.from(list)),
);
const splitSchema = v.object({
  format: v.literal(1),
  ownTest: v.boolean(),
  train: rows,
  validation: rows,
  test: rows,
});

/**
 * Reads the run in a folder.
 * @throws UsageError when there is no such folder, or no run in it; FileError for a file that is missing, FormatError for
 * one that is not what it should be, or a run that has no model to use
 */
export function readRun(path: string): SavedRun {
  requireRunFolder(path);
  const { status, reason, settings, device, build, data, files, results } = readJson(
    path,
    "run.json",
    runSchema,
  );
  if (status === "running")
    throw new FormatError(
      `${path} holds no model yet: the run goes on, or was killed before its end ("status": "running" in run.json)`,
    );
  if (status === "diverged")
    throw new FormatError(
      `${path} diverged, and its model is of no use: ${reason ?? "run.json gives no reason"}`,
    );
  if (results === undefined) throw refused(path, "run.json", "results", "it is missing");
  if (data.file === undefined && !isDataName(settings.data))
    throw refused(
      path,
      "run.json",
      "settings.data",
      `${JSON.stringify(settings.data)} is none of ${dataNames.join(", ")}, and data.file names no file`,
    );
  const preprocess = readPreprocess(path, settings);
  const split = readJson(path, "split.json", splitSchema);
  const model = readModel(path, settings);
  return { path, status, settings, device, build, data, files, results, preprocess, split, model };
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

/** The network that the settings describe, with the numbers of model.safetensors. */
function readModel(path: string, settings: TrainSettings): Sequential {
  const { net, dtype } = settings;
  const file = "model.safetensors";
  const { tensors } = loadSafetensors(join(path, file));
  const expected = new Map<string, readonly number[]>();
  for (let layer = 1; layer < net.length; layer++) {
    expected.set(`${2 * layer - 2}.weight`, [net[layer], net[layer - 1]]);
    expected.set(`${2 * layer - 2}.bias`, [net[layer]]);
  }
  // before a network is made, so that no number in run.json makes one that the file does not back
  const needs = (name: string): string => `the network ${net.join("-")} of run.json ${name}`;
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (found === undefined) throw refused(path, file, name, `it is missing, and ${needs("has it")}`);
    if (found.shape.join() !== shape.join())
      throw refused(
        path,
        file,
        name,
        `its shape is [${found.shape.join(",")}], and ${needs(`needs [${shape.join(",")}]`)}`,
      );
    if (found.dtype !== dtype)
      throw refused(path, file, name, `it is ${found.dtype}, and run.json says ${dtype}`);
  }
  for (const name of tensors.keys())
    if (!expected.has(name)) throw refused(path, file, name, needs("has no such tensor"));
  const model = network({ ...settings, init: { name: "zeros" }, initBias: "zeros" });
  model.loadStateDict(tensors);
  return model.eval();
}
