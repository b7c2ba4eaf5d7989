/** The learning-rate finder: raises the rate step by step and records the loss. */
import { DataLoader } from "../data/loader.ts";
import { mean } from "../statistics/spread.ts";
import { pow } from "../tensor/math/index.ts";
import { ValueError } from "../tensor/errors.ts";
import { requirePositive } from "../tensor/check.ts";
import { checkOptions, count, instance } from "../tensor/options.ts";
import { learner } from "./learner.ts";
import type { LearnerOptions } from "./learner.ts";

export interface FindLearningRateOptions extends LearnerOptions {
  readonly data: DataLoader;
  /** The first and the last rate; default 1e-6 and 1. */
  readonly from?: number;
  readonly to?: number;
  /** The number of steps; default 100. */
  readonly steps?: number;
}

export interface LearningRates {
  readonly rates: readonly number[];
  /** The loss of the batch before the step at each rate. */
  readonly losses: readonly number[];
  /** The rate at which the averaged loss falls fastest; null if it never falls. */
  readonly suggestion: number | null;
}

/**
 * Trains for some steps with rates from `from` to `to`, each a constant factor above the last, and ends when the loss is
 * four times the least or not finite. The model and the optimizer then have the state that they had before. The suggested
 * rate is that of the steepest fall of the loss, averaged over a tenth of the steps on both sides. Smith 2017.
 * @throws ValueError for rates that do not rise, and what learner() refuses
 * @example
 * const model = new Linear(2, 2, { generator: new Generator(0) });
 * const rows = new Dataset(randn([60, 2], { generator: new Generator(1) }), zeros([60], { dtype: "int32" }));
 * const found = findLearningRate({
 *   model,
 *   loss: crossEntropy,
 *   optimizer: new SGD(model.parameters(), { lr: 1 }),
 *   data: new DataLoader(rows, { batchSize: 20, generator: new Generator(2) }),
 *   to: 10,
 * });
 * found.rates.length; // 100
 */
export function findLearningRate(options: FindLearningRateOptions): LearningRates {
  const where = "findLearningRate";
  const { data, from = 1e-6, to = 1, steps = 100, ...rest } = options ?? {};
  checkOptions<Pick<FindLearningRateOptions, "data" | "from" | "to" | "steps">>(
    where,
    { data, from, to, steps },
    {
      data: instance(DataLoader, "a DataLoader"),
      from: requirePositive,
      to: requirePositive,
      steps: count(2),
    },
  );
  if (!(from < to)) throw new ValueError(where, `the rates must rise, and go from ${from} to ${to}`);
  const one = learner(rest);
  const { model, optimizer } = rest;
  const before = { model: model.stateDict(), optimizer: optimizer.stateDict() };
  const [rates, losses]: [number[], number[]] = [[], []];
  try {
    let least = Infinity;
    for (let i = 0, epoch = 1; i < steps; epoch++)
      for (const { inputs, targets } of data.batches(epoch)) {
        if (i === steps) break;
        const rate = from * pow(to / from, i++ / (steps - 1));
        for (const group of optimizer.paramGroups) group.lr = rate;
        const loss = one.step(inputs, targets).loss.item();
        rates.push(rate);
        losses.push(loss);
        least = Math.min(least, loss);
        if (!(loss <= 4 * least)) return { rates, losses, suggestion: steepest(rates, losses) };
      }
  } finally {
    model.loadStateDict(before.model);
    optimizer.loadStateDict(before.optimizer);
  }
  return { rates, losses, suggestion: steepest(rates, losses) };
}

/** The rate at which the mean of the losses before it exceeds that of the losses after it most, over a tenth of the steps. */
function steepest(rates: readonly number[], losses: readonly number[]): number | null {
  const width = Math.max(1, Math.ceil(losses.length / 10));
  let [fall, found] = [0, null as number | null];
  for (let i = width; i + width <= losses.length; i++) {
    const drop = mean(losses.slice(i - width, i)) - mean(losses.slice(i, i + width));
    if (drop > fall) [fall, found] = [drop, rates[i]];
  }
  return found;
}
