/** The rows of a run: training, validation and test part, scaled. */
import { createHash } from "node:crypto";
import { FormatError, Generator, ValueError } from "chainrule";
import type { Tensor } from "chainrule";
import { applyScaling, Dataset, fitScaling, split } from "chainrule/data";
import type { Scaling, ScalingKind } from "chainrule/data";
import type { Plan } from "chainrule/data/table";
import { UsageError } from "../failure.ts";
import type { HeldOption } from "../values.ts";
import type { Preprocess } from "./preprocess.ts";
import { sourceOf } from "./sources.ts";
import type { Places, Raw } from "./sources.ts";
import { byPlan, encode, planRows, tableNotes } from "./tables.ts";
import type { ColumnSettings } from "./tables.ts";

export interface DataSettings extends ColumnSettings {
  /** A name, or that of the file. */
  readonly data: string;
  readonly samples: number;
  readonly noise: number | null;
  /** "own" is the test set that the data bring along. */
  readonly test: HeldOption | "own";
  readonly validation: HeldOption;
  readonly scale: ScalingKind;
  readonly dtype: "float32" | "float64";
  readonly seed: number;
}

/** The rows of each part, and where they came from. */
export interface Parts {
  readonly train: Dataset;
  readonly validation: Dataset | null;
  readonly test: Dataset | null;
  /** Row numbers: of the data, or of its own test set. */
  readonly rows: { readonly train: Int32Array; readonly validation: Int32Array; readonly test: Int32Array };
  readonly ownTest: boolean;
  readonly scaling: Scaling;
  /** Of tables: how their columns became inputs and targets. */
  readonly plan: Plan | null;
  /** What was understood of a table, in sentences. */
  readonly notes: readonly string[];
  /** sha256 over the numbers as they were read. */
  readonly checksum: string;
}

/** Reads the data of a saved run, or others as its own were read. */
export async function readData(
  settings: DataSettings,
  places: Places,
  preprocess: Pick<Preprocess, "plan" | "ofTable">,
): Promise<Raw> {
  const found = await sourceOf(settings.data).load(settings, places, byPlan(preprocess));
  return "table" in found ? encode(found, preprocess.plan, settings.dtype) : found;
}

/** Reads, splits and scales the data of a run. Everything is drawn from the seed. */
export async function loadParts(settings: DataSettings, places: Places): Promise<Parts> {
  const found = await sourceOf(settings.data).load(settings, places);
  const planned = "table" in found ? planRows(found, settings) : undefined;
  const { count, labels } = planned ?? wholeRows(found as Raw);
  const random = new Generator(settings.seed).stream("split");

  const hold = (rows: Int32Array, held: HeldOption, flag: string): { rest: Int32Array; held: Int32Array } => {
    if (held === "none") return { rest: rows, held: new Int32Array(0) };
    if (planned?.single !== undefined && (typeof held === "number" || "count" in held))
      throw new FormatError(
        `${planned.single}, which cannot stand in two parts; correct it or leave it out, or have nothing drawn by class (${flag} last:ROWS or none)`,
      );
    try {
      const parts = split(
        rows.length,
        held,
        random.stream(flag),
        labels && Array.from(rows, (row) => labels[row]),
      );
      return { rest: parts.rest.map((row) => rows[row]), held: parts.held.map((row) => rows[row]) };
    } catch (error) {
      throw new UsageError(
        `${flag}: ${error instanceof Error ? error.message.replace(/^split: /, "") : String(error)}`,
      );
    }
  };
  // a test set of the data's own is used unless another part is asked for
  const ownTest = settings.test === "own";
  const withTest = hold(every(count), settings.test === "own" ? "none" : settings.test, "--test");
  const withValidation = hold(withTest.rest, settings.validation, "--validation");

  const raw = planned ? planned.fit(withValidation.rest) : (found as Raw);
  // all rows need no copy
  const taken = (rows: Int32Array): Dataset => (rows.length === count ? raw.data : raw.data.subset(rows));
  const trainRows = taken(withValidation.rest);
  const scaling = scalingOf(settings.scale, trainRows, raw.maximum);
  const ready = (part: Dataset): Dataset => scaled(part, scaling, settings.dtype);
  const held = (rows: Int32Array): Dataset | null => (rows.length === 0 ? null : ready(taken(rows)));
  const test = ownTest ? raw.test : null;
  const numbered = (rows: Int32Array): Int32Array => rows.map((row) => raw.rows?.[row] ?? row);
  return {
    train: ready(trainRows),
    validation: held(withValidation.held),
    test: test ? ready(test) : held(withTest.held),
    rows: {
      train: numbered(withValidation.rest),
      validation: numbered(withValidation.held),
      test: test ? (raw.testRows ?? every(test.length)) : numbered(withTest.held),
    },
    ownTest,
    scaling,
    plan: raw.plan ?? null,
    notes: "table" in found ? tableNotes(found, raw, settings) : [],
    checksum: checksum(raw),
  };
}

function wholeRows({ data }: Raw): { count: number; labels?: ArrayLike<number> } {
  return { count: data.length, ...(data.targets.dtype === "int32" && { labels: data.targets.data }) };
}

function every(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/** Fits the scaling, and says what it refuses by column. */
function scalingOf(kind: ScalingKind, { inputs, info }: Dataset, maximum?: number): Scaling {
  try {
    return fitScaling(kind, inputs, maximum ?? largest(inputs));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const named = (_all: string, at: string): string =>
      `column ${JSON.stringify(info.featureNames?.[Number(at)] ?? at)}:`;
    throw new FormatError(error.message.replace(/^fitScaling: feature (\d+)/, named), { cause: error });
  }
}

/** What `unit` divides by where the format sets no bound: the largest magnitude among the training rows. */
function largest(inputs: Tensor): number {
  let most = 0;
  for (const value of inputs.data) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/** Rows as a network of that type takes them. */
export function scaled(part: Dataset, scaling: Scaling, dtype: "float32" | "float64"): Dataset {
  const inputs: Tensor = applyScaling(scaling, part.inputs.to(dtype));
  const targets = part.targets.dtype === "int32" ? part.targets : part.targets.to(dtype);
  return new Dataset(inputs, targets, part.info);
}

/** sha256 over the numbers as they were read. */
export function checksum({ data, test }: Raw): string {
  const hash = createHash("sha256");
  for (const { inputs, targets } of test ? [data, test] : [data])
    for (const { data } of [inputs, targets])
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest("hex");
}
