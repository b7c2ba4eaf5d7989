/**
 * compile: an ordinary step function becomes a program that a device runs. The step is traced for each combination of
 * input shapes, modes and the like that it is called with; a call of it afterwards runs no line of it.
 */
import type { Device, Executable, Program } from "../devices/device.ts";
import { reference } from "../devices/reference.ts";
import { isGradEnabled } from "../ops/emit.ts";
import type { StateCell } from "../ops/state.ts";
import { GraphError, ValueError } from "../tensor/errors.ts";
import type { Values } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import { consecutive, joined, requireBatches, requireStackable, rowsOf, tensorsOf } from "./batches.ts";
import type { Rows } from "./batches.ts";
import { difference } from "./differences.ts";
import { explain } from "./explain.ts";
import { enterGradient, leaveGradients } from "./gradient-log.ts";
import { flatten, rebuild } from "./results.ts";
import type { Outputs, Structure } from "./results.ts";
import { rewrite } from "./rewrite.ts";
import { isTracing, trace } from "./trace.ts";
import type { InputExample, Trace } from "./trace.ts";

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
  /**
   * The same two without waiting: where the device has a worker, as in a page, the steps run there while this thread goes
   * on. They begin at once, or when all that was asked of the device before is done, with what cells hold then. While they
   * run, cells can be read as they were before; what is assigned to one meanwhile stays when they are done.
   */
  later(...inputs: Inputs): Promise<Result>;
  runLater(data: Rows, batches: Iterable<Int32Array>): Promise<Result>;
  /** Traces the step for tensors like these and makes the program ready, without running it. */
  prepare(...examples: readonly InputExample[]): void;
  /**
   * Has the step traced once more at its next call, and compiled anew if it has become another program: for what changes
   * now and then and is no state cell, such as a number that it closes over. `train()` asks for it before each epoch.
   */
  recheck(): void;
  /** The cells that the programs so far read or change. */
  readonly cells: readonly StateCell[];
  /** The programs so far as text: kernels with shapes, operations, bytes, what is fused, and the arena. */
  explain(): string;
  readonly programs: readonly Program[];
  /** Gives back what the device holds for it. Cells keep their values. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What was seen of the step, and how its results are handed on. */
interface Seen {
  readonly trace: Trace;
  readonly structure: Structure;
}

/** One trace of the step, ready to run. */
interface Specialization extends Seen {
  readonly key: string;
  /** The tensors whose gradients are state of the step. */
  readonly kept: ReadonlySet<Tensor>;
  readonly program: Program;
  readonly executable: Executable;
}

/** What the device is asked for in the course of a call, at once or later, and what the call makes of the answers. */
type Course = Generator<
  { now(): readonly Values[]; later(): Promise<readonly Values[]> },
  unknown,
  readonly Values[]
>;

class Compiled {
  readonly #step: (...inputs: Tensor[]) => unknown;
  readonly #device: Device;
  readonly #verify: boolean;
  readonly specializations: Specialization[] = [];
  /** Those that are to be traced anew when they are needed next. */
  readonly #doubted = new Set<Specialization>();
  #running = false;
  #disposed = false;

  constructor(
    step: (...inputs: Tensor[]) => unknown,
    { device = reference, verify = false }: CompileOptions,
  ) {
    if (typeof device?.load !== "function")
      throw new ValueError("compile", "the device is none; `await wasm()` gives one");
    this.#step = step;
    this.#device = device;
    this.#verify = verify;
  }

  /** Inside the trace of another step this one is ordinary code. */
  inline(inputs: readonly Tensor[]): unknown {
    return this.#step(...inputs);
  }

  *one(inputs: readonly Tensor[]): Course {
    inputs.forEach((input, i) => {
      if (!(input instanceof Tensor))
        throw new ValueError(
          "compile",
          `argument ${i + 1} of a compiled step is ${String(input)}, not a tensor; a number that changes is a state cell`,
        );
    });
    const read = inputs.map((input) => input.read());
    const found = this.#specialized(read);
    const { executable } = found;
    enter(found);
    const outputs = yield { now: () => executable.run(read), later: () => executable.runLater(read) };
    leave(found);
    const { slots, outputs: places } = found.program;
    const tensors = places.map(
      (slot, i) => new Tensor(slots[slot].shape, slots[slot].dtype, { values: outputs[i] }),
    );
    return rebuild(found.structure, tensors);
  }

  *many(rows: Rows, given: Iterable<Int32Array>): Course {
    const data = tensorsOf(rows);
    const batches = [...given];
    requireBatches(data, batches);
    // all shapes first, so that nothing is half done when one of them cannot be compiled
    const sizes = [...new Set(batches.map(({ length }) => length))];
    const found = sizes.map((size) => this.#specialized(rowsOf(data, size)));
    requireStackable(found.map(({ program }) => program));
    const runs: (readonly Values[])[] = [];
    for (const same of consecutive(batches)) {
      const one = this.#specialized(rowsOf(data, same[0].length));
      const { executable } = one;
      enter(one);
      runs.push(
        yield {
          now: () => executable.runRows(data, same),
          later: () => executable.runRowsLater(data, same),
        },
      );
      leave(one);
    }
    const { program, structure } = found[0];
    const tensors = program.outputs.map((slot, i) => {
      const { shape, dtype } = program.slots[slot];
      const parts = runs.map((outputs) => outputs[i]);
      return new Tensor([batches.length, ...shape], dtype, { values: joined(parts, dtype) });
    });
    return rebuild(structure, tensors);
  }

  now(course: Course): unknown {
    return this.#guarded(() => {
      let asked = course.next();
      while (!asked.done) asked = course.next(asked.value.now());
      return asked.value;
    });
  }

  async later(course: Course): Promise<unknown> {
    this.#begin();
    try {
      return await this.#device.inTurn(async () => {
        let asked = course.next();
        while (!asked.done) asked = course.next(await asked.value.later());
        return asked.value;
      });
    } finally {
      this.#running = false;
    }
  }

  prepare(examples: readonly InputExample[]): void {
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

  /** The program for such inputs, as things are now. */
  #specialized(examples: readonly InputExample[]): Specialization {
    const key = keyOf(examples);
    const known = this.specializations.find((one) => one.key === key && holds(one.trace));
    if (known === undefined) {
      const made = this.#made(key, examples);
      this.specializations.push(made);
      return made;
    }
    const doubted = this.#doubted.has(known);
    if (!doubted && !this.#verify) return known;
    const seen = this.#traced(examples, known.kept, doubted ? known.trace : null);
    const clause = difference(known.trace, seen.trace);
    // a step that cannot be traced, or compiled, stays in doubt
    if (clause !== null && !doubted) throw notRepeatable(clause, "now");
    const now = clause === null ? { ...known, ...seen } : this.#made(key, examples);
    this.#doubted.delete(known);
    this.specializations[this.specializations.indexOf(known)] = now;
    if (clause !== null) known.executable.dispose();
    return now;
  }

  /** The step with its results as a list; it notes how they are to be handed on. */
  #listing(): { step: (...inputs: Tensor[]) => readonly Tensor[]; structure: () => Structure } {
    let structure: Structure = "none";
    return {
      step: (...inputs) => {
        const result = flatten(this.#step(...inputs));
        ({ structure } = result);
        return result.tensors;
      },
      structure: () => structure,
    };
  }

  /** `earlier` is an earlier trace, which makes this one faster where the step does the same. */
  #traced(examples: readonly InputExample[], kept: ReadonlySet<Tensor>, earlier: Trace | null = null): Seen {
    const { step, structure } = this.#listing();
    const recorded = trace(step, examples, kept, earlier);
    return { trace: recorded, structure: structure() };
  }

  /** Traces the step, looks whether it does the same again, and loads the program. */
  #made(key: string, examples: readonly InputExample[]): Specialization {
    const kept = new Set<Tensor>();
    let seen = this.#traced(examples, kept);
    for (let adds = adding(seen.trace); adds.length > 0; adds = adding(seen.trace)) {
      for (const tensor of adds) kept.add(tensor);
      seen = this.#traced(examples, kept);
    }
    const clause = difference(seen.trace, this.#traced(examples, kept).trace);
    if (clause !== null) throw notRepeatable(clause, "the second time");
    const program = rewrite(seen.trace.program);
    const executable = this.#device.load(program, seen.trace.cells);
    return { key, ...seen, kept, program, executable };
  }

  recheck(): void {
    for (const one of this.specializations) this.#doubted.add(one);
  }
}

function notRepeatable(clause: string, when: string): GraphError {
  return new GraphError(
    "not-repeatable",
    `compile: the step is another program ${when}: ${clause}. Random numbers come from a state (Dropout, ops.uniform), ` +
      "and a number that changes is a state cell or an argument",
  );
}

/** Brings in the gradients that are state of the step. */
function enter({ kept }: Specialization): void {
  for (const tensor of kept) enterGradient(tensor);
}

/** Leaves gradients, and what else the step does out here, as the step would. */
function leave({ trace }: Specialization): void {
  leaveGradients(trace.gradients);
  for (const effect of trace.effects) effect();
}

const adding = ({ gradients }: Trace): Tensor[] =>
  gradients.filter(({ fate }) => fate === "adds").map(({ tensor }) => tensor);

function keyOf(examples: readonly InputExample[]): string {
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

function requireUntraced(method: string): void {
  if (isTracing())
    throw new GraphError(
      "no-compile",
      `${method}: a step that is being traced can call a compiled step, not ${method}() it`,
    );
}

/**
 * Compiles a training step, or any function of tensors that is written in ops: (x, …) ↦ a tensor, an array or an
 * object of them. Runs on the reference device, which is exact and slow, unless given a `device` such as `await wasm()`.
 * Cells are state, other tensors that it closes over are constants. The first call for a shape traces the step twice
 * and refuses what differs.
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
  const call = (...inputs: Inputs): Result =>
    (isTracing() ? compiled.inline(inputs) : compiled.now(compiled.one(inputs))) as Result;
  const dispose = (): void => compiled.dispose();
  Object.defineProperties(call, {
    programs: { get: () => compiled.specializations.map(({ program }) => program) },
    cells: { get: () => compiled.cells() },
  });
  return Object.assign(call as CompiledStep<Inputs, Result>, {
    run(data: Rows, batches: Iterable<Int32Array>): Result {
      requireUntraced("run");
      return compiled.now(compiled.many(data, batches)) as Result;
    },
    async later(...inputs: Inputs): Promise<Result> {
      requireUntraced("later");
      return (await compiled.later(compiled.one(inputs))) as Result;
    },
    async runLater(data: Rows, batches: Iterable<Int32Array>): Promise<Result> {
      requireUntraced("runLater");
      // copies, since the steps may begin later
      const copies = Array.from(batches, (batch) => (batch instanceof Int32Array ? batch.slice() : batch));
      return (await compiled.later(compiled.many(data, copies))) as Result;
    },
    prepare: (...examples: readonly InputExample[]) => compiled.prepare(examples),
    recheck: () => compiled.recheck(),
    explain: () => explain(compiled.specializations),
    dispose,
    [Symbol.dispose]: dispose,
  });
}
