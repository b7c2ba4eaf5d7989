/** The settings of network, loss, optimizer and training, a row each. Their order is that of run.json. */
import * as v from "valibot";
import { activationNames } from "../choices/activations.ts";
import { clipping, clippings } from "../choices/clippings.ts";
import type { Clipping } from "../choices/clippings.ts";
import { initialization, initializations } from "../choices/initializations.ts";
import { lossNames, lossRow } from "../choices/losses.ts";
import { optimizerNames, optimizerRow, unusedOptions } from "../choices/optimizers.ts";
import type { OptimizerOptions } from "../choices/optimizers.ts";
import { rateOfSchedule, schedule, schedules } from "../choices/schedules.ts";
import type { ScheduleChoice } from "../choices/schedules.ts";
import { allForms } from "../forms.ts";
import {
  answer,
  batchSize,
  given,
  layerSizes,
  notNegative,
  oneOf,
  pairOfRates,
  positive,
  rate,
  whole,
} from "../kinds.ts";
import { lossOptionWords, optimizerOptionWords, weightDecayWords } from "./option-words.ts";
import type { AtRows, StoredRow } from "./row.ts";

/** The default of an option that only some optimizers take. */
const optimizerOption =
  <Option extends keyof OptimizerOptions>(option: Option) =>
  ({ optimizer }: AtRows): OptimizerOptions[Option] =>
    optimizerRow(optimizer).takes[option] ?? unusedOptions[option];

export const runSettings = {
  net: {
    kind: layerSizes,
    group: "Network",
    value: "<sizes>",
    help: "layer sizes, as 784-300-10 (default: by data)",
    default: ({ source, inputs, outputs, rows }) => [inputs, ...source.hidden(rows), outputs],
  },
  activation: {
    kind: oneOf(activationNames),
    group: "Network",
    value: "<name>",
    help: activationNames.join(" "),
    fixed: "relu",
  },
  loss: {
    kind: oneOf(lossNames),
    group: "Loss",
    value: "<name>",
    help: `${lossNames.join(" ")} (default: cross-entropy for classes, mse for numbers)`,
    default: ({ loss }) => loss,
  },
  margin: {
    kind: positive,
    group: "Loss",
    value: "<m>",
    help: lossOptionWords("margin"),
    default: ({ loss }) => lossRow(loss).takes?.margin ?? 1,
  },
  reduction: {
    kind: oneOf(["mean", "sum"]),
    group: "Loss",
    value: "<kind>",
    help: "what is differentiated: mean or sum over the batch",
    fixed: "mean",
  },
  optimizer: {
    kind: oneOf(optimizerNames),
    group: "Optimizer",
    value: "<name>",
    help: optimizerNames.join(" "),
    fixed: "adam",
  },
  lr: {
    kind: positive,
    group: "Optimizer",
    value: "<rate>",
    help: "learning rate (default: by optimizer; one-cycle has its own)",
    default: ({ optimizer, schedule: chosen }) => rateOfSchedule(chosen) ?? optimizerRow(optimizer).rate,
  },
  momentum: {
    kind: rate,
    group: "Optimizer",
    value: "<mu>",
    help: optimizerOptionWords("momentum"),
    default: optimizerOption("momentum"),
  },
  beta: {
    kind: rate,
    group: "Optimizer",
    value: "<b>",
    help: optimizerOptionWords("beta"),
    default: optimizerOption("beta"),
  },
  betas: {
    kind: pairOfRates,
    group: "Optimizer",
    value: "<b1,b2>",
    help: optimizerOptionWords("betas"),
    default: optimizerOption("betas"),
  },
  eps: {
    kind: notNegative,
    group: "Optimizer",
    value: "<e>",
    help: `added to the root ${optimizerOptionWords("eps")}`,
    default: optimizerOption("eps"),
  },
  weightDecay: {
    kind: notNegative,
    group: "Optimizer",
    value: "<w>",
    help: `L2 penalty; decoupled for adamw (default: ${weightDecayWords()})`,
    default: ({ optimizer }) => optimizerRow(optimizer).weightDecay ?? 0,
  },
  schedule: {
    kind: schedule,
    group: "Optimizer",
    value: "<plan>",
    help: allForms(schedules).join(" "),
    stored: v.nullable(schedule.schema) as v.GenericSchema<unknown, ScheduleChoice | null>,
    default: () => null,
  },
  clip: {
    kind: clipping,
    group: "Optimizer",
    value: "<limit>",
    help: allForms(clippings).join(" or "),
    stored: v.nullable(clipping.schema) as v.GenericSchema<unknown, Clipping | null>,
    default: () => null,
  },
  batch: {
    kind: batchSize,
    group: "Training",
    value: "<n>",
    help: "rows per update; full for all of them",
    fixed: 32,
  },
  shuffle: {
    kind: answer,
    group: "Training",
    value: "<yes|no>",
    help: "a new order each epoch (default: yes)",
    default: () => true,
  },
  dropLast: {
    kind: given,
    group: "Training",
    help: "leave out a last batch that is smaller",
    stored: v.boolean(),
    default: () => false,
  },
  epochs: {
    kind: whole(0),
    group: "Training",
    value: "<n>",
    help: "passes over the training rows (default: by data)",
    default: ({ source, rows }) => source.epochs(rows),
  },
  init: {
    kind: initialization,
    group: "Network",
    value: "<kind>",
    help: `${allForms(initializations).join(" ").replace("default", "default (PyTorch's)")}`,
    default: () => ({ name: "default" }),
  },
  initBias: {
    kind: oneOf(["zeros", "normal"]),
    group: "Network",
    value: "<kind>",
    help: "zeros or normal: how --init treats biases",
    fixed: "zeros",
  },
  testAt: {
    kind: oneOf(["epoch", "end"]),
    group: "Training",
    value: "<when>",
    help: "epoch or end (default: end when there is a validation part)",
    sweep: "no",
    default: ({ validated }) => (validated ? "end" : "epoch"),
  },
  evalTrain: {
    kind: given,
    group: "Training",
    help: "exact training metrics also above 10,000 rows",
    sweep: "no",
    stored: v.boolean(),
    default: ({ rows }) => rows <= 10_000,
  },
} as const satisfies Record<string, StoredRow<AtRows>>;
