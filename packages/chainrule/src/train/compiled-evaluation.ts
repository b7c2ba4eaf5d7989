/** Predictions and their metrics, compiled. */
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { compile } from "../graph/compile.ts";
import type { CompiledStep } from "../graph/compile.ts";
import { noGrad } from "../ops/emit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pauseEvery } from "./pause.ts";
import type { Pause } from "./pause.ts";
import { metricsOf, inBlocks, rowsPerBlock } from "./evaluate.ts";
import type { Evaluation, Metrics } from "./evaluate.ts";
import type { Learner } from "./learner.ts";

/** Evaluates a learner on data sets by compiled programs. */
export class CompiledEvaluation {
  readonly #learner: Pick<Learner, "predict" | "loss" | "metrics">;
  readonly #predict: CompiledStep<readonly [Tensor], Tensor>;
  readonly #loss: CompiledStep<readonly [Tensor, Tensor], Tensor>;

  constructor(learner: Pick<Learner, "predict" | "loss" | "metrics">, device: Device) {
    this.#learner = learner;
    this.#predict = compile((inputs: Tensor) => learner.predict(inputs), { device });
    this.#loss = compile((output: Tensor, targets: Tensor) => noGrad(() => learner.loss(output, targets)), {
      device,
    });
  }

  /** Traces a prediction; throws if it cannot be compiled. */
  prepare({ shape, dtype }: Tensor): void {
    this.#predict.prepare({ shape: shape.with(0, Math.min(rowsPerBlock, shape[0])), dtype });
  }

  /** The metrics over all rows of a data set. */
  async evaluate(data: Dataset, pause: Pause = pauseEvery()): Promise<Metrics> {
    return (await this.evaluateWithOutputs(data, pause)).metrics;
  }

  /** The metrics, with the outputs from which they are computed. */
  async evaluateWithOutputs(data: Dataset, pause: Pause = pauseEvery()): Promise<Evaluation> {
    const outputs = await this.predictAll(data.inputs, pause);
    const loss = await this.#loss.later(outputs, data.targets);
    return { metrics: metricsOf(this.#learner, loss, outputs, data.targets), outputs };
  }

  /** The outputs for all rows, equal to the bit to those from which `evaluate` computes its metrics. */
  predictAll(inputs: Tensor, pause: Pause = pauseEvery()): Promise<Tensor> {
    return inBlocks(inputs.shape[0], pause, async (start, end) => {
      if (start === end) return this.#predict.later(inputs);
      const indices = Int32Array.from({ length: end - start }, (_, i) => start + i);
      const output = await this.#predict.runLater([inputs], [indices]);
      return output.reshape(output.shape.slice(1));
    });
  }

  /** Traces the programs again at their next calls, so that numbers which changed count. */
  recheck(): void {
    this.#predict.recheck();
    this.#loss.recheck();
  }

  /** The kernels of the prediction. */
  explain(): string {
    return this.#predict.explain();
  }

  /** Frees the device memory of the programs. */
  dispose(): void {
    this.#predict.dispose();
    this.#loss.dispose();
  }
}
