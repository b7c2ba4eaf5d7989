/** Softmax, log-softmax, cross-entropy and its gradient, row by row: kernels/losses.ts. */
import type { OpRecord } from "../../../ops/define.ts";
import { ops } from "../../../ops/index.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Program, Step } from "../../device.ts";
import { kernelFor } from "../kernels/signatures.ts";
import { fusedOp, replacing } from "./fusion.ts";
import type { Fusion, Replacement, Uses } from "./fusion.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";

const softmax = fusedOp("softmax", "reduce");
const logSoftmax = fusedOp("logSoftmax", "reduce");
const crossEntropy = fusedOp("crossEntropy", "reduce");
const crossEntropyGrad = fusedOp("crossEntropyGrad", "reduce");

/** The input x of a pattern, and its steps. */
interface Found {
  readonly x: number;
  readonly parts: readonly Step[];
}

/** z = x − max x along the last axis */
function findShifted(uses: Uses, z: number): Found | null {
  const { slots } = uses.program;
  const shift = uses.made(z, ops.sub);
  const top = shift && uses.made(shift.inputs[1], ops.max);
  if (!shift || !top || top.inputs[0] !== shift.inputs[0] || !isAlongLast(uses.program, top)) return null;
  return isFloat(slots[z].dtype) ? { x: top.inputs[0], parts: [top, shift] } : null;
}

/** Whether a reduction folds the last axis alone and keeps it with length 1. */
function isAlongLast({ slots }: Program, { inputs, attrs }: Step): boolean {
  const { axes, keepDim } = attrs as { axes: readonly number[]; keepDim: boolean };
  return keepDim && axes.length === 1 && axes[0] === slots[inputs[0]].shape.length - 1;
}

/** y = eᶻ / Σ eᶻ with z = x − max x */
function findSoftmax(uses: Uses, y: number): Found | null {
  const quotient = uses.made(y, ops.div);
  const e = quotient && uses.made(quotient.inputs[0], ops.exp);
  const sum = quotient && uses.made(quotient.inputs[1], ops.sum);
  const shifted = e && findShifted(uses, e.inputs[0]);
  if (!quotient || !e || !sum || !shifted) return null;
  if (sum.inputs[0] !== e.output || !isAlongLast(uses.program, sum)) return null;
  return { x: shifted.x, parts: [...shifted.parts, e, sum, quotient] };
}

/** y = z − ln Σ eᶻ with z = x − max x */
function findLogSoftmax(uses: Uses, y: number): Found | null {
  const difference = uses.made(y, ops.sub);
  const sum = difference && uses.made(difference.inputs[1], ops.logSumExp);
  const shifted = sum && findShifted(uses, sum.inputs[0]);
  if (!difference || !sum || !shifted) return null;
  if (sum.inputs[0] !== difference.inputs[0] || !isAlongLast(uses.program, sum)) return null;
  return { x: shifted.x, parts: [...shifted.parts, sum, difference] };
}

/** −ln softmax(x)[target], a number per row */
function findCrossEntropy(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.neg) return null;
  const { slots } = uses.program;
  const picked = uses.made(uses.source(root.inputs[0]), ops.gather);
  const log = picked && findLogSoftmax(uses, picked.inputs[0]);
  if (!picked || !log) return null;
  // an index may be shorter than the axis that it picks from
  const column = [slots[log.x].shape[0], 1];
  if ((picked.attrs as { axis: number }).axis !== 1 || !sameShape(slots[picked.output].shape, column))
    return null;
  const target = uses.source(picked.inputs[1]);
  return replacing(root, crossEntropy, [log.x, target], [...log.parts, picked, root]);
}

/** (softmax(x) − onehot(target)) · g, where g is one number or one per row */
function findCrossEntropyGrad(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.mul) return null;
  const { slots } = uses.program;
  const difference = uses.made(root.inputs[0], ops.sub);
  const hot = difference && uses.made(difference.inputs[1], ops.oneHot);
  const soft = difference && findSoftmax(uses, difference.inputs[0]);
  if (!difference || !hot || !soft || uses.onlyReader(difference.output) !== root) return null;
  const { shape, dtype } = slots[soft.x];
  const g = slots[root.inputs[1]];
  const perRow = g.shape.length === 2 && g.shape[0] === shape[0] && g.shape[1] === 1;
  if (shape.length !== 2 || g.dtype !== dtype || slots[root.output].dtype !== dtype) return null;
  // a difference broadcasts either side
  if (!sameShape(slots[hot.output].shape, shape)) return null;
  if (sizeOf(g.shape) !== 1 && !perRow) return null;
  const inputs = [soft.x, uses.source(hot.inputs[0]), root.inputs[1]];
  return replacing(root, crossEntropyGrad, inputs, [...soft.parts, hot, difference, root]);
}

function rowFusion(op: OpRecord, find: (uses: Uses, y: number) => Found | null): Fusion {
  return {
    pass: 3,
    find(uses, root) {
      const found = find(uses, root.output);
      return found && replacing(root, op, [found.x], found.parts);
    },
  };
}

const lowerRows: Lowerer = (step, slots) => {
  const { op, inputs } = step;
  const [x, target, g] = inputs;
  const { shape, dtype } = slots.all[x];
  const kernel = kernelFor(op.name, dtype);
  if (kernel === null) return null;
  const cols = shape.at(-1) as number;
  const rows = cols === 0 ? 0 : sizeOf(shape) / cols;
  const dg = g !== undefined && sizeOf(slots.all[g].shape) > 1 ? 1 : 0;
  // an exponential takes as long as some twenty additions
  const needs = { work: sizeOf(shape) * 20, mayFail: target !== undefined };
  return [kernelCall(step, slots, kernel, { x, target, g }, { rows, cols, dg }, needs)];
};

export const losses: Family = {
  fusions: [
    { pass: 1, find: findCrossEntropy },
    { pass: 1, find: findCrossEntropyGrad },
    rowFusion(softmax, findSoftmax),
    rowFusion(logSoftmax, findLogSoftmax),
  ],
  lowerers: [softmax, logSoftmax, crossEntropy, crossEntropyGrad].map((op) => [op, lowerRows]),
};
