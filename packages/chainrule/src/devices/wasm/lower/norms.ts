/** The gradient of layer norm: kernels/norms.ts. */
import { ops } from "../../../ops/index.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Step } from "../../device.ts";
import { kernelFor } from "../kernels/signatures.ts";
import { fusedOp, replacing } from "./fusion.ts";
import type { Replacement, Uses } from "./fusion.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";

const normGrad = fusedOp("normGrad", "reduce");

/** The mean over the last axes, which it keeps with length 1: a sum divided by the number of its elements. */
function findMean(uses: Uses, y: number): { x: number; axes: number; parts: readonly Step[] } | null {
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

/** (h − mean h − z · mean(h z)) r along the last axes: the gradient of layer norm, where z is the normalised input */
function findNormGrad(uses: Uses, root: Step): Replacement | null {
  if (root.op !== ops.mul) return null;
  const { slots } = uses.program;
  const [slope, r] = root.inputs;
  const outer = uses.made(slope, ops.sub);
  const centered = outer && uses.made(outer.inputs[0], ops.sub);
  const along = outer && uses.made(outer.inputs[1], ops.mul);
  if (!outer || !centered || !along) return null;
  const [[h, meanOfH], [z, meanOfProduct]] = [centered.inputs, along.inputs];
  const { shape, dtype } = slots[h];
  const first = findMean(uses, meanOfH);
  const second = findMean(uses, meanOfProduct);
  const product = second && uses.made(second.x, ops.mul);
  if (
    first?.x !== h ||
    first.axes !== second?.axes ||
    !product ||
    product.inputs[0] !== h ||
    product.inputs[1] !== z
  )
    return null;
  // z is not broadcast, and r has a number for each mean
  if (!sameShape(slots[z].shape, shape) || !sameShape(slots[r].shape, slots[meanOfH].shape)) return null;
  if (!isFloat(dtype) || slots[z].dtype !== dtype || slots[r].dtype !== dtype) return null;
  const parts = [...first.parts, centered, product, ...second.parts, along, outer, root];
  return replacing(root, normGrad, [h, z, r], parts);
}

const lowerNormGrad: Lowerer = (step, slots) => {
  const [h, z, r] = step.inputs;
  const { shape, dtype } = slots.all[h];
  const kernel = kernelFor("normGrad", dtype);
  if (kernel === null) return null;
  const rows = sizeOf(slots.all[r].shape);
  const cols = rows === 0 ? 0 : sizeOf(shape) / rows;
  return [kernelCall(step, slots, kernel, { h, z, r }, { rows, cols }, { work: sizeOf(shape) * 8 })];
};

export const norms: Family = {
  fusions: [{ pass: 1, find: findNormGrad }],
  lowerers: [[normGrad, lowerNormGrad]],
};
