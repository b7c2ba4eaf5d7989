/** The experiments behind the page: the fair comparison, one change at a time, batch sizes and rates, an SVM, digits. */
import { Generator, RandomState, tensor } from "chainrule";
import { DivergedError } from "chainrule/train";
import type { Tensor } from "chainrule";
import { Dataset } from "chainrule/data";
import { mean } from "chainrule/experiments";
import { softmax } from "chainrule/functions";
import type { FoundDataset } from "chainrule/node";
import { digitParts, mnistRows, rowsOf } from "../practical/images.ts";
import type { ReportContext } from "../practical/practical.ts";
import { fixed, percent } from "../practical/shown.ts";
import { courseCircles, levelNames, normalParams, run } from "./levels.ts";
import type { History, LevelName, RunSettings } from "./levels.ts";
import { kernels, scaleGamma, trainSvm } from "./svm.ts";
import type { Kernel } from "./svm.ts";
import { makeModel } from "./solution.ts";
import type { Params } from "./solution.ts";

/** The settings of the sheet: 10 hidden units, batches of 10, rate 0.03. */
export const sheet = { nh: 10, batchSize: 10, eta: 0.03 } as const;

/** A run's start and order as the course draws them: RandomState(seed), first the weights, then the orders. */
export function courseRun(seed: number, epochs: number, more: Partial<RunSettings> = {}): RunSettings {
  const order = new RandomState(seed);
  const start = normalParams(order, 2, sheet.nh, 2);
  return {
    start,
    order,
    epochs,
    batchSize: sheet.batchSize,
    eta: sheet.eta,
    data: courseCircles(0),
    ...more,
  };
}

/** Each level from equal parameters, with equal batches. */
export async function fairComparison(epochs: number, seed = 1): Promise<Record<LevelName, History>> {
  const histories: [LevelName, History][] = [];
  for (const name of levelNames) histories.push([name, await run(name, courseRun(seed, epochs))]);
  return Object.fromEntries(histories) as Record<LevelName, History>;
}

/** The largest relative difference of two lists. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]) / Math.abs(b[i])), 0);
}

// ---- One change at a time ---------------------------------------------------------------------------------------------

/** What can differ between two students' runs besides the level. */
export interface Variant {
  readonly name: string;
  readonly change: (seed: number, base: RunSettings) => RunSettings;
}

/** PyTorch's initialisation, U(±1/√fan-in) for weights and biases. */
function defaultParams(seed: number): Params {
  const [Wh, bh, Wy, by] = makeModel(2, sheet.nh, 2, new Generator(seed)).parameters();
  return { Wh: Wh.detach(), bh: bh.detach(), Wy: Wy.detach(), by: by.detach() };
}

export const variants: readonly Variant[] = [
  { name: "nothing", change: (_, base) => base },
  {
    name: "initialisation: that of Linear",
    change: (seed, base) => ({ ...base, start: defaultParams(seed) }),
  },
  {
    name: "initialisation: biases drawn too",
    change: (seed, base) => ({ ...base, start: normalParams(new RandomState(seed), 2, sheet.nh, 2, true) }),
  },
  { name: "gradient: sum, not mean", change: (_, base) => ({ ...base, reduction: "sum" }) },
  { name: "momentum 0.9", change: (_, base) => ({ ...base, momentum: 0.9 }) },
  {
    name: "seed of the weights",
    change: (seed, base) => ({ ...base, start: normalParams(new RandomState(seed + 1000), 2, sheet.nh, 2) }),
  },
  {
    name: "order of the batches",
    change: (seed, base) => ({ ...base, order: new RandomState(seed + 2000) }),
  },
];

export interface VariantResult {
  readonly name: string;
  /** The test loss after each epoch, a curve for each seed. */
  readonly curves: readonly (readonly number[])[];
  readonly accuracy: readonly number[];
}

/** Every variant from the same seeds; `level` makes no difference, and only the optimizer knows momentum. */
export async function oneChange(seeds: readonly number[], epochs: number): Promise<VariantResult[]> {
  const results: VariantResult[] = [];
  for (const { name, change } of variants) {
    const runs: History[] = [];
    for (const seed of seeds) runs.push(await run("(d) optimizer", change(seed, courseRun(seed, epochs))));
    results.push({
      name,
      curves: runs.map(({ testLoss }) => testLoss),
      accuracy: runs.map(({ testAccuracy }) => testAccuracy.at(-1)!),
    });
  }
  return results;
}

// ---- Batch sizes and rates --------------------------------------------------------------------------------------------

export interface GridResult {
  readonly batches: readonly (number | "full")[];
  readonly rates: readonly number[];
  /** The training loss at the end, a row per rate; NaN where the run diverged. */
  readonly loss: readonly (readonly number[])[];
  readonly curves: readonly { readonly name: string; readonly loss: readonly number[] }[];
}

/** Every batch size with every rate, from the same weights. */
export async function batchAndRate(
  batches: GridResult["batches"],
  rates: GridResult["rates"],
  epochs: number,
): Promise<GridResult> {
  const loss: number[][] = [];
  const curves: { name: string; loss: readonly number[] }[] = [];
  for (const eta of rates) {
    const row: number[] = [];
    for (const batchSize of batches) {
      const history = await runOrDiverge(courseRun(1, epochs, { batchSize, eta }));
      row.push(history?.trainLoss.at(-1) ?? NaN);
      if (eta === sheet.eta && history)
        curves.push({ name: batchSize === "full" ? "all 200" : String(batchSize), loss: history.trainLoss });
    }
    loss.push(row);
  }
  return { batches, rates, loss, curves };
}

async function runOrDiverge(settings: RunSettings): Promise<History | undefined> {
  try {
    return await run("(a) by hand", settings);
  } catch (error) {
    if (error instanceof DivergedError) return undefined;
    throw error;
  }
}

// ---- The SVM ----------------------------------------------------------------------------------------------------------

export interface SvmResult {
  readonly name: string;
  readonly train: number;
  readonly test: number;
  readonly supportVectors: number;
  /** The sign of the decision on the grid of the course, 0 or 1. */
  readonly grid: readonly number[];
}

/** Four kernels on the circles: a line cannot, a circle can. */
export function svmOnCircles(): SvmResult[] {
  const { train, test } = courseCircles(0);
  const gamma = scaleGamma(train.inputs);
  const all: Record<string, Kernel> = {
    linear: kernels.linear,
    "RBF, γ = scale": kernels.rbf(gamma),
    "polynomial of degree 2": kernels.polynomial(2, gamma),
    "polynomial of degree 3": kernels.polynomial(3, gamma),
  };
  const classes = (targets: Tensor): number[] => Array.from(targets.data, (label) => 2 * label - 1);
  return Object.entries(all).map(([name, kernel]) => {
    const svm = trainSvm(train.inputs, classes(train.targets), kernel);
    const accuracy = ({ inputs, targets }: Dataset): number => {
      const y = classes(targets);
      return mean(svm.decide(inputs).map((value, i) => Number(value * y[i] > 0)));
    };
    return {
      name,
      train: accuracy(train),
      test: accuracy(test),
      supportVectors: svm.supportVectors,
      grid: svm.decide(courseGrid()).map((value) => Number(value > 0)),
    };
  });
}

/** The course's grid: x, y = −2, −1.9, …, 1.9, x fastest. */
export function courseGrid(): Tensor {
  return tensor(
    Array.from({ length: 1600 }, (_, i) => [-2 + 0.1 * (i % 40), -2 + 0.1 * Math.floor(i / 40)]),
    { dtype: "float64" },
  );
}

// ---- Digits -----------------------------------------------------------------------------------------------------------

/** The same functions on images: only the sizes change. */
export async function onDigits(
  data: { train: Dataset; test: Dataset },
  { nh, epochs, eta }: { nh: number; epochs: number; eta: number },
): Promise<Record<LevelName, History>> {
  const inputs = data.train.inputs.shape[1];
  const histories: [LevelName, History][] = [];
  for (const name of levelNames) {
    const order = new RandomState(1);
    const start = normalParams(order, inputs, nh, 10);
    histories.push([name, await run(name, { start, order, epochs, batchSize: 50, eta, data })]);
  }
  return Object.fromEntries(histories) as Record<LevelName, History>;
}

/** Rows in float64, as the hand-written functions take them. */
function wide({ inputs, targets, info }: Dataset): Dataset {
  return new Dataset(inputs.to("float64"), targets, info);
}

export function embeddedDigits(): { train: Dataset; test: Dataset } {
  const { train, held } = digitParts();
  return { train: wide(train), test: wide(held) };
}

function mnistDigits({ train, test }: FoundDataset, rows: number): { train: Dataset; test: Dataset } {
  const first = (images: FoundDataset["train"], most: number): Dataset =>
    wide(rowsOf(mnistRows(images), 0, Math.min(most, images.count)));
  return { train: first(train, rows), test: first(test, Math.max(1000, rows)) };
}

// ---- The results of the page ------------------------------------------------------------------------------------------

export interface Decision {
  readonly epochs: number;
  readonly history: History;
  /** P(class 1) on the course's grid. */
  readonly grid: readonly number[];
}

/** P(class 1) on the course's grid, row by row, x fastest. */
export function decisionGrid(predict: (X: Tensor) => Tensor): number[] {
  return Array.from(softmax(predict(courseGrid())).slice([null, 1]).data);
}

/** The title that the sheet asks for: epoch, loss and accuracy, in per cent. */
export function decisionTitle(epoch: number, history: History): string {
  const { trainLoss, testLoss, trainAccuracy, testAccuracy } = history;
  const part = (losses: readonly number[], accuracies: readonly number[]): string =>
    `${fixed(losses.at(-1)!)}, ${percent(accuracies.at(-1)!)}`;
  return `Epoch ${epoch}: train ${part(trainLoss, trainAccuracy)}; test ${part(testLoss, testAccuracy)}`;
}

export type Results = Awaited<ReturnType<typeof resultsOf>>;

export async function resultsOf({ quick, progress, mnist }: ReportContext) {
  progress("  the four levels on the circles");
  const fair = await fairComparison(quick ? 60 : 150);
  const decisions: Decision[] = [];
  for (const epochs of quick ? [10, 60] : [1, 50, 100, 150]) {
    const history = await run("(d) optimizer", courseRun(1, epochs));
    decisions.push({ epochs, history, grid: decisionGrid(history.predict) });
  }
  progress("  one change at a time");
  const changes = await oneChange(quick ? [1, 2] : [1, 2, 3, 4, 5, 6, 7, 8], quick ? 60 : 150);
  progress("  batch sizes and rates, the SVM, digits");
  const epochs = quick ? 15 : 150;
  const grid = quick
    ? await batchAndRate([5, 20, "full"], [0.03, 0.3, 3], epochs)
    : await batchAndRate([1, 10, 50, "full"], [0.003, 0.03, 0.3, 3, 10], epochs);
  const found = await mnist();
  const rows = quick ? 1000 : 60_000;
  const data = found ? mnistDigits(found, rows) : embeddedDigits();
  const settings = { nh: 50, epochs: quick ? 2 : 5, eta: 0.1 };
  return {
    fair,
    decisions,
    changes,
    grid: { ...grid, epochs },
    svm: svmOnCircles(),
    digits: {
      ...settings,
      missing: found === undefined,
      inputs: data.train.inputs.shape[1],
      images: found
        ? `MNIST, ${rows} of 60000 training images`
        : "the digits of 8 × 8 pixels that come with the library",
      levels: await onDigits(data, settings),
    },
  };
}
