/** Initialisation: rules that draw new values for a cell, such as a layer's weight. */
import type { StateCell } from "../ops/state.ts";
import { allocate } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { defaultGenerator } from "../tensor/random/index.ts";
import type { Generator } from "../tensor/random/index.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";

export interface InitOptions {
  /** The random generator; default: the shared one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

function written<C extends StateCell>(cell: C, write: (values: Float64Array) => void): C {
  const drawn = new Float64Array(cell.size);
  write(drawn);
  const values = allocate(cell.dtype, cell.size);
  values.set(drawn);
  cell.assign(fromValues(values, cell.shape, cell.dtype));
  return cell;
}

/** Sets every element to `value`. */
function constant<C extends StateCell>(cell: C, value: number): C {
  return written(cell, (values) => values.fill(value));
}

function zeros<C extends StateCell>(cell: C): C {
  return constant(cell, 0);
}

function ones<C extends StateCell>(cell: C): C {
  return constant(cell, 1);
}

/** U(low, high); default U(0, 1). */
function uniform<C extends StateCell>(
  cell: C,
  options: InitOptions & { readonly low?: number; readonly high?: number } = {},
): C {
  const { low = 0, high = 1, generator = defaultGenerator() } = options;
  return written(cell, (values) => generator.fillUniform(values, low, high));
}

/** N(mean, std²); default N(0, 1). */
function normal<C extends StateCell>(
  cell: C,
  options: InitOptions & { readonly mean?: number; readonly std?: number } = {},
): C {
  const { mean = 0, std = 1, generator = defaultGenerator() } = options;
  if (!(std >= 0)) throw new ValueError("normal", `the standard deviation must be ≥ 0, not ${std}`);
  return written(cell, (values) => generator.fillNormal(values, mean, std));
}

/**
 * Fan-in and fan-out, the inputs of a unit and the units that an input reaches: `in` and `out` of a weight [out, in];
 * further axes multiply both.
 * @throws ShapeError for fewer than two axes
 * @example
 * init.fans([300, 784]); // { fanIn: 784, fanOut: 300 }
 */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2)
    throw new ShapeError(
      "fans",
      [shape],
      `a weight has at least two axes, [out,in], not ${formatShape(shape)}`,
    );
  const field = shape.slice(2).reduce((product, length) => product * length, 1);
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

/** Xavier: U(±b) with b = gain · √(6/(fanIn + fanOut)). Glorot and Bengio 2010, equation 16. */
function xavierUniform<C extends StateCell>(
  cell: C,
  options: InitOptions & { readonly gain?: number } = {},
): C {
  const { fanIn, fanOut } = fans(cell.shape);
  const bound = (options.gain ?? 1) * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(cell, { ...options, low: -bound, high: bound });
}

/** Xavier: N(0, σ²) with σ = gain · √(2/(fanIn + fanOut)). */
function xavierNormal<C extends StateCell>(
  cell: C,
  options: InitOptions & { readonly gain?: number } = {},
): C {
  const { fanIn, fanOut } = fans(cell.shape);
  return normal(cell, { ...options, mean: 0, std: (options.gain ?? 1) * Math.sqrt(2 / (fanIn + fanOut)) });
}

export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu";

/** The factor that compensates for an activation's effect on the variance; `slope` is the leaky relu's below 0. */
function gain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
  }
}

export interface KaimingOptions extends InitOptions {
  /** `fanIn` (default) keeps the variance in the forward pass, `fanOut` in the backward pass. */
  readonly mode?: "fanIn" | "fanOut";
  readonly nonlinearity?: Nonlinearity;
  /** The leaky relu's slope below 0; default 0, a relu. */
  readonly a?: number;
}

function kaimingStd(shape: Shape, options: KaimingOptions): number {
  const { mode = "fanIn", nonlinearity = "leakyRelu", a = 0 } = options;
  return gain(nonlinearity, a) / Math.sqrt(fans(shape)[mode]);
}

/** Kaiming: U(±b) with b = √3 · gain/√fan. He et al. 2015, section 2.2. */
function kaimingUniform<C extends StateCell>(cell: C, options: KaimingOptions = {}): C {
  const bound = Math.sqrt(3) * kaimingStd(cell.shape, options);
  return uniform(cell, { ...options, low: -bound, high: bound });
}

/** Kaiming: N(0, σ²) with σ = gain/√fan. */
function kaimingNormal<C extends StateCell>(cell: C, options: KaimingOptions = {}): C {
  return normal(cell, { ...options, mean: 0, std: kaimingStd(cell.shape, options) });
}

/**
 * A matrix with orthonormal rows or columns, times `gain`: Q of the QR decomposition of a normal matrix, with the signs of R's
 * diagonal. Further axes count as columns. Saxe et al. 2014.
 */
function orthogonal<C extends StateCell>(cell: C, options: InitOptions & { readonly gain?: number } = {}): C {
  const { gain: factor = 1, generator = defaultGenerator() } = options;
  fans(cell.shape);
  const [rows, cols] = [cell.shape[0], cell.size / cell.shape[0]];
  return written(cell, (values) => {
    const [count, length] = [Math.min(rows, cols), Math.max(rows, cols)];
    const vectors = Array.from({ length: count }, () => {
      const vector = new Float64Array(length);
      generator.fillNormal(vector);
      return vector;
    });
    vectors.forEach((vector, i) => {
      // twice, since one pass leaves what rounding makes
      for (let pass = 0; pass < 2; pass++)
        for (const other of vectors.slice(0, i)) {
          const share = dot(vector, other);
          vector.forEach((_, j) => (vector[j] -= share * other[j]));
        }
      const norm = Math.sqrt(dot(vector, vector));
      vector.forEach((_, j) => (vector[j] /= norm));
    });
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++)
        values[r * cols + c] = factor * (rows <= cols ? vectors[r][c] : vectors[c][r]);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * N(mean, std²), drawn again where a value lies outside low … high; default N(0, 1) within −2 … 2.
 * @throws ValueError for limits between which a normal number hardly ever falls
 */
function truncatedNormal<C extends StateCell>(
  cell: C,
  options: InitOptions & {
    readonly mean?: number;
    readonly std?: number;
    readonly low?: number;
    readonly high?: number;
  } = {},
): C {
  const { mean = 0, std = 1, low = -2, high = 2, generator = defaultGenerator() } = options;
  if (!(std > 0 && low < high && mean > low - 2 * std && mean < high + 2 * std))
    throw new ValueError(
      "truncatedNormal",
      `needs std > 0, low < high and a mean within two deviations of them, not mean ${mean}, std ${std}, ${low} … ${high}`,
    );
  return written(cell, (values) => {
    for (let i = 0; i < values.length; i++)
      do values[i] = mean + std * generator.normal();
      while (values[i] < low || values[i] > high);
  });
}

/**
 * The rules by name. Each assigns the given cell and returns it.
 * @example
 * const layer = new Linear(784, 300, { dtype: "float64" });
 * const bound = Math.sqrt(6 / (784 + 300));
 * init.xavierUniform(layer.weight).abs().max().item() <= bound; // true
 */
export const init = {
  constant,
  zeros,
  ones,
  uniform,
  normal,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
  orthogonal,
  truncatedNormal,
  fans,
  gain,
};
