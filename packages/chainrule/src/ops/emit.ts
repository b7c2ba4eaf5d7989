/**
 * The one place where eager and traced code differ. Every op call goes through `emit`, every use of a state cell
 * through the evaluator's `read` and `assign`. graph/eager.ts computes at once; graph/recorder.ts only records.
 */
import { isFloat } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { GraphError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import type { Scope } from "./composite.ts";
import type { OpRecord } from "./define.ts";
import type { StateCell } from "./state.ts";

export interface Evaluator {
  /** The result of an op call. */
  emit(node: Node): Tensor;
  /** The present value of a cell. */
  read(cell: StateCell): Tensor;
  /** Assigns `value` to the cell, for later reads. */
  assign(cell: StateCell, value: Tensor): void;
  /**
   * Called when a value that is not a tensor, such as a module's mode, influences the step: a trace is valid while
   * `read` returns the same value.
   */
  depends?(read: () => unknown): void;
  /**
   * Called before a step changes a value that is not a tensor, such as a module's mode: each call of the compiled step
   * makes the same change.
   */
  changes?(read: () => unknown, write: (value: never) => void): void;
  /** Called when the step names a tensor. */
  names?(tensor: Tensor, name: string): void;
  /** Called when differentiation has computed the gradient `g` = ∂of/∂by. */
  differentiates?(g: Tensor, of: Tensor, by: Tensor): void;
}

let current: Evaluator | null = null;

export function evaluator(): Evaluator {
  if (current === null)
    throw new GraphError(
      "no-evaluator",
      'no evaluator is installed; import from "chainrule", which installs the eager one',
    );
  return current;
}

/** Installs an evaluator and returns the one it replaces. */
export function installEvaluator(next: Evaluator | null): Evaluator | null {
  const previous = current;
  current = next;
  return previous;
}

/** Tells a trace that the ops emitted next depend on the value that `read` returns. */
export function dependsOn(read: () => unknown): void {
  current?.depends?.(read);
}

/** Tells a trace that the step is about to change the value that `read` returns; `write` sets it. */
export function aboutToChange<T>(read: () => T, write: (value: T) => void): void {
  current?.changes?.(read, write as (value: never) => void);
}

/**
 * Names a tensor for readers of a traced program, such as derivations and drawings, and returns it. Without a trace the
 * name is ignored.
 * @example
 * const step = (x: Tensor) => named(x.mul(2), "h").tanh();
 * traceProgram(step, [tensor([1, 2])]).names.map(({ name }) => name); // [ 'h' ]
 */
export function named<T extends Tensor>(tensor: T, name: string): T {
  current?.names?.(tensor.read(), name);
  return tensor;
}

let scope: Scope | null = null;

/** The innermost composite that is running. */
export function currentScope(): Scope | null {
  return scope;
}

/** Runs `body` as the body of a composite. */
export function inScope<T>(own: Scope, body: () => T): T {
  const before = scope;
  scope = own;
  try {
    return body();
  } finally {
    scope = before;
  }
}

let gradEnabled = true;

/** Whether results keep their graph for gradients: true outside `noGrad`. */
export function isGradEnabled(): boolean {
  return gradEnabled;
}

/** Runs `body` with gradient recording on or off. */
export function withGrad<T>(enabled: boolean, body: () => T): T {
  if (typeof body !== "function")
    throw new GraphError(
      "no-gradient",
      `${enabled ? "withGrad" : "noGrad"}: takes a function, as in noGrad(() => net.forward(x))`,
    );
  const before = gradEnabled;
  gradEnabled = enabled;
  try {
    const result = body();
    if (result instanceof Promise)
      throw new GraphError(
        "no-gradient",
        `${enabled ? "withGrad" : "noGrad"}: the function is async, and after its first await recording would be as before; use it around synchronous parts`,
      );
    return result;
  } finally {
    gradEnabled = before;
  }
}

/** Runs `body` without recording a graph, for evaluation and for parameter updates. */
export function noGrad<T>(body: () => T): T {
  return withGrad(false, body);
}

/** Runs one op call in the installed evaluator. */
export function emit(op: OpRecord, inputs: readonly Tensor[], attrs: unknown, scope: Scope | null): Tensor {
  const read = inputs.map((input) => input.read());
  return evaluator().emit({ op, inputs: read, attrs, scope });
}

/** Shape and type of an op call's result, by the op's rules. */
export function typeOf({ op, inputs, attrs }: Node): { readonly shape: Shape; readonly dtype: DType } {
  const shapes = inputs.map((input) => input.shape);
  const dtypes = inputs.map((input) => input.dtype);
  return { shape: op.shape(shapes, attrs), dtype: op.dtype(dtypes, attrs) };
}

/** Whether gradients flow through the result of an op call, whose type is `dtype`. */
export function carriesGradient({ op, inputs }: Node, dtype: DType): boolean {
  if (!gradEnabled || op.vjp === null || !isFloat(dtype)) return false;
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad && op.vjp(i) !== null) return true;
  return false;
}
