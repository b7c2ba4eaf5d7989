/** What can be trained: anything that can update itself on a batch and predict. */
import type { Module } from "../nn/module.ts";
import { noGrad } from "../ops/emit.ts";
import type { Parameter } from "../ops/state.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutputMetrics } from "./evaluate.ts";

/** The loop in train.ts needs no more than this; equations, hand-written backprop and modules all fit. */
export interface Learner {
  /**
   * One update on a batch: forward, backward, step. Returns the mean loss over the batch and the outputs, both from before
   * the update and without their graph. Ordinary code of ops and state cells, so that it can be compiled.
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
   * Whether the step may be compiled without being asked: all that it changes are state cells and gradients. One that
   * keeps its parameters in variables of its own may not.
   */
  readonly compilable?: boolean;
}

export interface LearnerOptions {
  readonly model: Module;
  /** The mean loss of a batch from the model's output and the targets. */
  readonly loss: (output: Tensor, targets: Tensor) => Tensor;
  readonly optimizer: Optimizer;
  /** What is differentiated: the mean over the batch (default), or the sum, which multiplies the step by the batch size. */
  readonly reduction?: "mean" | "sum";
  /** Changes the gradients before the update, e.g. `(parameters) => clipGradNorm(parameters, 1)`. */
  readonly clip?: (parameters: readonly Parameter[]) => unknown;
  /** Computes metrics of the outputs beside their loss. Default: accuracy for classes, RMSE and R² for numbers. */
  readonly metrics?: OutputMetrics;
}

/**
 * A learner from a model, a loss and an optimizer. A step is done with the model in training mode, a prediction in
 * evaluation mode, parts included: a part that is to stay in one of them overrides `train()`.
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
      // not asked before: a compiled step would be another one for each mode
      model.train();
      const output = model.forward(inputs);
      const mean = loss(output, targets);
      const objective = reduction === "sum" ? mean.mul(inputs.shape[0]) : mean;
      optimizer.zeroGrad();
      objective.backward();
      clip?.(parameters);
      optimizer.step();
      // detached, so that keeping these does not keep the graph
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
