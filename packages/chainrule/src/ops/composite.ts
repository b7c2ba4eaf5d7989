/**
 * Composites: softmax, cross-entropy and linear are ordinary functions of ops that run inside a named scope of the graph.
 * Drawings and derivations may show a composite closed or opened, and a device may have one kernel for all its ops.
 */
import { describe } from "../tensor/check.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import type { Tex } from "../tensor/tex.ts";
import { Tensor } from "../tensor/tensor.ts";
import { recordOf } from "./define.ts";
import type { Example, OpRecord } from "./define.ts";
import { copy } from "./moves.ts";
import { currentScope, emit, inScope, noGrad } from "./emit.ts";

/** The tensors of a call by name. An optional one may be left out or undefined. */
export type Tensors<T> = { readonly [Name in keyof T]: Tensor | undefined };

/** One call of a composite. The nodes that its body emits refer to it. */
export interface Scope {
  readonly composite: string;
  /** The tensors of the call; for a state cell, its value at the time of the call. */
  readonly inputs: { readonly [name: string]: Tensor };
  readonly attrs: unknown;
  /** The enclosing call: the body of that call made this call. */
  readonly parent: Scope | null;
  /** The result; null until the body has returned. */
  output: Tensor | null;
}

/** The gradient for one tensor of a composite, written in ops: g is the incoming gradient, y the result. */
export type CompositeVjp<T, A> = {
  bivariant(g: Tensor, y: Tensor, tensors: T, attrs: A): Tensor;
}["bivariant"];

/** The inputs for the tests of a composite. */
export interface CompositeTests {
  /** Calls: per tensor a shape, which tests fill with random numbers, or constants. The first call has every tensor. */
  readonly examples: readonly {
    readonly inputs: { readonly [name: string]: Example["inputs"][number] };
    readonly attrs?: unknown;
  }[];
  /** The interval of a tensor's random numbers; default: −2 … 2. */
  readonly domain?: { readonly [name: string]: readonly [low: number, high: number] };
  /** Whether the gradient jumps somewhere inside the domain. */
  readonly kinked?: boolean;
}

export interface CompositeOptions<T = { readonly [name: string]: Tensor }, A = unknown> {
  /** The LaTeX of a call that is shown closed, from the LaTeX of its tensors. */
  tex(tensors: { readonly [Name in keyof T]: Tex | Extract<T[Name], undefined> }, attrs: A): Tex;
  /**
   * Gradient rules by tensor, for composites whose rules are simpler or safer than the derivative of the body. A tensor
   * without a rule has no gradient. A test compares both.
   */
  readonly vjp?: { readonly [Name in keyof T]?: CompositeVjp<T, A> };
  /** Whether the body broadcasts its tensors. Gradients by rule are then summed over the repeated axes. */
  readonly broadcasts?: boolean;
  readonly tests?: CompositeTests;
}

/** A composite as tests, drawings and devices see it. */
export interface CompositeRecord extends CompositeOptions {
  readonly name: string;
  /** The function without scope and gradient rules. */
  body(tensors: { readonly [name: string]: Tensor }, attrs: unknown): Tensor;
}

/** All composites by name, filled as their modules load. */
export const composites = new Map<string, CompositeRecord>();

/**
 * Gives a function a name in the graph and its LaTeX. The function takes its named tensors and one argument with all
 * other settings.
 * @throws ValueError if the name is taken; the function throws it for an argument that is not a tensor
 * @example
 * const swish = composite(
 *   "swish",
 *   ({ x }: { x: Tensor }, { slope }: { slope: number }) => x.mul(x.mul(slope).sigmoid()),
 *   { tex: ({ x }) => call("swish", x) },
 * );
 * swish({ x: tensor([0, 1]) }, { slope: 1 }).toArray(); // [ 0, 0.7310585975646973 ]
 */
export function composite<T extends Tensors<T>, Attrs extends readonly [attrs?: unknown]>(
  name: string,
  body: (tensors: T, ...attrs: Attrs) => Tensor,
  options: CompositeOptions<T, Attrs[0]>,
): (tensors: T, ...attrs: Attrs) => Tensor {
  if (composites.has(name))
    throw new ValueError("composite", `"${name}" exists already; choose another name`);
  const record = { ...options, name, body } as unknown as CompositeRecord;
  composites.set(name, record);
  const { vjp: rules, broadcasts = false } = record;
  /** The op that carries the gradient rules, for each set of tensors that a call may have. */
  const boundaries = new Map<string, OpRecord>();
  return (tensors, ...rest) => {
    const inputs = given(name, tensors);
    const own: Scope = { composite: name, inputs, attrs: rest[0], parent: currentScope(), output: null };
    try {
      return inScope(own, () => {
        const y = rules === undefined ? body(tensors, ...rest) : ruled(own, () => body(tensors, ...rest));
        own.output = y.read();
        return y;
      });
    } catch (error) {
      throw inComposite(name, error);
    }
  };

  /** The result of a call with gradient rules. The graph need not keep the body, but a trace records it. */
  function ruled(own: Scope, run: () => Tensor): Tensor {
    const names = Object.keys(own.inputs);
    let edge = boundaries.get(names.join());
    if (edge === undefined)
      boundaries.set(names.join(), (edge = boundary(name, rules ?? {}, names, broadcasts)));
    return emit(edge, [noGrad(run), ...Object.values(own.inputs)], own.attrs, own);
  }
}

/** The tensors of a call, as an op reads them. */
function given(composite: string, tensors: object): Scope["inputs"] {
  const inputs: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors) as [string, unknown][])
    if (tensor instanceof Tensor) inputs[name] = tensor.read();
    else if (tensor !== undefined)
      throw new ValueError(
        composite,
        `${name} is ${describe(tensor)}, not a tensor; wrap numbers in tensor(…)`,
      );
  return inputs;
}

/** The error of an op inside a composite. The message of a ShapeError begins with the composite's name. */
export function inComposite(name: string, error: unknown): unknown {
  if (!(error instanceof ShapeError) || error.op === name) return error;
  return new ShapeError(name, error.shapes, error.message, error.code, { cause: error });
}

/**
 * The op at the end of a composite with gradient rules: it returns the body's result, and the rules give its gradients.
 */
function boundary(
  name: string,
  rules: NonNullable<CompositeOptions["vjp"]>,
  names: readonly string[],
  broadcasts: boolean,
): OpRecord {
  return recordOf({
    broadcasts,
    name,
    kind: "view",
    arity: "list",
    shape: ([body]) => body,
    dtype: ([body]) => body,
    kernel: copy,
    vjp: (input) => {
      const rule = input === 0 ? undefined : rules[names[input - 1]];
      if (rule === undefined) return null;
      return (g, y, [, ...tensors], attrs) =>
        rule(g, y, Object.fromEntries(names.map((name, i) => [name, tensors[i]])), attrs);
    },
    tex: ([body]) => body,
    tests: { examples: [] },
  });
}
