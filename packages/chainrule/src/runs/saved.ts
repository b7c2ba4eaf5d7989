/** A run that was saved: the content of its files, checked before it is used. Every refusal names the file and the field. */
import { parseSafetensors } from "../formats/safetensors/read.ts";
import type { Sequential } from "../nn/sequential.ts";
import { FormatError } from "../tensor/errors.ts";
import { refused } from "./json.ts";
import type { JsonFile } from "./json.ts";
import { parsePreprocess } from "./preprocess.ts";
import type { Preprocess } from "./preprocess.ts";
import { parseRun, restoreModel } from "./record.ts";
import type { RunRecord } from "./record.ts";
import type { RunSettings } from "./settings/table.ts";
import { dataNames, isDataName } from "./sources.ts";
import { specOf } from "./spec.ts";
import type { RunSpec } from "./spec.ts";

/** A run that has ended, with its network as it was saved. */
export interface SavedRun extends Pick<RunRecord, "device" | "build" | "data" | "files"> {
  /** What messages call the run: its folder as the user wrote it. */
  readonly name: string;
  /** A stopped run ended early by Ctrl-C. */
  readonly status: "done" | "stopped";
  /** The settings of the run, as run.json has them. */
  readonly settings: RunSettings;
  readonly spec: RunSpec;
  /** The metrics that the run ended with, under flat names such as `testLoss`. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly preprocess: Preprocess;
  /** The network with its weights, in evaluation mode; for classes its outputs are scores (logits). */
  readonly model: Sequential;
}

/** A run without a model to use: it has not ended, or it diverged. */
export class NoModelError extends FormatError {
  override name = "NoModelError";
  readonly status: "running" | "diverged";
  /** Why the run diverged, as run.json says. */
  readonly reason: string;
  constructor(run: string, status: NoModelError["status"], reason = "run.json gives no reason") {
    super(
      status === "running"
        ? `${run} holds no model yet: the run goes on, or was killed before its end ("status": "running" in run.json)`
        : `${run} diverged, and its model is of no use: ${reason}`,
    );
    this.status = status;
    this.reason = reason;
  }
}

/** Where the files of a run come from. */
export interface RunSource {
  /** What messages call the run. */
  readonly name: string;
  /** What reads the run, such as "chainrule 1.2.3". */
  readonly reader?: string;
  /** What messages call a file of the run. */
  nameOf(file: string): string;
  /** The content of a file; throws when there is no such file. */
  read(file: string): Uint8Array | string;
}

/** A file of a run that holds text. */
export function textFile({ reader, nameOf, read }: RunSource, file: string): JsonFile {
  const content = read(file);
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  return { name: nameOf(file), text, ...(reader !== undefined && { reader }) };
}

/**
 * Reads a saved run: run.json, preprocess.json and model.safetensors.
 * @throws FormatError for a file that is not what it should be, NoModelError for a run that has no model to use
 */
export function readRun(source: RunSource): SavedRun {
  const { name } = source;
  const run = textFile(source, "run.json");
  const { status, reason, settings, device, build, data, files, results } = parseRun(run);
  if (status === "running" || status === "diverged") throw new NoModelError(name, status, reason);
  if (results === undefined) throw refused(run.name, "results", "it is missing");
  if (data.file === undefined && !isDataName(settings.data))
    throw refused(
      run.name,
      "settings.data",
      `${JSON.stringify(settings.data)} must be one of ${dataNames.join(", ")}, unless data.file names a file`,
    );
  const spec = specOf(settings);
  const preprocess = parsePreprocess(textFile(source, "preprocess.json"), spec);
  const model = readModel(source, spec);
  return { name, status, settings, spec, device, build, data, files, results, preprocess, model };
}

function readModel({ nameOf, read }: RunSource, spec: RunSpec): Sequential {
  const name = nameOf("model.safetensors");
  const bytes = read("model.safetensors");
  if (typeof bytes === "string")
    throw new FormatError(`${name}: it was given as text`, { advice: "give its bytes" });
  const { tensors } = parseSafetensors(bytes, { name });
  for (const [tensor, { data }] of tensors) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new FormatError(`${name}: ${tensor} holds ${data[at]}, so the network predicts nothing`);
  }
  return restoreModel(spec, tensors, name);
}
