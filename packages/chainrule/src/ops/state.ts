/**
 * State cells: the tensors that change. Parameters, optimizer moments, step counts, learning rates and random state are
 * cells. A cell is a `Tensor`; its present version is an ordinary tensor. An assignment replaces the version, so graphs
 * built before keep the values that they read.
 */
import { describe } from "../tensor/check.ts";
import { checkOptions, flag, requireItems, requireTensor, requireText } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { DTypeError, GraphError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { evaluator } from "./emit.ts";

export interface StateOptions {
  /** The cell's name in drawings, programs and messages. */
  readonly name?: string;
  readonly requiresGrad?: boolean;
}

const stateOptions: Checks<StateOptions> = {
  name: requireText,
  requiresGrad: flag,
};

/** A tensor that changes: `assign` swaps its value, and results computed before keep the value that they read. */
export class StateCell extends Tensor {
  name: string;
  /** The number of values that the cell has had. A device uses it to check that its copy is the latest. */
  version = 0;
  #current: Tensor;
  #fetch: (() => Values) | null = null;

  constructor(value: Tensor, options: StateOptions = {}) {
    requireTensor("state", "the value", value);
    checkOptions("state", options, stateOptions);
    super(value.shape, value.dtype, {});
    this.name = options.name ?? "";
    // a copy, because a later write to the array of `value` must not change the cell
    this.#current = new Tensor(this.shape, this.dtype, { values: value.data.slice(), cell: this });
    this.requiresGrad = options.requiresGrad ?? false;
  }

  /** The version that eager code reads. Only evaluators call this and `become`. */
  get present(): Tensor {
    const fetch = this.#fetch;
    if (fetch !== null) {
      this.#fetch = null;
      this.#current = this.#holding(fetch());
    }
    return this.#current;
  }

  /** Replaces the version; for eager assignment and devices. */
  become(values: Values): void {
    this.version++;
    this.#fetch = null;
    this.#current = this.#holding(values);
  }

  /** Tells the cell that a device holds new values; they are fetched when the cell is read. */
  becomeLater(fetch: () => Values): void {
    this.version++;
    this.#fetch = fetch;
  }

  #holding(values: Values): Tensor {
    return new Tensor(this.shape, this.dtype, { values, cell: this, requiresGrad: this.requiresGrad });
  }

  override read(): Tensor {
    return evaluator().read(this);
  }

  override get data(): Values {
    return this.read().data;
  }

  override get hasValues(): boolean {
    return this.read().hasValues;
  }

  override get requiresGrad(): boolean {
    return super.requiresGrad;
  }
  override set requiresGrad(on: boolean) {
    super.requiresGrad = on;
    this.#current = this.#holding(this.present.data);
  }

  /**
   * Replaces the value; this is the only way to write to a cell. Shape and type stay, and no gradient flows through.
   * @throws GraphError `state-mismatch` for another shape, DTypeError for another type
   */
  assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape))
      throw new GraphError(
        "state-mismatch",
        `assign: ${this.name || "the state cell"} holds ${formatShape(this.shape)} and cannot become ${formatShape(value.shape)}`,
      );
    if (value.dtype !== this.dtype)
      throw new DTypeError(
        "assign",
        `${this.name || "the state cell"} holds ${this.dtype}, not ${value.dtype}; convert with .to("${this.dtype}")`,
      );
    evaluator().assign(this, value.read());
  }
}

/** A cell for a value that changes from step to step. */
export function state(value: Tensor, options: StateOptions = {}): StateCell {
  return new StateCell(value, options);
}

/** A snapshot of the values of cells. */
export interface Snapshot {
  /** Restores these values. */
  restore(): void;
}

/**
 * Takes a snapshot of cells on any device. Values are immutable, so values that are already in JavaScript are not
 * copied.
 * @example
 * const w = state(tensor([1]));
 * const before = snapshot([w]);
 * w.assign(tensor([2]));
 * before.restore();
 * w.toArray(); // [ 1 ]
 */
export function snapshot(cells: Iterable<StateCell>): Snapshot {
  const values = requireItems("snapshot", "the cells", cells).map((cell) => {
    if (!(cell instanceof StateCell))
      throw new ValueError("snapshot", `takes state cells, not ${describe(cell)}`);
    return [cell, cell.present.data] as const;
  });
  return {
    restore() {
      for (const [cell, data] of values) cell.become(data);
    },
  };
}

/** A state cell that is trained; it requires a gradient by default. */
export class Parameter extends StateCell {
  constructor(value: Tensor, options: StateOptions = {}) {
    requireTensor("Parameter", "the value", value);
    if (!isFloat(value.dtype))
      throw new DTypeError("Parameter", `needs a floating-point tensor, not ${value.dtype}`);
    super(value, { requiresGrad: true, ...checkOptions("Parameter", options, stateOptions) });
  }
}
