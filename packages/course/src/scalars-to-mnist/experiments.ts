/** VU-5 … VU-11: the network on images, several seeds, the published rates, the choice on validation, and the test. */
import { Generator } from "chainrule";
import { DataLoader } from "chainrule/data";
import type { Dataset } from "chainrule/data";
import type { FoundDataset } from "chainrule/node";
import { train } from "chainrule/train";
import { digitParts, mnistRows, rowsOf } from "../practical/images.ts";
import { byHand, drawNetwork } from "./by-hand.ts";
import type { TrainableNetwork } from "./by-hand.ts";
import { chooseRate } from "./solution.ts";

/** The rates of the published comparison, and those among which one is chosen. */
export const publishedRates: readonly number[] = [0.001, 0.003, 0.01, 0.03];
export const candidateRates: readonly number[] = [0.03, 0.1, 0.3, 0.5, 1];

export interface Budget {
  readonly hidden: number;
  readonly epochs: number;
  readonly seeds: readonly number[];
  readonly batch: number;
}

/** The rows of an experiment, scaled to 0 … 1. */
export interface Images {
  readonly what: string;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Training and validation rows together. */
  readonly all: Dataset;
  readonly test: Dataset;
}

/** MNIST with the last 5000 training images for validation; `quick` takes a share of each part. */
export function mnistImages(found: FoundDataset, quick: boolean): Images {
  const [all, test] = [mnistRows(found.train), mnistRows(found.test)];
  const cut = all.length - 5000;
  if (!quick)
    return {
      what: "MNIST: 55,000 images to train, the last 5,000 of the 60,000 for validation, 10,000 to test",
      train: rowsOf(all, 0, cut),
      validation: rowsOf(all, cut, all.length),
      all,
      test,
    };
  return {
    what: "a part of MNIST: 2,000 images to train, 500 for validation, 1,000 to test",
    train: rowsOf(all, 0, 2000),
    validation: rowsOf(all, cut, cut + 500),
    all: rowsOf(all, 0, 2500),
    test: rowsOf(test, 0, 1000),
  };
}

/** Where there is no MNIST: the small digits that come with the library. */
export function smallImages(): Images {
  const { train: all, held: test } = digitParts();
  const cut = Math.round(0.8 * all.length);
  return {
    what: `the 8 × 8 digits that come with the library: ${cut} to train, ${all.length - cut} for validation, ${test.length} to test`,
    train: rowsOf(all, 0, cut),
    validation: rowsOf(all, cut, all.length),
    all,
    test,
  };
}

export interface ImageRun {
  /** Of each batch, from before its step. */
  readonly batchLosses: readonly number[];
  /** Per epoch. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly accuracies: readonly number[];
}

export interface RunOptions {
  readonly rate: number;
  readonly seed: number;
  readonly budget: Budget;
  readonly data: Dataset;
  readonly held: Dataset;
  readonly backward?: Parameters<typeof byHand>[2];
  /** Goes on from these weights in place of fresh ones. */
  readonly network?: TrainableNetwork;
}

export function freshNetwork(data: Dataset, hidden: number, seed: number): TrainableNetwork {
  return drawNetwork(data.inputs.shape[1], hidden, 10, new Generator(seed).stream("weights"));
}

/** One training: weights and orders come from the seed alone, so that runs with other rates differ in nothing else. */
export async function runImages(options: RunOptions): Promise<ImageRun> {
  const { rate, seed, budget, data, held, backward } = options;
  const network = options.network ?? freshNetwork(data, budget.hidden, seed);
  const run = {
    batchLosses: [] as number[],
    training: [] as number[],
    validation: [] as number[],
    accuracies: [] as number[],
  };
  for await (const event of train({
    learner: byHand(network, rate, backward),
    data: new DataLoader(data, {
      batchSize: budget.batch,
      generator: new Generator(seed).stream("order"),
    }),
    validation: held,
    epochs: budget.epochs,
    evalTrain: false,
  })) {
    if (event.event === "batch") run.batchLosses.push(event.loss);
    if (event.event !== "epoch" || event.epoch === 0) continue;
    run.training.push(event.metrics.train!.loss);
    run.validation.push(event.metrics.validation!.loss);
    run.accuracies.push(event.metrics.validation!.accuracy!);
  }
  return run;
}

export interface RateResult {
  readonly rate: number;
  readonly runs: readonly ImageRun[];
}

/** Every rate with every seed: fresh weights each, the same for all rates, and the same order of rows. */
export async function compareRates(
  rates: readonly number[],
  images: Images,
  budget: Budget,
  progress: (text: string) => void,
): Promise<RateResult[]> {
  const results: RateResult[] = [];
  for (const rate of rates) {
    const runs: ImageRun[] = [];
    for (const seed of budget.seeds) {
      progress(`rate ${rate}, seed ${seed}`);
      runs.push(await runImages({ rate, seed, budget, data: images.train, held: images.validation }));
    }
    results.push({ rate, runs });
  }
  return results;
}

/** The rate that is best on validation at the end. */
export function chosenRate(results: readonly RateResult[]): number {
  return chooseRate(
    results.map(({ rate, runs }) => ({
      rate,
      validationAccuracies: runs.map(({ accuracies }) => accuracies.at(-1)!),
    })),
  );
}

/** Retraining on all rows with the chosen rate, and the only look at the test images: an accuracy per seed. */
export async function testAccuracies(
  rate: number,
  images: Images,
  budget: Budget,
  progress: (text: string) => void,
): Promise<number[]> {
  const accuracies: number[] = [];
  for (const seed of budget.seeds) {
    progress(`retraining on all rows at rate ${rate}, seed ${seed}`);
    accuracies.push(await retrained(rate, seed, images, budget));
  }
  return accuracies;
}

async function retrained(rate: number, seed: number, images: Images, budget: Budget): Promise<number> {
  const network = freshNetwork(images.all, budget.hidden, seed);
  const order = new Generator(seed).stream("order");
  for await (const event of train({
    learner: byHand(network, rate),
    data: new DataLoader(images.all, { batchSize: budget.batch, generator: order }),
    test: images.test,
    testAt: "end",
    epochs: budget.epochs,
    evalTrain: false,
  }))
    if (event.event === "done") return event.metrics.test!.accuracy!;
  throw new Error("the training ended without a last event");
}
