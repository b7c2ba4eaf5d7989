/** The data sets that have names, and the rows of a run: training, validation and test part, scaled. */
import { createHash } from "node:crypto";
import { Generator } from "chainrule";
import type { Tensor } from "chainrule";
import {
  applyScaling,
  blobs,
  bump,
  circles,
  Dataset,
  ellipse,
  fitScaling,
  fromPoints,
  line,
  moons,
  spirals,
  split,
  xor,
} from "chainrule/data";
import type { Scaling, ScalingKind } from "chainrule/data";
import { DIGITS_MAXIMUM, digits } from "chainrule/data/digits";
import { iris } from "chainrule/data/iris";
import { findDataset } from "chainrule/node";
import type { FindOptions } from "chainrule/node";
import { tensor } from "chainrule";
import { UsageError } from "../failure.ts";
import type { HeldOption } from "../values.ts";

/** What a name stands for: rows, perhaps with a test set of their own, and the settings that suit them. */
interface Source {
  readonly kind: "generated" | "embedded" | "images";
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly scale: ScalingKind;
}

const generated = (hidden: readonly number[], epochs: number): Source => ({
  kind: "generated",
  hidden,
  epochs,
  scale: "none",
});

const generators = { circles, moons, spirals, blobs, xor, ellipse, line, bump };

export const sources = {
  circles: generated([16], 100),
  moons: generated([16], 100),
  spirals: generated([32, 32], 300),
  blobs: generated([16], 50),
  xor: generated([16], 100),
  ellipse: generated([16], 100),
  line: generated([16], 100),
  bump: generated([32], 300),
  digits: { kind: "embedded", hidden: [64], epochs: 30, scale: "unit" },
  iris: { kind: "embedded", hidden: [16], epochs: 100, scale: "standard" },
  mnist: { kind: "images", hidden: [300], epochs: 10, scale: "unit" },
  fashion: { kind: "images", hidden: [300], epochs: 10, scale: "unit" },
} as const satisfies Record<string, Source>;

export type DataName = keyof typeof sources;
export const dataNames = Object.keys(sources) as [DataName, ...DataName[]];

export interface DataSettings {
  readonly data: DataName;
  readonly samples: number;
  readonly noise: number | null;
  readonly test: HeldOption | null;
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
  /** sha256 over the numbers as they were read. */
  readonly checksum: string;
}

/** The rows as they were found, before splitting and scaling. */
export interface Raw {
  readonly data: Dataset;
  readonly test: Dataset | null;
  /** The largest number that the format can hold. */
  readonly maximum: number;
}

/** Finds or draws the rows that the settings name. */
export async function readData(
  settings: DataSettings,
  dataDir: string | undefined,
  onProgress: FindOptions["onProgress"],
): Promise<Raw> {
  const { data: name, dtype, samples, seed } = settings;
  if (name === "digits") return { data: digits(), test: null, maximum: DIGITS_MAXIMUM };
  if (name === "iris") return { data: iris(), test: null, maximum: 1 };
  if (name === "mnist" || name === "fashion") {
    const { train, test } = await findDataset(name, {
      dataDir,
      onProgress,
    });
    return { data: images(train, classNames[name]), test: images(test, classNames[name]), maximum: 255 };
  }
  const random = new Generator(seed).stream("data");
  const draw = (part: string): Dataset =>
    fromPoints(
      generators[name]({
        samples,
        generator: random.stream(part),
        ...(settings.noise !== null && { noise: settings.noise }),
      }),
      dtype,
    );
  return { data: draw("train"), test: draw("test"), maximum: 1 };
}

const classNames = {
  mnist: Array.from("0123456789"),
  fashion: [
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
  ],
};

function images(
  set: { images: Uint8Array; labels: Uint8Array; count: number; rows: number; columns: number },
  names: readonly string[],
): Dataset {
  const pixels = set.rows * set.columns;
  return new Dataset(
    tensor(set.images, { shape: [set.count, pixels], dtype: "float32" }),
    tensor(set.labels, { dtype: "int32" }),
    {
      classNames: names,
      image: [set.rows, set.columns],
    },
  );
}

/** Reads, splits and scales the data of a run. Everything is drawn from the seed. */
export async function loadParts(
  settings: DataSettings,
  dataDir: string | undefined,
  onProgress: FindOptions["onProgress"],
): Promise<Parts> {
  const raw = await readData(settings, dataDir, onProgress);
  const labels = raw.data.targets.dtype === "int32" ? raw.data.targets.data : undefined;
  const random = new Generator(settings.seed).stream("split");
  const every = Int32Array.from({ length: raw.data.length }, (_, row) => row);

  const hold = (rows: Int32Array, held: HeldOption, flag: string): { rest: Int32Array; held: Int32Array } => {
    if (held === "none") return { rest: rows, held: new Int32Array(0) };
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
  const ownTest = raw.test !== null && settings.test === null;
  const withTest = ownTest
    ? { rest: every, held: new Int32Array(0) }
    : hold(every, settings.test ?? 0.2, "--test");
  const withValidation = hold(withTest.rest, settings.validation, "--validation");

  const trainRows = raw.data.subset(withValidation.rest);
  const scaling = fitScaling(settings.scale, trainRows.inputs, raw.maximum);
  const ready = (part: Dataset): Dataset => scaled(part, scaling, settings.dtype);
  const taken = (rows: Int32Array): Dataset | null =>
    rows.length === 0 ? null : ready(raw.data.subset(rows));
  const test = ownTest ? raw.test : null;
  return {
    train: ready(trainRows),
    validation: taken(withValidation.held),
    test: test ? ready(test) : taken(withTest.held),
    rows: {
      train: withValidation.rest,
      validation: withValidation.held,
      test: test ? Int32Array.from({ length: test.length }, (_, row) => row) : withTest.held,
    },
    ownTest,
    scaling,
    checksum: checksum(raw),
  };
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
