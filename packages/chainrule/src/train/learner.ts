/** A learner: an object that can update itself on a batch and predict. */
import type { Module } from "../nn/module.ts";
import { noGrad } from "../ops/emit.ts";
import type { Parameter } from "../ops/state.ts";
import type { Optimizer } from "../optim/optimizer.ts";
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
  /**
   * Whether `train()` compiles the step by default. The step may then change only state cells and gradients, not, for
   * example, variables with parameters of its own.
   */
  readonly compilable?: boolean;
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
 * A learner from a model, a loss and an optimizer. A step runs with the model and its parts in training mode, a prediction
 * in evaluation mode; a part that must stay in one mode overrides `train()`.
 */
export function learner({
  model,
  loss,
  optimizer,
  reduction = "mean",
  clip,
  metrics,
}: LearnerOptions): Learner {
  const parameters = [...model.parameters()];
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
    compilable: true,
  };
}
