/** The four element types, their arrays, and the rule that combines two of them. */
import { DTypeError, ValueError } from "./errors.ts";

export type DType = "float32" | "float64" | "int32" | "bool";

/** The typed array of a tensor's numbers in row-major (C) order. A bool is one byte, 0 or 1. */
export type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The typed array of each type. */
export const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

/** The range in which each type holds every whole number. */
export const limits: Record<DType, readonly [number, number]> = {
  float32: [-16777216, 16777216],
  float64: [-9007199254740991, 9007199254740991],
  int32: [-2147483648, 2147483647],
  bool: [0, 1],
};

/** Bytes per element. */
export const bytesPer: Record<DType, number> = { float32: 4, float64: 8, int32: 4, bool: 1 };

/** An array of `length` zeros of the type. Throws a ValueError if memory runs out. */
export function allocate(dtype: DType, length: number): Values {
  try {
    return new arrays[dtype](length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const gigabytes = ((length * bytesPer[dtype]) / 1e9).toFixed(1);
    throw new ValueError("memory", `cannot allocate ${length} numbers of ${dtype} (${gigabytes} GB)`);
  }
}

/** The bytes of an array, without a copy. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Values): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

export function dtypeOf(values: Values): DType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  return values instanceof Int32Array ? "int32" : "bool";
}

/** Checks the name of a type, which a JavaScript caller may have misspelt, and returns it. */
export function checkDType(where: string, dtype: DType): DType {
  if (typeof dtype === "string" && Object.hasOwn(arrays, dtype)) return dtype;
  throw new ValueError(where, `"${String(dtype)}" is not a type; use float32, float64, int32 or bool`);
}

export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

const order: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** The wider of two types, as PyTorch promotes: bool < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** The type of a result that is always floating-point (exp, div, mean): int32 and bool become float32. */
export function floating(dtype: DType): DType {
  return isFloat(dtype) ? dtype : "float32";
}

/** The type of sums and products: bool becomes int32. */
export function whole(dtype: DType): DType {
  return dtype === "bool" ? "int32" : dtype;
}

/**
 * Converts the numbers of `source` to another type: int32 truncates, bool tests ≠ 0, float32 rounds.
 * @throws ValueError for a number that int32 cannot hold
 */
export function convert(source: Values, dtype: DType, where = "convert"): Values {
  const out = allocate(dtype, source.length);
  const [low, high] = limits.int32;
  if (dtype === "int32" && isFloat(dtypeOf(source)))
    for (const value of source)
      if (!(Math.trunc(value) >= low && Math.trunc(value) <= high))
        throw new ValueError(where, `int32 cannot hold ${value}`, {
          advice: `it goes from ${low} to ${high}; use float64`,
        });
  if (dtype === "bool") for (let i = 0; i < out.length; i++) out[i] = source[i] !== 0 ? 1 : 0;
  else out.set(source);
  return out;
}

/** Throws unless the type is one of `allowed`, naming the operation. */
export function requireDType(op: string, dtype: DType, allowed: readonly DType[]): void {
  if (!allowed.includes(dtype))
    throw new DTypeError(
      op,
      `takes ${allowed.join(" or ")}, not ${dtype}; convert with .to("${allowed[0]}")`,
    );
}
