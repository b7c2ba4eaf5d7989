/** Comparing what a student's function returned with what it should have; messages are for the student. */
import { Tensor } from "chainrule";
import { factorBetween, transposed } from "./pattern.ts";
import type { Factor } from "./pattern.ts";

/** Numbers as a student's function may return them. */
export type Value = Tensor | number | boolean | readonly Value[];

export interface Tolerance {
  readonly abs?: number;
  readonly rel?: number;
}

export interface Comparison extends Tolerance {
  /** Factors that a slip would give these numbers, to be named beside those that any numbers may have. */
  readonly factors?: readonly Factor[];
}

/** What a check throws: a sentence for the student. */
export class CheckFailure extends Error {}

const shapeOf = (value: Value): readonly number[] => {
  if (value instanceof Tensor) return value.shape;
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0] as Value) : [])] : [];
};

function numbersOf(value: Value): number[] {
  if (value instanceof Tensor) return Array.from(value.data);
  return Array.isArray(value) ? value.flatMap((one) => numbersOf(one as Value)) : [Number(value)];
}

const shown = (value: number): string => String(Number(value.toPrecision(8)));
const shape = (sizes: readonly number[]): string =>
  sizes.length === 0 ? "a number" : `[${sizes.join(", ")}]`;

/** Whether a value is a tensor, a number or a list of such. */
function isValue(value: unknown): value is Value {
  if (value instanceof Tensor || typeof value === "number" || typeof value === "boolean") return true;
  return Array.isArray(value) && value.every(isValue);
}

/**
 * Throws unless `got` has the shape of `expected` and the same numbers: |got − expected| ≤ abs + rel · |expected|, 1e-9 and
 * 1e-7 unless given. Says so where all numbers are wrong by one factor, or right in the transposed place.
 */
export function same(what: string, got: unknown, expected: Value, comparison: Comparison = {}): void {
  const { abs = 1e-9, rel = 1e-7, factors = [] } = comparison;
  if (!isValue(got)) throw new CheckFailure(`${what} is ${described(got)}, not ${kind(expected)}`);
  const [own, right] = [shapeOf(got), shapeOf(expected)];
  const [found, wanted] = [numbersOf(got), numbersOf(expected)];
  const fits = (value: number, i: number): boolean =>
    Object.is(value, wanted[i]) || Math.abs(value - wanted[i]) <= abs + rel * Math.abs(wanted[i]);
  const isTransposed =
    own.length === 2 && own.join() === [...right].reverse().join() && transposed(found, own).every(fits);
  if (own.join() !== right.join()) {
    const why = isTransposed ? "; its transpose is right" : "";
    throw new CheckFailure(`${what} has shape ${shape(own)}, expected ${shape(right)}${why}`);
  }
  const wrong = wanted.flatMap((_, i) => (fits(found[i], i) ? [] : [i]));
  if (wrong.length === 0) return;
  const first = wrong[0];
  const place = right.length === 0 ? "" : `[${indexOf(first, right).join(", ")}]`;
  const pattern = isTransposed
    ? "its transpose is right"
    : factorBetween(found, wanted, factors, { abs, rel });
  const many = wanted.length > 1 ? `${wrong.length} of ${wanted.length} numbers differ` : "";
  throw new CheckFailure(
    [`${what}${place} is ${shown(found[first])}, expected ${shown(wanted[first])}`, pattern || many]
      .filter((part) => part !== "")
      .join("; "),
  );
}

/** Throws a sentence for the student unless something holds. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CheckFailure(otherwise);
}

/** Throws unless calling throws; `what` says what should have been refused. */
export function refuses(call: () => unknown, what: string): void {
  try {
    call();
  } catch {
    return;
  }
  throw new CheckFailure(`${what} should throw, and did not`);
}

function kind(value: Value): string {
  if (value instanceof Tensor) return "a tensor";
  return Array.isArray(value) ? "an array" : "a number";
}

function described(value: unknown): string {
  if (value === undefined) return "undefined (is a return missing?)";
  if (value === null) return "null";
  return typeof value === "object"
    ? `an object with ${Object.keys(value).join(", ") || "nothing in it"}`
    : `a ${typeof value}`;
}

function indexOf(position: number, sizes: readonly number[]): number[] {
  let rest = position;
  return [...sizes]
    .reverse()
    .map((size) => {
      const index = rest % size;
      rest = (rest - index) / size;
      return index;
    })
    .reverse();
}
