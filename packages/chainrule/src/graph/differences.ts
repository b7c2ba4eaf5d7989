/** The first difference between two traces of a step, in words. A step that changes from call to call cannot be compiled. */
import type { Program } from "../devices/device.ts";
import type { Values } from "../tensor/dtype.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { sameGradients } from "./gradient-log.ts";
import type { Trace } from "./trace.ts";

/** The first difference as a clause, or null. */
export function difference(a: Trace, b: Trace): string | null {
  const [first, second] = [a.program, b.program];
  if (first === second) return null;
  const clause = stepsDifference(first, second);
  if (clause !== null) return clause;
  if (a.cells.some((cell, i) => cell !== b.cells[i]) || a.cells.length !== b.cells.length)
    return "it reads or makes other state cells; make them outside of the step";
  if (!same(first.cells, second.cells) || first.outputs.length !== second.outputs.length)
    return "it returns or assigns other tensors";
  const read = readDifference(first, second);
  for (let k = 0; k < first.outputs.length; k++) {
    const words = read(first.outputs[k], second.outputs[k]);
    if (words !== null) return `result ${k + 1} is ${words}`;
  }
  return sameGradients(a.gradients, b.gradients) ? null : "it leaves other gradients";
}

function stepsDifference(a: Program, b: Program): string | null {
  const read = readDifference(a, b);
  for (let i = 0; i < Math.min(a.steps.length, b.steps.length); i++) {
    const [one, other] = [a.steps[i], b.steps[i]];
    const clause = (words: string): string => `operation ${i + 1}, ${one.op.name}, ${words}`;
    if (one.op.name !== other.op.name) return clause(`is ${other.op.name} the next time`);
    if (!same(one.attrs, other.attrs))
      return clause(`has ${JSON.stringify(one.attrs)}, then ${JSON.stringify(other.attrs)}`);
    for (let k = 0; k < one.inputs.length; k++) {
      const words = read(one.inputs[k], other.inputs[k]);
      if (words !== null) return clause(`takes ${words}`);
    }
    if (one.output !== other.output) return clause("writes another tensor the next time");
  }
  return a.steps.length === b.steps.length
    ? null
    : `it has ${a.steps.length} operations, then ${b.steps.length}`;
}

/** Compares a slot of one program with a slot of the other; null if both hold the same. */
function readDifference(a: Program, b: Program): (slot: number, then: number) => string | null {
  const [constants, later] = [a, b].map(
    (program) => new Map(program.constants.map(({ slot, values }) => [slot, values])),
  );
  return (slot, then) => {
    const constant = constants.get(slot);
    const next = later.get(then);
    if (constant && next && !sameValues(constant, next)) return `${numbers(constant)}, then ${numbers(next)}`;
    if (slot !== then) return "one tensor, then another";
    const [one, other] = [a.slots[slot], b.slots[slot]];
    if (one.dtype !== other.dtype) return `${one.dtype}, then ${other.dtype}`;
    if (!sameShape(one.shape, other.shape))
      return `${formatShape(one.shape)}, then ${formatShape(other.shape)}`;
    return null;
  };
}

const numbers = (values: Values): string =>
  values.length === 1 ? `the number ${values[0]}` : `${values.length} numbers`;

export function sameValues(a: Values, b: Values): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** Whether plain data are equal. Functions are equal if their sources are. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "function" && typeof b === "function") return String(a) === String(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i]));
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
