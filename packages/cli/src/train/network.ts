/** From settings to what they name: the network, its loss, optimizer, schedule and clipping. */
import { Generator } from "chainrule";
import type { Parameter, Tensor } from "chainrule";
import {
  crossEntropy,
  hingeLoss,
  huberLoss,
  l1Loss,
  probabilityHingeLoss,
  softmax,
  squaredError,
} from "chainrule/functions";
import {
  ELU,
  GELU,
  Identity,
  Linear,
  ReLU,
  Sequential,
  Sigmoid,
  Softplus,
  Tanh,
  init,
  initializeLinear,
} from "chainrule/nn";
import type { Module } from "chainrule/nn";
import {
  Adagrad,
  Adam,
  AdamW,
  Adamax,
  CosineAnnealingLR,
  ExponentialLR,
  MomentumEWA,
  OneCycleLR,
  RMSprop,
  ReduceLROnPlateau,
  SGD,
  StepLR,
  WarmupLR,
  clipGradNorm,
  clipGradValue,
} from "chainrule/optim";
import type { Optimizer, Schedule } from "chainrule/optim";
import type { Plan } from "chainrule/data/table";
import { defaultMetrics } from "chainrule/train";
import type { LearnerOptions, OutputMetrics } from "chainrule/train";
import { targetScaling } from "./preprocess.ts";
import type { TrainSettings } from "./settings.ts";

const activations = {
  sigmoid: Sigmoid,
  tanh: Tanh,
  relu: ReLU,
  elu: ELU,
  softplus: Softplus,
  gelu: GELU,
  identity: Identity,
} as const;

/** Linear layers with activations between them; for classes the outputs are scores (logits). */
export function network(settings: TrainSettings): Sequential {
  const { net, dtype, seed } = settings;
  const generator = new Generator(seed).stream("weights");
  const layers = net.slice(1).flatMap((size, i) => {
    const linear = new Linear(net[i], size, { dtype, generator });
    return i === net.length - 2 ? [linear] : [linear, new activations[settings.activation]()];
  });
  const model = new Sequential(...layers);
  initialize(model, settings, generator);
  return model;
}

function initialize(model: Module, settings: TrainSettings, generator: Generator): void {
  const { init: rule, initBias } = settings;
  switch (rule.name) {
    case "default":
      return;
    case "xavier":
      return initializeLinear(model, { weight: (w) => init.xavierUniform(w, { generator }) });
    case "kaiming":
      return initializeLinear(model, { weight: (w) => init.kaimingUniform(w, { generator }) });
    case "zeros":
      return initializeLinear(model, { weight: init.zeros });
    case "normal": {
      const draw = (cell: Parameter) => init.normal(cell, { std: rule.deviation, generator });
      return initializeLinear(model, { weight: draw, bias: initBias === "normal" ? draw : init.zeros });
    }
  }
}

/** The mean loss of a batch, from scores and class indices or from outputs and numbers. */
export function lossOf({
  loss,
  margin,
  net,
  dtype,
  task,
}: TrainSettings): (output: Tensor, targets: Tensor) => Tensor {
  const classes = net[net.length - 1];
  const squares = (half: boolean) => (output: Tensor, targets: Tensor) =>
    task === "classification"
      ? squaredError(softmax(output), targets.oneHot(classes, dtype), { half })
      : squaredError(output, targets, { half });
  const functions = {
    "cross-entropy": crossEntropy,
    mse: squares(false),
    "half-mse": squares(true),
    hinge: (output: Tensor, targets: Tensor) => hingeLoss(output, targets, { margin }),
    "prob-hinge": (output: Tensor, targets: Tensor) => probabilityHingeLoss(output, targets, { margin }),
    l1: (output: Tensor, targets: Tensor) => l1Loss(output, targets),
    huber: (output: Tensor, targets: Tensor) => huberLoss(output, targets),
  };
  return functions[loss];
}

/** Errors in the units of the table, where numbers to predict are trained on as (y − offset)/scale. */
export function metricsOf(plan: Plan | null): OutputMetrics | undefined {
  const scale = (plan && targetScaling(plan)?.scale) ?? 1;
  if (scale === 1) return undefined;
  return (output, targets) => {
    const { rmse, ...others } = defaultMetrics(output, targets);
    return rmse === undefined ? others : { ...others, rmse: rmse * scale };
  };
}

export function optimizerOf(settings: TrainSettings, model: Module): Optimizer {
  const { lr, momentum, beta, betas, eps, weightDecay } = settings;
  const parameters = model.parameters();
  switch (settings.optimizer) {
    case "sgd":
    case "momentum":
      return new SGD(parameters, { lr, momentum, weightDecay });
    case "nesterov":
      return new SGD(parameters, { lr, momentum, weightDecay, nesterov: true });
    case "momentum-ewa":
      return new MomentumEWA(parameters, { lr, beta, weightDecay });
    case "rmsprop":
      return new RMSprop(parameters, { lr, alpha: beta, eps, momentum, weightDecay });
    case "adagrad":
      return new Adagrad(parameters, { lr, eps, weightDecay });
    case "adam":
      return new Adam(parameters, { lr, betas, eps, weightDecay });
    case "adamw":
      return new AdamW(parameters, { lr, betas, eps, weightDecay });
    case "adamax":
      return new Adamax(parameters, { lr, betas, eps, weightDecay });
  }
}

export function clipping({ clip }: TrainSettings): LearnerOptions["clip"] {
  if (clip === null) return undefined;
  return clip.name === "norm"
    ? (parameters) => clipGradNorm(parameters, clip.limit)
    : (parameters) => clipGradValue(parameters, clip.limit);
}

/** The schedule of the learning rate over a run. */
export function scheduleOf({ schedule, epochs }: TrainSettings, optimizer: Optimizer): Schedule | undefined {
  // a run of no epochs has no course to plan, and cosine and one-cycle need a length
  if (schedule === null || epochs === 0) return undefined;
  switch (schedule.name) {
    case "step":
      return new StepLR(optimizer, { stepSize: schedule.epochs, gamma: schedule.factor });
    case "exponential":
      return new ExponentialLR(optimizer, { gamma: schedule.factor });
    case "cosine":
      return new CosineAnnealingLR(optimizer, { tMax: epochs });
    case "warmup":
      return new WarmupLR(optimizer, { epochs: schedule.epochs });
    case "one-cycle":
      return new OneCycleLR(optimizer, { epochs, maxLr: schedule.peak });
    case "plateau":
      return new ReduceLROnPlateau(optimizer, { patience: schedule.epochs, factor: schedule.factor });
  }
}
