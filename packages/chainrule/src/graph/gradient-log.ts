/**
 * What a step that is traced does with `grad` fields. A gradient that the step begins (zeroGrad, then backward) is a
 * temporary of the step; one that it adds to (backward without zeroGrad) is state, kept in a cell of its own.
 */
import { StateCell } from "../ops/state.ts";
import { zerosLike } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { GradWatch } from "../tensor/tensor.ts";

/** What becomes of one `grad` in a call of the step. */
export interface TracedGradient {
  readonly tensor: Tensor;
  /**
   * `none`: null afterwards; `inside`: a temporary that is gone afterwards; `kept`: in the tensor's gradient cell;
   * `found null`: read, and right only where it is null at the start; `adds`: added to what was there, which
   * takes another trace with the tensor among the kept ones.
   */
  readonly fate: "none" | "inside" | "kept" | "found null" | "adds";
}

interface Entry {
  readonly before: Tensor | null;
  /** Whether the step looked before it wrote. */
  readonly readFirst: boolean;
}

const cells = new WeakMap<Tensor, StateCell>();

/** The cell that holds the gradient of a tensor from one call to the next. */
export function gradientCell(tensor: Tensor): StateCell {
  let cell = cells.get(tensor);
  if (cell === undefined) {
    const name = tensor instanceof StateCell && tensor.name ? `${tensor.name}.grad` : "grad";
    cell = new StateCell(zerosLike(tensor), { name });
    cells.set(tensor, cell);
  }
  return cell;
}

/** Puts what `grad` holds into the gradient cell, before a step that adds to it. */
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

  /** What became of each; `keep` is told of the gradients that are state, null for what was cleared. */
  close(keep: (cell: StateCell, grad: Tensor | null) => void): TracedGradient[] {
    this.#closed = true;
    return [...this.#entries].flatMap(([tensor, { before, readFirst }]): TracedGradient[] => {
      // a placeholder is gone with the trace
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

  /** Puts back the gradients that were there before the trace. */
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

/** What stands in `grad` for a gradient that a compiled step kept to itself. */
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

/** Leaves the `grad` fields as the step would, after a call of it on a device. */
export function leaveGradients(gradients: readonly TracedGradient[]): void {
  for (const { tensor, fate } of gradients) {
    if (fate === "none") tensor.grad = null;
    else if (fate === "kept") tensor.grad = gradientCell(tensor);
    else if (fate === "inside") tensor.grad = gone(tensor);
  }
}
