/**
 * A tensor is a node of the computational graph: the op that made it, that op's inputs, and (once evaluated) its
 * values. Everything else in Chainrule reads this graph. ops/index.ts derives the arithmetic methods from the table of
 * op records, and graph/gradients.ts adds `backward`.
 */
import type { Methods } from "../ops/index.ts";
import type { OpRecord } from "../ops/define.ts";
import type { Scope } from "../ops/composite.ts";
import { allocate, isFloat } from "./dtype.ts";
import type { DType, Values } from "./dtype.ts";
import { DTypeError, GraphError, ShapeError, ValueError } from "./errors.ts";
import { formatTensor, nested } from "./print.ts";
import type { Nested } from "./print.ts";
import { checkShape, formatShape, sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** How a tensor was made. */
export interface Node {
  readonly op: OpRecord;
  readonly inputs: readonly Tensor[];
  readonly attrs: unknown;
  /** The innermost composite whose body called the op. */
  readonly scope: Scope | null;
}

/** The parts of a tensor besides its shape and type. */
export interface TensorParts {
  readonly values?: Values;
  readonly node?: Node;
  readonly requiresGrad?: boolean;
  /** The state cell whose value this is. Gradients stop here and belong to the cell. */
  readonly cell?: Tensor;
  /** The reason why there are no values, for the error of reading them. */
  readonly absent?: string;
}

let created = 0;

/** The trace's hooks on `grad` fields. */
export interface GradWatch {
  /** Called before a grad is read; the hook may set it at this time. */
  reads(tensor: Tensor): void;
  /** Called after a grad has changed. */
  changed(tensor: Tensor, before: Tensor | null): void;
}

let gradWatch: GradWatch | null = null;

/** Installs a trace's hooks on `grad` fields and returns the previous ones. */
export function watchGrads(watch: GradWatch | null): GradWatch | null {
  const before = gradWatch;
  gradWatch = watch;
  return before;
}

/**
 * An array of numbers with a shape and a type, and the op and inputs that made it. Its methods are the ops; each computes at
 * once and returns a new tensor.
 */
export class Tensor {
  /** Increases with each tensor. An input is older than its results, so ids are a topological order of the graph. */
  readonly id: number = created++;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly node: Node | null;
  readonly cell: Tensor | null;
  #grad: Tensor | null = null;
  #values: Values | null;
  #requiresGrad: boolean;
  readonly #absent: string | null;

  constructor(shape: Shape, dtype: DType, parts: TensorParts) {
    this.shape = shape;
    this.dtype = dtype;
    this.node = parts.node ?? null;
    this.cell = parts.cell ?? null;
    this.#values = parts.values ?? null;
    this.#requiresGrad = parts.requiresGrad ?? false;
    this.#absent = parts.absent ?? null;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether gradients are computed for this tensor. It can be set on floating-point leaves. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }
  set requiresGrad(on: boolean) {
    if (this.node !== null)
      throw new GraphError(
        "no-gradient",
        `requiresGrad can be set on leaves only; this tensor is the result of ${this.node.op.name}`,
      );
    if (on && !isFloat(this.dtype))
      throw new DTypeError("requiresGrad", `only floating-point tensors have gradients, not ${this.dtype}`);
    this.#requiresGrad = on;
  }

  /** The gradient that `backward()` has accumulated in this leaf. */
  get grad(): Tensor | null {
    gradWatch?.reads(this);
    return this.#grad;
  }
  set grad(grad: Tensor | null) {
    const before = this.#grad;
    this.#grad = grad;
    gradWatch?.changed(this, before);
  }

  /** A leaf was not computed from a tensor that requires gradients. */
  get isLeaf(): boolean {
    return this.node === null;
  }

  /** The tensor that an op reads for this input; for a state cell its present value. */
  read(): Tensor {
    return this;
  }

  /**
   * The numbers in row-major order. The array is live and may be shared with views. Do not write to it; take a
   * `slice()` of numbers that must outlast the next assignment to a cell.
   */
  get data(): Values {
    if (this.#values === null)
      throw new GraphError(
        "no-values",
        this.#absent ??
          `this ${formatShape(this.shape)} tensor is being traced and has no values yet; ` +
            "return it from the step and read it there, or decide with where() instead of if",
      );
    return this.#values;
  }

  /** Whether the tensor has values; the placeholders of a trace have none. */
  get hasValues(): boolean {
    return this.#values !== null;
  }

  /** The single number of a one-element tensor. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(
        "item",
        [this.shape],
        `needs a tensor with one element, not ${formatShape(this.shape)}; reduce it first, or use toArray()`,
      );
    return this.data[0];
  }

  /** The numbers as nested arrays; a plain number for a scalar, booleans for bool. */
  toArray(): Nested {
    return nested(this.data, this.shape, this.dtype);
  }

  /** The shape, the type and the numbers as text; long axes are shortened. */
  toString(): string {
    return formatTensor(this);
  }

  /** The nested arrays of `toArray()`, for JSON.stringify. */
  toJSON(): Nested {
    return this.toArray();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** A tensor is a text in a template literal; as an operand of + < or == it is refused, since JavaScript would compare texts. */
  [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
    if (hint === "string") return this.toString();
    throw new ValueError("Tensor", "JavaScript's operators do not compute with tensors", {
      advice: "take a number with .item(), or use a method: x.add(y), x.lt(y)",
    });
  }
}

export interface Tensor extends Methods {
  /**
   * Adds d(this)/d(leaf) to `grad` of every leaf that requires gradients. `gradient` is the upstream gradient, 1 for a
   * scalar; with `createGraph` the gradients can be differentiated again.
   */
  backward(gradient?: Tensor, options?: { createGraph?: boolean }): void;
}

/** A leaf from numbers in row-major order. The tensor owns the array; it is not copied. */
export function fromValues(values: Values, given: Shape, dtype: DType, requiresGrad = false): Tensor {
  const shape = checkShape("tensor", given);
  if (values.length !== sizeOf(shape))
    throw new ShapeError(
      "tensor",
      [shape],
      `${values.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}`,
      "bad-shape",
    );
  const leaf = new Tensor(shape, dtype, { values });
  if (requiresGrad) leaf.requiresGrad = true;
  return leaf;
}

/** A 0-d tensor. */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  const values = allocate(dtype, 1);
  values[0] = value;
  return new Tensor([], dtype, { values });
}
