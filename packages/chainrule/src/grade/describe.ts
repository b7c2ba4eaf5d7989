/** Says a difference in a sentence for the student. */
import { Tensor } from "../tensor/tensor.ts";
import type { Difference, Value } from "./difference.ts";
import type { Pattern } from "./pattern.ts";

/**
 * A difference in words, with the name of what was compared: where it is, and the mistake that its pattern points to.
 *
 * @example
 * describeDifference("W", { kind: "type", got: "1", expected: 1 }); // "W is a string, not a number"
 */
export function describeDifference(what: string, difference: Difference): string {
  if (difference.kind === "type")
    return `${what} is ${described(difference.got)}, not ${kindOf(difference.expected)}`;
  if (difference.kind === "shape") {
    const why = difference.transposed ? "; its transpose is right" : "";
    return `${what} has shape ${shape(difference.got)}, expected ${shape(difference.expected)}${why}`;
  }
  const { index, got, expected, wrong, count, pattern } = difference;
  const place = index.length === 0 ? "" : `[${index.join(", ")}]`;
  const many = count > 1 ? `; ${wrong} of ${count} numbers differ` : "";
  const why = pattern ? `; ${saidOf(pattern, count)}` : many;
  return `${what}${place} is ${shown(got)}, expected ${shown(expected)}${why}`;
}

function saidOf(pattern: Pattern, count: number): string {
  if (pattern.kind === "transposed") return "its transpose is right";
  if (pattern.kind === "sign")
    return `${count > 1 ? "every number has" : "it has"} the other sign: is a minus missing, or one too many?`;
  const { value, reasons } = pattern;
  const who = count > 1 ? "every number" : "it";
  if (reasons.length === 0) return `${who} is ${times(value)} what is expected`;
  const sign = value < 0 ? ", with the other sign" : "";
  return `${who} is ${times(Math.abs(value))} what is expected${sign}: ${reasons.join(" Or: ")}`;
}

function times(ratio: number): string {
  const inverse = 1 / ratio;
  const whole = Math.round(inverse);
  const isPart = whole > 1 && Math.abs(inverse - whole) < 1e-6 * whole;
  return isPart ? `1/${whole} of` : `${Number(ratio.toPrecision(6))} times`;
}

const shown = (value: number): string => String(Number(value.toPrecision(8)));
const shape = (sizes: readonly number[]): string =>
  sizes.length === 0 ? "a number" : `[${sizes.join(", ")}]`;

function kindOf(value: Value): string {
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
