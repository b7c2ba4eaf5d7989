/**
 * Steps that one kernel does together: bias and activation with the product before them, softmax, cross-entropy and
 * its gradient, the gradient of layer norm. What a fused step makes superfluous is dropped when nobody else reads it.
 */
import type { OpKind, OpRecord } from "../../../ops/define.ts";
import { ops } from "../../../ops/index.ts";
import { usual } from "../../../ops/usual.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import type { Values } from "../../../tensor/dtype.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Program, Step } from "../../device.ts";
import { dropDead } from "../../program.ts";

/** A fused program, and for each of its fused steps the steps that it stands for. */
export interface Fused {
  readonly program: Program;
  readonly parts: ReadonlyMap<Step, readonly Step[]>;
}

/** The activations that a product can end with, and their numbers. */
const activations: ReadonlyMap<OpRecord, number> = new Map<OpRecord, number>([
  [ops.relu, 1],
  [ops.sigmoid, 2],
  [ops.tanh, 3],
]);

/** An op that only a device knows. */
function macro(name: string, kind: OpKind): OpRecord {
  const unknown = (): never => {
    throw new TypeError(`${name} has no rule`);
  };
  return {
    name, kind, arity: "list", shape: unknown, dtype: unknown, kernel: unknown, vjp: null, tex: unknown, domain: [],
    examples: [], ...usual,
  }; // prettier-ignore
}

export const macros = {
  linear: macro("linear", "contract"),
  softmax: macro("softmax", "reduce"),
  logSoftmax: macro("logSoftmax", "reduce"),
  crossEntropy: macro("crossEntropy", "reduce"),
  crossEntropyGrad: macro("crossEntropyGrad", "reduce"),
  normGrad: macro("normGrad", "reduce"),
};

export interface LinearAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: number;
}

/** Who makes and who reads each slot. */
class Uses {
  readonly #maker = new Map<number, Step>();
  readonly #readers = new Map<number, Step[]>();
  readonly #kept: ReadonlySet<number>;
  readonly #constants: ReadonlyMap<number, Values>;
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
    for (const step of program.steps) {
      this.#maker.set(step.output, step);
      for (const slot of new Set(step.inputs)) {
        const readers = this.#readers.get(slot);
        if (readers) readers.push(step);
        else this.#readers.set(slot, [step]);
      }
    }
    this.#kept = new Set([...program.outputs, ...program.cells.flatMap(({ update }) => update ?? [])]);
    this.#constants = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  }

  /** The step that makes the slot, if it is of that op. */
  made(slot: number, op: OpRecord<never>): Step | null {
    const step = this.#maker.get(slot);
    return step?.op === op ? step : null;
  }

  /** The same through views that only reshape. */
  source(slot: number): number {
    for (let step = this.made(slot, ops.reshape); step !== null; step = this.made(slot, ops.reshape))
      [slot] = step.inputs;
    return slot;
  }

  /** Who reads the slot, if nobody outside of the steps does. */
  readers(slot: number): readonly Step[] {
    return this.#kept.has(slot) ? [] : (this.#readers.get(slot) ?? []);
  }

  onlyReader(slot: number): Step | null {
    const readers = this.readers(slot);
    return readers.length === 1 ? readers[0] : null;
  }

  isNumber(slot: number, value: number): boolean {
    const values = this.#constants.get(slot);
    return values?.length === 1 && values[0] === value;
  }
}

type Replacement = { step: Step; parts: Step[] };

/** x of z = x − max x along the last axis. */
function shiftedFrom(uses: Uses, z: number): { x: number; parts: Step[] } | null {
  const { slots } = uses.program;
  const shift = uses.made(z, ops.sub);
  const top = shift && uses.made(shift.inputs[1], ops.max);
  if (!shift || !top || top.inputs[0] !== shift.inputs[0] || !alongLast(uses.program, top)) return null;
  return isFloat(slots[z].dtype) ? { x: top.inputs[0], parts: [top, shift] } : null;
}

/** Whether a reduction folds the last axis and keeps it. */
function alongLast({ slots }: Program, { inputs, attrs }: Step): boolean {
  const { axes, keepDim } = attrs as { axes: readonly number[]; keepDim: boolean };
  return keepDim && axes.length === 1 && axes[0] === slots[inputs[0]].shape.length - 1;
}

function softmaxOf(uses: Uses, y: number): { x: number; parts: Step[] } | null {
  const quotient = uses.made(y, ops.div);
  const e = quotient && uses.made(quotient.inputs[0], ops.exp);
  const sum = quotient && uses.made(quotient.inputs[1], ops.sum);
  const shifted = e && shiftedFrom(uses, e.inputs[0]);
  if (!quotient || !e || !sum || !shifted) return null;
  if (sum.inputs[0] !== e.output || !alongLast(uses.program, sum)) return null;
  return { x: shifted.x, parts: [...shifted.parts, e, sum, quotient] };
}

function logSoftmaxOf(uses: Uses, y: number): { x: number; parts: Step[] } | null {
  const difference = uses.made(y, ops.sub);
  const sum = difference && uses.made(difference.inputs[1], ops.logSumExp);
  const shifted = sum && shiftedFrom(uses, sum.inputs[0]);
  if (!difference || !sum || !shifted) return null;
  if (sum.inputs[0] !== difference.inputs[0] || !alongLast(uses.program, sum)) return null;
  return { x: shifted.x, parts: [...shifted.parts, sum, difference] };
}

const replaced = (
  root: Step,
  op: OpRecord,
  inputs: number[],
  parts: Step[],
  attrs: unknown,
): Replacement => ({
  step: { op, attrs, inputs, output: root.output, scope: root.scope },
  parts,
});

/** −ln softmax(x)[target], a number per row */
function crossEntropy(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.neg) return null;
  const { slots } = uses.program;
  const picked = uses.made(uses.source(root.inputs[0]), ops.gather);
  const log = picked && logSoftmaxOf(uses, picked.inputs[0]);
  if (!picked || !log) return null;
  // an index may be shorter than what it picks from
  const column = [slots[log.x].shape[0], 1];
  if ((picked.attrs as { axis: number }).axis !== 1 || !sameShape(slots[picked.output].shape, column))
    return null;
  const target = uses.source(picked.inputs[1]);
  return replaced(root, macros.crossEntropy, [log.x, target], [...log.parts, picked, root], undefined);
}

/** (softmax(x) − onehot(target)) · share */
function crossEntropyGrad(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.mul) return null;
  const { slots } = uses.program;
  const difference = uses.made(root.inputs[0], ops.sub);
  const hot = difference && uses.made(difference.inputs[1], ops.oneHot);
  const soft = difference && softmaxOf(uses, difference.inputs[0]);
  if (!difference || !hot || !soft || uses.onlyReader(difference.output) !== root) return null;
  const { shape, dtype } = slots[soft.x];
  const share = slots[root.inputs[1]];
  const perRow = share.shape.length === 2 && share.shape[0] === shape[0] && share.shape[1] === 1;
  if (shape.length !== 2 || share.dtype !== dtype || slots[root.output].dtype !== dtype) return null;
  // either side of a difference may be repeated
  if (!sameShape(slots[hot.output].shape, shape)) return null;
  if (sizeOf(share.shape) !== 1 && !perRow) return null;
  const inputs = [soft.x, uses.source(hot.inputs[0]), root.inputs[1]];
  return replaced(root, macros.crossEntropyGrad, inputs, [...soft.parts, hot, difference, root], undefined);
}

/** The mean over the last axes that keeps them, as a sum divided by how many numbers it is of. */
function meanAlong(uses: Uses, y: number): { x: number; axes: number; parts: Step[] } | null {
  const quotient = uses.made(y, ops.div);
  const sum = quotient && uses.made(quotient.inputs[0], ops.sum);
  if (!quotient || !sum) return null;
  const [x] = sum.inputs;
  const { shape } = uses.program.slots[x];
  const { axes, keepDim } = sum.attrs as { axes: readonly number[]; keepDim: boolean };
  const first = shape.length - axes.length;
  if (!keepDim || axes.some((axis, i) => axis !== first + i)) return null;
  if (!uses.isNumber(quotient.inputs[1], sizeOf(shape.slice(first)))) return null;
  return { x, axes: axes.length, parts: [sum, quotient] };
}

/** (h − mean h − z · mean(h z)) r along the last axes: the gradient of layer norm, where z is what it normalised */
function normGrad(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.mul) return null;
  const { slots } = uses.program;
  const [slope, r] = root.inputs;
  const outer = uses.made(slope, ops.sub);
  const centered = outer && uses.made(outer.inputs[0], ops.sub);
  const along = outer && uses.made(outer.inputs[1], ops.mul);
  if (!outer || !centered || !along) return null;
  const [[h, meanOfH], [z, meanOfProduct]] = [centered.inputs, along.inputs];
  const { shape, dtype } = slots[h];
  const first = meanAlong(uses, meanOfH);
  const second = meanAlong(uses, meanOfProduct);
  const product = second && uses.made(second.x, ops.mul);
  if (
    first?.x !== h ||
    first.axes !== second?.axes ||
    !product ||
    product.inputs[0] !== h ||
    product.inputs[1] !== z
  )
    return null;
  // z is repeated nowhere, and r is a number for each mean
  if (!sameShape(slots[z].shape, shape) || !sameShape(slots[r].shape, slots[meanOfH].shape)) return null;
  if (!isFloat(dtype) || slots[z].dtype !== dtype || slots[r].dtype !== dtype) return null;
  const parts = [...first.parts, centered, product, ...second.parts, along, outer, root];
  return replaced(root, macros.normGrad, [h, z, r], parts, undefined);
}

/** activation(a b + bias), either of which may be missing; float32 matrices */
function linear(uses: Uses, root: Step): Replacement | null {
  const { slots } = uses.program;
  const activation = activations.get(root.op) ?? 0;
  const before = activation > 0 ? root.inputs[0] : root.output;
  if (activation > 0 && uses.onlyReader(before) !== root) return null;
  const sum = uses.made(before, ops.add);
  const operand = sum?.inputs.find((slot) => uses.made(slot, ops.matmul));
  const product = uses.made(operand ?? before, ops.matmul);
  if (!product || (!sum && activation === 0) || (sum && uses.onlyReader(product.output) !== sum)) return null;
  const { shape, dtype } = slots[product.output];
  const [a, b] = product.inputs.map((slot) => slots[slot]);
  if (shape.length !== 2 || dtype !== "float32" || a.dtype !== dtype || b.dtype !== dtype) return null;
  const attrs = product.attrs as { transposeA: boolean; transposeB: boolean };
  const parts = [product, ...(sum ? [sum] : []), ...(activation > 0 ? [root] : [])];
  if (!sum) return replaced(root, macros.linear, [...product.inputs], parts, { ...attrs, activation });
  const bias = sum.inputs[0] === product.output ? sum.inputs[1] : sum.inputs[0];
  const { shape: lengths, dtype: type } = slots[bias];
  const isRow = sizeOf(lengths) === shape[1] && lengths.at(-1) === shape[1];
  if (!isRow || type !== dtype || !sameShape(slots[sum.output].shape, shape)) return null;
  return replaced(root, macros.linear, [...product.inputs, bias], parts, { ...attrs, activation });
}

/** relu'(x) asks x > 0, for which its result serves as well: then the product before it need not be kept. */
function askResult(program: Program): Program {
  const uses = new Uses(program);
  const reluOf = new Map<number, number>();
  const steps = program.steps.map((step) => {
    if (step.op === ops.relu) reluOf.set(step.inputs[0], step.output);
    const y = step.op === ops.gt && uses.isNumber(step.inputs[1], 0) ? reluOf.get(step.inputs[0]) : undefined;
    return y === undefined ? step : { ...step, inputs: [y, step.inputs[1]] };
  });
  return { ...program, steps };
}

type Rule = (uses: Uses, root: Step) => Replacement | null;

function apply(before: Program, rules: readonly Rule[], parts: Map<Step, readonly Step[]>): Program {
  const uses = new Uses(before);
  const steps = before.steps.map((root) => {
    for (const rule of rules) {
      const found = rule(uses, root);
      if (found === null) continue;
      parts.set(found.step, found.parts);
      return found.step;
    }
    return root;
  });
  return dropDead({ ...before, steps });
}

const softmax: Rule = (uses, root) => {
  const found = softmaxOf(uses, root.output);
  return found && replaced(root, macros.softmax, [found.x], found.parts, undefined);
};
const logSoftmax: Rule = (uses, root) => {
  const found = logSoftmaxOf(uses, root.output);
  return found && replaced(root, macros.logSoftmax, [found.x], found.parts, undefined);
};

export function fuse(program: Program): Fused {
  const parts = new Map<Step, readonly Step[]>();
  const first = apply(askResult(program), [crossEntropy, crossEntropyGrad, normGrad], parts);
  // a sum that is followed by its activation is left to the activation
  const second = apply(first, [(uses, root) => (endsBefore(uses, root) ? null : linear(uses, root))], parts);
  return { program: apply(second, [softmax, logSoftmax], parts), parts };
}

/** Whether the activation that reads this sum takes it along. */
function endsBefore(uses: Uses, root: Step): boolean {
  const next = uses.onlyReader(root.output);
  return next !== null && activations.has(next.op) && linear(uses, next) !== null;
}
