/**
 * One op, one record: its shape and type rules, reference kernel, gradient rule, LaTeX rule and the examples of its tests.
 * The record is also the function that users call. Tensor methods, op tests and parity checks are derived from it.
 */
import { describe } from "../tensor/check.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { floating, isFloat, promote } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tex } from "../tensor/tex.ts";
import { Tensor, scalar } from "../tensor/tensor.ts";
import { currentScope, emit } from "./emit.ts";
import { movingKernel } from "./moves.ts";
import type { Moves } from "./moves.ts";

/** An argument of an op: a tensor, or a number for a scalar of the other inputs' type. */
export type TensorLike = Tensor | number;

/** The kind of an op. Graph passes decide by the kind, not by the name. */
export type OpKind =
  | "elementwise" // each output element depends on the matching input elements
  | "reduce" // axes are reduced, as in sums
  | "view" // the same numbers under another shape or type
  | "layout" // numbers moved, repeated or left out
  | "contract" // products summed over an axis
  | "select" // chosen by integer indices
  | "random"; // drawn from a random state

export interface KernelShapes {
  readonly out: Shape;
  readonly inputs: readonly Shape[];
}

/**
 * The reference kernel: plain loops from contiguous arrays into a zeroed contiguous array. (It is typed as a method,
 * here and below, so that an op in the table of all ops may have narrower attributes.)
 */
export type Kernel<A> = {
  bivariant(out: Values, inputs: readonly Values[], shapes: KernelShapes, attrs: A): void;
}["bivariant"];

/** The gradient of one input, written in ops: g is the incoming gradient, y the op's result. */
export type Vjp<A> = {
  bivariant(g: Tensor, y: Tensor, inputs: readonly Tensor[], attrs: A): Tensor;
}["bivariant"];

/**
 * The inputs of one test call. A shape stands for random numbers from the domain, with gradients that are tested;
 * values are constants.
 */
export interface Example<Args extends readonly unknown[] = readonly unknown[]> {
  readonly inputs: readonly (
    Shape | { readonly shape: Shape; readonly dtype: DType; readonly values: readonly number[] }
  )[];
  readonly args?: Args;
}

/** The inputs for the tests of an op. */
export interface OpTests<Args extends readonly unknown[] = readonly unknown[]> {
  readonly examples: readonly Example<Args>[];
  /**
   * The interval of each input's random numbers, away from poles; the last one serves all further inputs. Default: −2 …
   * 2.
   */
  readonly domain?: readonly (readonly [number, number])[];
  /** Whether the gradient jumps inside the domain; the record's comment gives its value there. */
  readonly kinked?: boolean;
}

/** Makes an array of arrays that the formatter keeps in one line, for examples. */
export function list<T>(...items: T[]): T[] {
  return items;
}

/** An op record as every pass sees it. */
export interface OpRecord<A = unknown> {
  readonly name: string;
  readonly kind: OpKind;
  /** The number of leading tensor arguments; "list" for one array of tensors. */
  readonly arity: number | "list";
  /** The shape rule; throws ShapeError. Eager and traced run it alike. */
  shape(inputs: readonly Shape[], attrs: A): Shape;
  /** The type rule; default: the widest of the inputs' types. */
  dtype(inputs: readonly DType[], attrs: A): DType;
  readonly kernel: Kernel<A>;
  /** For an op that only moves numbers, the moves; its kernel is derived from them. */
  readonly moves: Moves<A> | null;
  /** The gradient rule of input i, null for an input that has no gradient; null for an op without gradients. */
  readonly vjp: ((input: number) => Vjp<A> | null) | null;
  /** The LaTeX of the result, from that of the inputs. */
  tex(inputs: readonly Tex[], attrs: A): Tex;
  readonly tests: OpTests;
  /** Whether the op broadcasts its inputs. Their gradients are then summed over the repeated axes. */
  readonly broadcasts: boolean;
  /** Whether the rules read only g, as in a − b. Then g is summed before the rule runs, so −Σg negates once per sum. */
  readonly linear: boolean;
  /** Whether the result is a bool. Inputs are compared in their common type. */
  readonly compares: boolean;
  /** The identity element of each input: 1 for x · 1 = x. */
  readonly identity: readonly (number | null)[];
  /** For each input the argument that makes the op read it transposed (its last two axes). */
  readonly transposeFlags: readonly string[];
}

/** An op record that can be called: tensors first, then the arguments of its `attrs`. */
export interface Op<
  Inputs extends readonly unknown[],
  Args extends readonly unknown[] = [],
  A = undefined,
> extends OpRecord<A> {
  (...args: [...Inputs, ...Args]): Tensor;
}
export type Unary<Args extends readonly unknown[] = [], A = undefined> = Op<[x: TensorLike], Args, A>;
export type Binary<Args extends readonly unknown[] = [], A = undefined> = Op<
  [a: TensorLike, b: TensorLike],
  Args,
  A
>;

/** The argument of `defineOp`: a record with a kernel or moves, in which fields with a default may be left out. */
export type OpSpec<Args extends readonly unknown[], A> = OpFields<Args, A> &
  (
    | { readonly kernel: Kernel<A>; readonly moves?: Moves<A> | null }
    | { readonly moves: Moves<A>; readonly kernel?: undefined }
  );

interface OpFields<Args extends readonly unknown[], A>
  extends
    Pick<OpRecord<A>, "name" | "kind" | "arity" | "shape" | "tex">,
    Partial<
      Pick<OpRecord<A>, "dtype" | "broadcasts" | "linear" | "compares" | "identity" | "transposeFlags">
    > {
  /** Checks the arguments after the tensors and returns them as plain data; for ops with such arguments. */
  attrs?(inputs: readonly Tensor[], ...args: Args): A;
  /** A rule per input, or a function from the input's number to its rule. */
  readonly vjp: readonly (Vjp<A> | null)[] | ((input: number) => Vjp<A> | null) | null;
  readonly tests: OpTests<Args>;
}

/** The record of a spec, with the defaults of missing fields. */
export function recordOf<Args extends readonly unknown[], A>(spec: OpSpec<Args, A>): OpRecord<A> {
  const { vjp } = spec;
  return {
    broadcasts: false,
    linear: false,
    compares: false,
    identity: [],
    transposeFlags: [],
    moves: null,
    dtype: (inputs) => inputs.reduce(promote),
    ...spec,
    kernel: spec.kernel ?? movingKernel(spec.moves),
    vjp: vjp === null || typeof vjp === "function" ? vjp : (input) => vjp[input] ?? null,
  };
}

/** Makes an op from its record. */
export function defineOp<Inputs extends readonly unknown[], Args extends readonly unknown[], A>(
  spec: OpSpec<NoInfer<Args>, NoInfer<A>>,
): Op<Inputs, Args, A> {
  const { arity, name } = spec;
  const taken = arity === "list" ? 1 : arity;
  const attrsOf = spec.attrs?.bind(spec);
  const op = (...args: unknown[]): Tensor => {
    const given = arity === "list" ? (args[0] as readonly unknown[]) : args;
    const inputs = toTensors(name, given, arity);
    if (attrsOf === undefined && args.length > taken)
      throw new ValueError(name, `takes ${counted(arity)}, got ${args.length} arguments`);
    const attrs = attrsOf?.(inputs, ...(args.slice(taken) as unknown as Args));
    return emit(op as unknown as OpRecord, inputs, attrs, currentScope());
  };
  // a function's name cannot be assigned, so every field is defined as a property
  for (const [field, value] of Object.entries(recordOf(spec)))
    Object.defineProperty(op, field, { value, enumerable: true });
  return op as unknown as Op<Inputs, Args, A>;
}

/** The inputs as tensors. A number takes the type of the other inputs, or float32. */
function toTensors(op: string, given: readonly unknown[], arity: number | "list"): Tensor[] {
  if (!Array.isArray(given) || (arity === "list" ? given.length === 0 : given.length < arity))
    throw new ValueError(
      op,
      arity === "list" ? `takes ${counted(arity)}` : `takes ${counted(arity)}, got ${given.length}`,
    );
  const inputs = given.slice(0, arity === "list" ? given.length : arity);
  if (inputs.every((input) => input instanceof Tensor)) return inputs;
  let beside: DType | null = null;
  for (const input of inputs)
    if (input instanceof Tensor) beside = beside === null ? input.dtype : promote(beside, input.dtype);
  return inputs.map((input, i) => {
    if (input instanceof Tensor) return input;
    if (typeof input !== "number")
      throw new ValueError(
        op,
        `argument ${i + 1} is ${describe(input)}, not a tensor or a number; wrap arrays in tensor(…)`,
      );
    if (beside === null) return scalar(input);
    if (isFloat(beside)) return scalar(input, beside);
    return scalar(input, (input | 0) === input ? "int32" : floating(beside));
  });
}

function counted(arity: number | "list"): string {
  if (arity === "list") return "an array of at least one tensor";
  return `${arity} tensor${arity === 1 ? "" : "s"}`;
}
