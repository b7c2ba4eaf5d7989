/** Derivatives of functions: f goes in, its gradient, Jacobian or Hessian as a function comes out. */
import { requireFunction, requireTensor } from "../tensor/options.ts";
import { withGrad } from "../ops/emit.ts";
import { ops } from "../ops/index.ts";
import { zeros, zerosLike } from "../tensor/create.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradients } from "../graph/gradients.ts";

type Function1 = (...inputs: Tensor[]) => Tensor;

/** Leaves with the inputs' values, or, inside another derivative, results of them that pass gradients on. */
function tracked(inputs: readonly Tensor[], where: string): Tensor[] {
  if (inputs.length === 0) throw new ValueError(where, "needs at least one input to differentiate by");
  return inputs.map((input) => {
    const x = requireTensor(where, "each input", input).read();
    if (!isFloat(x.dtype))
      throw new ValueError(where, `can differentiate by floating-point tensors, not ${x.dtype}`);
    // a fresh node: what else was computed from x must not count
    if (x.requiresGrad) return x.reshape(x.shape);
    const leaf = x.detach();
    leaf.requiresGrad = true;
    return leaf;
  });
}

/** How many derivatives are being taken, one inside the other. */
let depth = 0;

function differentiating<T>(body: () => T): T {
  depth++;
  try {
    return withGrad(true, body);
  } finally {
    depth--;
  }
}

/** The gradients of y by the leaves; zeros where y is a constant. They have a graph where someone may ask for it. */
function pullBack(y: Tensor, leaves: readonly Tensor[], nested: boolean, upstream?: Tensor): Tensor[] {
  if (!y.requiresGrad) return leaves.map(zerosLike);
  const createGraph = nested || (upstream?.requiresGrad ?? false) || leaves.some(({ node }) => node !== null);
  return gradients(y, leaves, { upstream, createGraph });
}

/**
 * f with its gradients: (x, …) ↦ { value, grads }. They can be differentiated again: inside another of these functions,
 * or where an input requires gradients. A penalty on the gradient that is to reach parameters which f closes over takes
 * `gradients(…, { createGraph: true })`.
 */
export function valueAndGrad(f: Function1): (...inputs: Tensor[]) => { value: Tensor; grads: Tensor[] } {
  requireFunction("valueAndGrad", "f", f);
  return (...inputs) =>
    differentiating(() => {
      const leaves = tracked(inputs, "valueAndGrad");
      const value = requireTensor("valueAndGrad", "the result of f", f(...leaves));
      return { value, grads: pullBack(value, leaves, depth > 1) };
    });
}

/**
 * The gradient of a scalar function by its first input, as a function: apply it again for higher derivatives.
 * @example
 * const cube = (x: Tensor) => x.pow(3).sum();
 * grad(cube)(tensor([1, 2])).toArray(); // [ 3, 12 ]
 */
export function grad(f: Function1): (...inputs: Tensor[]) => Tensor {
  requireFunction("grad", "f", f);
  return (...inputs) =>
    differentiating(() => {
      const [x] = tracked(inputs.slice(0, 1), "grad");
      const y = requireTensor("grad", "the result of f", f(x, ...inputs.slice(1)));
      return pullBack(y, [x], depth > 1)[0];
    });
}

/** f(x, …) and the function that pulls an upstream gradient back to the inputs: g ↦ gᵀ ∂f/∂x. */
export function vjp(f: Function1, ...inputs: Tensor[]): { value: Tensor; pull: (g: Tensor) => Tensor[] } {
  requireFunction("vjp", "f", f);
  return differentiating(() => {
    const leaves = tracked(inputs, "vjp");
    const value = requireTensor("vjp", "the result of f", f(...leaves));
    return { value, pull: (upstream) => pullBack(value, leaves, depth > 0, upstream) };
  });
}

/** All first derivatives ∂f_i/∂x_j, of shape [...f.shape, ...x.shape], by one backward pass per element of f. */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return withGrad(true, () => {
    const { value, pull } = vjp(f, x);
    const rows = Array.from({ length: value.size }, (_, i) => {
      const unit = zeros(value.shape, { dtype: value.dtype });
      unit.data[i] = 1;
      return pull(unit)[0];
    });
    const shape = [...value.shape, ...x.shape];
    return rows.length === 0 ? zeros(shape, { dtype: x.dtype }) : ops.stack(rows).reshape(shape);
  });
}

/** All second derivatives ∂²f/∂x_i∂x_j of a scalar function, of shape [...x.shape, ...x.shape]. */
export function hessian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return jacobian(grad(f), x);
}
