/**
 * Tracing: a step, which is ordinary code, runs once with placeholder tensors. The ops that it emits (forward, gradients,
 * updates of state cells) become a program that a device runs again and again.
 */
import type { Slot } from "../devices/device.ts";
import { installEvaluator } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import { zerosLike } from "../tensor/create.ts";
import { watchGrads } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Follower } from "./follower.ts";
import { GradientLog, sameGradients } from "./gradient-log.ts";
import type { TracedGradient } from "./gradient-log.ts";
import { Recorder } from "./recorder.ts";
import type { Recording } from "./recorder.ts";
import type { Dependence, Witness } from "./witness.ts";

/** The effects of a step besides its ops. */
interface Effects {
  /** The trace is valid for as long as these read the same. */
  readonly dependences: readonly Dependence[];
  /** Changes of values that are not tensors, such as a module's mode. Each call of the compiled step makes them again. */
  readonly effects: readonly (() => void)[];
  /** The `grad` fields that the step read or changed. */
  readonly gradients: readonly TracedGradient[];
}

export interface Trace extends Recording, Effects {}

type Step = (...inputs: Tensor[]) => readonly Tensor[];

/** The shape and type of an input of a step; a placeholder stands for it. */
export interface InputExample extends Slot {
  readonly requiresGrad?: boolean;
}

let tracing = false;

/** Whether a step is being traced now. */
export function isTracing(): boolean {
  return tracing;
}

/**
 * Records a step called with tensors like `examples`. Nothing is computed, and cells, `grad` fields and modes are
 * restored. Gradients of tensors in `kept` are state of the step, which adds to the gradients of an earlier call. Given
 * an earlier trace with the same examples, it returns that trace's program, and faster, if the step does the same.
 * @throws GraphError `no-values` when the step reads a value
 */
export function trace(
  step: Step,
  examples: readonly InputExample[],
  kept: ReadonlySet<Tensor> = new Set(),
  earlier: Trace | null = null,
): Trace {
  const again = earlier && follow(step, earlier, kept);
  if (again !== null) return again;
  const recorder = new Recorder();
  const inputs = examples.map((example) =>
    recorder.placeholder(example, { requiresGrad: example.requiresGrad }),
  );
  const { results, ...effects } = observe(recorder, step, inputs, kept);
  return { ...recorder.recording(inputs, results), ...effects };
}

/** The earlier trace with the effects of this run; null if the step does anything else. */
function follow(step: Step, earlier: Trace, kept: ReadonlySet<Tensor>): Trace | null {
  const follower = new Follower(earlier);
  const inputs = earlier.program.inputs.map((slot) => earlier.tensors[slot]);
  try {
    const { results, ...effects } = observe(follower, step, inputs, kept);
    return follower.ends(results) && sameGradients(effects.gradients, earlier.gradients)
      ? { ...earlier, ...effects }
      : null;
  } catch {
    // an error of the step itself is thrown again when the step is recorded
    return null;
  }
}

/** Runs a step with an evaluator that computes nothing, and leaves `grad` fields and modes as they were. */
function observe(
  evaluator: Evaluator & Witness,
  step: Step,
  inputs: readonly Tensor[],
  kept: ReadonlySet<Tensor>,
): Effects & { readonly results: readonly Tensor[] } {
  const log = new GradientLog(kept);
  const before = installEvaluator(evaluator);
  const watched = watchGrads(log);
  tracing = true;
  try {
    const results = step(...inputs).map((result) => result.read());
    const gradients = log.close((cell, grad) => evaluator.assign(cell, grad?.read() ?? zerosLike(cell)));
    return { results, gradients, dependences: evaluator.dependences(), effects: evaluator.effects() };
  } finally {
    tracing = false;
    installEvaluator(before);
    evaluator.restore();
    watchGrads(watched);
    log.restore();
  }
}
