/**
 * Checks of number arguments. Each returns the number, or throws a ValueError that names the argument. And the error
 * for a bad index.
 */
import { ShapeError, ValueError } from "./errors.ts";
import { formatShape } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** A value of the wrong kind in a message: `an array`, `a Tensor`, `"adam"`, `null`. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name = (value.constructor as { name?: string } | undefined)?.name ?? "Object";
  return name === "Object" ? "an object" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

function refusal(where: string, name: string, must: string, value: unknown): ValueError {
  return new ValueError(where, `${name} must be ${must}, not ${describe(value)}`);
}

const isNumber = (value: unknown): value is number => typeof value === "number";

/** A whole number from `least` to `most`. */
export function requireCount(
  where: string,
  name: string,
  value: unknown,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (isNumber(value) && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
  throw refusal(where, name, `a whole number ${range}`, value);
}

export function requireFinite(where: string, name: string, value: unknown): number {
  if (isNumber(value) && Number.isFinite(value)) return value;
  throw refusal(where, name, "a finite number", value);
}

/** A finite number above 0. */
export function requirePositive(where: string, name: string, value: unknown): number {
  if (isNumber(value) && Number.isFinite(value) && value > 0) return value;
  throw refusal(where, name, "a finite number above 0", value);
}

/** A finite number from `least` to `most`, both included. */
export function requireBetween(
  where: string,
  name: string,
  value: unknown,
  least: number,
  most = Infinity,
): number {
  if (isNumber(value) && Number.isFinite(value) && value >= least && value <= most) return value;
  const range = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  throw refusal(where, name, `a number, ${range}`, value);
}

/** A decay rate such as β of a moving average: 0 ≤ value < 1. */
export function requireShare(where: string, name: string, value: unknown): number {
  if (isNumber(value) && value >= 0 && value < 1) return value;
  throw refusal(where, name, "at least 0 and below 1", value);
}

/** The error for an index that is out of range on an axis of this `length`, in a tensor of `shape`. */
export function badIndex(op: string, index: number, length: number, shape: Shape): ShapeError {
  const message = `index ${index} is out of range 0 … ${length - 1} for ${formatShape(shape)}`;
  return new ShapeError(op, [shape], message, "bad-index");
}
