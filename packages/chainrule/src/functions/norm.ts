/** Normalisation over the examples of a batch, and over the features of an example. */
import { composite } from "../ops/composite.ts";
import type { Example } from "../ops/define.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface Epsilon {
  readonly eps: number;
}
interface Settings extends Epsilon {
  /** The axes whose numbers have a mean and a variance in common. */
  readonly over: readonly number[];
}

/** r = 1/√(σ² + ε), and x̂ = (x − μ) r: one division for all numbers of a line */
function standardized(x: Tensor, { over, eps }: Settings): { z: Tensor; r: Tensor } {
  const r = scalar(1, x.dtype).div(x.variance(over, { correction: 0, keepDim: true }).add(eps).sqrt());
  return { z: x.sub(x.mean(over, true)).mul(r), r };
}

/** x̂ γ + β; γ and β, which may be missing, broadcast against x. Gradients flow through μ and σ. */
function normalizing(
  name: string,
  symbol: string,
  examples: readonly Example[],
): (x: Tensor, ...rest: readonly [...affine: Tensor[], Settings]) => Tensor {
  return composite(
    name,
    (x: Tensor, ...rest: readonly [...affine: Tensor[], Settings]) => {
      const { z } = standardized(x, rest[rest.length - 1] as Settings);
      const scaled = rest.length > 1 ? z.mul(rest[0] as Tensor) : z;
      return rest.length > 2 ? scaled.add(rest[1] as Tensor) : scaled;
    },
    {
      tex: ([x]) => call(symbol, x),
      vjp: [
        // (h − mean h − x̂ · mean(h x̂)) r with h = g γ
        (g, _y, [x, weight], [settings]) => {
          const { over } = settings as Settings;
          const { z, r } = standardized(x, settings as Settings);
          // one γ for all that have a mean in common stays outside, so that the sums are those of dγ and dβ
          const outside = !weight || over.every((axis) => (weight.shape.at(axis - x.rank) ?? 1) === 1);
          const h = outside ? g : g.mul(weight);
          const count = over.reduce((product, axis) => product * x.shape[axis], 1);
          const mean = (t: Tensor): Tensor => t.sum(over, true).div(count);
          const slope = h.sub(mean(h)).sub(z.mul(mean(h.mul(z))));
          return slope.mul(weight && outside ? r.mul(weight) : r);
        },
        (g, _y, [x], [settings]) => g.mul(standardized(x, settings as Settings).z),
        (g) => g,
      ],
      broadcasts: true,
      tests: { examples },
    },
  );
}

/** The learned scale and shift, both or none, then ε. */
type Affine = readonly [Epsilon] | readonly [weight: Tensor, bias: Tensor, Epsilon];

/** The axes that a batch is normalised over: all but the features', which are axis 1. */
export function batchAxes(shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

const batched = normalizing("batchNorm", "batchnorm", [
  { inputs: [[4, 3], [3], [3]], args: [{ over: [0], eps: 1e-5 }] },
  {
    inputs: [
      [2, 3, 2],
      [3, 1],
      [3, 1],
    ],
    args: [{ over: [0, 2], eps: 1e-5 }],
  },
  { inputs: [[4, 3]], args: [{ over: [0], eps: 0.1 }] },
]);

const batchedWith = composite(
  "batchNormWith",
  (x: Tensor, mean: Tensor, variance: Tensor, ...affine: Affine) => {
    const { eps } = affine[affine.length - 1] as Epsilon;
    const y = x.sub(mean).div(variance.add(eps).sqrt());
    return affine.length === 3 ? y.mul(affine[0]).add(affine[1]) : y;
  },
  {
    tex: ([x]) => call("batchnorm", x),
    tests: { examples: [
      { inputs: [[4, 3], [3], [3], [3], [3]], args: [{ eps: 1e-5 }] },
      { inputs: [[2, 3, 2], [3, 1], [3, 1], [3, 1], [3, 1]], args: [{ eps: 1e-5 }] },
      { inputs: [[4, 3], [3], [3]], args: [{ eps: 0.1 }] },
    ], domain: [
      [-2, 2],
      [-2, 2],
      [0.5, 2],
      [-2, 2],
    ] },
  },
); // prettier-ignore

export interface BatchNormOptions {
  /** The statistics to normalise with; those of the batch itself unless given, and then gradients flow through them. */
  readonly mean?: Tensor;
  readonly variance?: Tensor;
  /** γ and β, [features]; both or none. */
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
  const { eps = 1e-5 } = options;
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
  // a number per feature, to be broadcast along the other axes
  const column = (t: Tensor): Tensor => (x.rank === 2 ? t : t.reshape([t.size, 1]));
  const affine = scaleAndShift("batchNorm", options.weight, options.bias).map(column);
  const over = batchAxes(x.shape);
  if (!options.mean && !options.variance) return batched(x, ...affine, { over, eps });
  const mean = column(options.mean ?? x.mean(over));
  const variance = column(options.variance ?? x.variance(over, { correction: 0 }));
  return batchedWith(x, mean, variance, ...(affine as [Tensor, Tensor] | []), { eps });
}

function scaleAndShift(
  where: string,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
): [] | [Tensor, Tensor] {
  if (weight && bias) return [weight, bias];
  if (weight || bias)
    throw new ShapeError(
      where,
      [],
      "weight and bias come together; leave out both, or use zeros for the bias",
    );
  return [];
}

const layered = normalizing("layerNorm", "layernorm", [
  { inputs: [[2, 4], [4], [4]], args: [{ over: [1], eps: 1e-5 }] },
  { inputs: [[2, 2, 3], [2, 3], [2, 3]], args: [{ over: [1, 2], eps: 0.01 }] },
  { inputs: [[3, 4], [4]], args: [{ over: [1], eps: 1e-5 }] },
  { inputs: [[4]], args: [{ over: [0], eps: 1e-5 }] },
]); // prettier-ignore

export interface LayerNormOptions {
  readonly weight?: Tensor;
  readonly bias?: Tensor;
  readonly eps?: number;
}

/**
 * (x − μ)/√(σ² + ε) · γ + β with μ and σ² over the last axes, of `shape`, of each example. Ba, Kiros and Hinton 2016.
 * @throws ShapeError when x does not end in `shape`, or γ, β have another
 * @example
 * layerNorm(tensor([[1, 3], [0, 10]]), [2], { eps: 0 }).toArray(); // [ [ -1, 1 ], [ -1, 1 ] ]
 */
export function layerNorm(x: Tensor, shape: Shape, options: LayerNormOptions = {}): Tensor {
  const { weight, bias, eps = 1e-5 } = options;
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
  if (weight && bias) return layered(x, weight, bias, settings);
  return weight ? layered(x, weight, settings) : layered(x, settings);
}
