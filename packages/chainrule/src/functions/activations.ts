/** Activations made of ops. sigmoid, tanh, relu, elu and softplus are ops and tensor methods. */
import { requireTensor } from "../tensor/options.ts";
import { where } from "../ops/arithmetic.ts";
import { composite } from "../ops/composite.ts";
import { requireFinite } from "../tensor/check.ts";
import { call, times } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

const tests = { examples: [{ inputs: { x: [] } }, { inputs: { x: [2, 3] } }] };

/**
 * x Φ(x), Φ the normal distribution function: x/2 · (1 + erf(x/√2)); derivative Φ(x) + x e^(−x²/2)/√2π.
 * Hendrycks and Gimpel 2016.
 * @example
 * gelu(tensor(1)).item(); // ≈ 0.841
 */
export function gelu(x: Tensor): Tensor {
  return gaussian({ x: requireTensor("gelu", "the input", x) });
}

const gaussian = composite(
  "gelu",
  ({ x }: { x: Tensor }) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
  { tex: ({ x }) => call("GELU", x), tests },
);

/**
 * x σ(x), also called swish; derivative σ + x σ(1 − σ).
 * @example
 * silu(tensor(1)).item(); // ≈ 0.731
 */
export function silu(x: Tensor): Tensor {
  return gated({ x: requireTensor("silu", "the input", x) });
}

const gated = composite("silu", ({ x }: { x: Tensor }) => x.mul(x.sigmoid()), {
  tex: ({ x }) => times(x, call("\\sigma", x)),
  tests,
});

const leaky = composite(
  "leakyRelu",
  ({ x }: { x: Tensor }, { slope }: { slope: number }) => where(x.gt(0), x, x.mul(slope)),
  {
    tex: ({ x }) => call("LeakyReLU", x),
    tests: {
      examples: [
        { inputs: { x: [2, 3] }, attrs: { slope: 0.01 } },
        { inputs: { x: [4] }, attrs: { slope: 0.3 } },
      ],
      kinked: true,
    },
  },
);

/**
 * x where x > 0, else `slope` · x; the derivative at 0 is the slope.
 * @example
 * leakyRelu(tensor([-2, 2]), 0.1).toArray(); // [ -0.20000000298023224, 2 ]
 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return leaky(
    { x: requireTensor("leakyRelu", "the input", x) },
    { slope: requireFinite("leakyRelu", "slope", slope) },
  );
}
