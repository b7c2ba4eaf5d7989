/** Reads a run folder back. Everything in it is checked before it is used; every refusal names the file and the field. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { FormatError } from "chainrule";
import type { Scaling } from "chainrule/data";
import type { Sequential } from "chainrule/nn";
import { loadSafetensors, readBytes } from "chainrule/node";
import * as v from "valibot";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import { version } from "../version.ts";
import { dataNames } from "./data.ts";
import { network } from "./network.ts";
import { activations, losses, optimizers, scalings } from "./settings.ts";
import type { TrainSettings } from "./settings.ts";

/** A run that has ended, with its network as it was saved. */
export interface SavedRun {
  /** As the user wrote it. */
  readonly path: string;
  /** A stopped run ended early by Ctrl-C. */
  readonly status: "done" | "stopped";
  readonly settings: TrainSettings;
  /** The name of the data, and the sha256 of their numbers. */
  readonly data: { readonly name: string; readonly sha256: string };
  /** The figures that the run ended with, under the names of the done event. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly preprocess: Preprocess;
  readonly split: Split;
  readonly model: Sequential;
}

/** What must be done to rows before the network takes them, and what its outputs mean. */
export interface Preprocess {
  readonly features: number;
  readonly featureNames: readonly string[] | null;
  readonly scaling: Scaling;
  readonly classNames: readonly string[] | null;
  readonly targetNames: readonly string[] | null;
  readonly image: readonly [number, number] | null;
}

/** Row numbers of the data; of its own test set in `test` where `ownTest`. */
export interface Split {
  readonly ownTest: boolean;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

const whole = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const positive = v.pipe(v.number(), v.gtValue(0));
const notNegative = v.pipe(v.number(), v.minValue(0));
const rate = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const names = v.nullable(v.array(v.string()));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const held = v.union([
  v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  v.object({ count: whole(1) }),
  v.object({ last: whole(1) }),
  v.literal("none"),
]);
const factor = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));

const settingsSchema = v.object({
  data: v.picklist(dataNames),
  samples: whole(1),
  noise: v.nullable(notNegative),
  test: v.union([v.literal("own"), held]),
  validation: held,
  scale: v.picklist(scalings),
  dtype: v.picklist(["float32", "float64"]),
  seed: whole(0),
  task: v.picklist(["classification", "regression"]),
  net: v.pipe(v.array(whole(1)), v.minLength(2)),
  activation: v.picklist(activations),
  loss: v.picklist(losses),
  margin: positive,
  reduction: v.picklist(["mean", "sum"]),
  optimizer: v.picklist(optimizers),
  lr: positive,
  momentum: rate,
  beta: rate,
  betas: v.tuple([rate, rate]),
  eps: notNegative,
  weightDecay: notNegative,
  schedule: v.nullable(
    v.variant("name", [
      v.object({ name: v.literal("step"), epochs: whole(1), factor }),
      v.object({ name: v.literal("exponential"), factor }),
      v.object({ name: v.literal("cosine") }),
      v.object({ name: v.literal("warmup"), epochs: whole(1) }),
      v.object({ name: v.literal("one-cycle"), peak: positive }),
      v.object({ name: v.literal("plateau"), epochs: whole(1), factor }),
    ]),
  ),
  clip: v.nullable(v.object({ name: v.picklist(["norm", "value"]), limit: positive })),
  batch: v.union([whole(1), v.literal("full")]),
  shuffle: v.boolean(),
  dropLast: v.boolean(),
  epochs: whole(0),
  init: v.variant("name", [
    v.object({ name: v.picklist(["default", "xavier", "kaiming", "zeros"]) }),
    v.object({ name: v.literal("normal"), deviation: positive }),
  ]),
  initBias: v.picklist(["zeros", "normal"]),
  testAt: v.picklist(["epoch", "end"]),
  evalTrain: v.boolean(),
}) satisfies v.GenericSchema<unknown, TrainSettings>;

const runSchema = v.object({
  format: v.literal(1),
  status: v.picklist(["running", "done", "stopped", "diverged"]),
  reason: v.optional(v.string()),
  settings: settingsSchema,
  data: v.object({ name: v.string(), sha256 }),
  results: v.optional(v.record(v.string(), v.unknown())),
});

const preprocessSchema = v.object({
  format: v.literal(1),
  features: whole(1),
  featureNames: names,
  scaling: v.object({
    kind: v.picklist(scalings),
    offset: v.pipe(v.array(v.number()), v.minLength(1)),
    scale: v.pipe(v.array(v.pipe(v.number(), v.notValue(0))), v.minLength(1)),
  }),
  classNames: names,
  targetNames: names,
  image: v.nullable(v.tuple([whole(1), whole(1)])),
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
  const { status, reason, settings, data, results } = readJson(path, "run.json", runSchema);
  if (status === "running")
    throw new FormatError(
      `${path} holds no model yet: the run goes on, or was killed before its end ("status": "running" in run.json)`,
    );
  if (status === "diverged")
    throw new FormatError(
      `${path} diverged, and its model is of no use: ${reason ?? "run.json gives no reason"}`,
    );
  if (results === undefined) throw refused(path, "run.json", "results", "it is missing");
  const preprocess = readJson(path, "preprocess.json", preprocessSchema);
  checkPreprocess(path, preprocess, settings);
  const split = readJson(path, "split.json", splitSchema);
  return { path, status, settings, data, results, preprocess, split, model: readModel(path, settings) };
}

function requireRunFolder(path: string): void {
  if (!isFolder(path)) {
    const above = dirname(path);
    const near = isFolder(above) ? readdirSync(above).map((name) => join(above, name)) : [];
    const runs = near.filter(isRun);
    throw new UsageError(`there is no folder ${path}${runs.length > 0 ? `.${suggestion(path, runs)}` : ""}`);
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

function refused(path: string, file: string, field: string, says: string): FormatError {
  return new FormatError(`${join(path, file)}: ${field}: ${says}`);
}

/** Reads a JSON file of the run, of the format that this version writes. */
function readJson<Schema extends v.GenericSchema>(
  path: string,
  file: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const text = new TextDecoder().decode(readBytes(join(path, file)));
  let content: unknown;
  try {
    content = JSON.parse(text, (key, value: unknown) => {
      // an own property of that name would become the prototype of whatever it is copied to
      if (key === "__proto__") throw refused(path, file, key, "no field may have this name");
      return value;
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message.replace(/, ".*is not valid JSON$/s, "") : "";
    throw new FormatError(`${join(path, file)} is not JSON: ${reason}`);
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (format !== undefined && format !== 1)
    throw refused(
      path,
      file,
      "format",
      `it is ${JSON.stringify(format)}, and chainrule ${version} reads 1; use the version that wrote it`,
    );
  const result = v.safeParse(schema, content);
  if (!result.success) throw refused(path, file, ...fieldAndFault(result.issues[0]));
  return result.output;
}

/** `settings.net[1]`, and what is wrong there. */
function fieldAndFault(issue: v.BaseIssue<unknown>): [field: string, fault: string] {
  const field = (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);
  if (issue.received === "undefined") return [field, "it is missing"];
  return [
    field || "the whole",
    `expected ${issue.expected ?? issue.type.replaceAll("_", " ")}, found ${issue.received}`,
  ];
}

/** What preprocess.json says must fit the network of run.json. */
function checkPreprocess(path: string, preprocess: Preprocess, { net, task }: TrainSettings): void {
  const { features, featureNames, scaling, classNames } = preprocess;
  const outputs = net[net.length - 1];
  const check = (fits: boolean, field: string, says: string): void => {
    if (!fits) throw refused(path, "preprocess.json", field, says);
  };
  const inputs = `the network in run.json has ${net[0]} inputs`;
  check(features === net[0], "features", `there are ${features}, and ${inputs}`);
  if (featureNames !== null)
    check(
      featureNames.length === features,
      "featureNames",
      `there are ${featureNames.length}, and ${inputs}`,
    );
  for (const field of ["offset", "scale"] as const) {
    const { length } = scaling[field];
    check(
      length === 1 || length === features,
      `scaling.${field}`,
      `there are ${length} numbers, and ${inputs}`,
    );
  }
  check(
    scaling.offset.length === scaling.scale.length,
    "scaling",
    `offset has ${scaling.offset.length} numbers and scale ${scaling.scale.length}`,
  );
  check(
    (task === "classification") === (classNames !== null),
    "classNames",
    `${classNames ? "there are some" : "there are none"}, and the task in run.json is ${task}`,
  );
  if (classNames !== null)
    check(
      classNames.length === outputs,
      "classNames",
      `there are ${classNames.length}, and the network in run.json has ${outputs} outputs`,
    );
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
