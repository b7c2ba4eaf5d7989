/**
 * The `grad` fields in a traced step. A gradient that the step begins (zeroGrad, then backward) is a temporary of the
 * step. A gradient that the step adds to (backward without zeroGrad) is state, in a cell of its own.
 */
import { StateCell } from "../ops/state.ts";
import { zerosLike } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { GradWatch } from "../tensor/tensor.ts";

/** A `grad` field that a call of the step reads or changes. */
export interface TracedGradient {
  readonly tensor: Tensor;
  /**
   * `none`: the field is null after the call; `inside`: it is a temporary; `kept`: it is the tensor's gradient cell;
   * `found null`: the step read it, and the trace is valid only if it is null before the call; `adds`: the step added to
   * an earlier gradient, so the step must be traced again with the tensor in `kept`.
   */
  readonly fate: "none" | "inside" | "kept" | "found null" | "adds";
}

interface Entry {
  readonly before: Tensor | null;
  /** Whether the step read the field before it wrote it. */
  readonly readFirst: boolean;
}

const cells = new WeakMap<Tensor, StateCell>();

/** The cell that holds the gradient of a tensor between calls. */
export function gradientCell(tensor: Tensor): StateCell {
  let cell = cells.get(tensor);
  if (cell === undefined) {
    const name = tensor instanceof StateCell && tensor.name ? `${tensor.name}.grad` : "grad";
    cell = new StateCell(zerosLike(tensor), { name });
    cells.set(tensor, cell);
  }
  return cell;
}

/** Moves `grad` into the gradient cell, before a step that adds to it. */
export function enterGradient(tensor: Tensor): void {
  const cell = gradientCell(tensor);
  const { grad } = tensor;
  if (grad === cell) return;
  cell.become(grad === null ? zerosLike(tensor).data : grad.data.slice());
  tensor.grad = cell;
}

export class GradientLog implements GradWatch {
  readonly #kept: ReadonlySet<Tensor>;
  readonly #entries = new Map<Tensor, Entry>();
  #closed = false;

  constructor(kept: ReadonlySet<Tensor>) {
    this.#kept = kept;
  }

  reads(tensor: Tensor): void {
    if (this.#closed || this.#entries.has(tensor)) return;
    this.#closed = true;
    const before = tensor.grad;
    if (this.#kept.has(tensor)) tensor.grad = gradientCell(tensor);
    this.#closed = false;
    this.#entries.set(tensor, { before, readFirst: true });
  }

  changed(tensor: Tensor, before: Tensor | null): void {
    if (this.#closed || this.#entries.has(tensor)) return;
    this.#entries.set(tensor, { before, readFirst: false });
  }

  /** The fate of each field. `keep` receives the gradients that are state, or null for a field that was cleared. */
  close(keep: (cell: StateCell, grad: Tensor | null) => void): TracedGradient[] {
    this.#closed = true;
    return [...this.#entries].flatMap(([tensor, { before, readFirst }]): TracedGradient[] => {
      // a placeholder exists only during the trace
      if (!(tensor instanceof StateCell) && !tensor.hasValues) return [];
      const { grad } = tensor;
      if (this.#kept.has(tensor)) {
        const cell = gradientCell(tensor);
        if (grad !== cell) keep(cell, grad);
        return [{ tensor, fate: grad === null ? "none" : "kept" }];
      }
      if (!readFirst) return [{ tensor, fate: grad === null ? "none" : "inside" }];
      if (before === null && grad === null) return [{ tensor, fate: "found null" }];
      return [{ tensor, fate: "adds" }];
    });
  }

  /** Restores the gradients from before the trace. */
  restore(): void {
    this.#closed = true;
    for (const [tensor, { before }] of this.#entries) tensor.grad = before;
  }
}

/** Whether two traces leave the same gradients. */
export function sameGradients(a: readonly TracedGradient[], b: readonly TracedGradient[]): boolean {
  return (
    a.length === b.length && a.every(({ tensor, fate }, i) => tensor === b[i].tensor && fate === b[i].fate)
  );
}

const goneOf = new WeakMap<Tensor, Tensor>();

/** The value of `grad` for a gradient that was a temporary of a compiled step: a tensor without values. */
function gone(tensor: Tensor): Tensor {
  let grad = goneOf.get(tensor);
  if (grad === undefined) {
    const of =
      tensor instanceof StateCell && tensor.name ? `the gradient of ${tensor.name}` : "this gradient";
    const absent = `${of} was a temporary of a compiled step; return it from the step and read it there`;
    grad = new Tensor(tensor.shape, tensor.dtype, { absent });
    goneOf.set(tensor, grad);
  }
  return grad;
}

/** Sets the `grad` fields as the step would, after a call on a device. */
export function leaveGradients(gradients: readonly TracedGradient[]): void {
  for (const { tensor, fate } of gradients)
    if (fate === "none") tensor.grad = null;
    else if (fate === "kept") tensor.grad = gradientCell(tensor);
    else if (fate === "inside") tensor.grad = gone(tensor);
}
