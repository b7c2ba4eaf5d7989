/** What the gradient rules of broadcasting ops share. */
import { sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Undoes broadcasting: sums `g` over the axes along which a tensor of `shape` was repeated. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const added = g.shape.length - shape.length;
  const axes = g.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < added || (shape[axis - added] === 1 && g.shape[axis] !== 1));
  return g.sum(axes, true).reshape(shape);
}
