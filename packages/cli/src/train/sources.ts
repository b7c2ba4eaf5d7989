/** Where rows come from: the data sets that have names, and the files of a user; how to get each, and the settings that suit it. */
import { basename } from "node:path";
import { Generator, tensor } from "chainrule";
import {
  blobs,
  bump,
  circles,
  Dataset,
  ellipse,
  fromPoints,
  line,
  moons,
  spirals,
  xor,
} from "chainrule/data";
import type { LabelledPoints, MeasuredPoints, ScalingKind, SyntheticOptions } from "chainrule/data";
import { DIGITS_MAXIMUM, digits } from "chainrule/data/digits";
import { iris } from "chainrule/data/iris";
import type { Plan, ReadTableOptions } from "chainrule/data/table";
import type { ImageSet } from "chainrule/formats";
import { datasetPlaces, findDataset, findTable, tablePlaces } from "chainrule/node";
import type { DatasetName, FindOptions, RootOptions, TableName } from "chainrule/node";
import type { HeldOption } from "../values.ts";
import type { DataSettings } from "./data.ts";
import { readFiles } from "./tables.ts";
import type { Tables } from "./tables.ts";

/** The rows as numbers, before splitting and scaling. */
export interface Raw {
  readonly data: Dataset;
  /** A test set of its own. */
  readonly test: Dataset | null;
  /** The largest number that the format can hold; undefined where it sets no bound. */
  readonly maximum?: number;
  /** Of tables: the plan by which their columns became numbers, and the number of each row in its file. */
  readonly plan?: Plan;
  readonly rows?: Int32Array;
  readonly testRows?: Int32Array;
}

/** Where files lie, which no setting of a run holds. */
export interface Places extends FindOptions {
  /** The file of a user's own data, and that of their test set. */
  readonly file?: string;
  readonly testFile?: string;
}

export interface Source {
  readonly kind: "generated" | "embedded" | "images" | "table";
  /** What is held back for testing unless told otherwise; "own" is the test set that the data bring along. */
  readonly test: HeldOption | "own";
  readonly scale: ScalingKind;
  /** What there is, for a list; undefined of a user's own file. */
  readonly size?: Size;
  /** The sizes of the hidden layers, and how long to train, for so many training rows. */
  hidden(rows: number): readonly number[];
  epochs(rows: number): number;
  /** Where it is, of what is looked for on the disk. */
  find?(options: RootOptions): FoundAt | undefined;
  /** Rows as numbers, or tables of which a plan makes numbers. */
  load(settings: DataSettings, places: Places, options?: ReadTableOptions): Promise<Raw | Tables>;
}

/** A folder or file, and who names the folder that it is in. */
export interface FoundAt {
  readonly path: string;
  readonly named: string;
}

/** Rows of the training part and of a test set of its own, inputs, and what is predicted. */
export interface Size {
  readonly train: number;
  readonly test?: number;
  readonly inputs: number;
  readonly classes?: number;
  readonly outputs?: number;
}

type Points = LabelledPoints | MeasuredPoints;

/** Points drawn from the seed, a training and a test set. */
function generated(
  draw: (options: SyntheticOptions) => Points,
  hidden: readonly number[],
  epochs: number,
  size: Pick<Size, "inputs" | "classes" | "outputs">,
): Source {
  return {
    kind: "generated",
    size: { train: 200, test: 200, ...size },
    test: "own",
    scale: "none",
    hidden: () => hidden,
    epochs: () => epochs,
    load({ samples, noise, seed, dtype }) {
      const random = new Generator(seed).stream("data");
      const part = (name: string): Dataset =>
        fromPoints(draw({ samples, noise: noise ?? undefined, generator: random.stream(name) }), dtype);
      return Promise.resolve({ data: part("train"), test: part("test"), maximum: 1 });
    },
  };
}

/** A set that comes with the library. */
function embedded(
  load: () => Dataset,
  maximum: number,
  {
    hidden,
    epochs,
    scale,
    size,
  }: { hidden: readonly number[]; epochs: number; scale: ScalingKind; size: Size },
): Source {
  return {
    kind: "embedded",
    size,
    test: 0.2,
    scale,
    hidden: () => hidden,
    epochs: () => epochs,
    load: () => Promise.resolve({ data: load(), test: null, maximum }),
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
    kind: "images",
    size: { train: 60_000, test: 10_000, inputs: 784, classes: 10 },
    test: "own",
    scale: "unit",
    hidden: () => [300],
    epochs: () => 10,
    find: (options) => {
      const place = datasetPlaces(name, options).find(({ missing }) => missing.length === 0);
      return place && { path: place.folder, named: place.named };
    },
    async load(_settings, places) {
      const { train, test } = await findDataset(name, places);
      return { data: dataset(train), test: dataset(test), maximum: 255 };
    },
  };
}

/** A CSV file; a longer one needs fewer passes for as many updates. */
const table = {
  kind: "table",
  test: 0.2,
  scale: "standard",
  hidden: () => [32],
  epochs: (rows: number) => Math.min(100, Math.max(5, Math.round(20_000 / rows))),
} as const;

/** A CSV file that is looked for by its name. */
function known(name: TableName, size: Size, suits: Partial<Source> = {}): Source {
  return {
    ...table,
    size,
    find: (options) =>
      tablePlaces(name, options).flatMap(({ file, named }) =>
        file === undefined ? [] : [{ path: file, named }],
      )[0],
    load: (_settings, places, options) =>
      Promise.resolve(readFiles({ ...places, file: findTable(name, places) }, options)),
    ...suits,
  };
}

const ownFile: Source = {
  ...table,
  load: (_settings, places, options) => Promise.resolve(readFiles(places, options)),
};

const sources = {
  circles: generated(circles, [16], 100, { inputs: 2, classes: 2 }),
  moons: generated(moons, [16], 100, { inputs: 2, classes: 2 }),
  spirals: generated(spirals, [32, 32], 300, { inputs: 2, classes: 2 }),
  blobs: generated(blobs, [16], 50, { inputs: 2, classes: 3 }),
  xor: generated(xor, [16], 100, { inputs: 2, classes: 2 }),
  ellipse: generated(ellipse, [16], 100, { inputs: 2, classes: 2 }),
  line: generated(line, [16], 100, { inputs: 1, outputs: 1 }),
  bump: generated(bump, [32], 300, { inputs: 1, outputs: 1 }),
  digits: embedded(digits, DIGITS_MAXIMUM, {
    hidden: [64],
    epochs: 30,
    scale: "unit",
    size: { train: 1797, inputs: 64, classes: 10 },
  }),
  iris: embedded(iris, 1, {
    hidden: [16],
    epochs: 100,
    scale: "standard",
    size: { train: 150, inputs: 4, classes: 3 },
  }),
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
  photoz: known("photoz", { train: 20_000, inputs: 4, outputs: 1 }, { test: { last: 4000 } }),
  wine: known("wine", { train: 178, inputs: 13, classes: 3 }),
  "breast-cancer": known("breast-cancer", { train: 569, inputs: 30, classes: 2 }),
} satisfies Record<string, Source>;

export type DataName = keyof typeof sources;
export const dataNames = Object.keys(sources) as [DataName, ...DataName[]];

export function isDataName(given: string): given is DataName {
  return Object.hasOwn(sources, given);
}

/** The source of a name, or of a file where it is none. */
export function sourceOf(data: string): Source {
  return isDataName(data) ? sources[data] : ownFile;
}

/** What a run calls its data: the name, or that of the file without its folder. */
export function dataTitle(data: string): string {
  return isDataName(data) ? data : basename(data);
}
