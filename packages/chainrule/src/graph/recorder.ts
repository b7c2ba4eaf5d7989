/**
 * The evaluator that records: it numbers tensors, and each op call and each assignment becomes a step of a program.
 */
import type { CompositeCall, GradientSlot, Program, Slot, SlotName, Step } from "../devices/device.ts";
import type { Scope } from "../ops/composite.ts";
import { carriesGradient, currentScope, typeOf } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import { ops } from "../ops/index.ts";
import type { StateCell } from "../ops/state.ts";
import type { Values } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Node, TensorParts } from "../tensor/tensor.ts";
import { Witness } from "./witness.ts";

/** A recorded step. */
export interface Recording {
  readonly program: Program;
  /** The cells of the program, in the program's order. */
  readonly cells: readonly StateCell[];
  /** The tensor of each slot during the recording. */
  readonly tensors: readonly Tensor[];
}

/** The use of a cell in a step: its value at the start, its latest value, and whether it was assigned. */
interface CellUse {
  readonly first: Tensor;
  now: Tensor;
  assigned: boolean;
}

export class Recorder extends Witness implements Evaluator {
  readonly #slots: Slot[] = [];
  readonly #tensors: Tensor[] = [];
  readonly #steps: Step[] = [];
  readonly #constants: { slot: number; values: Values }[] = [];
  readonly #names: SlotName[] = [];
  readonly #gradients: GradientSlot[] = [];
  readonly #slotOf = new Map<Tensor, number>();
  readonly #calls = new Map<Scope, number>();
  readonly #cells = new Map<StateCell, CellUse>();

  #add(tensor: Tensor): number {
    const slot = this.#tensors.push(tensor) - 1;
    this.#slots.push({ shape: tensor.shape, dtype: tensor.dtype });
    this.#slotOf.set(tensor, slot);
    return slot;
  }

  /** A tensor without values. The program computes its values later. */
  placeholder({ shape, dtype }: Slot, parts: TensorParts): Tensor {
    const tensor = new Tensor(shape, dtype, parts);
    this.#add(tensor);
    return tensor;
  }

  /** The slot of a tensor. A tensor from outside of the trace is a constant of the program. */
  #slot(tensor: Tensor): number {
    const known = this.#slotOf.get(tensor);
    if (known !== undefined) return known;
    const slot = this.#add(tensor);
    this.#constants.push({ slot, values: tensor.data });
    return slot;
  }

  emit = (node: Node): Tensor => {
    const { op, attrs, scope } = node;
    const inputs = node.inputs.map((input) => this.#slot(input));
    const slot = typeOf(node);
    const requiresGrad = carriesGradient(node, slot.dtype);
    // as in the eager evaluator, a tensor without gradients has no node
    const y = this.placeholder(slot, requiresGrad ? { node, requiresGrad } : {});
    this.#steps.push({ op, attrs, inputs, output: this.#slot(y), scope: this.#call(scope) });
    return y;
  };

  #use(cell: StateCell): CellUse {
    let use = this.#cells.get(cell);
    if (use === undefined) {
      const first = this.placeholder(cell, { cell, requiresGrad: cell.requiresGrad });
      this.#cells.set(cell, (use = { first, now: first, assigned: false }));
      this.depends(() => cell.requiresGrad);
    }
    return use;
  }

  read = (cell: StateCell): Tensor => this.#use(cell).now;

  assign = (cell: StateCell, value: Tensor): void => {
    const use = this.#use(cell);
    // a new leaf: gradients stop at the cell and do not flow into the assigned tensor
    use.now = this.placeholder(cell, { cell, requiresGrad: cell.requiresGrad });
    use.assigned = true;
    const inputs = [this.#slot(value)];
    this.#steps.push({ op: ops.detach, attrs: undefined, inputs, output: this.#slot(use.now), scope: null });
  };

  names = (tensor: Tensor, name: string): void => {
    this.#names.push({ slot: this.#slot(tensor), name, scope: this.#call(currentScope()) });
  };

  differentiates = (g: Tensor, of: Tensor, by: Tensor): void => {
    this.#gradients.push({ slot: this.#slot(g), of: this.#slot(of), by: this.#slot(by) });
  };

  /** The id of a composite's call. It gets its id at its first op, after the enclosing call. */
  #call(scope: Scope | null): number | null {
    if (scope === null) return null;
    let id = this.#calls.get(scope);
    if (id === undefined) {
      this.#call(scope.parent);
      this.#calls.set(scope, (id = this.#calls.size));
    }
    return id;
  }

  #composites(): CompositeCall[] {
    return [...this.#calls].map(([{ composite, inputs, attrs, parent, output }, id]) => ({
      id,
      name: composite,
      parent: this.#call(parent),
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, this.#slot(tensor)])),
      attrs,
      output: output && this.#slot(output),
    }));
  }

  /** The recording of a step with these inputs and results. */
  recording(inputs: readonly Tensor[], results: readonly Tensor[]): Recording {
    const outputs = results.map((result) => this.#slot(result));
    const cells = [...this.#cells].map(([{ name }, { first, now, assigned }]) => ({
      name,
      slot: this.#slot(first),
      update: assigned ? this.#slot(now) : null,
    }));
    return {
      program: {
        slots: this.#slots,
        inputs: inputs.map((input) => this.#slot(input)),
        cells,
        constants: this.#constants,
        steps: this.#steps,
        composites: this.#composites(),
        names: this.#names,
        gradients: this.#gradients,
        outputs,
      },
      cells: [...this.#cells.keys()],
      tensors: this.#tensors,
    };
  }
}
