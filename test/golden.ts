/** Compares with reference numbers, with the tolerance of their file. */
import { Tensor } from "../packages/chainrule/src/tensor/tensor.ts";

/** Numbers as JSON has them: nested lists, with "nan" for NaN. */
export type Numbers = number | string | boolean | readonly Numbers[];

export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

function shapeOf(numbers: Numbers): number[] {
  return Array.isArray(numbers) ? [numbers.length, ...(numbers.length > 0 ? shapeOf(numbers[0]) : [])] : [];
}

function flat(numbers: Numbers): number[] {
  if (Array.isArray(numbers)) return numbers.flatMap(flat);
  return [numbers === "nan" ? NaN : Number(numbers)];
}

/** The first difference of the numbers; undefined if |got − expected| ≤ abs + rel · |expected| everywhere. */
export function difference(
  got: Tensor | Numbers,
  expected: Numbers,
  { abs, rel }: Tolerance,
): string | undefined {
  const [shape, other] = [got instanceof Tensor ? got.shape : shapeOf(got), shapeOf(expected)];
  if (shape.join() !== other.join()) return `shape [${shape.join()}], expected [${other.join()}]`;
  const found = got instanceof Tensor ? got.data : flat(got);
  const numbers = flat(expected);
  for (let i = 0; i < numbers.length; i++) {
    const fits = Math.abs(found[i] - numbers[i]) <= abs + rel * Math.abs(numbers[i]);
    if (!fits && !Object.is(found[i], numbers[i]))
      return `element ${i} is ${found[i]}, expected ${numbers[i]}`;
  }
  return undefined;
}

/** A check with the tolerance of a file. */
export function within(
  tolerance: Tolerance,
): (got: Tensor | Numbers, expected: Numbers, what?: string) => void {
  return (got, expected, what = "result") => {
    const found = difference(got, expected, tolerance);
    if (found !== undefined) throw new Error(`${what}: ${found}`);
  };
}
