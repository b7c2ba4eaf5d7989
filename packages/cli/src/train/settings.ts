/** The flags of `chainrule train`, and the settings they come to once every default is filled in. */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../failure.ts";
import * as value from "../values.ts";
import type { HeldOption } from "../values.ts";
import type { DataSettings, Parts } from "./data.ts";
import { counted } from "./display.ts";
import { dataNames, dataTitle, isDataName, sourceOf } from "./sources.ts";
import type { Places } from "./sources.ts";

export const activations = ["sigmoid", "tanh", "relu", "elu", "softplus", "gelu", "identity"] as const;
export const classLosses = ["cross-entropy", "mse", "half-mse", "hinge", "prob-hinge"] as const;
export const numberLosses = ["mse", "half-mse", "l1", "huber"] as const;
export const losses = ["cross-entropy", "mse", "half-mse", "hinge", "prob-hinge", "l1", "huber"] as const;
export const tasks = ["classification", "regression"] as const;
export const scalings = ["none", "unit", "standard", "minmax"] as const;

/** The usual learning rate of each optimizer. */
const rates = {
  sgd: 0.1,
  momentum: 0.01,
  nesterov: 0.01,
  "momentum-ewa": 0.1,
  rmsprop: 0.001,
  adagrad: 0.01,
  adam: 0.003,
  adamw: 0.003,
  adamax: 0.003,
} as const;
export type OptimizerName = keyof typeof rates;
export const optimizers = Object.keys(rates) as [OptimizerName, ...OptimizerName[]];

/** The train command with its flags, still without an action. */
export function trainFlags(name: string) {
  return new Command(name)
    .optionsGroup("Data:")
    .option(
      "--data <name|file>",
      `what to learn: ${dataNames.join(" ")}, or a file: rows.csv or rows.csv.gz`,
      value.nameOrFile(dataNames),
      "digits",
    )
    .option(
      "--data-dir <folder>",
      "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
      value.folder,
    )
    .option("--target <column>", "what to predict (default: the last column)")
    .option("--features <columns>", "inputs, with commas (default: all columns but the target)", value.list)
    .option("--drop <columns>", "columns to leave out, with commas", value.list)
    .option("--task <kind>", "classification or regression (default: by the target)", value.oneOf(tasks))
    .option(
      "--missing <what>",
      "what to do with missing values: refuse, drop their rows, or fill in the mean (default: refuse)",
      value.oneOf(["refuse", "drop", "mean"]),
    )
    .option(
      "--samples <n>",
      "points that a generator draws for training, and again for testing (default: 200)",
      value.whole(1),
    )
    .option(
      "--noise <sigma>",
      "standard deviation of a generator's noise (default: by generator)",
      value.notNegative,
    )
    .option(
      "--test <part>",
      "0.2, 500, last:500, a file or none (default: the data's own test set, photoz last:4000, else 0.2)",
      value.heldOrFile,
    )
    .option(
      "--validation <part>",
      "part of the training rows to choose by: 0.1, 5000, last:5000 or none",
      value.held,
      "none" as const,
    )
    .option("--scale <kind>", `${scalings.join(" ")} (default: by data)`, value.oneOf(scalings))
    .optionsGroup("Network:")
    .option("--net <sizes>", "layer sizes, as 784-300-10 (default: by data)", value.layerSizes)
    .option("--activation <name>", activations.join(" "), value.oneOf(activations), "relu" as const)
    .option("--init <kind>", "default (PyTorch's) xavier kaiming normal:SIGMA zeros", value.init)
    .option(
      "--init-bias <kind>",
      "zeros or normal: how --init treats biases",
      value.oneOf(["zeros", "normal"]),
      "zeros" as const,
    )
    .option("--init-from <file>", "start from the tensors of a safetensors file", value.file)
    .option("--dtype <type>", "float32 float64", value.oneOf(["float32", "float64"]), "float32" as const)
    .optionsGroup("Loss:")
    .option(
      "--loss <name>",
      `${losses.join(" ")} (default: cross-entropy for classes, mse for numbers)`,
      value.oneOf(losses),
    )
    .option(
      "--margin <m>",
      "of the hinge losses (default: 1 on scores, 0.5 on probabilities)",
      value.positive,
    )
    .option(
      "--reduction <kind>",
      "what is differentiated: mean or sum over the batch",
      value.oneOf(["mean", "sum"]),
      "mean" as const,
    )
    .optionsGroup("Optimizer:")
    .option("--optimizer <name>", optimizers.join(" "), value.oneOf(optimizers), "adam" as const)
    .option("--lr <rate>", "learning rate (default: by optimizer; one-cycle has its own)", value.positive)
    .option(
      "--momentum <mu>",
      "of momentum and nesterov, sgd and rmsprop (default: 0.9, 0.9, 0, 0)",
      value.rate,
    )
    .option("--beta <b>", "of momentum-ewa and rmsprop (default: 0.9, rmsprop 0.99)", value.rate)
    .option("--betas <b1,b2>", "of adam, adamw and adamax (default: 0.9,0.999)", value.pairOfRates)
    .option("--eps <e>", "added to the root (default: 1e-8, adagrad 1e-10)", value.notNegative)
    .option(
      "--weight-decay <w>",
      "L2 penalty; decoupled for adamw (default: 0, adamw 0.01)",
      value.notNegative,
    )
    .option(
      "--schedule <plan>",
      "step:EPOCHS:FACTOR exponential:FACTOR cosine warmup:EPOCHS one-cycle:RATE plateau:EPOCHS:FACTOR",
      value.schedule,
    )
    .option("--clip <limit>", "norm:LIMIT or value:LIMIT", value.clip)
    .optionsGroup("Training:")
    .option("--batch <n>", "rows per update; full for all of them", value.batchSize, 32)
    .option("--shuffle <yes|no>", "a new order each epoch (default: yes)", value.yesOrNo)
    .option("--drop-last", "leave out a last batch that is smaller")
    .option("--epochs <n>", "passes over the training rows (default: by data)", value.whole(0))
    .option("--seed <n>", "of data, split, weights and order", value.whole(0), 0)
    .option(
      "--test-at <when>",
      "epoch or end (default: end when there is a validation part)",
      value.oneOf(["epoch", "end"]),
    )
    .option("--eval-train", "full training figures also above 10,000 rows")
    .option(
      "--device <name>",
      "auto wasm reference: what computes; auto is the fastest there is",
      value.oneOf(["auto", "wasm", "reference"]),
      "auto" as const,
    )
    .option("--threads <n>", "of the wasm device; the same bits for any number (default: 1)", value.threads)
    .option("--strict", "the same bits on every machine: no fused multiply-add")
    .optionsGroup("Output:")
    .option("--out <folder>", "the run folder (default: runs/<data>-<n>)", value.path)
    .option("--force", "replace the run in that folder")
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--quiet", "the last line only")
    .option("--verbose", "stack traces");
}

export type TrainFlags = ReturnType<ReturnType<typeof trainFlags>["opts"]>;

/** Everything that decides the numbers of a run, as plain data without paths. */
export interface TrainSettings extends DataSettings {
  readonly task: (typeof tasks)[number];
  readonly net: readonly number[];
  readonly activation: (typeof activations)[number];
  readonly loss: (typeof losses)[number];
  readonly margin: number;
  readonly reduction: "mean" | "sum";
  readonly optimizer: OptimizerName;
  /** Where a schedule sets out from; of one-cycle its peak. */
  readonly lr: number;
  readonly momentum: number;
  readonly beta: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly schedule: value.ScheduleOption | null;
  readonly clip: value.ClipOption | null;
  readonly batch: number | "full";
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly epochs: number;
  readonly init: value.InitOption;
  readonly initBias: "zeros" | "normal";
  readonly testAt: "epoch" | "end";
  readonly evalTrain: boolean;
}

/** The part of the settings that loading the data needs. */
export function dataSettings(flags: TrainFlags): DataSettings {
  const { kind, test, scale } = sourceOf(flags.data);
  const refuse = (flags_: Partial<Record<keyof TrainFlags, string>>, applies: string): void => {
    for (const [name, flag] of Object.entries(flags_))
      if (flags[name as keyof TrainFlags] !== undefined)
        throw new UsageError(`${flag} applies to ${applies}, not to ${dataTitle(flags.data)}`);
  };
  if (kind !== "generated") refuse({ noise: "--noise", samples: "--samples" }, "generated data");
  if (kind !== "table") {
    refuse(
      { target: "--target", features: "--features", drop: "--drop", task: "--task", missing: "--missing" },
      "CSV files",
    );
    if (testFileOf(flags) !== undefined) refuse({ test: "--test with a file" }, "CSV files");
  }
  return {
    data: dataTitle(flags.data),
    samples: flags.samples ?? 200,
    noise: flags.noise ?? null,
    test: testFileOf(flags) === undefined ? ((flags.test as HeldOption | undefined) ?? test) : "own",
    validation: flags.validation,
    scale: flags.scale ?? scale,
    dtype: flags.dtype,
    seed: flags.seed,
    target: flags.target ?? null,
    features: flags.features ?? null,
    drop: flags.drop ?? [],
    task: flags.task ?? null,
    missing: flags.missing ?? "refuse",
  };
}

function testFileOf({ test }: TrainFlags): string | undefined {
  return typeof test === "object" && "file" in test ? test.file : undefined;
}

/** The files and folders that the flags name. */
export function dataPlaces(flags: TrainFlags): Places {
  return {
    dataDir: flags.dataDir,
    ...(!isDataName(flags.data) && { file: flags.data }),
    testFile: testFileOf(flags),
  };
}

/** All settings, checked against the data they are for. */
export function trainSettings(flags: TrainFlags, parts: Parts): TrainSettings {
  const { info, inputs, targets, length } = parts.train;
  const source = sourceOf(flags.data);
  const data = dataTitle(flags.data);
  const features = inputs.shape[1];
  const outputs = info.classNames?.length ?? targets.shape[1];
  const task = info.classNames ? "classification" : "regression";
  const net = flags.net ?? [features, ...source.hidden(length), outputs];
  const ends = `${counted(features, "input")} and ${info.classNames ? `${outputs} classes` : counted(outputs, "output")}`;
  if (net[0] !== features || net[net.length - 1] !== outputs)
    throw new UsageError(
      `--net ${net.join("-")} does not fit ${data}, which has ${ends}; try --net ${[features, ...net.slice(1, -1), outputs].join("-")}`,
    );
  const loss = flags.loss ?? (task === "classification" ? "cross-entropy" : "mse");
  const allowed: readonly string[] = task === "classification" ? classLosses : numberLosses;
  if (!allowed.includes(loss))
    throw new UsageError(`--loss ${loss} does not fit ${task}; ${data} takes ${allowed.join(", ")}`);
  const batch = flags.batch;
  if (flags.dropLast && batch !== "full" && batch > length)
    throw new UsageError(`--batch ${batch} with --drop-last leaves no batch of the ${length} training rows`);
  const rule = flags.init ?? { name: "default" };
  if (flags.initBias === "normal" && rule.name !== "normal")
    throw new UsageError(`--init-bias normal goes with --init normal:SIGMA, not with --init ${rule.name}`);
  const optimizer = flags.optimizer;
  refuseIdle(flags, "optimizer", optimizer, {
    momentum: ["sgd", "momentum", "nesterov", "rmsprop"],
    beta: ["momentum-ewa", "rmsprop"],
    betas: ["adam", "adamw", "adamax"],
    eps: ["rmsprop", "adagrad", "adam", "adamw", "adamax"],
  });
  refuseIdle(flags, "loss", loss, { margin: ["hinge", "prob-hinge"] });
  const schedule = flags.schedule ?? null;
  if (schedule?.name === "one-cycle" && flags.lr !== undefined)
    throw new UsageError(
      "--lr does nothing with --schedule one-cycle:RATE, whose peak is RATE; leave it out",
    );
  if (optimizer === "nesterov" && flags.momentum === 0)
    throw new UsageError(
      "--momentum 0 does not fit --optimizer nesterov, which needs one above 0; without momentum it is --optimizer sgd",
    );
  return {
    ...dataSettings(flags),
    task,
    ...(parts.plan && {
      target: parts.plan.target.name,
      features: parts.plan.features.map(({ name }) => name),
    }),
    net,
    activation: flags.activation,
    loss,
    // on probabilities a margin of 1 is never met: every class would always count
    margin: flags.margin ?? (loss === "prob-hinge" ? 0.5 : 1),
    reduction: flags.reduction,
    optimizer,
    lr: schedule?.name === "one-cycle" ? schedule.peak : (flags.lr ?? rates[optimizer]),
    momentum: flags.momentum ?? (optimizer === "momentum" || optimizer === "nesterov" ? 0.9 : 0),
    beta: flags.beta ?? (optimizer === "rmsprop" ? 0.99 : 0.9),
    betas: flags.betas ?? [0.9, 0.999],
    eps: flags.eps ?? (optimizer === "adagrad" ? 1e-10 : 1e-8),
    weightDecay: flags.weightDecay ?? (optimizer === "adamw" ? 0.01 : 0),
    schedule,
    clip: flags.clip ?? null,
    batch,
    shuffle: flags.shuffle ?? true,
    dropLast: flags.dropLast ?? false,
    epochs: flags.epochs ?? source.epochs(length),
    init: rule,
    initBias: flags.initBias,
    testAt: flags.testAt ?? (parts.validation ? "end" : "epoch"),
    evalTrain: flags.evalTrain ?? length <= 10_000,
  };
}

/** A flag that would change nothing is refused, so that nobody believes in its effect. */
function refuseIdle(
  flags: TrainFlags,
  of: "optimizer" | "loss",
  chosen: string,
  serves: Partial<Record<keyof TrainFlags, readonly string[]>>,
): void {
  for (const [flag, names] of Object.entries(serves))
    if (flags[flag as keyof TrainFlags] !== undefined && !names.includes(chosen))
      throw new UsageError(`--${flag} does nothing with --${of} ${chosen}; it goes with ${names.join(", ")}`);
}
