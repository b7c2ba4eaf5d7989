/** Functions that create tensors: from given numbers, regular sequences and random draws. */
import { requireCount } from "./check.ts";
import { allocate, arrays, checkDType, convert, dtypeOf, isFloat, limits } from "./dtype.ts";
import type { DType, Values } from "./dtype.ts";
import { DTypeError, ShapeError, ValueError } from "./errors.ts";
import type { Nested } from "./print.ts";
import { anything, checkOptions, flag, instance, requireTensor } from "./options.ts";
import type { Checks } from "./options.ts";
import { Generator, defaultGenerator } from "./random/index.ts";
import { checkShape, sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { fromValues } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

export interface TensorOptions {
  readonly dtype?: DType;
  readonly requiresGrad?: boolean;
}
export interface RandomOptions extends TensorOptions {
  /** The random generator; default: the shared one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** What `tensor()` takes: a number, a boolean, nested arrays of them, or a typed array (copied). */
export type TensorData = Nested | readonly TensorData[] | Values;

/**
 * A tensor from nested arrays or a typed array, which is copied. Numbers become float32, booleans bool; typed arrays
 * keep their type (Uint8Array becomes int32). `shape` lays flat data out.
 * @throws ShapeError for ragged arrays or data that do not fill the shape
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [ 2, 2 ]
 */
export function tensor(data: TensorData, options: TensorOptions & { readonly shape?: Shape } = {}): Tensor {
  checkOptions("tensor", options, { ...checks, shape: anything });
  if (ArrayBuffer.isView(data)) {
    const given = dtypeOf(data);
    if (!(data instanceof arrays[given]))
      throw new DTypeError(
        "tensor",
        `takes Float32Array, Float64Array, Int32Array or Uint8Array, not ${(data as object).constructor.name}; convert it, as with Float64Array.from(…)`,
      );
    const dtype = options.dtype ?? (given === "bool" ? "int32" : given);
    return fromValues(
      convert(data, checkDType("tensor", dtype), "tensor"),
      options.shape ?? [data.length],
      dtype,
      options.requiresGrad,
    );
  }
  const shape: number[] = [];
  for (let level: unknown = data; isList(level); level = level[0]) shape.push(level.length);
  const flat: (number | boolean)[] = [];
  flatten(data, shape, 0, flat);
  const dtype =
    options.dtype ??
    (flat.length > 0 && flat.every((value) => typeof value === "boolean") ? "bool" : "float32");
  const values = convert(Float64Array.from(flat, Number), checkDType("tensor", dtype), "tensor");
  return fromValues(values, options.shape ?? shape, dtype, options.requiresGrad);
}

function isList(data: unknown): data is ArrayLike<unknown> {
  return Array.isArray(data) || ArrayBuffer.isView(data);
}

function flatten(data: unknown, shape: Shape, axis: number, flat: (number | boolean)[]): void {
  if (axis === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean")
      throw new ValueError(
        "tensor",
        isList(data) ? "the arrays are not equally deep" : `${String(data)} is not a number`,
      );
    flat.push(data);
    return;
  }
  if (!isList(data) || data.length !== shape[axis])
    throw new ShapeError(
      "tensor",
      [shape],
      `ragged arrays: axis ${axis} has ${shape[axis]} elements at first and ${isList(data) ? data.length : "a number"} later`,
      "bad-shape",
    );
  for (let i = 0; i < data.length; i++) flatten(data[i], shape, axis + 1, flat);
}

const checks: Checks<TensorOptions> = {
  dtype: (where, _name, value) => checkDType(where, value as DType),
  requiresGrad: flag,
};
const randomChecks: Checks<RandomOptions> = { ...checks, generator: instance(Generator, "a Generator") };

function filled(
  where: string,
  shape: Shape,
  given: TensorOptions | undefined,
  write: (values: Values) => void,
): Tensor {
  const options = checkOptions(where, given, checks);
  const dtype = options.dtype ?? "float32";
  // bool and int32 are filled as float64 first: the conversion makes 0 and 1, and refuses what int32 cannot hold
  const values = allocate(isFloat(dtype) ? dtype : "float64", sizeOf(checkShape(where, shape)));
  write(values);
  return fromValues(convert(values, dtype, where), shape, dtype, options.requiresGrad);
}

/**
 * A tensor of this shape filled with 0, float32 by default.
 * @example zeros([2, 2]).toArray(); // [ [ 0, 0 ], [ 0, 0 ] ]
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("zeros", shape, options, () => {});
}

/**
 * A tensor of this shape filled with 1, float32 by default.
 * @example ones([2]).toArray(); // [ 1, 1 ]
 */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("ones", shape, options, (values) => values.fill(1));
}

/**
 * A tensor of this shape filled with a number, float32 by default.
 * @example full([2], 7).toArray(); // [ 7, 7 ]
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled("full", shape, options, (values) => values.fill(value));
}

/** Zeros of another tensor's shape and type. */
export function zerosLike(like: Tensor): Tensor {
  return zeros(requireTensor("zerosLike", "the argument", like).shape, { dtype: like.dtype });
}

/** Ones of another tensor's shape and type. */
export function onesLike(like: Tensor): Tensor {
  return ones(requireTensor("onesLike", "the argument", like).shape, { dtype: like.dtype });
}

/** start, start + step, … up to, not including, stop. Whole numbers give int32. */
export function arange(stop: number, options?: TensorOptions): Tensor;
export function arange(start: number, stop: number, step?: number, options?: TensorOptions): Tensor;
export function arange(
  first: number,
  second?: number | TensorOptions,
  step = 1,
  options: TensorOptions = {},
): Tensor {
  const [start, stop] = typeof second === "number" ? [first, second] : [0, first];
  const given = checkOptions(
    "arange",
    typeof second === "number" || second === undefined ? options : second,
    checks,
  );
  if (![start, stop, step].every(Number.isFinite) || step === 0)
    throw new ValueError("arange", `needs finite numbers and a step ≠ 0, got ${start}, ${stop}, ${step}`);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const whole = [start, stop, step].every(Number.isInteger);
  return filled("arange", [length], { dtype: whole ? "int32" : "float32", ...given }, (values) => {
    for (let i = 0; i < length; i++) values[i] = start + i * step;
  });
}

/** `count` evenly spaced numbers from start to stop, both included. */
export function linspace(start: number, stop: number, count: number, options: TensorOptions = {}): Tensor {
  requireCount("linspace", "the count", count, 0);
  return filled("linspace", [count], options, (values) => {
    for (let i = 0; i < count; i++)
      values[i] = i === count - 1 && i > 0 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1);
  });
}

/** The identity matrix; with `columns`, a matrix with ones on its diagonal. */
export function eye(rows: number, columns = rows, options: TensorOptions = {}): Tensor {
  return filled("eye", [rows, columns], options, (values) => {
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  });
}

/** Uniform on [0, 1). */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", shape, options, (values, generator) => generator.fillUniform(values));
}

/** Normal with mean 0 and standard deviation 1. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("randn", shape, options, (values, generator) => generator.fillNormal(values));
}

function drawn(
  name: string,
  shape: Shape,
  options: RandomOptions,
  fill: (values: Float32Array | Float64Array, generator: Generator) => void,
): Tensor {
  const given = checkOptions(name, options, randomChecks);
  const { dtype = "float32", generator = defaultGenerator(), requiresGrad } = given;
  if (!isFloat(dtype))
    throw new ValueError(name, `draws float32 or float64, not ${dtype}; randint draws whole numbers`);
  return filled(name, shape, { dtype, requiresGrad }, (values) =>
    fill(values as Float32Array | Float64Array, generator),
  );
}

/**
 * Whole numbers from low up to, not including, high.
 * @throws ValueError if the type cannot hold all of them
 */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  const given = checkOptions("randint", options, randomChecks);
  const { generator = defaultGenerator(), dtype = "int32", requiresGrad } = given;
  const [least, most] = limits[checkDType("randint", dtype)];
  if (low < least || high - 1 > most)
    throw new ValueError("randint", `${dtype} holds ${least} … ${most}, not all of ${low} … ${high - 1}`);
  return filled("randint", shape, { dtype, requiresGrad }, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = generator.integer(low, high);
  });
}

/** A random permutation of 0 … n − 1. */
export function randperm(n: number, options: { generator?: Generator } = {}): Tensor {
  const { generator = defaultGenerator() } = checkOptions("randperm", options, {
    generator: randomChecks.generator,
  });
  requireCount("randperm", "n", n, 0);
  return fromValues(generator.permutation(n), [n], "int32");
}
