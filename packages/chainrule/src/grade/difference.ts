/** The difference between a result and what is expected, as data; `describe.ts` says it in words. */
import { unravel } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { factorBetween, transposed } from "./pattern.ts";
import type { Factor, Pattern } from "./pattern.ts";

/** Numbers as a student's function may return them. */
export type Value = Tensor | number | boolean | readonly Value[];

export interface Tolerance {
  /** 1e-9 unless given. */
  readonly abs?: number;
  /** 1e-7 unless given. */
  readonly rel?: number;
}

export interface Comparison extends Tolerance {
  /** Factors by which a mistake would change these numbers, besides a lost or an extra ½. */
  readonly factors?: readonly Factor[];
}

export type Difference =
  | { readonly kind: "type"; readonly got: unknown; readonly expected: Value }
  | {
      readonly kind: "shape";
      readonly got: readonly number[];
      readonly expected: readonly number[];
      /** Whether the transpose of the result is right. */
      readonly transposed: boolean;
    }
  | {
      readonly kind: "numbers";
      /** Where the first wrong number is; empty for a scalar. */
      readonly index: readonly number[];
      readonly got: number;
      readonly expected: number;
      readonly wrong: number;
      readonly count: number;
      readonly pattern?: Pattern;
    };

/**
 * The difference between a result and the expected value; undefined where the shapes are equal and every number fulfils
 * |got − expected| ≤ abs + rel · |expected|. A pattern is named only where all numbers follow it.
 *
 * @example
 * difference([2, 4, 6], tensor([1, 2, 3]))?.kind; // "numbers"
 */
export function difference(
  got: unknown,
  expected: Value,
  { abs = 1e-9, rel = 1e-7, factors = [] }: Comparison = {},
): Difference | undefined {
  if (!isValue(got)) return { kind: "type", got, expected };
  const [own, right] = [shapeOf(got), shapeOf(expected)];
  const [found, wanted] = [numbersOf(got), numbersOf(expected)];
  const fits = (value: number, i: number): boolean =>
    Object.is(value, wanted[i]) || Math.abs(value - wanted[i]) <= abs + rel * Math.abs(wanted[i]);
  const isTransposed =
    own.length === 2 && own.join() === [...right].reverse().join() && transposed(found, own).every(fits);
  if (own.join() !== right.join())
    return { kind: "shape", got: own, expected: right, transposed: isTransposed };
  const wrong = wanted.flatMap((_, i) => (fits(found[i], i) ? [] : [i]));
  if (wrong.length === 0) return undefined;
  const [first] = wrong;
  return {
    kind: "numbers",
    index: unravel(first, right),
    got: found[first],
    expected: wanted[first],
    wrong: wrong.length,
    count: wanted.length,
    pattern: isTransposed ? { kind: "transposed" } : factorBetween(found, wanted, factors, { abs, rel }),
  };
}

function shapeOf(value: Value): readonly number[] {
  if (value instanceof Tensor) return value.shape;
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0] as Value) : [])] : [];
}

function numbersOf(value: Value): number[] {
  if (value instanceof Tensor) return Array.from(value.data);
  return Array.isArray(value) ? value.flatMap((one) => numbersOf(one as Value)) : [Number(value)];
}

function isValue(value: unknown): value is Value {
  if (value instanceof Tensor || typeof value === "number" || typeof value === "boolean") return true;
  return Array.isArray(value) && value.every(isValue);
}
