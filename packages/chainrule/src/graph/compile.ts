/**
 * compile: an ordinary step function becomes a program that a device runs. The step is traced for each combination of
 * input shapes, modes and the like that it is called with; a call of it afterwards runs no line of it.
 */
import type { Device, Executable, Program } from "../devices/device.ts";
import { reference } from "../devices/reference.ts";
import { isGradEnabled } from "../ops/emit.ts";
import type { StateCell } from "../ops/state.ts";
import { GraphError, ValueError } from "../tensor/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { consecutive, joined, requireBatches, requireStackable, rowsOf, tensorsOf } from "./batches.ts";
import type { Rows } from "./batches.ts";
import { difference } from "./differences.ts";
import { explain } from "./explain.ts";
import { enterGradient, leaveGradients } from "./gradient-log.ts";
import { flatten, rebuild } from "./outputs.ts";
import type { Outputs, Structure } from "./outputs.ts";
import { rewrite } from "./rewrite.ts";
import { isTracing, trace } from "./trace.ts";
import type { Example, Trace } from "./trace.ts";

export interface CompileOptions {
  /** What runs the program; the reference device unless given. */
  readonly device?: Device;
  /** Trace the step anew at each call and refuse what differs from the program: finds what changes between calls. */
  readonly verify?: boolean;
}

/** A step that a device runs. */
export interface CompiledStep<Inputs extends readonly Tensor[], Result extends Outputs> {
  /** One step. */
  (...inputs: Inputs): Result;
  /**
   * One step for each batch, in one go: its inputs are the rows of `data` that the batch names. Results are those of
   * the single steps, stacked along a new first axis.
   */
  run(data: Rows, batches: Iterable<Int32Array>): Result;
  /** Traces the step for tensors like these and makes the program ready, without running it. */
  prepare(...examples: readonly Example[]): void;
  /** The cells that the programs so far read or change. */
  readonly cells: readonly StateCell[];
  /** The programs so far as text: kernels with shapes, operations, bytes, what is fused, and the arena. */
  explain(): string;
  readonly programs: readonly Program[];
  /** Gives back what the device holds for it. Cells keep their values. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** One trace of the step, ready to run. */
interface Specialization {
  readonly key: string;
  readonly trace: Trace;
  /** The tensors whose gradients are state of the step. */
  readonly kept: ReadonlySet<Tensor>;
  readonly program: Program;
  readonly structure: Structure;
  readonly executable: Executable;
}

class Compiled {
  readonly #step: (...inputs: Tensor[]) => unknown;
  readonly #device: Device;
  readonly #verify: boolean;
  readonly specializations: Specialization[] = [];
  #running = false;
  #disposed = false;

  constructor(
    step: (...inputs: Tensor[]) => unknown,
    { device = reference, verify = false }: CompileOptions,
  ) {
    this.#step = step;
    this.#device = device;
    this.#verify = verify;
  }

  call(inputs: readonly Tensor[]): unknown {
    // inside the trace of another step this one is ordinary code
    if (isTracing()) return this.#step(...inputs);
    inputs.forEach((input, i) => {
      if (!(input instanceof Tensor))
        throw new ValueError(
          "compile",
          `argument ${i + 1} of a compiled step is ${String(input)}, not a tensor; a number that changes is a state cell`,
        );
    });
    return this.#guarded(() => {
      const now = inputs.map((input) => input.read());
      const found = this.#specialized(now);
      const outputs = this.#executed(found, () => found.executable.run(now));
      const { slots, outputs: places } = found.program;
      const tensors = places.map(
        (slot, i) => new Tensor(slots[slot].shape, slots[slot].dtype, { values: outputs[i] }),
      );
      return rebuild(found.structure, tensors);
    });
  }

  run(rows: Rows, given: Iterable<Int32Array>): unknown {
    if (isTracing())
      throw new GraphError(
        "no-compile",
        "run: a step that is being traced can call a compiled step, not run() it",
      );
    const data = tensorsOf(rows);
    const batches = [...given];
    requireBatches(data, batches);
    return this.#guarded(() => {
      // all shapes first, so that nothing is half done when one of them cannot be compiled
      const sizes = [...new Set(batches.map(({ length }) => length))];
      const found = sizes.map((size) => this.#specialized(rowsOf(data, size)));
      requireStackable(found.map(({ program }) => program));
      const runs = consecutive(batches).map((same) => {
        const one = this.#specialized(rowsOf(data, same[0].length));
        return this.#executed(one, () => one.executable.runRows(data, same));
      });
      const { program, structure } = found[0];
      const tensors = program.outputs.map((slot, i) => {
        const { shape, dtype } = program.slots[slot];
        const parts = runs.map((outputs) => outputs[i]);
        return new Tensor([batches.length, ...shape], dtype, { values: joined(parts, dtype) });
      });
      return rebuild(structure, tensors);
    });
  }

  prepare(examples: readonly Example[]): void {
    this.#guarded(() => this.#specialized(examples));
  }

  cells(): StateCell[] {
    return [...new Set(this.specializations.flatMap(({ trace }) => trace.cells))];
  }

  dispose(): void {
    if (this.#running)
      throw new GraphError("disposed", "dispose: the compiled step is running; dispose of it afterwards");
    this.#disposed = true;
    for (const { executable } of this.specializations.splice(0)) executable.dispose();
  }

  #guarded<T>(body: () => T): T {
    if (this.#disposed)
      throw new GraphError("disposed", "this compiled step was disposed of; compile it again");
    if (this.#running)
      throw new GraphError(
        "no-compile",
        "this compiled step is running already; it cannot be called from within",
      );
    this.#running = true;
    try {
      return body();
    } finally {
      this.#running = false;
    }
  }

  /** Runs a program, its gradients brought in before and left as the step would leave them. */
  #executed<T>({ trace, kept }: Specialization, body: () => T): T {
    for (const tensor of kept) enterGradient(tensor);
    const result = body();
    leaveGradients(trace.gradients);
    for (const effect of trace.effects) effect();
    return result;
  }

  /** The program for such inputs, as things are now. */
  #specialized(examples: readonly Example[]): Specialization {
    const key = keyOf(examples);
    const known = this.specializations.find((one) => one.key === key && holds(one.trace));
    if (known === undefined) return this.#specialize(key, examples);
    if (this.#verify) this.#requireSame(known.trace, examples, known.kept, "now");
    return known;
  }

  #specialize(key: string, examples: readonly Example[]): Specialization {
    let structure: Structure = "none";
    const step = (...inputs: Tensor[]): readonly Tensor[] => {
      const result = flatten(this.#step(...inputs));
      ({ structure } = result);
      return result.tensors;
    };
    const kept = new Set<Tensor>();
    let recorded = trace(step, examples, kept);
    for (let adds = adding(recorded); adds.length > 0; adds = adding(recorded)) {
      for (const tensor of adds) kept.add(tensor);
      recorded = trace(step, examples, kept);
    }
    this.#requireSame(recorded, examples, kept, "the second time");
    const program = rewrite(recorded.program);
    const executable = this.#device.load(program, recorded.cells);
    const made = { key, trace: recorded, kept, program, structure, executable };
    this.specializations.push(made);
    return made;
  }

  /** Traces once more and refuses what differs. */
  #requireSame(before: Trace, examples: readonly Example[], kept: ReadonlySet<Tensor>, when: string): void {
    const again = trace((...inputs) => flatten(this.#step(...inputs)).tensors, examples, kept);
    const clause = difference(before, again);
    if (clause === null) return;
    throw new GraphError(
      "not-repeatable",
      `compile: the step is another program ${when}: ${clause}. Random numbers come from a state (Dropout, ops.uniform), ` +
        "and a number that changes is a state cell or an argument",
    );
  }
}

const adding = ({ gradients }: Trace): Tensor[] =>
  gradients.filter(({ fate }) => fate === "adds").map(({ tensor }) => tensor);

function keyOf(examples: readonly Example[]): string {
  const inputs = examples.map(
    ({ shape, dtype, requiresGrad = false }) => `${dtype} ${shape.join()}${requiresGrad ? " g" : ""}`,
  );
  return `${inputs.join(";")}${isGradEnabled() ? "" : " noGrad"}`;
}

/** Whether what the trace depends on is as it was. */
function holds({ dependences, gradients }: Trace): boolean {
  return (
    dependences.every(({ read, seen }) => Object.is(read(), seen)) &&
    gradients.every(({ tensor, fate }) => fate !== "found null" || tensor.grad === null)
  );
}

/**
 * Compiles a training step, or any function of tensors that is written in ops: (x, …) ↦ a tensor, an array or an
 * object of them. Cells are state, other tensors that it closes over are constants. The first call for a
 * shape traces the step twice and refuses what differs.
 * @throws GraphError `not-repeatable` for a step that changes from call to call, `no-values` where it reads a value
 * @example
 * const w = new Parameter(tensor([2]));
 * const step = compile((x: Tensor) => {
 *   w.assign(w.sub(x.mul(0.5)));
 *   return w.mul(w).sum();
 * });
 * step(tensor([1])).item(); // 2.25
 */
export function compile<Inputs extends readonly Tensor[], Result extends Outputs>(
  step: (...inputs: Inputs) => Result,
  options: CompileOptions = {},
): CompiledStep<Inputs, Result> {
  const compiled = new Compiled(step as unknown as (...inputs: Tensor[]) => unknown, options);
  const call = (...inputs: Inputs): Result => compiled.call(inputs) as Result;
  const dispose = (): void => compiled.dispose();
  Object.defineProperties(call, {
    programs: { get: () => compiled.specializations.map(({ program }) => program) },
    cells: { get: () => compiled.cells() },
  });
  return Object.assign(call as CompiledStep<Inputs, Result>, {
    run: (data: Rows, batches: Iterable<Int32Array>) => compiled.run(data, batches) as Result,
    prepare: (...examples: readonly Example[]) => compiled.prepare(examples),
    explain: () => explain(compiled.specializations),
    dispose,
    [Symbol.dispose]: dispose,
  });
}
