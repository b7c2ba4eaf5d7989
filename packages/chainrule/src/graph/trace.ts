/**
 * Tracing: a step runs once with placeholder tensors, and what it emits (forward, gradients, updates of state cells)
 * becomes a program that a device runs again and again. The step is ordinary code.
 */
import type { Device, Slot } from "../devices/device.ts";
import { installEvaluator } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import { zerosLike } from "../tensor/create.ts";
import { Tensor, watchGrads } from "../tensor/tensor.ts";
import { Follower } from "./follower.ts";
import { GradientLog, sameGradients } from "./gradient-log.ts";
import type { TracedGradient } from "./gradient-log.ts";
import { Recorder } from "./recorder.ts";
import type { Recording } from "./recorder.ts";
import type { Dependence, Witness } from "./witness.ts";

/** What a step did besides computing. */
interface Effects {
  /** The trace is valid for as long as these read the same. */
  readonly dependences: readonly Dependence[];
  /** What the step changed besides cells and gradients, such as a module's mode: done again at each call. */
  readonly effects: readonly (() => void)[];
  /** What became of the `grad` fields that the step touched. */
  readonly gradients: readonly TracedGradient[];
}

/** What a trace of a step found. */
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
 * Records a step called with tensors like `examples`. Nothing is computed; cells, `grad` fields and modes are as before
 * when it returns. Gradients of tensors in `kept` are state of the step: it adds to what an earlier call left there.
 * Given an earlier trace with the same examples, it returns that trace's program, and faster, if the step does the same.
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
  const inputs = examples.map(({ shape, dtype, requiresGrad = false }) =>
    recorder.placeholder(shape, dtype, { requiresGrad }),
  );
  const { results, ...effects } = observe(recorder, step, inputs, kept);
  return { ...recorder.recording(inputs, results), ...effects };
}

/** The earlier trace, with what the step depends on and changes now; null where the step does anything else. */
function follow(step: Step, earlier: Trace, kept: ReadonlySet<Tensor>): Trace | null {
  const follower = new Follower(earlier);
  const inputs = earlier.program.inputs.map((slot) => earlier.tensors[slot]);
  try {
    const { results, ...effects } = observe(follower, step, inputs, kept);
    return follower.ends(results) && sameGradients(effects.gradients, earlier.gradients)
      ? { ...earlier, ...effects }
      : null;
  } catch {
    // an error of the step itself comes again when it is recorded
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

/** A traced step as a function: reads its cells, runs the program on the device, and writes what they become. */
export function replay({ program, cells }: Trace, device: Device): (...inputs: Tensor[]) => Tensor[] {
  const executable = device.load(program, cells);
  return (...inputs) => {
    const outputs = executable.start({ inputs }).now();
    return program.outputs.map(
      (slot, i) => new Tensor(program.slots[slot].shape, program.slots[slot].dtype, { values: outputs[i] }),
    );
  };
}
