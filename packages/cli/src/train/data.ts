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
import type { LabelledPoints, MeasuredPoints, Scaling, ScalingKind, SyntheticOptions } from "chainrule/data";
import { DIGITS_MAXIMUM, digits } from "chainrule/data/digits";
import { iris } from "chainrule/data/iris";
import type { ImageSet } from "chainrule/formats";
import { findDataset } from "chainrule/node";
import type { DatasetName, FindOptions } from "chainrule/node";
import { tensor } from "chainrule";
import { UsageError } from "../failure.ts";
import type { HeldOption } from "../values.ts";

type Points = LabelledPoints | MeasuredPoints;

/** The rows as they were found, before splitting and scaling. */
export interface Raw {
  readonly data: Dataset;
  /** A test set of its own. */
  readonly test: Dataset | null;
  /** The largest number that the format can hold. */
  readonly maximum: number;
}

/** What a name stands for: how to get its rows, and the settings that suit them. */
interface Source {
  readonly generated: boolean;
  readonly ownTest: boolean;
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly scale: ScalingKind;
  load(settings: DataSettings, find: FindOptions): Raw | Promise<Raw>;
}

/** Points drawn from the seed, a training and a test set. */
function generated(
  draw: (options: SyntheticOptions) => Points,
  hidden: readonly number[],
  epochs: number,
): Source {
  return {
    generated: true,
    ownTest: true,
    hidden,
    epochs,
    scale: "none",
    load({ samples, noise, seed, dtype }) {
      const random = new Generator(seed).stream("data");
      const part = (name: string): Dataset =>
        fromPoints(draw({ samples, noise: noise ?? undefined, generator: random.stream(name) }), dtype);
      return { data: part("train"), test: part("test"), maximum: 1 };
    },
  };
}

/** A set of images in four files, looked for on the disk and on the web. */
function images(name: DatasetName, classNames: readonly string[]): Source {
  const dataset = ({ images: pixels, labels, count, rows, columns }: ImageSet): Dataset =>
    new Dataset(
      tensor(pixels, { shape: [count, rows * columns], dtype: "float32" }),
      tensor(labels, { dtype: "int32" }),
      { classNames, image: [rows, columns] },
    );
  return {
    generated: false,
    ownTest: true,
    hidden: [300],
    epochs: 10,
    scale: "unit",
    async load(_settings, find) {
      const { train, test } = await findDataset(name, find);
      return { data: dataset(train), test: dataset(test), maximum: 255 };
    },
  };
}

export const sources = {
  circles: generated(circles, [16], 100),
  moons: generated(moons, [16], 100),
  spirals: generated(spirals, [32, 32], 300),
  blobs: generated(blobs, [16], 50),
  xor: generated(xor, [16], 100),
  ellipse: generated(ellipse, [16], 100),
  line: generated(line, [16], 100),
  bump: generated(bump, [32], 300),
  digits: {
    generated: false,
    ownTest: false,
    hidden: [64],
    epochs: 30,
    scale: "unit",
    load: () => ({ data: digits(), test: null, maximum: DIGITS_MAXIMUM }),
  },
  iris: {
    generated: false,
    ownTest: false,
    hidden: [16],
    epochs: 100,
    scale: "standard",
    load: () => ({ data: iris(), test: null, maximum: 1 }),
  },
  mnist: images("mnist", Array.from("0123456789")),
  fashion: images("fashion", [
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
  ]),
} satisfies Record<string, Source>;

export type DataName = keyof typeof sources;
export const dataNames = Object.keys(sources) as [DataName, ...DataName[]];

export interface DataSettings {
  readonly data: DataName;
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
  /** sha256 over the numbers as they were read. */
  readonly checksum: string;
}

/** Finds or draws the rows that the settings name. */
export async function readData(settings: DataSettings, find: FindOptions): Promise<Raw> {
  const source: Source = sources[settings.data];
  return source.load(settings, find);
}

/** Reads, splits and scales the data of a run. Everything is drawn from the seed. */
export async function loadParts(settings: DataSettings, find: FindOptions): Promise<Parts> {
  const raw = await readData(settings, find);
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
  const ownTest = settings.test === "own";
  const withTest = hold(every, settings.test === "own" ? "none" : settings.test, "--test");
  const withValidation = hold(withTest.rest, settings.validation, "--validation");

  // all rows need no copy
  const taken = (rows: Int32Array): Dataset =>
    rows.length === raw.data.length ? raw.data : raw.data.subset(rows);
  const trainRows = taken(withValidation.rest);
  const scaling = fitScaling(settings.scale, trainRows.inputs, raw.maximum);
  const ready = (part: Dataset): Dataset => scaled(part, scaling, settings.dtype);
  const held = (rows: Int32Array): Dataset | null => (rows.length === 0 ? null : ready(taken(rows)));
  const test = ownTest ? raw.test : null;
  return {
    train: ready(trainRows),
    validation: held(withValidation.held),
    test: test ? ready(test) : held(withTest.held),
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
