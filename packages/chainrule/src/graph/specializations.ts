/**
 * The programs of a compiled step, its specializations: one for each combination of input shapes, modes and the like. A
 * call traces the step if there is no program for its combination yet, or if the step may have changed.
 */
import type { Device, Executable, Program } from "../devices/device.ts";
import { isGradEnabled } from "../ops/emit.ts";
import type { StateCell } from "../ops/state.ts";
import { GraphError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { difference } from "./differences.ts";
import { enterGradient, leaveGradients } from "./gradient-log.ts";
import { flatten } from "./results.ts";
import type { Structure } from "./results.ts";
import { rewrite } from "./rewrite.ts";
import { trace } from "./trace.ts";
import type { InputExample, Trace } from "./trace.ts";

/** A trace of the step, and the form of its results. */
interface TracedStep {
  readonly trace: Trace;
  readonly structure: Structure;
}

/** A trace of the step with its program, loaded on the device. */
export interface Specialization extends TracedStep {
  /** The shapes and types of the inputs. */
  readonly key: string;
  /** The tensors whose gradients are state of the step. */
  readonly kept: ReadonlySet<Tensor>;
  readonly program: Program;
  readonly executable: Executable;
  /** Whether the next call traces the step again. */
  readonly recheck: boolean;
}

export class Specializations {
  readonly #step: (...inputs: Tensor[]) => unknown;
  readonly #device: Device;
  readonly #verify: boolean;
  #all: readonly Specialization[] = [];

  constructor(step: (...inputs: Tensor[]) => unknown, device: Device, verify: boolean) {
    this.#step = step;
    this.#device = device;
    this.#verify = verify;
  }

  get all(): readonly Specialization[] {
    return this.#all;
  }

  get cells(): readonly StateCell[] {
    return [...new Set(this.#all.flatMap(({ trace }) => trace.cells))];
  }

  recheck(): void {
    this.#all = this.#all.map((one) => ({ ...one, recheck: true }));
  }

  dispose(): void {
    for (const { executable } of this.#all) executable.dispose();
    this.#all = [];
  }

  /** The program for such inputs in the present modes. */
  for(examples: readonly InputExample[]): Specialization {
    const key = keyOf(examples);
    const known = this.#all.find((one) => one.key === key && isValid(one.trace));
    if (known === undefined) {
      const made = this.#made(key, examples);
      this.#all = [...this.#all, made];
      return made;
    }
    return known.recheck || this.#verify ? this.#again(known, examples) : known;
  }

  /** Traces the step again. If it differs, it is compiled anew in a recheck; otherwise this throws. */
  #again(known: Specialization, examples: readonly InputExample[]): Specialization {
    const { recheck } = known;
    const traced = this.#traced(examples, known.kept, recheck ? known.trace : null);
    const clause = difference(known.trace, traced.trace);
    if (clause !== null && !recheck) throw notRepeatable(clause, "now");
    // an error below leaves the recheck to the next call
    const now = clause === null ? { ...known, ...traced, recheck: false } : this.#made(known.key, examples);
    this.#all = this.#all.map((one) => (one === known ? now : one));
    if (clause !== null) known.executable.dispose();
    return now;
  }

  /** Traces the step twice, throws if the traces differ, and loads the program. */
  #made(key: string, examples: readonly InputExample[]): Specialization {
    const kept = new Set<Tensor>();
    let traced = this.#traced(examples, kept);
    for (let added = addedTo(traced.trace); added.length > 0; added = addedTo(traced.trace)) {
      for (const tensor of added) kept.add(tensor);
      traced = this.#traced(examples, kept);
    }
    const clause = difference(traced.trace, this.#traced(examples, kept).trace);
    if (clause !== null) throw notRepeatable(clause, "the second time");
    const program = rewrite(traced.trace.program);
    const executable = this.#device.load(program, traced.trace.cells);
    return { key, ...traced, kept, program, executable, recheck: false };
  }

  #traced(
    examples: readonly InputExample[],
    kept: ReadonlySet<Tensor>,
    earlier: Trace | null = null,
  ): TracedStep {
    let structure: Structure = "none";
    const list = (...inputs: Tensor[]): readonly Tensor[] => {
      const result = flatten(this.#step(...inputs));
      ({ structure } = result);
      return result.tensors;
    };
    return { trace: trace(list, examples, kept, earlier), structure };
  }
}

/** Before a run: moves the gradients that are state of the step into their cells. */
export function enter({ kept }: Specialization): void {
  for (const tensor of kept) enterGradient(tensor);
}

/** After a run: sets gradients and modes as the step would. */
export function leave({ trace }: Specialization): void {
  leaveGradients(trace.gradients);
  for (const effect of trace.effects) effect();
}

function notRepeatable(clause: string, when: string): GraphError {
  return new GraphError(
    "not-repeatable",
    `compile: the step is another program ${when}: ${clause}. Random numbers come from a state (Dropout, ops.uniform), ` +
      "and a number that changes is a state cell or an argument",
  );
}

/** The tensors to whose gradients the step adds. */
function addedTo({ gradients }: Trace): Tensor[] {
  return gradients.filter(({ fate }) => fate === "adds").map(({ tensor }) => tensor);
}

function keyOf(examples: readonly InputExample[]): string {
  const inputs = examples.map(
    ({ shape, dtype, requiresGrad = false }) => `${dtype} ${shape.join()}${requiresGrad ? " g" : ""}`,
  );
  return `${inputs.join(";")}${isGradEnabled() ? "" : " noGrad"}`;
}

/** Whether everything that the trace depends on is unchanged. */
function isValid({ dependences, gradients }: Trace): boolean {
  return (
    dependences.every(({ read, seen }) => Object.is(read(), seen)) &&
    gradients.every(({ tensor, fate }) => fate !== "found null" || tensor.grad === null)
  );
}
