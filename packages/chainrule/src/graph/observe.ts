/** Running a step with an evaluator that computes nothing, and leaving everything as it was. */
import { installEvaluator } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import { zerosLike } from "../tensor/create.ts";
import { watchGrads } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { GradientLog } from "./gradient-log.ts";
import type { TracedGradient } from "./gradient-log.ts";

/** Something outside of the tensors that the step read, such as a module's mode, and what it was. */
export interface Dependence {
  readonly read: () => unknown;
  readonly seen: unknown;
}

/** What a step did besides computing. */
export interface Observed {
  /** What was seen holds for as long as these read the same. */
  readonly dependences: readonly Dependence[];
  /** What the step changed besides cells and gradients, such as a module's mode: done again at each call. */
  readonly effects: readonly (() => void)[];
  /** What became of the `grad` fields that the step touched. */
  readonly gradients: readonly TracedGradient[];
}

/** Notes what is no tensor: on what the step depends, and what it changes. */
export class Witness {
  readonly #dependences = new Map<() => unknown, unknown>();
  readonly #changed = new Map<() => unknown, { write: (value: never) => void; before: unknown }>();

  depends = (read: () => unknown): void => {
    // what the step has set itself is no matter of how things were
    if (!this.#dependences.has(read) && !this.#changed.has(read)) this.#dependences.set(read, read());
  };

  changes = (read: () => unknown, write: (value: never) => void): void => {
    if (!this.#changed.has(read)) this.#changed.set(read, { write, before: read() });
  };

  testimony(): Pick<Observed, "dependences" | "effects"> {
    return {
      dependences: [...this.#dependences].map(([read, seen]) => ({ read, seen })),
      effects: [...this.#changed].map(([read, { write }]) => {
        const value = read() as never;
        return () => write(value);
      }),
    };
  }

  restore(): void {
    for (const { write, before } of this.#changed.values()) write(before as never);
  }
}

let tracing = false;

/** Whether a step is being traced now. */
export function isTracing(): boolean {
  return tracing;
}

/** What a step does with such inputs: `evaluator` answers, nothing is computed, no cell and no `grad` changes. */
export function observed(
  evaluator: Evaluator & Witness,
  step: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  kept: ReadonlySet<Tensor>,
): Observed & { results: readonly Tensor[] } {
  const grads = new GradientLog(kept);
  const before = installEvaluator(evaluator);
  const watched = watchGrads(grads);
  tracing = true;
  try {
    const results = step(...inputs).map((output) => output.read());
    const gradients = grads.close((cell, grad) => {
      evaluator.assign(cell, grad?.read() ?? zerosLike(cell));
    });
    return { results, gradients, ...evaluator.testimony() };
  } finally {
    tracing = false;
    installEvaluator(before);
    evaluator.restore();
    watchGrads(watched);
    grads.restore();
  }
}
