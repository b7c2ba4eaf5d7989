/**
 * The evaluator that records. The step runs once with placeholder tensors; what it emits (forward, gradients, updates
 * of state cells) becomes a program that a device runs again and again. The step is ordinary code.
 */
import type { CellSlot, Device, Program, Slot, Step } from "../devices/device.ts";
import { isGradEnabled } from "../ops/emit.ts";
import { ops } from "../ops/index.ts";
import type { Evaluator } from "../ops/emit.ts";
import type { Scope } from "../ops/composite.ts";
import type { StateCell } from "../ops/state.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Node } from "../tensor/tensor.ts";
import type { Values } from "../tensor/dtype.ts";
import { Witness, observed } from "./observe.ts";
import type { Observed } from "./observe.ts";

/** What a trace of a step found. */
export interface Trace extends Observed {
  readonly program: Program;
  /** The cells that the program's slots stand for. */
  readonly cells: readonly StateCell[];
  readonly record: Recording;
}

/** The tensors of a trace: they stand in for those of a later run of the step for as long as it does the same. */
export interface Recording {
  readonly inputs: readonly Tensor[];
  readonly events: readonly Event[];
  /** The cells as they were found. */
  readonly found: ReadonlyMap<StateCell, Tensor>;
  readonly results: readonly Tensor[];
}

/** An op with its result, or an assignment with the version of the cell that it made. */
export type Event =
  | { readonly node: Node; readonly gradEnabled: boolean; readonly result: Tensor }
  | { readonly cell: StateCell; readonly value: Tensor; readonly result: Tensor };

/** An input of a step: a placeholder stands for it. */
export interface Example extends Slot {
  readonly requiresGrad?: boolean;
}

/** Numbers the tensors that it meets and notes each call. A cell is known by its first version, then by what was assigned. */
class Recorder extends Witness implements Evaluator {
  readonly slots: Slot[] = [];
  readonly steps: Step[] = [];
  readonly constants: { slot: number; values: Values }[] = [];
  readonly events: Event[] = [];
  readonly #slotOf = new Map<Tensor, number>();
  readonly #cells = new Map<StateCell, { first: Tensor; now: Tensor; assigned: boolean }>();

  /** A tensor without values that stands for what will come. */
  placeholder(
    shape: Slot["shape"],
    dtype: Slot["dtype"],
    parts: ConstructorParameters<typeof Tensor>[2] = {},
  ): Tensor {
    const tensor = new Tensor(shape, dtype, parts);
    this.#slotOf.set(tensor, this.slots.push({ shape, dtype }) - 1);
    return tensor;
  }

  /** The slot of a tensor; one that was made outside the trace is a constant of the program. */
  slot(tensor: Tensor): number {
    const known = this.#slotOf.get(tensor);
    if (known !== undefined) return known;
    const slot = this.slots.push({ shape: tensor.shape, dtype: tensor.dtype }) - 1;
    this.constants.push({ slot, values: tensor.data });
    this.#slotOf.set(tensor, slot);
    return slot;
  }

  emit: Evaluator["emit"] = (node, shape, dtype, requiresGrad) => {
    const inputs = node.inputs.map((input) => this.slot(input));
    // as in the eager evaluator, what carries no gradient is a leaf
    const y = this.placeholder(shape, dtype, requiresGrad ? { node, requiresGrad } : {});
    this.steps.push({
      op: node.op,
      attrs: node.attrs,
      inputs,
      output: this.slot(y),
      scope: path(node.scope),
    });
    this.events.push({ node, gradEnabled: isGradEnabled(), result: y });
    return y;
  };

  #entry(cell: StateCell): { first: Tensor; now: Tensor; assigned: boolean } {
    let entry = this.#cells.get(cell);
    if (entry === undefined) {
      const first = this.placeholder(cell.shape, cell.dtype, { cell, requiresGrad: cell.requiresGrad });
      this.#cells.set(cell, (entry = { first, now: first, assigned: false }));
      this.depends(() => cell.requiresGrad);
    }
    return entry;
  }

  read = (cell: StateCell): Tensor => this.#entry(cell).now;

  assign = (cell: StateCell, value: Tensor): void => {
    const entry = this.#entry(cell);
    // a fresh leaf, so that gradients stop at the cell and do not run on into what it was assigned from
    const version = new Tensor(cell.shape, cell.dtype, { cell, requiresGrad: cell.requiresGrad });
    const slot = this.slots.push({ shape: cell.shape, dtype: cell.dtype }) - 1;
    this.#slotOf.set(version, slot);
    this.steps.push({
      op: ops.detach,
      attrs: undefined,
      inputs: [this.slot(value)],
      output: slot,
      scope: [],
    });
    this.events.push({ cell, value, result: version });
    entry.now = version;
    entry.assigned = true;
  };

  /** The cells as they were found. */
  found(): ReadonlyMap<StateCell, Tensor> {
    return new Map([...this.#cells].map(([cell, { first }]) => [cell, first]));
  }

  cells(): { cells: StateCell[]; slots: CellSlot[] } {
    const cells = [...this.#cells.keys()];
    const slots = [...this.#cells.values()].map(({ first, now, assigned }, i) => ({
      name: cells[i].name,
      slot: this.slot(first),
      update: assigned ? this.slot(now) : null,
    }));
    return { cells, slots };
  }
}

const outside: readonly string[] = [];

function path(scope: Scope | null): readonly string[] {
  return scope === null ? outside : [...path(scope.parent), scope.composite];
}

/**
 * Records a step called with tensors like `examples`. Nothing is computed, no cell and no `grad` changes. Gradients of
 * tensors in `kept` are state of the step: it adds to what an earlier call left there.
 * @throws GraphError `no-values` when the step reads a value
 */
export function trace(
  step: (...inputs: Tensor[]) => readonly Tensor[],
  examples: readonly Example[],
  kept: ReadonlySet<Tensor> = new Set(),
): Trace {
  const recorder = new Recorder();
  const inputs = examples.map(({ shape, dtype, requiresGrad = false }) =>
    recorder.placeholder(shape, dtype, { requiresGrad }),
  );
  const { results, gradients, dependences, effects } = observed(recorder, step, inputs, kept);
  const outputs = results.map((output) => recorder.slot(output));
  const { cells, slots } = recorder.cells();
  return {
    program: {
      slots: recorder.slots,
      inputs: inputs.map((input) => recorder.slot(input)),
      cells: slots,
      constants: recorder.constants,
      steps: recorder.steps,
      outputs,
    },
    cells,
    dependences,
    effects,
    gradients,
    record: { inputs, events: recorder.events, found: recorder.found(), results },
  };
}

/** A traced step as a function: reads its cells, runs the program on the device, and writes what they become. */
export function replay({ program, cells }: Trace, device: Device): (...inputs: Tensor[]) => Tensor[] {
  const executable = device.load(program, cells);
  return (...inputs) => {
    const outputs = executable.run(inputs);
    return program.outputs.map(
      (slot, i) => new Tensor(program.slots[slot].shape, program.slots[slot].dtype, { values: outputs[i] }),
    );
  };
}
