/**
 * compile: an ordinary step function becomes a program that a device runs. The step is traced once for each combination
 * of input shapes, modes and the like. Further calls run no line of it.
 */
import { anything, checkOptions, flag, requireFunction } from "../tensor/options.ts";
import type { Device, Program, Started } from "../devices/device.ts";
import { reference } from "../devices/reference.ts";
import type { StateCell } from "../ops/state.ts";
import { GraphError, ValueError } from "../tensor/errors.ts";
import type { Values } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import { consecutive, joined, requireBatches, requireStackable, rowsOf, tensorsOf } from "./batches.ts";
import type { Rows } from "./batches.ts";
import { explain } from "../devices/explain.ts";
import { outputTensors, rebuild } from "./results.ts";
import type { Outputs } from "./results.ts";
import { Specializations, enter, leave } from "./specializations.ts";
import { isTracing } from "./trace.ts";
import type { InputExample } from "./trace.ts";

export interface CompileOptions {
  /** The device that runs the program; default: the reference device. */
  readonly device?: Device;
  /** Whether each call traces the step anew and throws if it differs from the program: finds steps that change. */
  readonly verify?: boolean;
}

/** A step that a device runs. */
export interface CompiledStep<Inputs extends readonly Tensor[], Result extends Outputs> {
  /** One step. */
  (...inputs: Inputs): Result;
  /**
   * One step for each batch, in one go: its inputs are the rows of `data` with the batch's indices. The results of the
   * steps are stacked along a new first axis.
   */
  run(data: Rows, batches: Iterable<Int32Array>): Result;
  /**
   * A call and `run` without waiting. If the device has a worker, as in a page, the steps run there. They begin when the
   * device has finished earlier calls, with the values that cells have then. While they run, cells keep their old
   * values for readers; a value that is assigned meanwhile stays when they are done.
   */
  later(...inputs: Inputs): Promise<Result>;
  /** `run` in the worker of the device: the promise of its result, and this thread goes on. */
  runLater(data: Rows, batches: Iterable<Int32Array>): Promise<Result>;
  /** Traces the step for tensors like these and loads the program, without running it. */
  prepare(...examples: readonly InputExample[]): void;
  /**
   * The next call traces the step once more, and compiles it anew if its program differs: for values that change now and
   * then and are not state cells, such as a number that the step closes over. `train()` calls it before each epoch.
   */
  recheck(): void;
  /** The cells that the programs read or change. */
  readonly cells: readonly StateCell[];
  /** The programs as text: kernels with shapes, operations, bytes and fused ops, and the size of the arena. */
  explain(): string;
  readonly programs: readonly Program[];
  /** Frees the device's memory for the programs. Cells keep their values. */
  dispose(): void;
  /** `dispose`, for `using`. */
  [Symbol.dispose](): void;
}

/** One call: it yields work for the device, receives the outputs, and returns the result. */
type Call = Generator<Started, unknown, readonly Values[]>;

class Compiled {
  readonly specializations: Specializations;
  readonly #device: Device;
  #running = false;
  #disposed = false;

  constructor(
    step: (...inputs: Tensor[]) => unknown,
    { device = reference, verify = false }: CompileOptions,
  ) {
    if (typeof device?.load !== "function")
      throw new ValueError("compile", "`device` is not a device; `await wasm()` makes one");
    this.#device = device;
    this.specializations = new Specializations(step, device, verify);
  }

  /** One step on these inputs. */
  *single(inputs: readonly Tensor[]): Call {
    inputs.forEach((input, i) => {
      if (!(input instanceof Tensor))
        throw new ValueError(
          "compile",
          `argument ${i + 1} of a compiled step is ${String(input)}, not a tensor; a number that changes is a state cell`,
        );
    });
    const read = inputs.map((input) => input.read());
    const found = this.specializations.for(read);
    enter(found);
    const values = yield found.executable.start({ inputs: read });
    leave(found);
    return rebuild(found.structure, outputTensors(found.program, values));
  }

  /** One step for each batch of rows; results are stacked. */
  *each(rows: Rows, given: Iterable<Int32Array>): Call {
    const data = tensorsOf(rows);
    const batches = [...given];
    requireBatches(data, batches);
    // all lengths are traced first, so that nothing has run if one of them cannot be compiled
    const sizes = [...new Set(batches.map(({ length }) => length))];
    const found = sizes.map((size) => this.specializations.for(rowsOf(data, size)));
    requireStackable(found.map(({ program }) => program));
    const runs: (readonly Values[])[] = [];
    for (const group of consecutive(batches)) {
      const one = this.specializations.for(rowsOf(data, group[0].length));
      enter(one);
      runs.push(yield one.executable.start({ data, batches: group }));
      leave(one);
    }
    const { program, structure } = found[0];
    const values = program.outputs.map((slot, i) => {
      const parts = runs.map((run) => run[i]);
      return joined(parts, program.slots[slot].dtype);
    });
    return rebuild(structure, outputTensors(program, values, [batches.length]));
  }

  now(call: Call): unknown {
    return this.#guarded(() => {
      let next = call.next();
      while (!next.done) next = call.next(next.value.now());
      return next.value;
    });
  }

  async later(call: Call): Promise<unknown> {
    this.#begin();
    try {
      return await this.#device.inTurn(async () => {
        let next = call.next();
        while (!next.done) next = call.next(await next.value.later());
        return next.value;
      });
    } finally {
      this.#running = false;
    }
  }

  prepare(examples: readonly InputExample[]): void {
    this.#guarded(() => this.specializations.for(examples));
  }

  dispose(): void {
    if (this.#running)
      throw new GraphError("disposed", "dispose: the compiled step is running; dispose of it afterwards");
    this.#disposed = true;
    this.specializations.dispose();
  }

  #begin(): void {
    if (this.#disposed)
      throw new GraphError("disposed", "this compiled step was disposed of; compile it again");
    if (this.#running)
      throw new GraphError(
        "no-compile",
        "this compiled step is running already; it cannot be called from within, nor before later() is done",
      );
    this.#running = true;
  }

  #guarded<T>(body: () => T): T {
    this.#begin();
    try {
      return body();
    } finally {
      this.#running = false;
    }
  }
}

function requireUntraced(method: string): void {
  if (isTracing())
    throw new GraphError(
      "no-compile",
      `${method}: a step that is being traced can call a compiled step, not ${method}() it`,
    );
}

/**
 * Compiles a training step, or any function of tensors that is made of ops: (x, …) ↦ a tensor, an array or an object of
 * tensors. It runs on `device`, such as `await wasm()`; the default is the reference device, which is exact and slow.
 * Cells are state, other tensors that the step closes over are constants. The first call for a shape traces the step
 * twice and compares the traces.
 * @throws GraphError `not-repeatable` for a step that changes from call to call, `no-values` if it reads a value
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
  requireFunction("compile", "the step", step);
  checkOptions("compile", options, { device: anything, verify: flag });
  const ordinary = step as unknown as (...inputs: Tensor[]) => unknown;
  const compiled = new Compiled(ordinary, options);
  const { specializations } = compiled;
  // inside the trace of another step, this step is ordinary code
  const call = (...inputs: Inputs): Result =>
    (isTracing() ? ordinary(...inputs) : compiled.now(compiled.single(inputs))) as Result;
  const dispose = (): void => compiled.dispose();
  Object.defineProperties(call, {
    programs: { get: () => specializations.all.map(({ program }) => program) },
    cells: { get: () => specializations.cells },
  });
  return Object.assign(call as CompiledStep<Inputs, Result>, {
    run(data: Rows, batches: Iterable<Int32Array>): Result {
      requireUntraced("run");
      return compiled.now(compiled.each(data, batches)) as Result;
    },
    async later(...inputs: Inputs): Promise<Result> {
      requireUntraced("later");
      return (await compiled.later(compiled.single(inputs))) as Result;
    },
    async runLater(data: Rows, batches: Iterable<Int32Array>): Promise<Result> {
      requireUntraced("runLater");
      // copies, since the steps may begin later
      const copies = Array.from(batches, (batch) => (batch instanceof Int32Array ? batch.slice() : batch));
      return (await compiled.later(compiled.each(data, copies))) as Result;
    },
    prepare: (...examples: readonly InputExample[]) => compiled.prepare(examples),
    recheck: () => specializations.recheck(),
    explain: () => explain(specializations.all),
    dispose,
    [Symbol.dispose]: dispose,
  });
}
