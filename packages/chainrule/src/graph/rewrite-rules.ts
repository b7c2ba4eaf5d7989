/** The rules that replace a step of a program by something simpler. */
import type { Program, Step } from "../devices/device.ts";
import { evaluate } from "../devices/reference.ts";
import { repeated, reordered } from "../ops/moves.ts";
import type { Move } from "../ops/moves.ts";
import type { Values } from "../tensor/dtype.ts";
import { broadcastStrides, sameShape, sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";

/** The program before the step that a rule reads. */
export interface Before {
  readonly slots: Program["slots"];
  /** The values of slots that depend on constants alone. */
  readonly constants: ReadonlyMap<number, Values>;
  /** The step that computes each slot. */
  readonly makers: ReadonlyMap<number, Step>;
  /** The slot of the first result of each computation, by its key. */
  readonly firsts: Map<string, number>;
}

/** The replacement of a step: a step with the same output, a slot that already holds the result, or its values. */
export type Simpler = { readonly step: Step } | { readonly slot: number } | { readonly values: Values };

export interface RewriteRule {
  readonly name: string;
  /** No bit of any result changes. */
  readonly exact: boolean;
  /** The replacement; null if the rule does not apply. */
  apply(step: Step, before: Before): Simpler | null;
}

/** Larger constants are computed in each call, to save memory. */
const largestFolded = 65_536;

/** op(x, identity) → x, for the identity elements that `covers` accepts. */
function dropIdentity(covers: (identity: number) => boolean): RewriteRule["apply"] {
  return ({ op, inputs, output }, { slots, constants }) => {
    const at = inputs.findIndex((slot, i) => {
      const identity = op.identity[i] ?? null;
      const values = constants.get(slot);
      return identity !== null && covers(identity) && values?.length === 1 && values[0] === identity;
    });
    return at >= 0 && sameSlot(slots, inputs[1 - at], output) ? { slot: inputs[1 - at] } : null;
  };
}

/** All rules, in the order of their application to a step. */
export const rules: readonly RewriteRule[] = [
  {
    name: "op(Aᵀ) → op(A) with the transpose flag",
    exact: true,
    apply(step, { slots, makers }) {
      const { op, inputs, attrs } = step;
      if (op.transposeFlags.length === 0) return null;
      const flags = { ...(attrs as Record<string, boolean>) };
      const matrices = inputs.map((slot, i) => {
        const flag = op.transposeFlags.at(i);
        if (flag === undefined) return slot;
        for (let from = makers.get(slot); from && swapsLastAxes(from, slots); from = makers.get(slot)) {
          slot = from.inputs[0];
          flags[flag] = !flags[flag];
        }
        return slot;
      });
      return { step: { ...step, inputs: matrices, attrs: flags } };
    },
  },
  {
    name: "a view that changes neither shape nor type → its input",
    exact: true,
    apply: ({ op, inputs: [x], output }, { slots }) =>
      op.kind === "view" && sameSlot(slots, x, output) ? { slot: x } : null,
  },
  {
    name: "op(expand x) → op(x) where the op broadcasts",
    exact: true,
    apply(step, { slots, makers }) {
      const { op, attrs, output } = step;
      if (op.kind !== "elementwise" || !op.broadcasts) return null;
      let { inputs } = step;
      inputs.forEach((slot, i) => {
        const from = makers.get(slot);
        if (from === undefined || !repeats(from, slots)) return;
        const next = inputs.with(i, from.inputs[0]);
        const shapes = next.map((input) => slots[input].shape);
        if (sameShape(op.shape(shapes, attrs), slots[output].shape)) inputs = next;
      });
      return { step: { ...step, inputs } };
    },
  },
  { name: "1 ⊙ x → x, x / 1 → x", exact: true, apply: dropIdentity((identity) => identity !== 0) },
  // not exact: −0 + 0 is 0
  { name: "x + 0 → x", exact: false, apply: dropIdentity((identity) => identity === 0) },
  {
    name: "constants → their result",
    exact: true,
    apply(step, { slots, constants }) {
      const { op, inputs, output, attrs } = step;
      if (op.kind === "random" || sizeOf(slots[output].shape) > largestFolded) return null;
      const known = inputs.flatMap((slot) => constants.get(slot) ?? []);
      // a repetition is left to its reader, which may broadcast
      if (known.length < inputs.length || repeats(step, slots)) return null;
      const given = inputs.map((slot) => slots[slot]);
      return { values: evaluate(op, known, given, slots[output], attrs) };
    },
  },
  {
    // the last rule, since it compares simplified steps
    name: "equal steps → the first of them",
    exact: true,
    apply(step, { slots, firsts }) {
      const key = keyOf(step, slots);
      const first = key === null ? undefined : firsts.get(key);
      if (first !== undefined) return { slot: first };
      if (key !== null) firsts.set(key, step.output);
      return null;
    },
  },
];

function sameSlot(slots: Program["slots"], a: number, b: number): boolean {
  return slots[a].dtype === slots[b].dtype && sameShape(slots[a].shape, slots[b].shape);
}

/** Whether a step is this one move of its whole input. */
function does(step: Step, slots: Program["slots"], of: (x: Shape, out: Shape) => Move): boolean {
  const { op, inputs, output, attrs } = step;
  if (op.moves === null || inputs.length !== 1) return false;
  const [out, x] = [output, inputs[0]].map((slot) => slots[slot].shape);
  const [{ lengths, from, to, fromStart = 0, fill }] = op.moves({ out, inputs: [x] }, attrs);
  const expected = of(x, out);
  const sameLists = sameShape(lengths, expected.lengths) && sameShape(from, expected.from);
  return sameLists && sameShape(to, expected.to) && fromStart === 0 && fill === undefined;
}

/** Whether the result is the broadcast input. */
function repeats(step: Step, slots: Program["slots"]): boolean {
  if (step.op.moves === null) return false;
  const [out, x] = [step.output, step.inputs[0]].map((slot) => slots[slot].shape);
  const fits = x.every((length, i) => length === 1 || length === out.at(i - x.length));
  return fits && broadcastStrides(x, out).includes(0) && does(step, slots, repeated);
}

/** Whether the result is the input, transposed in its last two axes. */
function swapsLastAxes(step: Step, slots: Program["slots"]): boolean {
  return does(step, slots, (x) => {
    const axes = x.map((_, axis) => axis);
    return reordered(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
  });
}

const ids = new WeakMap<object, number>();
let count = 0;

/** A key that is equal for equal computations; null if the arguments cannot be compared. */
function keyOf({ op, attrs, inputs, output }: Step, slots: Program["slots"]): string | null {
  let id = ids.get(op);
  if (id === undefined) ids.set(op, (id = count++));
  let plain = true;
  const text = JSON.stringify(attrs, (_name, value: unknown) => {
    if (typeof value === "function") plain = false;
    // JSON has no form for these numbers
    return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? `number ${Object.is(value, -0) ? "-0" : value}`
      : value;
  });
  const { dtype, shape } = slots[output];
  return plain ? `${id} ${dtype} ${shape.join()} ${inputs.join()} ${text}` : null;
}
