/**
 * How the steps of a run are computed: one after the other as they are written, or compiled and many in one go.
 */
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { compile } from "../graph/compile.ts";
import type { CompiledStep } from "../graph/compile.ts";
import { ChainruleError } from "../tensor/errors.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { evaluateWithOutputs } from "./evaluate.ts";
import type { Evaluation } from "./evaluate.ts";
import { CompiledEvaluation } from "./compiled-evaluation.ts";
import type { Learner } from "./learner.ts";

/** What came out of a batch. */
export interface StepResult {
  readonly loss: number;
  /** The outputs, where they were asked for. */
  readonly output: Tensor | null;
}

export interface Steps {
  /**
   * Updates on these batches of the data, all of one length, and returns the result of each. A batch that fails ends the
   * slice with its error; the cells are then as that batch left them.
   */
  run(data: Dataset, batches: readonly Int32Array[]): Promise<readonly StepResult[]>;
  evaluate(data: Dataset, breathe: () => Promise<void> | void): Promise<Evaluation>;
  /** Looks whether the learner does still what it did, such as after an epoch in which others had their turn. */
  recheck(): void;
  /** Whether several batches in one go are faster than each alone. */
  readonly many: boolean;
  /** Why the steps run as they are written, where they were to be compiled. */
  readonly note: string | null;
  dispose(): void;
}

/** Every step as it is written; with a line that says why, where it was to be compiled. */
export function eagerSteps(learner: Learner, note: string | null = null): Steps {
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
    evaluate: (data, breathe) => evaluateWithOutputs(learner, data, breathe),
    dispose() {},
  };
}

/** What a run wants of its steps besides the losses. */
export interface Wanted {
  /** The lengths that batches have. */
  readonly sizes: readonly number[];
  /** The outputs of every batch. */
  readonly outputs: boolean;
  /** Whether metrics on data are computed; they need a program of their own. */
  readonly evaluation: boolean;
}

type TrainStep = CompiledStep<readonly [Tensor, Tensor], { loss: Tensor; output?: Tensor }>;

class CompiledSteps implements Steps {
  readonly #learner: Learner;
  readonly #step: TrainStep;
  readonly #evaluation: CompiledEvaluation;
  /** From when on the learner does what cannot be compiled. */
  #written: Steps | null = null;

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
    return this.#written === null;
  }

  get note(): string | null {
    return this.#written?.note ?? null;
  }

  /** Traces what is wanted. */
  prepare(data: Dataset, { sizes, evaluation }: Wanted): void {
    try {
      this.#prepareAll(data, sizes);
      if (evaluation) this.#evaluation.prepare(data.inputs);
    } catch (error) {
      this.#goOnAsWritten(error);
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

  /** The steps as they are written, after an error of what cannot be compiled; any other is thrown on. */
  #goOnAsWritten(error: unknown): Steps {
    this.dispose();
    if (!isUncompilable(error)) throw error;
    this.#written = eagerSteps(this.#learner, uncompiled(error));
    return this.#written;
  }

  /** What the learner does, or what it was written as from when on that cannot be compiled. */
  async #orWritten<T>(compiled: () => Promise<T>, written: (steps: Steps) => Promise<T>): Promise<T> {
    if (this.#written !== null) return written(this.#written);
    try {
      return await compiled();
    } catch (error) {
      return written(this.#goOnAsWritten(error));
    }
  }

  async run(data: Dataset, batches: readonly Int32Array[]): Promise<readonly StepResult[]> {
    if (this.#written === null)
      try {
        // only tracing may find that the step cannot be compiled: nothing has run yet
        this.#prepare(data, batches[0].length);
      } catch (error) {
        this.#goOnAsWritten(error);
      }
    if (this.#written !== null) return this.#written.run(data, batches);
    const { loss, output } = await this.#step.runLater(data, batches);
    return batches.map((_, i) => ({ loss: loss.data[i], output: output ? entry(output, i) : null }));
  }

  evaluate(data: Dataset, breathe: () => Promise<void> | void): Promise<Evaluation> {
    return this.#orWritten(
      () => this.#evaluation.evaluateWithOutputs(data, breathe),
      (steps) => steps.evaluate(data, breathe),
    );
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

/** Entry i along the first axis, sharing the numbers. */
function entry(x: Tensor, i: number): Tensor {
  const shape = x.shape.slice(1);
  const size = x.size / x.shape[0];
  return fromValues(x.data.subarray(i * size, (i + 1) * size), shape, x.dtype);
}

/** What a step may do that runs as it is written but cannot be compiled. */
const uncompilable = new Set<string>(["no-values", "not-repeatable", "no-compile"]);

function isUncompilable(error: unknown): boolean {
  return error instanceof ChainruleError && uncompilable.has(error.code);
}

/** The line that says why steps run as they are written. */
export function uncompiled(error: unknown): string {
  return `runs uncompiled, which is slower: ${error instanceof Error ? error.message : String(error)}`;
}

/** Compiled steps; where they cannot be, they run as they are written, and a note says why. */
export function compiledSteps(
  learner: Learner,
  device: Device,
  data: Dataset,
  wanted: Wanted,
): Steps & { explain(): string } {
  const steps = new CompiledSteps(learner, device, wanted.outputs);
  steps.prepare(data, wanted);
  return steps;
}
