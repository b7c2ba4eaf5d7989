/** Activations that are made of ops. sigmoid, tanh, relu, elu and softplus are ops and methods of tensors. */
import { where } from "../ops/arithmetic.ts";
import { composite } from "../ops/composite.ts";
import { requireFinite } from "../tensor/check.ts";
import { call, within, binding } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * x Φ(x), Φ the normal distribution function: x/2 · (1 + erf(x/√2)); derivative Φ(x) + x e^(−x²/2)/√2π.
 * Hendrycks and Gimpel 2016.
 * @example
 * gelu(tensor(1)).item(); // ≈ 0.841
 */
export const gelu: (x: Tensor) => Tensor = composite(
  "gelu",
  (x: Tensor) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
  { tex: ([x]) => call("GELU", x), tests: { examples: [{ inputs: [[]] }, { inputs: [[2, 3]] }] } },
);

/**
 * x σ(x), also called swish; derivative σ + x σ(1 − σ).
 * @example
 * silu(tensor(1)).item(); // ≈ 0.731
 */
export const silu: (x: Tensor) => Tensor = composite("silu", (x: Tensor) => x.mul(x.sigmoid()), {
  tex: ([x]) => ({
    text: `${within(x, binding.product)} \\, \\sigma\\left(${x.text}\\right)`,
    binds: binding.product,
  }),
  tests: { examples: [{ inputs: [[]] }, { inputs: [[2, 3]] }] },
});

const leaky = composite("leakyRelu", (x: Tensor, slope: number) => where(x.gt(0), x, x.mul(slope)), {
  tex: ([x]) => call("LeakyReLU", x),
  tests: {
    examples: [
      { inputs: [[2, 3]], args: [0.01] },
      { inputs: [[4]], args: [0.3] },
    ],
    kinked: true,
  },
});

/**
 * x where x > 0, else `slope` · x; the derivative at 0 is the slope.
 * @example
 * leakyRelu(tensor([-2, 2]), 0.1).toArray(); // [ -0.20000000298023224, 2 ]
 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return leaky(x, requireFinite("leakyRelu", "slope", slope));
}
