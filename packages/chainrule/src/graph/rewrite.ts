/**
 * A program made shorter without changing a bit of what it computes: views that change nothing are dropped, what
 * depends on constants alone is computed now, equal steps are shared, a product reads a matrix that was turned round
 * for it where it lies, and what nobody reads is left out.
 */
import type { Program, Step } from "../devices/device.ts";
import { dropDead } from "../devices/program.ts";
import { evaluate } from "../devices/reference.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { repeated, reordered } from "../ops/moves.ts";
import type { Move } from "../ops/moves.ts";
import { broadcastStrides, sameShape, sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";

/** Results above this size are not worth keeping to save their computation. */
const largestFolded = 65_536;

export function rewrite(program: Program): Program {
  return dropDead(simplify(program));
}

function simplify(program: Program): Program {
  const { slots } = program;
  const alias = new Map<number, number>();
  const at = (slot: number): number => alias.get(slot) ?? slot;
  const constants = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  const scalars = new Map<string, number>();
  for (const { slot, values } of program.constants) shareScalar(slot, values);
  const shared = new Map<string, number>();
  const made = new Map<number, Step>();
  const steps: Step[] = [];

  function shareScalar(slot: number, values: Values): void {
    if (values.length !== 1) return;
    const { dtype, shape } = slots[slot];
    const key = `${dtype} ${shape.join()} ${Object.is(values[0], -0) ? "-0" : values[0]}`;
    const known = scalars.get(key);
    if (known === undefined) scalars.set(key, slot);
    else alias.set(slot, known);
  }

  /** The input itself, or what it repeats where the op would repeat it anyway. */
  function unexpanded(step: Step, inputs: readonly number[]): number[] {
    const { shape } = slots[step.output];
    return inputs.reduce<number[]>(
      (now, slot, i) => {
        const from = made.get(slot);
        if (from === undefined || !repeats(from, slots)) return now;
        const next = now.with(i, from.inputs[0]);
        const shapes = next.map((input) => slots[input].shape);
        return sameShape(step.op.shape(shapes, step.attrs), shape) ? next : now;
      },
      [...inputs],
    );
  }

  /** A matrix that was turned round before is read where it lies, by the argument for that. */
  function unturned({ op, inputs, attrs }: Step): Pick<Step, "inputs" | "attrs"> {
    if (op.turns.length === 0) return { inputs, attrs };
    const flags = { ...(attrs as Record<string, boolean>) };
    const matrices = inputs.map((slot, i) => {
      const flag = op.turns.at(i);
      if (flag === undefined) return slot;
      for (let from = made.get(slot); from && swapsLastAxes(from, slots); from = made.get(slot)) {
        slot = from.inputs[0];
        flags[flag] = !flags[flag];
      }
      return slot;
    });
    return { inputs: matrices, attrs: flags };
  }

  for (const recorded of program.steps) {
    const { op, output } = recorded;
    const { shape, dtype } = slots[output];
    const step = { ...recorded, ...unturned({ ...recorded, inputs: recorded.inputs.map(at) }) };
    const { attrs } = step;
    let { inputs } = step;
    const first = slots[inputs[0]];
    if (op.kind === "view" && first.dtype === dtype && sameShape(first.shape, shape)) {
      alias.set(output, inputs[0]);
      continue;
    }
    if (op.broadcasts && op.kind === "elementwise") inputs = unexpanded(step, inputs);
    const neutral = inputs.findIndex((slot, i) => isAll(constants.get(slot), op.neutral[i]));
    if (neutral >= 0) {
      const other = inputs[1 - neutral];
      if (slots[other].dtype === dtype && sameShape(slots[other].shape, shape)) {
        alias.set(output, other);
        continue;
      }
    }
    const known = inputs.map((slot) => constants.get(slot));
    // what only repeats is better left to whoever broadcasts
    if (
      op.kind !== "random" &&
      !repeats(step, slots) &&
      sizeOf(shape) <= largestFolded &&
      known.every((values) => values !== undefined)
    ) {
      const shapes = { out: shape, inputs: inputs.map((slot) => slots[slot].shape) };
      const values = evaluate(op, known, shapes, dtype, attrs);
      constants.set(output, values);
      shareScalar(output, values);
      continue;
    }
    const key = keyOf(step, inputs, dtype);
    const same = key === null ? undefined : shared.get(key);
    if (same !== undefined && sameShape(slots[same].shape, shape)) {
      alias.set(output, same);
      continue;
    }
    if (key !== null) shared.set(key, output);
    const kept = { ...step, inputs };
    made.set(output, kept);
    steps.push(kept);
  }
  return {
    ...program,
    steps,
    constants: [...constants].map(([slot, values]) => ({ slot, values })),
    outputs: program.outputs.map(at),
    cells: program.cells.map((cell) => {
      const update = cell.update === null ? null : at(cell.update);
      return { ...cell, update: update === cell.slot ? null : update };
    }),
  };
}

/** Whether a step consists of this one move of the whole input. */
function does(step: Step, slots: Program["slots"], of: (x: Shape, out: Shape) => Move): boolean {
  const { op, inputs, output, attrs } = step;
  if (op.moves === null || inputs.length !== 1) return false;
  const [out, x] = [output, inputs[0]].map((slot) => slots[slot].shape);
  const [{ lengths, from, to, fromStart = 0, fill }] = op.moves({ out, inputs: [x] }, attrs);
  const expected = of(x, out);
  const sameLists = sameShape(lengths, expected.lengths) && sameShape(from, expected.from);
  return sameLists && sameShape(to, expected.to) && fromStart === 0 && fill === undefined;
}

/** Whether the result is the input, repeated as broadcasting would. */
function repeats(step: Step, slots: Program["slots"]): boolean {
  if (step.op.moves === null) return false;
  const [out, x] = [step.output, step.inputs[0]].map((slot) => slots[slot].shape);
  const fits = x.every((length, i) => length === 1 || length === out.at(i - x.length));
  return fits && broadcastStrides(x, out).includes(0) && does(step, slots, repeated);
}

/** Whether the result is the input with its last two axes swapped. */
function swapsLastAxes(step: Step, slots: Program["slots"]): boolean {
  return does(step, slots, (x) => {
    const axes = x.map((_, axis) => axis);
    return reordered(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
  });
}

function isAll(values: Values | undefined, value: number | null | undefined): boolean {
  return values !== undefined && values.length === 1 && values[0] === value;
}

const ids = new WeakMap<object, number>();
let count = 0;

/** The same for steps that compute the same; null where the arguments cannot be compared. */
function keyOf({ op, attrs }: Step, inputs: readonly number[], dtype: DType): string | null {
  let id = ids.get(op);
  if (id === undefined) ids.set(op, (id = count++));
  let plain = true;
  const text = JSON.stringify(attrs, (_name, value: unknown) => {
    if (typeof value === "function") plain = false;
    // JSON has no word for these
    return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? `number ${Object.is(value, -0) ? "-0" : value}`
      : value;
  });
  return plain ? `${id} ${dtype} ${inputs.join()} ${text}` : null;
}
