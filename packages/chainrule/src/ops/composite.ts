/**
 * Composites: softmax, cross-entropy, linear and their kin are ordinary functions of ops that run inside a named scope
 * of the graph. Drawings and derivations may show a composite closed or opened, and a device may do in one kernel what
 * its ops do.
 */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import type { Tex } from "../tensor/tex.ts";
import { Tensor } from "../tensor/tensor.ts";
import { recordOf } from "./define.ts";
import type { OpRecord, OpTests, Vjp } from "./define.ts";
import { copy } from "./moves.ts";
import { currentScope, emit, inScope, noGrad } from "./emit.ts";

/** One call of a composite; the nodes emitted during it point here. */
export interface Scope {
  readonly composite: string;
  /** The tensors among the arguments of the call, and the other arguments. */
  readonly inputs: readonly Tensor[];
  readonly attrs: readonly unknown[];
  readonly parent: Scope | null;
  /** The result, once the body has returned. */
  output: Tensor | null;
}

export interface CompositeOptions {
  /** The LaTeX of the closed composite, from that of its tensors; `attrs` are its other arguments. */
  tex(inputs: readonly Tex[], attrs: readonly unknown[]): Tex;
  /**
   * A gradient rule of its own, one per tensor argument, where that is simpler or safer than the derivative of the
   * body. A test holds the two equal.
   */
  readonly vjp?: readonly (Vjp<readonly unknown[]> | null)[];
  /** The composite repeats tensors to a common shape; gradients by its own rule are summed over the repeated axes. */
  readonly broadcasts?: boolean;
  /** As for an op; the `args` of an example follow the tensors. */
  readonly tests: OpTests;
}

/** A composite as tests, drawings and devices see it. */
export interface CompositeRecord extends CompositeOptions {
  readonly name: string;
  /** The function as it was given, without scope or gradient rule. */
  body(...args: unknown[]): Tensor;
}

/** All composites by name, filled as their modules load. */
export const composites = new Map<string, CompositeRecord>();

/** Gives a function of tensors a name in the graph, its LaTeX and, where wanted, its own gradient rule. */
export function composite<Args extends readonly unknown[]>(
  name: string,
  body: (...args: Args) => Tensor,
  options: CompositeOptions,
): (...args: Args) => Tensor {
  if (composites.has(name))
    throw new ValueError("composite", `there is a "${name}" already; take another name`);
  composites.set(name, { ...options, name, body: body as unknown as CompositeRecord["body"] });
  const edge = options.vjp && boundary(name, options.vjp, options);
  return (...args) => {
    const inputs = args.filter((arg) => arg instanceof Tensor);
    const attrs = args.filter((arg) => !(arg instanceof Tensor));
    const own: Scope = { composite: name, inputs, attrs, parent: currentScope(), output: null };
    try {
      own.output = inScope(own, () =>
        // with a rule of its own the body needs no graph; a trace records it all the same
        edge ? emit(edge, [noGrad(() => body(...args)), ...inputs], attrs, own) : body(...args),
      );
      return own.output;
    } catch (error) {
      throw inComposites([name], error);
    }
  };
}

/** What was thrown in composites, outermost first; an error about shapes begins with their names. */
export function inComposites(names: readonly string[], error: unknown): unknown {
  return names.reduceRight((inner, name) => {
    if (!(inner instanceof ShapeError) || inner.message.startsWith(`${name}: `)) return inner;
    return new ShapeError(name, inner.shapes, inner.message, inner.code, { cause: inner });
  }, error);
}

/** The op that stands at the edge of a composite: the body's result unchanged, with the composite's gradient rule. */
function boundary(
  name: string,
  rules: NonNullable<CompositeOptions["vjp"]>,
  { tex, broadcasts = false }: CompositeOptions,
): OpRecord<readonly unknown[]> {
  return recordOf({
    broadcasts,
    name,
    kind: "view",
    arity: "list",
    shape: ([body]) => body,
    dtype: ([body]) => body,
    kernel: copy,
    vjp: (input) => {
      const rule = input === 0 ? null : (rules[input - 1] ?? null);
      return rule && ((g, y, inputs, attrs) => rule(g, y, inputs.slice(1), attrs));
    },
    tex: (inputs, attrs) => tex(inputs.slice(1), attrs),
    tests: { examples: [] },
  });
}
