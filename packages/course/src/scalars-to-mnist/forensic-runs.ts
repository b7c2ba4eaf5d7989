/** VU-12: what each published slip does to a training, measured: every switch alone, and those that were on together. */
import { Generator } from "chainrule";
import { Dataset } from "chainrule/data";
import { standardDeviation } from "chainrule/experiments";
import { evaluate } from "chainrule/train";
import { rowsOf } from "../practical/images.ts";
import { byHand } from "./by-hand.ts";
import { freshNetwork, publishedRates, runImages } from "./experiments.ts";
import type { Budget, ImageRun, Images } from "./experiments.ts";
import { backwardRunningSum, swappedLoss } from "./forensics.ts";
import { backwardBatch, backwardNumbers, forwardNumbers, lossNumbers, sgdNumbers } from "./solution.ts";
import type { Lists } from "./solution.ts";
import { drawLists } from "./synthetic.ts";
import type { SyntheticData } from "./synthetic.ts";

/** Which slips are on. */
export interface Switches {
  /** E-33: accumulated errors taken for the current example's. */
  readonly runningSum?: boolean;
  /** E-34: training on bytes 0 … 255, accuracy on inputs 0 … 1. */
  readonly rawInputs?: boolean;
}

export interface SlipResult {
  readonly name: string;
  readonly rate: number;
  /** Mean loss of the last epoch's batches. */
  readonly loss: number;
  /** On held images scaled to 0 … 1. */
  readonly accuracy: number;
  /** On held images as bytes. */
  readonly accuracyOnBytes: number;
}

/** `maximum` is the largest number of a raw pixel. */
async function withSwitches(
  name: string,
  { runningSum = false, rawInputs = false }: Switches,
  rate: number,
  images: Images,
  budget: Budget,
  maximum: number,
): Promise<SlipResult> {
  const raw = (data: Dataset): Dataset => new Dataset(data.inputs.mul(maximum), data.targets, data.info);
  const data = rawInputs ? raw(images.train) : images.train;
  const [seed] = budget.seeds;
  const network = freshNetwork(data, budget.hidden, seed);
  const backward = runningSum ? backwardRunningSum : backwardBatch;
  const run = await runImages({ rate, seed, budget, data, held: images.validation, backward, network });
  const learner = byHand(network, rate);
  const [scaled, bytes] = [images.validation, raw(images.validation)];
  return {
    name,
    rate,
    loss: run.training.at(-1)!,
    accuracy: (await evaluate(learner, scaled)).accuracy!,
    accuracyOnBytes: (await evaluate(learner, bytes)).accuracy!,
  };
}

/** The right training at two rates, each slip alone, and both. */
export async function slips(
  images: Images,
  budget: Budget,
  maximum: number,
  progress: (text: string) => void,
): Promise<SlipResult[]> {
  const cases: readonly (readonly [string, Switches, number])[] = [
    ["right, rate 0.3", {}, 0.3],
    ["right, rate 0.03", {}, 0.03],
    ["E-33: running sums", { runningSum: true }, 0.03],
    ["E-34: trained on bytes", { rawInputs: true }, 0.03],
    ["E-33 and E-34 together", { runningSum: true, rawInputs: true }, 0.03],
  ];
  const results: SlipResult[] = [];
  for (const [name, switches, rate] of cases) {
    progress(`forensics: ${name}`);
    results.push(await withSwitches(name, switches, rate, images, budget, maximum));
  }
  return results;
}

export interface ChainedRates {
  readonly rate: number;
  /** As published: this rate's 1000 single examples come after those of the rates before it, on one network. */
  readonly lastLoss: number;
  readonly printed: number;
  /** On validation, by then and from fresh weights. */
  readonly chainedAccuracy: number;
  readonly freshAccuracy: number;
}

/** E-36: one network trained through all four rates in turn, 1000 single examples each, against fresh weights for each. */
export async function chainedRates(images: Images, budget: Budget, examples = 1000): Promise<ChainedRates[]> {
  const [seed] = budget.seeds;
  const online = { ...budget, batch: 1, epochs: 1 };
  const chained = freshNetwork(images.train, budget.hidden, seed);
  const results: ChainedRates[] = [];
  for (const [i, rate] of publishedRates.entries()) {
    const from = (i * examples) % Math.max(1, images.train.length - examples + 1);
    const data = rowsOf(images.train, from, from + Math.min(examples, images.train.length));
    const options = { rate, seed, budget: online, data, held: images.validation };
    const one = await runImages({ ...options, network: chained });
    const fresh = await runImages(options);
    const lastLoss = one.batchLosses.at(-1)!;
    results.push({
      rate,
      lastLoss,
      printed: lastLoss / images.train.length,
      chainedAccuracy: one.accuracies[0],
      freshAccuracy: fresh.accuracies[0],
    });
  }
  return results;
}

export interface SingleExample {
  readonly target: number;
  /** What was printed: prediction and target swapped in the call. */
  readonly printed: number;
  /** What the loss was. */
  readonly loss: number;
  readonly network: Lists;
}

/** E-30 and E-31: "100 epochs" of one random example each, and the loss with its arguments swapped. */
export function singleExamples(
  data: SyntheticData,
  count: number,
  rate: number,
  seed: number,
): SingleExample[] {
  const generator = new Generator(seed);
  let network = drawLists(generator.stream("weights"));
  network = {
    ...network,
    W: network.W.map((row) => row.map((w) => 0.01 * w)),
    V: network.V.map((row) => row.map((v) => 0.01 * v)),
  };
  const pick = generator.stream("order");
  return Array.from({ length: count }, () => {
    const n = Math.floor(pick.uniform() * data.X.length);
    const [x, target] = [data.X[n], data.targets[n]];
    const pass = forwardNumbers(network, x);
    network = sgdNumbers(network, backwardNumbers(network, x, pass, target), rate);
    return { target, printed: swappedLoss(pass.y, target), loss: lossNumbers(pass.y, target), network };
  });
}

/** E-35: the spread of batch losses inside the last epoch of one run, against the spread of epoch means across runs. */
export function spreads(runs: readonly ImageRun[]): { readonly within: number; readonly across: number } {
  const [first] = runs;
  const perEpoch = first.batchLosses.length / first.training.length;
  return {
    within: standardDeviation(first.batchLosses.slice(-perEpoch)),
    across: standardDeviation(runs.map(({ training }) => training.at(-1)!)),
  };
}
