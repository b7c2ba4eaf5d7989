/** Predictions and their figures, compiled. */
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { compile } from "../graph/compile.ts";
import type { CompiledStep } from "../graph/compile.ts";
import { noGrad } from "../ops/emit.ts";
import { concat } from "../ops/pieces.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { breather } from "./breather.ts";
import { figuresOf } from "./evaluate.ts";
import type { Figures } from "./evaluate.ts";
import type { Learner } from "./learner.ts";

/** Rows per call, as in evaluation that is not compiled: the same bits for the same rows. */
const chunk = 500;

export class CompiledEvaluation {
  readonly #learner: Pick<Learner, "predict" | "loss" | "judge">;
  readonly #predict: CompiledStep<readonly [Tensor], Tensor>;
  readonly #loss: CompiledStep<readonly [Tensor, Tensor], Tensor>;

  constructor(learner: Pick<Learner, "predict" | "loss" | "judge">, device: Device) {
    this.#learner = learner;
    this.#predict = compile((inputs: Tensor) => learner.predict(inputs), { device });
    this.#loss = compile((output: Tensor, targets: Tensor) => noGrad(() => learner.loss(output, targets)), {
      device,
    });
  }

  /** Traces a prediction; throws what keeps it from being compiled. */
  prepare({ shape, dtype }: Tensor): void {
    this.#predict.prepare({ shape: shape.with(0, Math.min(chunk, shape[0])), dtype });
  }

  async evaluate(data: Dataset, breathe: () => Promise<void> | void = breather()): Promise<Figures> {
    const output = await this.predictAll(data.inputs, breathe);
    const loss = await this.#loss.later(output, data.targets);
    return figuresOf(this.#learner, loss, output, data.targets);
  }

  /** The outputs for all rows, those that `evaluate` judges. */
  async predictAll(inputs: Tensor, breathe: () => Promise<void> | void = breather()): Promise<Tensor> {
    const rows = inputs.shape[0];
    if (rows === 0) return this.#predict.later(inputs);
    const parts: Tensor[] = [];
    for (let start = 0; start < rows; start += chunk) {
      await breathe();
      const indices = Int32Array.from({ length: Math.min(chunk, rows - start) }, (_, i) => start + i);
      const output = await this.#predict.runLater([inputs], [indices]);
      parts.push(output.reshape(output.shape.slice(1)));
    }
    return parts.length === 1 ? parts[0] : concat(parts);
  }

  explain(): string {
    return this.#predict.explain();
  }

  dispose(): void {
    this.#predict.dispose();
    this.#loss.dispose();
  }
}
