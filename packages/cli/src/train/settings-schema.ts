/** What settings in a run.json must look like. */
import * as v from "valibot";
import { activations, losses, optimizers, scalings, tasks } from "./settings.ts";
import type { TrainSettings } from "./settings.ts";

export const whole = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const positive = v.pipe(v.number(), v.gtValue(0));
const notNegative = v.pipe(v.number(), v.minValue(0));
const rate = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const held = v.union([
  v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  v.object({ count: whole(1) }),
  v.object({ last: whole(1) }),
  v.literal("none"),
]);
const factor = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));

export const settingsSchema = v.object({
  data: v.string(),
  samples: whole(1),
  noise: v.nullable(notNegative),
  test: v.union([v.literal("own"), held]),
  validation: held,
  scale: v.picklist(scalings),
  dtype: v.picklist(["float32", "float64"]),
  seed: whole(0),
  // runs of before there were tables say nothing of columns
  target: v.optional(v.nullable(v.string()), null),
  features: v.optional(v.nullable(v.array(v.string())), null),
  drop: v.optional(v.array(v.string()), []),
  missing: v.optional(v.picklist(["refuse", "drop", "mean"]), "refuse"),
  task: v.picklist(tasks),
  net: v.pipe(v.array(whole(1)), v.minLength(2)),
  activation: v.picklist(activations),
  loss: v.picklist(losses),
  margin: positive,
  reduction: v.picklist(["mean", "sum"]),
  optimizer: v.picklist(optimizers),
  lr: positive,
  momentum: rate,
  beta: rate,
  betas: v.tuple([rate, rate]),
  eps: notNegative,
  weightDecay: notNegative,
  schedule: v.nullable(
    v.variant("name", [
      v.object({ name: v.literal("step"), epochs: whole(1), factor }),
      v.object({ name: v.literal("exponential"), factor }),
      v.object({ name: v.literal("cosine") }),
      v.object({ name: v.literal("warmup"), epochs: whole(1) }),
      v.object({ name: v.literal("one-cycle"), peak: positive }),
      v.object({ name: v.literal("plateau"), epochs: whole(1), factor }),
    ]),
  ),
  clip: v.nullable(v.object({ name: v.picklist(["norm", "value"]), limit: positive })),
  batch: v.union([whole(1), v.literal("full")]),
  shuffle: v.boolean(),
  dropLast: v.boolean(),
  epochs: whole(0),
  init: v.variant("name", [
    v.object({ name: v.picklist(["default", "xavier", "kaiming", "zeros"]) }),
    v.object({ name: v.literal("normal"), deviation: positive }),
  ]),
  initBias: v.picklist(["zeros", "normal"]),
  testAt: v.picklist(["epoch", "end"]),
  evalTrain: v.boolean(),
}) satisfies v.GenericSchema<unknown, TrainSettings>;
