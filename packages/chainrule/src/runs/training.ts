/** From a run as plain data to a training that can begin: loss, rule, schedule, batches. */
import type { Dataset } from "../data/dataset.ts";
import { DataLoader } from "../data/loader.ts";
import type { Plan } from "../data/table/plan.ts";
import type { Module } from "../nn/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Schedule } from "../optim/schedule.ts";
import { Generator } from "../tensor/random/index.ts";
import { defaultMetrics } from "../train/evaluate.ts";
import type { OutputMetrics } from "../train/evaluate.ts";
import type { PartName } from "../train/events.ts";
import { learner } from "../train/learner.ts";
import type { LearnerOptions } from "../train/learner.ts";
import type { TrainOptions } from "../train/train.ts";
import { clippings } from "./choices/clippings.ts";
import { lossRow } from "./choices/losses.ts";
import type { Loss } from "./choices/losses.ts";
import { optimizerRow } from "./choices/optimizers.ts";
import { scheduleRow } from "./choices/schedules.ts";
import { outputsOf } from "./model.ts";
import type { RunSpec } from "./spec.ts";

/** The mean loss of a batch of a run. */
export function lossOf({ loss, model, ...rest }: RunSpec): Loss {
  return lossRow(loss).make({ ...rest, outputs: outputsOf(model) });
}

/** The optimizer of a run over the parameters of its model. */
export function optimizerOf(spec: RunSpec, model: Module): Optimizer {
  return optimizerRow(spec.optimizer).make(model.parameters(), spec);
}

export function clippingOf({ clip }: RunSpec): LearnerOptions["clip"] {
  return clip === null ? undefined : (parameters) => clippings[clip.name].apply(parameters, clip.limit);
}

/** The schedule of the learning rate over a run. */
export function scheduleOf({ schedule, epochs }: RunSpec, optimizer: Optimizer): Schedule | undefined {
  // cosine and one-cycle need a length, and a run of no epochs has none
  if (schedule === null || epochs === 0) return undefined;
  return scheduleRow(schedule).make(optimizer, numbersOf(schedule), epochs);
}

const numbersOf = (choice: object): Readonly<Record<string, number>> =>
  choice as Readonly<Record<string, number>>;

/** How a number to predict was scaled; null for classes. */
export function targetScaling({ target }: Plan): { offset: number; scale: number } | null {
  return "scale" in target ? { offset: target.offset, scale: target.scale } : null;
}

/** Measures errors in the units of the table, where the numbers to predict are scaled to train on. */
export function metricsOf(plan: Plan | null): OutputMetrics | undefined {
  const scale = (plan && targetScaling(plan)?.scale) ?? 1;
  if (scale === 1) return undefined;
  return (output, targets) => {
    const { rmse, ...others } = defaultMetrics(output, targets);
    return rmse === undefined ? others : { ...others, rmse: rmse * scale };
  };
}

/** A run with its rows and its network, ready to be trained. */
export interface Prepared {
  readonly spec: RunSpec;
  readonly parts: {
    readonly train: Dataset;
    readonly validation: Dataset | null;
    readonly test: Dataset | null;
    readonly plan: Plan | null;
  };
  readonly model: Module;
}

/** The part whose metrics judge a run: the test rows if there are any, else the validation rows, else those it trained on. */
export function judgingPart({ validation, test }: Pick<Prepared["parts"], "validation" | "test">): PartName {
  if (test) return "test";
  return validation ? "validation" : "train";
}

export interface TrainingOptions extends Pick<TrainOptions, "signal" | "device" | "outputs"> {
  /** Draws the order of the rows; the run's seed unless given. */
  readonly orderSeed?: number;
}

export interface Training {
  readonly options: TrainOptions;
  readonly optimizer: Optimizer;
}

/** What `train()` needs for a run. */
export function trainingOf(
  { spec, parts, model }: Prepared,
  { signal, device, outputs, orderSeed = spec.seed }: TrainingOptions = {},
): Training {
  const optimizer = optimizerOf(spec, model);
  const options: TrainOptions = {
    learner: learner({
      model,
      optimizer,
      loss: lossOf(spec),
      reduction: spec.reduction,
      clip: clippingOf(spec),
      metrics: metricsOf(parts.plan),
    }),
    data: new DataLoader(parts.train, {
      batchSize: spec.batch,
      shuffle: spec.shuffle,
      dropLast: spec.dropLast,
      generator: new Generator(orderSeed).stream("order"),
    }),
    validation: parts.validation ?? undefined,
    test: parts.test ?? undefined,
    epochs: spec.epochs,
    schedule: scheduleOf(spec, optimizer),
    evalTrain: spec.evalTrain,
    testAt: spec.testAt,
    seed: spec.seed,
    outputs,
    signal,
    device,
  };
  return { options, optimizer };
}
