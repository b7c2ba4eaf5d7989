/** Dropout as a pure function of its input and a random state. */
import { composite } from "../ops/composite.ts";
import { uniform } from "../ops/random.ts";
import { floating } from "../tensor/dtype.ts";
import { requireBetween } from "../tensor/check.ts";
import { requireTensor } from "../tensor/options.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

const masked = composite(
  "dropout",
  ({ x, random }: { x: Tensor; random: Tensor }, { p }: { p: number }) => {
    const kept = uniform(random, x.shape, floating(x.dtype) === "float64" ? "float64" : "float32").ge(p);
    return x.mul(kept.to(floating(x.dtype)).mul(p < 1 ? 1 / (1 - p) : 0));
  },
  {
    tex: ({ x }) => call("dropout", x),
    tests: {
      examples: [
        {
          inputs: { x: [3, 4], random: { shape: [3], dtype: "int32", values: [1, 2, 3] } },
          attrs: { p: 0.5 },
        },
        { inputs: { x: [5], random: { shape: [3], dtype: "int32", values: [4, 5, 6] } }, attrs: { p: 0 } },
      ],
    },
  },
);

/**
 * Each element is 0 with probability p, else x/(1 − p), which keeps the mean. `random` is the state for the op
 * `uniform`, int32 [key, key, draw]; the same state gives the same mask. Srivastava et al. 2014.
 * @throws ValueError unless 0 ≤ p ≤ 1
 * @example
 * const random = tensor([1, 2, 0], { dtype: "int32" });
 * new Set(dropout(tensor([1, 1, 1, 1, 1, 1, 1, 1]), 0.5, random).data); // Set(2) { 0, 2 }
 */
export function dropout(x: Tensor, p: number, random: Tensor): Tensor {
  requireTensor("dropout", "the input", x);
  requireTensor("dropout", "the random state", random);
  requireBetween("dropout", "the probability p", p, 0, 1);
  return masked({ x, random }, { p });
}
