/** Derivatives by central differences, which need no formula. */
import { tensor } from "chainrule";
import type { Tensor } from "chainrule";

/** (f(p + h) − f(p − h))/2h for each element of p, in its shape. */
export function differences(f: (p: Tensor) => number, p: Tensor, h = 1e-5): Tensor {
  const moved = (i: number, by: number): Tensor =>
    tensor(
      Float64Array.from(p.data, (value, j) => value + (i === j ? by : 0)),
      { shape: p.shape },
    );
  return tensor(
    Float64Array.from(p.data, (_, i) => (f(moved(i, h)) - f(moved(i, -h))) / (2 * h)),
    { shape: p.shape },
  );
}
