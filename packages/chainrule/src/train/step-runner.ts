/** Runs the steps of a training: eagerly one after the other, or compiled and many in one go. */
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { compile } from "../graph/compile.ts";
import type { CompiledStep } from "../graph/compile.ts";
import { ChainruleError } from "../tensor/errors.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { evaluateEagerly } from "./evaluate.ts";
import type { Evaluation } from "./evaluate.ts";
import { CompiledEvaluation } from "./compiled-evaluation.ts";
import type { Learner } from "./learner.ts";
import type { Pause } from "./pause.ts";

/** The result of the step on one batch. */
export interface StepResult {
  readonly loss: number;
  /** The outputs; null if the run does not need them. */
  readonly output: Tensor | null;
}

export interface StepRunner {
  /**
   * Updates on these batches of the data, all of one length, and returns the result of each. A batch that fails ends the
   * slice with its error; the cells are then as that batch left them.
   */
  run(data: Dataset, batches: readonly Int32Array[]): Promise<readonly StepResult[]>;
  evaluate(data: Dataset, pause: Pause): Promise<Evaluation>;
  /** Checks before the next step that the learner's code still does the same, as the caller may change it between epochs. */
  recheck(): void;
  /** Whether a slice of several batches is faster than single batches. */
  readonly many: boolean;
  /** Why the steps run eagerly although they should be compiled; null otherwise. */
  readonly note: string | null;
  dispose(): void;
}

/** Runs every step eagerly. `note` says why, if the steps should be compiled. */
export function eagerRunner(learner: Learner, note: string | null = null): StepRunner {
  return {
    many: false,
    note,
    recheck() {},
    run: async (data, batches) =>
      batches.map((indices) => {
        const batch = data.batch(indices);
        const { loss, output } = learner.step(batch.inputs, batch.targets);
        return { loss: loss.item(), output };
      }),
    evaluate: (data, pause) => evaluateEagerly(learner, data, pause),
    dispose() {},
  };
}

/** What a run needs besides the losses. */
export interface RunNeeds {
  /** The lengths of batches. */
  readonly sizes: readonly number[];
  /** Whether the outputs of every batch are needed. */
  readonly outputs: boolean;
  /** Whether metrics on data are needed, which take a program of their own. */
  readonly evaluation: boolean;
}

type TrainStep = CompiledStep<readonly [Tensor, Tensor], { loss: Tensor; output?: Tensor }>;

class CompiledRunner implements StepRunner {
  readonly #learner: Learner;
  readonly #step: TrainStep;
  readonly #evaluation: CompiledEvaluation;
  /** Runs the steps from the time when the learner turns out not to be compilable. */
  #eager: StepRunner | null = null;

  constructor(learner: Learner, device: Device, withOutputs: boolean) {
    this.#learner = learner;
    this.#step = compile(
      (inputs: Tensor, targets: Tensor): { loss: Tensor; output?: Tensor } => {
        const { loss, output } = learner.step(inputs, targets);
        return withOutputs ? { loss, output } : { loss };
      },
      { device },
    ) as TrainStep;
    this.#evaluation = new CompiledEvaluation(learner, device);
  }

  get many(): boolean {
    return this.#eager === null;
  }

  get note(): string | null {
    return this.#eager?.note ?? null;
  }

  /** Traces the programs that the run needs. */
  prepare(data: Dataset, { sizes, evaluation }: RunNeeds): void {
    try {
      this.#prepareAll(data, sizes);
      if (evaluation) this.#evaluation.prepare(data.inputs);
    } catch (error) {
      this.#goOnEagerly(error);
    }
  }

  #prepareAll(data: Dataset, sizes: readonly number[]): void {
    for (const size of sizes)
      try {
        this.#prepare(data, size);
      } catch (error) {
        // any other error of the last, smaller batch is thrown when that batch comes
        if (size === sizes[0] || isUncompilable(error)) throw error;
      }
  }

  #prepare({ inputs, targets }: Dataset, size: number): void {
    const rows = ({ shape, dtype }: Tensor) => ({ shape: shape.with(0, size), dtype });
    this.#step.prepare(rows(inputs), rows(targets));
  }

  recheck(): void {
    this.#step.recheck();
    this.#evaluation.recheck();
  }

  /** Runs the steps eagerly after an error about a step that cannot be compiled; throws any other error. */
  #goOnEagerly(error: unknown): void {
    this.dispose();
    if (!isUncompilable(error)) throw error;
    this.#eager = eagerRunner(this.#learner, uncompiled(error));
  }

  async run(data: Dataset, batches: readonly Int32Array[]): Promise<readonly StepResult[]> {
    if (this.#eager === null)
      try {
        // only tracing finds that a step cannot be compiled, so nothing has run yet
        this.#prepare(data, batches[0].length);
      } catch (error) {
        this.#goOnEagerly(error);
      }
    if (this.#eager !== null) return this.#eager.run(data, batches);
    const { loss, output } = await this.#step.runLater(data, batches);
    return batches.map((_, i) => ({ loss: loss.data[i], output: output ? entry(output, i) : null }));
  }

  async evaluate(data: Dataset, pause: Pause): Promise<Evaluation> {
    if (this.#eager === null)
      try {
        return await this.#evaluation.evaluateWithOutputs(data, pause);
      } catch (error) {
        this.#goOnEagerly(error);
      }
    return this.#eager!.evaluate(data, pause);
  }

  /** The programs of a step and of a prediction as text. */
  explain(): string {
    return `A training step\n\n${this.#step.explain()}\n\nAn evaluation\n\n${this.#evaluation.explain()}`;
  }

  dispose(): void {
    this.#step.dispose();
    this.#evaluation.dispose();
  }
}

/** Entry i along the first axis; it shares its numbers with x. */
function entry(x: Tensor, i: number): Tensor {
  const shape = x.shape.slice(1);
  const size = x.size / x.shape[0];
  return fromValues(x.data.subarray(i * size, (i + 1) * size), shape, x.dtype);
}

/** The errors of a step that runs eagerly but cannot be compiled. */
const uncompilable = new Set<string>(["no-values", "not-repeatable", "no-compile"]);

export function isUncompilable(error: unknown): boolean {
  return error instanceof ChainruleError && uncompilable.has(error.code);
}

/** The note that says why steps run eagerly. */
export function uncompiled(error: unknown): string {
  return `runs uncompiled, which is slower: ${error instanceof Error ? error.message : String(error)}`;
}

/** Runs compiled steps. If they cannot be compiled, they run eagerly, and a note says why. */
export function compiledRunner(
  learner: Learner,
  device: Device,
  data: Dataset,
  needs: RunNeeds,
): StepRunner & { explain(): string } {
  const runner = new CompiledRunner(learner, device, needs.outputs);
  runner.prepare(data, needs);
  return runner;
}
