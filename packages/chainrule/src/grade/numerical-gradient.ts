import { centralDifference, moved } from "../functional/central-difference.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The gradient of a function at x by central differences, (f(x + h) − f(x − h))/2h for each element, in float64 and in x's
 * shape; h is 1e-5 unless given. It needs no derivative rule, so it tells whether a gradient written by hand is right.
 *
 * @example
 * numericalGradient((x) => x.pow(2).item(), tensor(3)).item(); // ≈ 6.000
 */
export function numericalGradient(f: (x: Tensor) => number, x: Tensor, h = 1e-5): Tensor {
  const values = Float64Array.from(x.data);
  const at = fromValues(values, x.shape, "float64");
  const slope = (i: number): number => centralDifference((by) => moved(values, i, by, () => f(at)), h).slope;
  return fromValues(
    Float64Array.from(values, (_, i) => slope(i)),
    x.shape,
    "float64",
  );
}
