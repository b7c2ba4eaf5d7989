/** An op from a user's forward function and gradient, in ops or on plain arrays. */
import { recordOf } from "../ops/define.ts";
import type { OpRecord } from "../ops/define.ts";
import { currentScope, emit, noGrad } from "../ops/emit.ts";
import { copy } from "../ops/moves.ts";
import { zerosLike } from "../tensor/create.ts";
import { floating, promote } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { checkOptions, flag, requireFunction, requireTensor } from "../tensor/options.ts";
import { formatShape, sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface Named {
  /** The name in messages and programs; default: customOp. */
  readonly name?: string;
  /** The LaTeX of a call from that of its inputs; default: name(inputs). */
  tex?(inputs: readonly Tex[]): Tex;
}

/** An op whose forward function and gradient are written in ops. */
export interface CustomOp extends Named {
  readonly arrays?: false;
  /** The result. Its own graph is not differentiated. */
  forward(inputs: readonly Tensor[]): Tensor;
  /** A gradient per input, null for an input without one: g is the incoming gradient, y the result. */
  gradient(g: Tensor, y: Tensor, inputs: readonly Tensor[]): Tensor | readonly (Tensor | null)[];
}

/** An op whose forward function and gradient read and return numbers in row-major order. */
export interface CustomArrayOp extends Named {
  readonly arrays: true;
  /** The shape of the result; default: the shape of the first input. */
  shape?(inputs: readonly Shape[]): Shape;
  /** The numbers of the result. The inputs must not be written to. */
  forward(inputs: readonly Values[], shapes: readonly Shape[]): ArrayLike<number>;
  /** The numbers of a gradient per input, null for an input without one; with `shapes`, those of the inputs. */
  gradient(
    g: Values,
    y: Values,
    inputs: readonly Values[],
    shapes: readonly Shape[],
  ): ArrayLike<number> | readonly (ArrayLike<number> | null)[];
}

/**
 * A function of tensors with a gradient of your own, which runs eagerly and in compiled steps. With `arrays: true`, forward
 * and gradient are plain JavaScript on typed arrays; then the gradient itself cannot be differentiated again.
 * @throws ValueError for an unknown option, or a result that is not a tensor (or array) or not one per input; ShapeError
 *   naming the op and the input for a result or gradient of another shape
 * @example
 * const cube = customOp({
 *   forward: ([x]) => x.mul(x).mul(x),
 *   gradient: (g, y, [x]) => g.mul(x).mul(x).mul(3),
 * });
 * grad((x) => cube(x).sum())(tensor([1, 2])).toArray(); // [ 3, 12 ]
 */
export function customOp(spec: CustomOp | CustomArrayOp): (...inputs: readonly Tensor[]) => Tensor {
  const all = checkOptions("customOp", spec as Partial<CustomArrayOp>, {
    name: (where, name, value) => {
      if (typeof value !== "string" || value === "") throw new ValueError(where, `${name} must be a text`);
    },
    arrays: flag,
    shape: requireFunction,
    forward: requireFunction,
    gradient: requireFunction,
    tex: requireFunction,
  });
  requireFunction("customOp", "forward", all.forward);
  requireFunction("customOp", "gradient", all.gradient);
  if (spec.arrays !== true && all.shape)
    throw new ValueError("customOp", "shape is for arrays: true; the result of ops has its shape");
  const name = all.name ?? "customOp";
  const record = spec.arrays === true ? onArrays(name, spec) : inOps(name, spec);
  return (...given) => {
    if (given.length === 0) throw new ValueError(name, "takes at least one tensor");
    const inputs = given.map((x, i) => requireTensor(name, `input ${i}`, x).read());
    if (spec.arrays === true) return emit(record, inputs, undefined, currentScope());
    const y = noGrad(() => requireTensor(name, "the result of forward", spec.forward(inputs)));
    return emit(record, [y, ...inputs], undefined, currentScope());
  };
}

/** The results of `gradient` as a list of one per input; for one input it may be the result itself. */
function perInput<T extends object>(name: string, given: T | readonly (T | null)[], inputs: number) {
  const isList = Array.isArray(given) && typeof given[0] === "object";
  const list = (isList ? given : [given]) as readonly (T | null)[];
  if (list.length !== inputs)
    throw new ValueError(
      name,
      `the gradient must be a list of ${inputs} results, one per input, not of ${list.length}`,
    );
  return list;
}

/** The op after the ops of `forward`: it returns their result, and its rules are the gradient. */
function inOps(name: string, { gradient, tex }: CustomOp): OpRecord {
  /** The gradients of a result. Each rule asks for one of them, and `gradient` should run once. */
  const last = new WeakMap<Tensor, { readonly g: Tensor; readonly list: readonly (Tensor | null)[] }>();
  const gradientsOf = (g: Tensor, y: Tensor, inputs: readonly Tensor[]) => {
    const known = last.get(y);
    if (known?.g === g) return known.list;
    const list = perInput(name, gradient(g, y, inputs), inputs.length);
    last.set(y, { g, list });
    return list;
  };
  return recordOf({
    name,
    kind: "view",
    arity: "list",
    shape: ([y]) => y,
    dtype: ([y]) => y,
    kernel: copy,
    vjp: (input) =>
      input === 0
        ? null
        : (g, y, [, ...inputs]) => {
            const found = gradientsOf(g, y, inputs)[input - 1];
            if (found === null) return zerosLike(inputs[input - 1]);
            return requireTensor(name, `the gradient of input ${input - 1}`, found);
          },
    tex: ([, ...inputs]) => tex?.(inputs) ?? call(name, ...inputs),
    tests: { examples: [] },
  });
}

const real = (dtypes: readonly DType[]): DType => floating(dtypes.reduce(promote));

/** Copies numbers that a user's function returned to their place in an array. */
function fill(name: string, what: string, out: Values, at: number, given: unknown, shape: Shape): void {
  const size = sizeOf(shape);
  const length = (given as ArrayLike<number> | null | undefined)?.length;
  if (length !== size)
    throw new ShapeError(
      name,
      [shape],
      `${what} must be ${size} numbers for the shape ${formatShape(shape)}, not ${length ?? String(given)}`,
    );
  out.set(given as ArrayLike<number>, at);
}

/** The op whose kernel is `forward`. Its gradients are slices of the result of one more op, whose kernel is `gradient`. */
function onArrays(name: string, { forward, gradient, shape, tex }: CustomArrayOp): OpRecord {
  const common = { kind: "select", arity: "list", dtype: real, tests: { examples: [] } } as const;
  const backward = recordOf({
    ...common,
    name: `${name}.gradient`,
    shape: ([, , ...inputs]) => [inputs.reduce((sum, one) => sum + sizeOf(one), 0)],
    kernel: (out, [g, y, ...inputs], { inputs: [, , ...shapes] }) => {
      const list = perInput(name, gradient(g, y, inputs, shapes), inputs.length);
      let at = 0;
      list.forEach((found, i) => {
        if (found !== null) fill(name, `the gradient of input ${i}`, out, at, found, shapes[i]);
        at += sizeOf(shapes[i]);
      });
    },
    vjp: null,
    tex: (inputs) => call(`${name}'`, ...inputs),
  });
  return recordOf({
    ...common,
    name,
    shape: (inputs) => shape?.(inputs) ?? inputs[0],
    kernel: (out, inputs, shapes) =>
      fill(name, "the result of forward", out, 0, forward(inputs, shapes.inputs), shapes.out),
    vjp: (input) => (g, y, inputs) => {
      const start = inputs.slice(0, input).reduce((sum, one) => sum + one.size, 0);
      const { size, shape: own } = inputs[input];
      return emit(backward, [g, y, ...inputs], undefined, currentScope())
        .slice([[start, start + size]])
        .reshape(own);
    },
    tex: (inputs) => tex?.(inputs) ?? call(name, ...inputs),
  });
}
