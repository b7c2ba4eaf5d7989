/** A learner: an object that can update itself on a batch and predict. */
import { Module } from "../nn/module.ts";
import { noGrad } from "../ops/emit.ts";
import type { Parameter } from "../ops/state.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { describe } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, instance, oneOf, requireFunction } from "../tensor/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutputMetrics } from "./evaluate.ts";

/** All that `train()` needs; equations, hand-written backpropagation and modules all fit. */
export interface Learner {
  /**
   * One update on a batch: forward, backward, step. Returns the mean loss over the batch and the outputs, both from before
   * the update and without their graph. It is ordinary code of ops and state cells, so that it can be compiled.
   */
  step(inputs: Tensor, targets: Tensor): { loss: Tensor; output: Tensor };
  /** The outputs for a batch, in evaluation mode and without graph. */
  predict(inputs: Tensor): Tensor;
  /** The mean loss of outputs. */
  loss(output: Tensor, targets: Tensor): Tensor;
  /** Computes metrics of the outputs beside their loss. Default: accuracy for classes, RMSE and R² for numbers. */
  readonly metrics?: OutputMetrics;
  /** How many numbers are trained. */
  readonly parameterCount: number;
  /** The trained parameters, if the learner knows them: `train()` checks that they are finite at its end. */
  readonly parameters?: readonly Parameter[];
  /**
   * Whether `train()` compiles the step by default. The step may then change only state cells and gradients, not, for
   * example, variables with parameters of its own.
   */
  readonly compilable?: boolean;
}

/** Checks that a value has these methods of a learner. */
export function requireLearner(
  where: string,
  name: string,
  value: unknown,
  methods: readonly ("step" | "predict" | "loss")[] = ["step", "predict", "loss"],
): void {
  const given = value as Partial<Learner> | null | undefined;
  const lacks = methods.find((method) => typeof given?.[method] !== "function");
  if (lacks === undefined) return;
  throw new ValueError(where, `${name} must be a learner, and ${describe(value)} has no ${lacks}()`, {
    advice: "learner({ model, loss, optimizer }) makes one",
  });
}

export interface LearnerOptions {
  readonly model: Module;
  /** The mean loss of a batch from the model's output and the targets. */
  readonly loss: (output: Tensor, targets: Tensor) => Tensor;
  readonly optimizer: Optimizer;
  /** The objective: the mean over the batch (default), or the sum, which multiplies the step by the batch size. */
  readonly reduction?: "mean" | "sum";
  /** Changes the gradients before the update, e.g. `(parameters) => clipGradNorm(parameters, 1)`. */
  readonly clip?: (parameters: readonly Parameter[]) => unknown;
  /** Computes metrics of the outputs beside their loss. Default: accuracy for classes, RMSE and R² for numbers. */
  readonly metrics?: OutputMetrics;
}

/**
 * A learner from a model, a loss and an optimizer that trains the model. A step runs with the model and its parts in training mode, a prediction
 * in evaluation mode; a part that must stay in one mode overrides `train()`.
 * @throws ValueError for an unknown option, without model, loss or optimizer, and for an optimizer of other parameters
 */
export function learner(options: LearnerOptions): Learner {
  const { model, loss, optimizer, reduction = "mean", clip, metrics } = checkedOptions(options);
  const parameters = model.parameters();
  return {
    step(inputs, targets) {
      // set without reading the mode, since a compiled step has a program for each mode that it reads
      model.train();
      const output = model.forward(inputs);
      const mean = loss(output, targets);
      const objective = reduction === "sum" ? mean.mul(inputs.shape[0]) : mean;
      optimizer.zeroGrad();
      objective.backward();
      clip?.(parameters);
      optimizer.step();
      // detached, so that these tensors do not keep the graph
      return { loss: mean.detach(), output: output.detach() };
    },
    predict(inputs) {
      model.eval();
      return noGrad(() => model.forward(inputs));
    },
    loss,
    metrics,
    parameterCount: model.parameterCount(),
    parameters,
    compilable: true,
  };
}

/** The options, each of its kind, and an optimizer that trains the model. */
function checkedOptions(options: LearnerOptions): LearnerOptions {
  const where = "learner";
  const { model, optimizer } = checkOptions(where, options, {
    model: instance(Module, "a module, such as new Sequential(…)"),
    optimizer: instance(Optimizer, "an optimizer, such as new Adam(model.parameters())"),
    loss: requireFunction,
    reduction: oneOf("mean", "sum"),
    clip: requireFunction,
    metrics: requireFunction,
  });
  for (const name of ["model", "loss", "optimizer"] as const)
    if (options?.[name] === undefined)
      throw new ValueError(where, `needs ${name === "optimizer" ? "an" : "a"} ${name}`, {
        advice: "learner({ model, loss, optimizer })",
      });
  const trained = new Set(optimizer.paramGroups.flatMap(({ params }) => params));
  if (!model.parameters().some((parameter) => trained.has(parameter)))
    throw new ValueError(
      where,
      "the optimizer has none of the model's parameters, so the model would learn nothing",
      {
        advice: "make the optimizer of model.parameters()",
      },
    );
  return options;
}
