/**
 * Checks of number arguments. Each returns the number, or throws a ValueError that names the argument. And the error
 * for a bad index.
 */
import { ShapeError, ValueError } from "./errors.ts";
import { formatShape } from "./shape.ts";
import type { Shape } from "./shape.ts";

function refusal(where: string, name: string, must: string, value: unknown): ValueError {
  return new ValueError(where, `${name} must be ${must}, not ${String(value)}`);
}

/** A whole number from `least` to `most`. */
export function requireCount(
  where: string,
  name: string,
  value: number,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
  throw refusal(where, name, `a whole number ${range}`, value);
}

export function requireFinite(where: string, name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw refusal(where, name, "a finite number", value);
}

/** A finite number above 0. */
export function requirePositive(where: string, name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw refusal(where, name, "a finite number above 0", value);
}

/** A finite number from `least` to `most`, both included. */
export function requireBetween(
  where: string,
  name: string,
  value: number,
  least: number,
  most = Infinity,
): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  const range = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  throw refusal(where, name, `a number, ${range}`, value);
}

/** A decay rate such as β of a moving average: 0 ≤ value < 1. */
export function requireShare(where: string, name: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < 1) return value;
  throw refusal(where, name, "at least 0 and below 1", value);
}

/** The error for an index that is out of range on an axis of this `length`, in a tensor of `shape`. */
export function badIndex(op: string, index: number, length: number, shape: Shape): ShapeError {
  const message = `index ${index} is out of range 0 … ${length - 1} for ${formatShape(shape)}`;
  return new ShapeError(op, [shape], message, "bad-index");
}
