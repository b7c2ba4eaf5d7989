/** The data sets that have names, a row each: the settings that suit it, and its rows where no file is needed. */
import type { ScalingKind } from "../data/scale.ts";
import { Dataset, fromPoints } from "../data/dataset.ts";
import { blobs, bump, circles, ellipse, line, moons, spirals, xor } from "../data/synthetic.ts";
import type { LabelledPoints, MeasuredPoints, SyntheticOptions } from "../data/synthetic.ts";
import type { ImageSet } from "../formats/idx.ts";
import { tensor } from "../tensor/create.ts";
import { Generator } from "../tensor/random/index.ts";
import { namesOf } from "./choices/names.ts";
import type { HeldPart } from "./kinds.ts";

/** Rows that are numbers, before they are split and scaled. */
export interface NumberRows {
  readonly data: Dataset;
  /** A test set of its own. */
  readonly test: Dataset | null;
  /** The largest number that the format can hold; undefined where it sets no bound. */
  readonly maximum?: number;
}

/** The settings that generated points depend on. */
export interface DrawSettings {
  readonly samples: number;
  readonly noise: number | null;
  readonly seed: number;
  readonly dtype: "float32" | "float64";
}

export interface Source {
  readonly kind: "generated" | "embedded" | "images" | "table";
  /** The default for the part held back for testing; "own" is the test set that comes with the data. */
  readonly test: HeldPart | "own";
  readonly scale: ScalingKind;
  /** How many rows and columns there are; undefined for a user's own file. */
  readonly size?: Size;
  /** The sizes of the hidden layers, and how long to train, for so many training rows. */
  hidden(rows: number): readonly number[];
  /** The number of epochs for so many training rows. */
  epochs(rows: number): number;
  /** The rows of a set that needs no file. */
  draw?(settings: DrawSettings): Promise<NumberRows>;
  /** The names of the classes of images. */
  readonly classNames?: readonly string[];
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
  points: (options: SyntheticOptions) => Points,
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
    draw({ samples, noise, seed, dtype }) {
      const random = new Generator(seed).stream("data");
      const part = (name: string): Dataset =>
        fromPoints(points({ samples, noise: noise ?? undefined, generator: random.stream(name) }), dtype);
      return Promise.resolve({ data: part("train"), test: part("test"), maximum: 1 });
    },
  };
}

/** A set that comes with the library; its numbers are loaded when they are asked for. */
function embedded(
  load: () => Promise<{ readonly data: Dataset; readonly maximum: number }>,
  suits: {
    readonly hidden: readonly number[];
    readonly epochs: number;
    readonly scale: ScalingKind;
    readonly size: Size;
  },
): Source {
  return {
    kind: "embedded",
    size: suits.size,
    test: 0.2,
    scale: suits.scale,
    hidden: () => suits.hidden,
    epochs: () => suits.epochs,
    draw: async () => ({ ...(await load()), test: null }),
  };
}

/** A set of images in four files. */
function images(classNames: readonly string[]): Source {
  return {
    kind: "images",
    size: { train: 60_000, test: 10_000, inputs: 784, classes: 10 },
    test: "own",
    scale: "unit",
    hidden: () => [300],
    epochs: () => 10,
    classNames,
  };
}

/** The rows of a set of images, from what its files hold. */
export function imageRows(
  { classNames }: Source,
  { train, test }: { readonly train: ImageSet; readonly test: ImageSet },
): NumberRows {
  const dataset = ({ images: pixels, labels, count, rows, columns }: ImageSet): Dataset =>
    new Dataset(
      tensor(pixels, { shape: [count, rows * columns], dtype: "float32" }),
      tensor(labels, { dtype: "int32" }),
      { classNames, image: [rows, columns] },
    );
  return { data: dataset(train), test: dataset(test), maximum: 255 };
}

/** A CSV file; one with more rows needs fewer epochs for as many updates. */
const table: Source = {
  kind: "table",
  test: 0.2,
  scale: "standard",
  hidden: () => [32],
  epochs: (rows) => Math.min(100, Math.max(5, Math.round(20_000 / rows))),
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
  digits: embedded(
    async () => {
      const { digits, DIGITS_MAXIMUM } = await import("../data/digits/index.ts");
      return { data: digits(), maximum: DIGITS_MAXIMUM };
    },
    { hidden: [64], epochs: 30, scale: "unit", size: { train: 1797, inputs: 64, classes: 10 } },
  ),
  iris: embedded(
    async () => {
      const { iris } = await import("../data/iris/index.ts");
      return { data: iris(), maximum: 1 };
    },
    { hidden: [16], epochs: 100, scale: "standard", size: { train: 150, inputs: 4, classes: 3 } },
  ),
  mnist: images(Array.from("0123456789")),
  fashion: images([
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
  photoz: { ...table, size: { train: 20_000, inputs: 4, outputs: 1 }, test: { last: 4000 } },
  wine: { ...table, size: { train: 178, inputs: 13, classes: 3 } },
  "breast-cancer": { ...table, size: { train: 569, inputs: 30, classes: 2 } },
} satisfies Record<string, Source>;

export type DataName = keyof typeof sources;
export const dataNames = namesOf(sources);

/** Whether a text is the name of a data set, such as `digits`. */
export function isDataName(text: string): text is DataName {
  return Object.hasOwn(sources, text);
}

/** The source of a name, or of a CSV file where it is not one. */
export function sourceOf(data: string): Source {
  return isDataName(data) ? sources[data] : table;
}

/** The source of a user's own CSV file. */
export const ownTable = table;
