/**
 * The one place where eager and traced differ. Every op call ends in `emit`, every use of a state cell in the
 * evaluator's `read` and `assign`. graph/eager.ts computes at once; graph/trace.ts only records,
 * graph/is-same.ts looks whether the same would be recorded.
 */
import { isFloat } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { GraphError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";
import type { StateCell } from "./state.ts";

export interface Evaluator {
  /** The result of an op; `requiresGrad` says whether a gradient will be asked of it. */
  emit(node: Node, shape: Shape, dtype: DType, requiresGrad: boolean): Tensor;
  /** The result of an op that is known without its rules. */
  recall?(op: Node["op"], inputs: readonly Tensor[], attrs: unknown): Tensor;
  /** The value of a cell that an op sees now. */
  read(cell: StateCell): Tensor;
  /** Makes `value` what later reads of the cell see. */
  assign(cell: StateCell, value: Tensor): void;
  /** Told by what is no tensor and decides all the same, such as a module's mode: a trace holds while it reads the same. */
  depends?(read: () => unknown): void;
  /** Told before what is no tensor is changed, such as a module's mode: a call of the trace changes it as the step did. */
  changes?(read: () => unknown, write: (value: never) => void): void;
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

/** Says that what is emitted next depends on `read`, where somebody records it. */
export function dependsOn(read: () => unknown): void {
  current?.depends?.(read);
}

/** Says that what `read` gives is about to be changed; `write` changes it back. */
export function aboutToChange<T>(read: () => T, write: (value: T) => void): void {
  current?.changes?.(read, write as (value: never) => void);
}

let gradEnabled = true;

export function isGradEnabled(): boolean {
  return gradEnabled;
}

/** Runs `body` with gradient recording on or off. */
export function withGrad<T>(enabled: boolean, body: () => T): T {
  const before = gradEnabled;
  gradEnabled = enabled;
  try {
    const result = body();
    if (result instanceof Promise)
      throw new GraphError(
        "no-gradient",
        `${enabled ? "withGrad" : "noGrad"}: the function is async, so recording would be as before when it goes on; put it around synchronous parts`,
      );
    return result;
  } finally {
    gradEnabled = before;
  }
}

/** Runs `body` without keeping a graph: for evaluation and for updates of parameters. */
export function noGrad<T>(body: () => T): T {
  return withGrad(false, body);
}

/** Runs one op: its shape and type rules here, its values in the evaluator. */
export function emit(
  op: Node["op"],
  inputs: readonly Tensor[],
  attrs: unknown,
  scope: Node["scope"],
): Tensor {
  const read = inputs.map((input) => input.read());
  const now = evaluator();
  if (now.recall !== undefined) return now.recall(op, read, attrs);
  const shape = op.shape(
    read.map((input) => input.shape),
    attrs,
  );
  const dtype = op.dtype(
    read.map((input) => input.dtype),
    attrs,
  );
  const requiresGrad =
    gradEnabled &&
    op.vjp !== null &&
    isFloat(dtype) &&
    read.some((input, i) => input.requiresGrad && op.vjp?.(i) != null);
  return now.emit({ op, inputs: read, attrs, scope }, shape, dtype, requiresGrad);
}
