/** Activations made of ops. sigmoid, tanh, relu, elu and softplus are ops and tensor methods. */
import { ShapeError } from "../tensor/errors.ts";
import { checkOptions, oneOf, requireTensor } from "../tensor/options.ts";
import { formatShape, normalizeAxis } from "../tensor/shape.ts";
import { where } from "../ops/arithmetic.ts";
import { composite } from "../ops/composite.ts";
import { requireFinite } from "../tensor/check.ts";
import { call, times } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

const tests = { examples: [{ inputs: { x: [] } }, { inputs: { x: [2, 3] } }] };

export interface GELUOptions {
  /** "none" (default) computes Φ by erf; "tanh" is the approximation of GPT-2. */
  readonly approximate?: "none" | "tanh";
}

/**
 * x Φ(x), Φ the normal distribution function: x/2 · (1 + erf(x/√2)); derivative Φ(x) + x e^(−x²/2)/√2π. With `approximate:
 * "tanh"` x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). Hendrycks and Gimpel 2016.
 * @throws ValueError for an unknown option
 * @example
 * gelu(tensor(1)).item(); // ≈ 0.841
 */
export function gelu(x: Tensor, options: GELUOptions = {}): Tensor {
  requireTensor("gelu", "the input", x);
  const { approximate } = checkOptions("gelu", options, { approximate: oneOf("none", "tanh") });
  return approximate === "tanh" ? approximated({ x }) : gaussian({ x });
}

const approximated = composite(
  "geluTanh",
  ({ x }: { x: Tensor }) => {
    const cube = x.mul(x).mul(x).mul(0.044715);
    return x.mul(0.5).mul(
      x
        .add(cube)
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    );
  },
  { tex: ({ x }) => call("GELU", x), tests },
);

/**
 * Scaled ELU: λ x above 0, λ α (eˣ − 1) below, with λ ≈ 1.0507 and α ≈ 1.6733, which keep mean 0 and variance 1. Klambauer
 * et al. 2017.
 * @example
 * selu(tensor([-1, 1])).toArray(); // [ -1.1113307476043701, 1.0507010221481323 ]
 */
export function selu(x: Tensor): Tensor {
  return scaledExponential({ x: requireTensor("selu", "the input", x) });
}

const scaledExponential = composite(
  "selu",
  ({ x }: { x: Tensor }) => x.elu(1.6732632423543772).mul(1.0507009873554805),
  { tex: ({ x }) => call("SELU", x), tests: { ...tests, kinked: true } },
);

/**
 * x tanh(ln(1 + eˣ)). Misra 2019.
 * @example
 * mish(tensor(1)).item(); // ≈ 0.865
 */
export function mish(x: Tensor): Tensor {
  return selfGated({ x: requireTensor("mish", "the input", x) });
}

const selfGated = composite("mish", ({ x }: { x: Tensor }) => x.mul(x.softplus().tanh()), {
  tex: ({ x }) => call("Mish", x),
  tests,
});

/**
 * The gated linear unit a ⊙ σ(b), where a and b are the halves of x along an axis (the last). Dauphin et al. 2017.
 * @throws ShapeError for an axis that cannot be halved
 * @example
 * glu(tensor([[2, 4, 0, 0]])).toArray(); // [ [ 1, 2 ] ]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  requireTensor("glu", "the input", x);
  const along = normalizeAxis("glu", axis, x.shape);
  const half = x.shape[along] / 2;
  if (!Number.isInteger(half))
    throw new ShapeError("glu", [x.shape], `axis ${axis} of ${formatShape(x.shape)} cannot be halved`);
  const part = (start: number, stop: number): Tensor =>
    x.slice(x.shape.map((_, i) => (i === along ? [start, stop] : null)));
  return part(0, half).mul(part(half, 2 * half).sigmoid());
}

/**
 * x above 0, w x below, with a learned slope w: one number, or one per feature (axis 1). He et al. 2015.
 * @throws ShapeError for a slope of another length
 * @example
 * prelu(tensor([[-2, 3]]), tensor([0.25])).toArray(); // [ [ -0.5, 3 ] ]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  requireTensor("prelu", "the input", x);
  requireTensor("prelu", "the weight", weight);
  const features = x.shape[Math.min(1, x.rank - 1)];
  if (weight.size !== 1 && !(weight.rank === 1 && x.rank > 1 && weight.size === features))
    throw new ShapeError(
      "prelu",
      [x.shape, weight.shape],
      `the weight ${formatShape(weight.shape)} must be [1] or one number per feature of ${formatShape(x.shape)}`,
    );
  const slope =
    weight.size === 1 ? weight.reshape([]) : weight.reshape([weight.size, ...x.shape.slice(2).map(() => 1)]);
  return where(x.gt(0), x, x.mul(slope));
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
