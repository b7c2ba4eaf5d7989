/**
 * Differentiation: walks a graph from its result back to its leaves and adds up, for every tensor on the way, what each
 * use contributes. Gradients are emitted as ops, so they are graph themselves.
 */
import { isGradEnabled, withGrad } from "../ops/emit.ts";
import { onesLike, zerosLike } from "../tensor/create.ts";
import { GraphError, ShapeError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/** The tensors that lie between `roots` and the leaves and require gradients, latest first. */
function reachable(roots: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>();
  const open = [...roots];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (seen.has(tensor) || !tensor.requiresGrad) continue;
    seen.add(tensor);
    // a version of a cell is a leaf, whatever it was assigned from
    if (tensor.cell === null && tensor.node !== null) open.push(...tensor.node.inputs);
  }
  // an input is older than its results, so ids put the graph in order without recursion
  return [...seen].sort((a, b) => b.id - a.id);
}

/**
 * The gradient of each reachable leaf (or tensor in `wanted`), from the given upstream gradients of the roots.
 * For y = f(x₁, x₂, …) with incoming gradient g, input i receives vjpᵢ(g, y, x); several uses add up.
 */
function accumulate(
  roots: readonly Tensor[],
  upstream: readonly Tensor[],
  visit: (tensor: Tensor, g: Tensor) => void,
): void {
  const sums = new Map<Tensor, Tensor>();
  const add = (tensor: Tensor, given: Tensor): void => {
    // a gradient has the type of what it belongs to, also where wider numbers met it on the way
    const g = given.dtype === tensor.dtype ? given : given.to(tensor.dtype);
    const sum = sums.get(tensor);
    sums.set(tensor, sum === undefined ? g : sum.add(g));
  };
  roots.forEach((root, i) => add(root, upstream[i]));
  for (const tensor of reachable(roots)) {
    const g = sums.get(tensor);
    if (g === undefined) continue;
    sums.delete(tensor);
    // a rule may hand on a tensor of the forward graph
    visit(tensor, g.requiresGrad && !isGradEnabled() ? g.detach() : g);
    if (tensor.cell !== null || tensor.node === null) continue;
    const { op, inputs, attrs } = tensor.node;
    inputs.forEach((input, i) => {
      const rule = input.requiresGrad ? op.vjp?.(i) : null;
      if (!rule) return;
      const contribution = rule(g, tensor, inputs, attrs);
      if (!sameShape(contribution.shape, input.shape))
        throw new ShapeError(
          op.name,
          [contribution.shape, input.shape],
          `the gradient rule of input ${i} gave ${formatShape(contribution.shape)} for an input of ${formatShape(input.shape)}`,
        );
      add(input, contribution);
    });
  }
}

/** The upstream gradient of a result: as given, of its shape, or 1 for a scalar. */
function upstreamOf(y: Tensor, given: Tensor | undefined, where: string): Tensor {
  if (given === undefined) {
    if (y.size !== 1)
      throw new GraphError(
        "no-gradient",
        `${where}: the result is ${formatShape(y.shape)}, not a scalar; reduce it with sum() or mean(), or pass the upstream gradient`,
      );
    return onesLike(y);
  }
  if (!sameShape(given.shape, y.shape))
    throw new ShapeError(
      where,
      [given.shape, y.shape],
      `the upstream gradient ${formatShape(given.shape)} must have the shape of the result, ${formatShape(y.shape)}`,
    );
  return given;
}

export interface GradientOptions {
  /** Keep the graph of the gradients, so that they can be differentiated again. */
  readonly createGraph?: boolean;
  /** The upstream gradient; 1 for a scalar result. */
  readonly upstream?: Tensor;
}

/**
 * The gradients dy/dx for each x in `inputs`, as new tensors; `grad` fields are left alone. An input that y does not
 * depend on gets zeros.
 * @throws GraphError `no-gradient` when y has no graph, when y is no scalar and no upstream gradient is given, or when
 * an input does not require gradients
 */
export function gradients(y: Tensor, inputs: readonly Tensor[], options: GradientOptions = {}): Tensor[] {
  const root = y.read();
  requireGraph(root, "gradients");
  const upstream = upstreamOf(root, options.upstream?.read(), "gradients");
  inputs.forEach((input, i) => {
    if (!input.requiresGrad)
      throw new GraphError(
        "no-gradient",
        `gradients: input ${i}, ${formatShape(input.shape)}, does not require a gradient; make it a leaf with { requiresGrad: true } before y is computed from it`,
      );
  });
  const found = new Map<Tensor, Tensor>();
  const targets = new Set(inputs);
  withGrad(options.createGraph ?? false, () =>
    accumulate([root], [upstream], (tensor, g) => {
      // a cell may have been read in several versions
      for (const target of [tensor, tensor.cell])
        if (target !== null && targets.has(target)) {
          const sum = found.get(target);
          found.set(target, sum === undefined ? g : sum.add(g));
        }
    }),
  );
  return inputs.map((input) => found.get(input) ?? zerosLike(input));
}

function requireGraph(y: Tensor, where: string): void {
  if (y.requiresGrad) return;
  const reason = isGradEnabled()
    ? "nothing it was computed from requires a gradient"
    : "it was computed inside noGrad";
  throw new GraphError(
    "no-gradient",
    `${where}: the result has no graph: ${reason}; make a leaf with { requiresGrad: true } or a Parameter`,
  );
}

function backward(this: Tensor, gradient?: Tensor, options: { createGraph?: boolean } = {}): void {
  const root = this.read();
  requireGraph(root, "backward");
  const upstream = upstreamOf(root, gradient?.read(), "backward");
  withGrad(options.createGraph ?? false, () =>
    accumulate([root], [upstream], (tensor, g) => {
      const leaf = tensor.cell ?? (tensor.node === null ? tensor : null);
      if (leaf !== null) leaf.grad = leaf.grad === null ? g : leaf.grad.add(g);
    }),
  );
}

Tensor.prototype.backward = backward;
