/**
 * Differentiation: walks a graph from its result back to its leaves and, for every tensor on the way, adds up the
 * contributions of its uses. Gradients of broadcast or converted inputs are summed and converted back here, so that
 * gradient rules are the bare mathematics. Gradients are emitted as ops, so they are part of the graph.
 */
import { checkOptions, flag, requireTensor } from "../tensor/options.ts";
import { evaluator, isGradEnabled, withGrad } from "../ops/emit.ts";
import { onesLike, zerosLike } from "../tensor/create.ts";
import { GraphError, ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, reducedShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/** The tensors on a path from `root` back to wanted tensors, latest first. */
function pathTo(wanted: (tensor: Tensor) => boolean, root: Tensor): Set<Tensor> {
  const seen = new Set<Tensor>();
  const open = [root];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (seen.has(tensor) || !tensor.requiresGrad) continue;
    seen.add(tensor);
    // a version of a cell has no node
    if (tensor.node !== null) open.push(...tensor.node.inputs);
  }
  // an input has a smaller id than its results, so sorting by id orders the graph without recursion
  const path = new Set<Tensor>();
  for (const tensor of [...seen].sort((a, b) => a.id - b.id))
    if (wanted(tensor) || tensor.node?.inputs.some((input) => path.has(input))) path.add(tensor);
  return new Set([...path].reverse());
}

/** Adds g to the sum of a tensor. */
function addTo(sums: Map<Tensor, Tensor>, tensor: Tensor, g: Tensor): void {
  const sum = sums.get(tensor);
  sums.set(tensor, sum === undefined ? g : sum.add(g));
}

/** Undoes broadcasting: sums `g` over the axes along which a tensor of this shape was repeated. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const added = g.rank - shape.length;
  const axes = g.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < added || (shape[axis - added] === 1 && g.shape[axis] !== 1));
  const fits = sameShape(reducedShape(g.shape, axes, true).slice(added), shape);
  return fits ? g.sum(axes, true).reshape(shape) : g;
}

/**
 * The gradients of `root`, whose own gradient is `upstream`, by the targets of each tensor in its graph. For
 * y = f(x₁, x₂, …) with incoming gradient g, input i receives vjpᵢ(g, y, x); several uses add up.
 */
function accumulate(
  root: Tensor,
  upstream: Tensor,
  targets: (tensor: Tensor) => readonly Tensor[],
): Map<Tensor, Tensor> {
  const found = new Map<Tensor, Tensor>();
  const sums = new Map<Tensor, Tensor>();
  // a gradient has the type of its tensor, even if the op computed in a wider type
  const add = (tensor: Tensor, g: Tensor): void =>
    addTo(sums, tensor, g.dtype === tensor.dtype ? g : g.to(tensor.dtype));
  add(root, upstream);
  const path = pathTo((tensor) => targets(tensor).length > 0, root);
  for (const tensor of path) {
    const g = sums.get(tensor);
    if (g === undefined) continue;
    sums.delete(tensor);
    evaluator().differentiates?.(g, root, tensor);
    // a rule may return a tensor of the forward graph
    const detached = g.requiresGrad && !isGradEnabled() ? g.detach() : g;
    for (const target of targets(tensor)) addTo(found, target, detached);
    if (tensor.node === null) continue;
    const { op, inputs, attrs } = tensor.node;
    inputs.forEach((input, i) => {
      const rule = path.has(input) ? op.vjp?.(i) : null;
      if (!rule) return;
      const summed = (t: Tensor): Tensor => (op.broadcasts ? unbroadcast(t, input.shape) : t);
      const contribution = summed(rule(op.linear ? summed(g) : g, tensor, inputs, attrs));
      if (!sameShape(contribution.shape, input.shape))
        throw new ShapeError(
          op.name,
          [contribution.shape, input.shape],
          `the gradient rule of input ${i} gave ${formatShape(contribution.shape)} for an input of ${formatShape(input.shape)}`,
        );
      add(input, contribution);
    });
  }
  return found;
}

/** The upstream gradient of y: the given tensor, which must have its shape, or 1 for a scalar. */
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
  /** Whether the gradients have a graph, so that they can be differentiated again. */
  readonly createGraph?: boolean;
  /** The upstream gradient; 1 for a scalar result. */
  readonly upstream?: Tensor;
}

/**
 * The gradients dy/dx for each x in `inputs`, as new tensors; `grad` fields are left alone. An input that y does not
 * depend on gets zeros.
 * @throws GraphError `no-gradient` if y has no graph, if y is not a scalar and no upstream gradient is given, or if an
 * input does not require gradients
 */
export function gradients(y: Tensor, inputs: readonly Tensor[], options: GradientOptions = {}): Tensor[] {
  const root = requireTensor("gradients", "y", y).read();
  checkOptions("gradients", options, { createGraph: flag, upstream: requireTensor });
  requireGraph(root, "gradients");
  const upstream = upstreamOf(root, options.upstream?.read(), "gradients");
  if (!Array.isArray(inputs))
    throw new ValueError("gradients", "the inputs are an array of tensors, as in gradients(y, [x])");
  inputs.forEach((input: Tensor, i) => {
    requireTensor("gradients", `input ${i}`, input);
    if (!input.requiresGrad)
      throw new GraphError(
        "no-gradient",
        `gradients: input ${i}, ${formatShape(input.shape)}, does not require a gradient; make it a leaf with { requiresGrad: true } before y is computed from it`,
      );
  });
  const wanted = new Set(inputs);
  const found = withGrad(options.createGraph ?? false, () =>
    // a cell may have been read in several versions; all contribute to the cell
    accumulate(root, upstream, (tensor) =>
      [...new Set([tensor, tensor.cell ?? tensor])].filter((one) => wanted.has(one)),
    ),
  );
  return inputs.map((input: Tensor) => found.get(input) ?? zerosLike(input));
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
  if (gradient !== undefined) requireTensor("backward", "the upstream gradient", gradient);
  checkOptions("backward", options, { createGraph: flag });
  requireGraph(root, "backward");
  const upstream = upstreamOf(root, gradient?.read(), "backward");
  const leafOf = (tensor: Tensor): Tensor[] => (tensor.node === null ? [tensor.cell ?? tensor] : []);
  withGrad(options.createGraph ?? false, () => {
    const found = accumulate(root, upstream, leafOf);
    for (const [leaf, g] of found) leaf.grad = leaf.grad === null ? g : leaf.grad.add(g);
  });
}

Tensor.prototype.backward = backward;
