/** The rows of a run: split into training, validation and test part, fitted to the first, scaled. */
import { Dataset } from "../data/dataset.ts";
import { applyScaling, fitScaling } from "../data/scale.ts";
import type { Scaling, ScalingKind } from "../data/scale.ts";
import { split } from "../data/split.ts";
import type { Plan } from "../data/table/plan.ts";
import { FormatError, ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { HeldPart } from "./kinds.ts";
import type { EncodedRows, SourceRows, UnsplitRows } from "./rows.ts";
import type { DataFacts } from "./resolve.ts";
import { flagOf, SettingError } from "./setting-error.ts";
import type { DataSettings } from "./settings/table.ts";

/** The rows of each part, and where they came from. */
export interface Parts {
  readonly train: Dataset;
  readonly validation: Dataset | null;
  readonly test: Dataset | null;
  /** Row numbers in the data, or in its own test set. */
  readonly rows: { readonly train: Int32Array; readonly validation: Int32Array; readonly test: Int32Array };
  /** Whether the test part is the data's own test set. */
  readonly ownTest: boolean;
  readonly scaling: Scaling;
  /** For tables: how their columns became inputs and targets. */
  readonly plan: Plan | null;
  /** The sha256 of the numbers before scaling. */
  readonly checksum: string;
}

/** The sha256 of bytes, in hexadecimal. */
export type Sha256 = (chunks: Iterable<Uint8Array>) => string;

/**
 * The parts of a run, once and in this order: plan, split, fit, encode, scale. Everything is drawn from the seed.
 * @throws SettingError for a part that the rows do not allow, FormatError for columns that cannot be used
 */
export function partsOf(source: SourceRows, settings: DataSettings, sha256: Sha256): Parts {
  const unsplit = source.plan(settings);
  const random = new Generator(settings.seed).stream("split");
  const hold = (rows: Int32Array, part: HeldPart, name: "test" | "validation") =>
    heldBack(unsplit, rows, part, name, random);
  // the data's own test set is used unless another part is asked for
  const ownTest = settings.test === "own";
  const withTest = hold(every(unsplit.count), settings.test === "own" ? "none" : settings.test, "test");
  const withValidation = hold(withTest.rest, settings.validation, "validation");

  const encoded = unsplit.fit(withValidation.rest);
  // all rows need no copy
  const taken = (rows: Int32Array): Dataset =>
    rows.length === unsplit.count ? encoded.data : encoded.data.subset(rows);
  const train = taken(withValidation.rest);
  const scaling = fittedScaling(settings.scale, train, encoded.maximum);
  const ready = (part: Dataset): Dataset => scaled(part, scaling, settings.dtype);
  const held = (rows: Int32Array): Dataset | null => (rows.length === 0 ? null : ready(taken(rows)));
  const test = ownTest ? encoded.test : null;
  const numbered = (rows: Int32Array): Int32Array => rows.map((row) => encoded.rows?.[row] ?? row);
  return {
    train: ready(train),
    validation: held(withValidation.held),
    test: test ? ready(test) : held(withTest.held),
    rows: {
      train: numbered(withValidation.rest),
      validation: numbered(withValidation.held),
      test: test ? (encoded.testRows ?? every(test.length)) : numbered(withTest.held),
    },
    ownTest,
    scaling,
    plan: encoded.plan ?? null,
    checksum: sha256(bytesOf(encoded, settings.dtype)),
  };
}

/** What the parts say about the settings of a run. */
export function factsOf({ train, validation, plan }: Parts): DataFacts {
  const { classNames } = train.info;
  return {
    rows: train.length,
    inputs: train.inputs.shape[1],
    outputs: classNames?.length ?? train.targets.shape[1],
    task: classNames ? "classification" : "regression",
    validated: validation !== null,
    ...(plan && { target: plan.target.name, features: plan.features.map(({ name }) => name) }),
  };
}

/** Splits `rows` into those that stay and those that are held back. */
function heldBack(
  { labels, single }: UnsplitRows,
  rows: Int32Array,
  part: HeldPart,
  name: "test" | "validation",
  random: Generator,
): { rest: Int32Array; held: Int32Array } {
  if (part === "none") return { rest: rows, held: new Int32Array(0) };
  const flag = flagOf(name);
  if (single !== undefined && (typeof part === "number" || "count" in part))
    throw new FormatError(
      `${single}, which cannot stand in two parts; correct it or leave it out, or have nothing drawn by class (${flag} last:ROWS or none)`,
    );
  try {
    const parts = split(
      rows.length,
      part,
      random.stream(flag),
      labels && Array.from(rows, (row) => labels[row]),
    );
    return { rest: parts.rest.map((row) => rows[row]), held: parts.held.map((row) => rows[row]) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SettingError(name, `${flag}: ${error.problem}`);
  }
}

function every(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/**
 * Fits the scaling.
 * @throws FormatError for a column whose range overflows
 */
function fittedScaling(kind: ScalingKind, { inputs, info }: Dataset, maximum?: number): Scaling {
  try {
    return fitScaling(kind, inputs, maximum ?? largest(inputs), info.featureNames);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new FormatError(error.problem, { cause: error });
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
  const inputs = applyScaling(scaling, part.inputs, { dtype });
  const targets = part.targets.dtype === "int32" ? part.targets : part.targets.to(dtype);
  return new Dataset(inputs, targets, part.info);
}

/** The bytes whose sha256 identifies rows: those of a table as the type of the run, others as they were read. */
export function bytesOf({ data, test, plan }: EncodedRows, dtype: "float32" | "float64"): Uint8Array[] {
  const numbers = (x: Tensor): Tensor => (plan && x.dtype === "float64" ? x.to(dtype) : x);
  return (test ? [data, test] : [data]).flatMap(({ inputs, targets }) =>
    [numbers(inputs), numbers(targets)].map(({ data: { buffer, byteOffset, byteLength } }) => {
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
  );
}
