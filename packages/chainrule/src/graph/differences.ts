/** Whether two traces of one step are the same, and in words where they part: what differs cannot be compiled. */
import type { Slot, Step } from "../devices/device.ts";
import type { Values } from "../tensor/dtype.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { TracedGradient } from "./gradient-log.ts";
import type { Trace } from "./trace.ts";

/** The first difference, as a clause; null where there is none. */
export function difference(a: Trace, b: Trace): string | null {
  const [first, second] = [a.program, b.program];
  const [one, other] = [first, second].map(({ slots, steps, constants }): Seen => ({
    slots,
    steps,
    constants: new Map(constants.map(({ slot, values }) => [slot, values])),
  }));
  for (let i = 0; i < Math.min(first.steps.length, second.steps.length); i++) {
    const clause = stepDifference(one, other, i);
    if (clause !== null) return clause;
  }
  if (first.steps.length !== second.steps.length)
    return `it has ${first.steps.length} operations, then ${second.steps.length}`;
  if (a.cells.some((cell, i) => cell !== b.cells[i]) || a.cells.length !== b.cells.length)
    return "it reads or makes other state cells; make them outside of the step";
  if (!same(first.cells, second.cells) || first.outputs.length !== second.outputs.length)
    return "it returns or assigns other tensors";
  for (let k = 0; k < first.outputs.length; k++) {
    const words = readDifference(one, other, first.outputs[k], second.outputs[k]);
    if (words !== null) return `result ${k + 1} is ${words}`;
  }
  return sameGradients(a.gradients, b.gradients) ? null : "it leaves other gradients";
}

export function sameGradients(a: readonly TracedGradient[], b: readonly TracedGradient[]): boolean {
  return (
    a.length === b.length && a.every(({ tensor, fate }, i) => tensor === b[i].tensor && fate === b[i].fate)
  );
}

/** The steps of a program, and what it takes to look at them. */
interface Seen {
  readonly slots: readonly Slot[];
  readonly constants: ReadonlyMap<number, Values>;
  readonly steps: readonly Step[];
}

function stepDifference(a: Seen, b: Seen, i: number): string | null {
  const one = a.steps[i];
  const other = b.steps[i];
  const clause = (words: string): string => `operation ${i + 1}, ${one.op.name}, ${words}`;
  if (one.op.name !== other.op.name) return clause(`is ${other.op.name} the next time`);
  if (!same(one.attrs, other.attrs))
    return clause(`has ${JSON.stringify(one.attrs)}, then ${JSON.stringify(other.attrs)}`);
  for (let k = 0; k < one.inputs.length; k++) {
    const words = readDifference(a, b, one.inputs[k], other.inputs[k]);
    if (words !== null) return clause(`takes ${words}`);
  }
  return one.output === other.output ? null : clause("writes another tensor the next time");
}

/** What is read at one place, then at the other; null where it is the same. */
function readDifference(a: Seen, b: Seen, slot: number, then: number): string | null {
  const constant = a.constants.get(slot);
  const next = b.constants.get(then);
  if (constant && next && !sameValues(constant, next)) return `${shown(constant)}, then ${shown(next)}`;
  if (slot !== then) return "one tensor, then another";
  const [one, other] = [a.slots[slot], b.slots[slot]];
  if (one.dtype !== other.dtype) return `${one.dtype}, then ${other.dtype}`;
  if (!sameShape(one.shape, other.shape))
    return `${formatShape(one.shape)}, then ${formatShape(other.shape)}`;
  return null;
}

export function sameValues(a: Values, b: Values): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

function shown(values: Values): string {
  return values.length === 1 ? `the number ${values[0]}` : `${values.length} numbers`;
}

/** Equal plain data; functions are equal where their source is. */
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
