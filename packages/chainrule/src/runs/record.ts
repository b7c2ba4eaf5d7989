/** run.json and split.json: what they hold, and how they are read. */
import * as v from "valibot";
import type { StateDict } from "../nn/module.ts";
import type { Sequential } from "../nn/sequential.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { parseJson, refused } from "./json.ts";
import type { JsonFile } from "./json.ts";
import { makeModel, modelWords, tensorsOf } from "./model.ts";
import type { Parts } from "./parts.ts";
import { settingsSchema } from "./settings/table.ts";
import type { RunSpec } from "./spec.ts";

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

/** What run.json says that anything reads; it holds more, for people. */
export type RunRecord = v.InferOutput<typeof runSchema>;

/**
 * The record of a run from its run.json.
 * @throws FormatError naming the field at fault
 */
export function parseRun(file: JsonFile): RunRecord {
  return parseJson(file, runSchema);
}

/** Row numbers in the data; in its own test set for `test` where `ownTest`. */
export interface Split {
  readonly ownTest: boolean;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

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
 * The rows of each part of the data from a split.json.
 * @throws FormatError naming the field at fault
 */
export function parseSplit(file: JsonFile): Split {
  return parseJson(file, splitSchema);
}

/** The content of split.json. */
export function splitRecord({ rows: { train, validation, test }, ownTest }: Parts): object {
  return { format: 1, ownTest, train: [...train], validation: [...validation], test: [...test] };
}

/**
 * The network of a run with the numbers of its model.safetensors, in evaluation mode. The tensors are held against the
 * spec before the network is made, so that no number in run.json allocates what the file does not hold.
 * @throws FormatError naming `file` and the tensor that is missing, of another shape or type, or too many
 */
export function restoreModel(
  spec: RunSpec,
  tensors: Iterable<readonly [string, Tensor]>,
  file: string,
): Sequential {
  const dict: ReadonlyMap<string, Tensor> & StateDict = new Map(tensors);
  const expected = tensorsOf(spec.model);
  const needs = (says: string): string => `the network ${modelWords(spec.model)} of run.json ${says}`;
  for (const [name, shape] of expected) {
    const found = dict.get(name);
    if (found === undefined) throw refused(file, name, `it is missing, and ${needs("has it")}`);
    if (found.shape.join() !== shape.join())
      throw refused(
        file,
        name,
        `its shape is [${found.shape.join(",")}], and ${needs(`needs [${shape.join(",")}]`)}`,
      );
    if (found.dtype !== spec.dtype)
      throw refused(file, name, `it is ${found.dtype}, and run.json says ${spec.dtype}`);
  }
  for (const name of dict.keys())
    if (!expected.has(name)) throw refused(file, name, needs("has no such tensor"));
  const model = makeModel(spec.model, { ...spec, init: { name: "zeros" }, initBias: "zeros" });
  model.loadStateDict(dict);
  return model.eval();
}
