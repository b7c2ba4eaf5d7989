/**
 * The evaluator that follows an earlier trace of a step: while the step does the same, it returns the tensors of that
 * trace. No op rule runs and no tensor is created, which takes half the time of another trace.
 */
import { ops } from "../ops/index.ts";
import { carriesGradient } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import type { StateCell } from "../ops/state.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import { same, sameValues } from "./differences.ts";
import type { Recording } from "./recorder.ts";
import { Witness } from "./witness.ts";

/** Thrown inside a step that differs from the earlier trace. */
class Left extends Error {}

export class Follower extends Witness implements Evaluator {
  readonly #earlier: Recording;
  /** The latest value of each cell of the earlier trace. */
  readonly #cells: Map<StateCell, Tensor>;
  /** The cells that this run has read or assigned. */
  readonly #used = new Set<StateCell>();
  #steps = 0;
  #left = false;

  constructor(earlier: Recording) {
    super();
    this.#earlier = earlier;
    const { program, cells, tensors } = earlier;
    this.#cells = new Map(cells.map((cell, i) => [cell, tensors[program.cells[i].slot]]));
  }

  /** Whether the step did exactly what the earlier trace holds. */
  ends(results: readonly Tensor[]): boolean {
    const { steps, outputs } = this.#earlier.program;
    return !this.#left && this.#steps === steps.length && this.#are(results, outputs);
  }

  /** Sets a flag as well, since the step may catch the error. */
  #leave(): never {
    this.#left = true;
    throw new Left();
  }

  /** The result of the next step of the earlier trace, if it is this step. */
  #next(op: Node["op"], inputs: readonly Tensor[], attrs: unknown): Tensor {
    const step = this.#earlier.program.steps[this.#steps++];
    if (step?.op !== op || !this.#are(inputs, step.inputs) || !same(attrs, step.attrs)) return this.#leave();
    return this.#earlier.tensors[step.output];
  }

  emit = (node: Node): Tensor => {
    const y = this.#next(node.op, node.inputs, node.attrs);
    return y.cell === null && carriesGradient(node, y.dtype) === (y.node !== null) ? y : this.#leave();
  };

  read = (cell: StateCell): Tensor => {
    const now = this.#cells.get(cell);
    if (now === undefined) return this.#leave();
    if (!this.#used.has(cell)) {
      this.#used.add(cell);
      this.depends(() => cell.requiresGrad);
    }
    return now;
  };

  assign = (cell: StateCell, value: Tensor): void => {
    const version = this.#next(ops.detach, [value], undefined);
    if (version.cell !== cell) this.#leave();
    this.#cells.set(cell, version);
  };

  /** Whether tensors are those in the slots of the earlier trace, or constants equal to them. */
  #are(tensors: readonly Tensor[], slots: readonly number[]): boolean {
    if (tensors.length !== slots.length) return false;
    for (let i = 0; i < slots.length; i++) {
      const earlier = this.#earlier.tensors[slots[i]];
      if (tensors[i] !== earlier && !equalConstants(tensors[i], earlier)) return false;
    }
    return true;
  }
}

/** Leaves that require gradients are never equal, since a gradient belongs to its own tensor. */
function equalConstants(x: Tensor, y: Tensor): boolean {
  return (
    x.hasValues &&
    y.hasValues &&
    !x.requiresGrad &&
    !y.requiresGrad &&
    x.dtype === y.dtype &&
    sameShape(x.shape, y.shape) &&
    sameValues(x.data, y.data)
  );
}
