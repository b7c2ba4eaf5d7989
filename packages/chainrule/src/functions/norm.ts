/** Normalisation over the examples of a batch, and over the features of an example. */
import { composite } from "../ops/composite.ts";
import { named } from "../ops/emit.ts";
import type { CompositeTests } from "../ops/composite.ts";
import { ShapeError } from "../tensor/errors.ts";
import { between, checkOptions, requireTensor } from "../tensor/options.ts";
import { checkShape, formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface Epsilon {
  readonly eps: number;
}
interface Settings extends Epsilon {
  /** The axes over which mean and variance are taken. */
  readonly over: readonly number[];
}

/** r = 1/√(σ² + ε), and x̂ = (x − μ) r: one division per mean */
function standardized(x: Tensor, { over, eps }: Settings): { z: Tensor; r: Tensor } {
  const r = scalar(1, x.dtype).div(x.variance(over, { correction: 0, keepDim: true }).add(eps).sqrt());
  return { z: named(x.sub(x.mean(over, true)).mul(r), "x\u0302"), r: named(r, "r") };
}

/** γ and β, if present, in shapes that broadcast against x. */
interface Affine {
  readonly x: Tensor;
  readonly weight?: Tensor;
  readonly bias?: Tensor;
}

/** x̂ γ + β. Gradients flow through μ and σ. */
function normalizing(
  name: string,
  symbol: string,
  tests: CompositeTests,
): (tensors: Affine, settings: Settings) => Tensor {
  return composite(
    name,
    ({ x, weight, bias }: Affine, settings: Settings) => {
      const { z } = standardized(x, settings);
      const scaled = weight ? z.mul(weight) : z;
      return bias ? scaled.add(bias) : scaled;
    },
    {
      tex: ({ x, weight, bias }) => call(symbol, x, ...[weight, bias].filter((t) => t !== undefined)),
      vjp: {
        // (h − mean h − x̂ · mean(h x̂)) r with h = g γ
        x: (g, _y, { x, weight }, settings) => {
          const { over } = settings;
          const { z, r } = standardized(x, settings);
          // if γ is constant over the axes of the mean, it is a factor outside, and the sums are those of dγ and dβ
          const outside = !weight || over.every((axis) => (weight.shape.at(axis - x.rank) ?? 1) === 1);
          const h = outside ? g : g.mul(weight);
          const count = over.reduce((product, axis) => product * x.shape[axis], 1);
          const mean = (t: Tensor): Tensor => t.sum(over, true).div(count);
          const slope = h.sub(mean(h)).sub(z.mul(mean(h.mul(z))));
          return slope.mul(weight && outside ? r.mul(weight) : r);
        },
        weight: (g, _y, { x }, settings) => g.mul(standardized(x, settings).z),
        bias: (g) => g,
      },
      broadcasts: true,
      tests,
    },
  );
}

/** The axes that a batch is normalised over: all except the features (axis 1). */
export function batchAxes(shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

const batched = normalizing("batchNorm", "batchnorm", {
  examples: [
    { inputs: { x: [4, 3], weight: [3], bias: [3] }, attrs: { over: [0], eps: 1e-5 } },
    { inputs: { x: [2, 3, 2], weight: [3, 1], bias: [3, 1] }, attrs: { over: [0, 2], eps: 1e-5 } },
    { inputs: { x: [4, 3] }, attrs: { over: [0], eps: 0.1 } },
  ],
});

const batchedWith = composite(
  "batchNormWith",
  ({ x, mean, variance, weight, bias }: Affine & { mean: Tensor; variance: Tensor }, { eps }: Epsilon) => {
    const y = x.sub(mean).div(variance.add(eps).sqrt());
    return weight && bias ? y.mul(weight).add(bias) : y;
  },
  {
    tex: ({ x }) => call("batchnorm", x),
    tests: {
      domain: { variance: [0.5, 2] },
      examples: [
        {
          inputs: { x: [4, 3], mean: [3], variance: [3], weight: [3], bias: [3] },
          attrs: { eps: 1e-5 },
        },
        {
          inputs: { x: [2, 3, 2], mean: [3, 1], variance: [3, 1], weight: [3, 1], bias: [3, 1] },
          attrs: { eps: 1e-5 },
        },
        { inputs: { x: [4, 3], mean: [3], variance: [3] }, attrs: { eps: 0.1 } },
      ],
    },
  },
);

export interface BatchNormOptions {
  /** The statistics to normalise with. Default: those of the batch, through which gradients then flow. */
  readonly mean?: Tensor;
  readonly variance?: Tensor;
  /** γ and β, [features]; give both or neither. */
  readonly weight?: Tensor;
  readonly bias?: Tensor;
  readonly eps?: number;
}

/**
 * (x − μ)/√(σ² + ε) · γ + β per feature: x [N, C] or [N, C, L], the others [C]; σ² is the mean squared deviation
 * (divided by the count). Ioffe and Szegedy 2015, algorithm 1.
 * @throws ShapeError when the features differ
 * @example
 * batchNorm(tensor([[1], [3]]), { eps: 0 }).toArray(); // [ [ -1 ], [ 1 ] ]
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  requireTensor("batchNorm", "the input", x);
  const { eps = 1e-5 } = checkOptions("batchNorm", options, {
    mean: requireTensor,
    variance: requireTensor,
    weight: requireTensor,
    bias: requireTensor,
    eps: between(0),
  });
  if (x.rank !== 2 && x.rank !== 3)
    throw new ShapeError(
      "batchNorm",
      [x.shape],
      `needs [N,features] or [N,features,L], got ${formatShape(x.shape)}`,
    );
  for (const name of ["mean", "variance", "weight", "bias"] as const) {
    const given = options[name];
    if (given && !sameShape(given.shape, [x.shape[1]]))
      throw new ShapeError(
        "batchNorm",
        [x.shape, given.shape],
        `${name} ${formatShape(given.shape)} must be [${x.shape[1]}] for an input ${formatShape(x.shape)}`,
      );
  }
  // one number per feature, in a shape that broadcasts along the other axes
  const column = (t: Tensor): Tensor => (x.rank === 2 ? t : t.reshape([t.size, 1]));
  if (!options.weight !== !options.bias)
    throw new ShapeError(
      "batchNorm",
      [],
      "weight and bias come together; leave out both, or use zeros for the bias",
    );
  const weight = options.weight && column(options.weight);
  const bias = options.bias && column(options.bias);
  const over = batchAxes(x.shape);
  if (!options.mean && !options.variance) return batched({ x, weight, bias }, { over, eps });
  const mean = column(options.mean ?? x.mean(over));
  const variance = column(options.variance ?? x.variance(over, { correction: 0 }));
  return batchedWith({ x, mean, variance, weight, bias }, { eps });
}

const layered = normalizing("layerNorm", "layernorm", {
  examples: [
    { inputs: { x: [2, 4], weight: [4], bias: [4] }, attrs: { over: [1], eps: 1e-5 } },
    { inputs: { x: [2, 2, 3], weight: [2, 3], bias: [2, 3] }, attrs: { over: [1, 2], eps: 0.01 } },
    { inputs: { x: [3, 4], weight: [4] }, attrs: { over: [1], eps: 1e-5 } },
    { inputs: { x: [4] }, attrs: { over: [0], eps: 1e-5 } },
  ],
});

export interface LayerNormOptions {
  readonly weight?: Tensor;
  readonly bias?: Tensor;
  readonly eps?: number;
}

/**
 * (x − μ)/√(σ² + ε) · γ + β with μ and σ² over the last axes (those of `shape`) of each example. Ba, Kiros and Hinton
 * 2016.
 * @throws ShapeError when x does not end in `shape`, or γ or β has another shape
 * @example
 * layerNorm(tensor([[1, 3], [0, 10]]), [2], { eps: 0 }).toArray(); // [ [ -1, 1 ], [ -1, 1 ] ]
 */
export function layerNorm(x: Tensor, shape: Shape, options: LayerNormOptions = {}): Tensor {
  requireTensor("layerNorm", "the input", x);
  const {
    weight,
    bias,
    eps = 1e-5,
  } = checkOptions("layerNorm", options, {
    weight: requireTensor,
    bias: requireTensor,
    eps: between(0),
  });
  checkShape("layerNorm", shape);
  if (shape.length === 0 || !sameShape(x.shape.slice(-shape.length), shape))
    throw new ShapeError(
      "layerNorm",
      [x.shape, shape],
      `input ${formatShape(x.shape)} does not end in ${formatShape(shape)}`,
    );
  for (const given of [weight, bias])
    if (given && !sameShape(given.shape, shape))
      throw new ShapeError(
        "layerNorm",
        [x.shape, given.shape],
        `weight and bias must be ${formatShape(shape)}, not ${formatShape(given.shape)}`,
      );
  if (bias && !weight)
    throw new ShapeError("layerNorm", [bias.shape], "a bias needs a weight beside it; use ones for none");
  const settings = { over: x.shape.map((_, axis) => axis).slice(x.rank - shape.length), eps };
  return layered({ x, weight, bias }, settings);
}
