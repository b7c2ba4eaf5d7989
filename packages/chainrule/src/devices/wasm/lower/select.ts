/** Elements and rows chosen by indices: kernels/select.ts. */
import { ops } from "../../../ops/index.ts";
import { bytesPer } from "../../../tensor/dtype.ts";
import type { Shape } from "../../../tensor/shape.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { isKernel, kernelFor } from "../kernels/signatures.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";

/** The elements before and after an axis. */
const around = (shape: Shape, axis: number): { outer: number; inner: number } => ({
  outer: sizeOf(shape.slice(0, axis)),
  inner: sizeOf(shape.slice(axis + 1)),
});

/** Whether two shapes agree in all axes but one. */
const agreeBeside = (axis: number, a: Shape, b: Shape): boolean =>
  a.every((length, i) => i === axis || length === b[i]);

const axisOf = (attrs: unknown): number => (attrs as { axis: number }).axis;

const lowerGather: Lowerer = (step, slots) => {
  const [x, index] = step.inputs;
  const axis = axisOf(step.attrs);
  const { shape, dtype } = slots.all[x];
  const chosen = slots.all[index].shape;
  const kernel = `gather_${bytesPer[dtype] * 8}`;
  if (!isKernel(kernel) || !agreeBeside(axis, chosen, shape)) return null;
  const lengths = { ...around(shape, axis), length: shape[axis], count: chosen[axis] };
  return [kernelCall(step, slots, kernel, { x, index }, lengths, { mayFail: true })];
};

const lowerScatterAdd: Lowerer = (step, slots) => {
  const [x, index] = step.inputs;
  const axis = axisOf(step.attrs);
  const [from, out] = [slots.all[x], slots.all[step.output]];
  const kernel = kernelFor("scatterAdd", from.dtype);
  if (kernel === null || from.dtype !== out.dtype || !agreeBeside(axis, from.shape, out.shape)) return null;
  const lengths = { ...around(out.shape, axis), length: out.shape[axis], count: from.shape[axis] };
  const needs = { mayFail: true, scratch: { name: "sums", bytes: sizeOf(out.shape) * 8 } };
  return [kernelCall(step, slots, kernel, { x, index }, lengths, needs)];
};

const lowerIndexSelect: Lowerer = (step, slots) => {
  const [x, index] = step.inputs;
  const axis = axisOf(step.attrs);
  const { shape, dtype } = slots.all[x];
  const { outer, inner } = around(shape, axis);
  const [length, count, bytes] = [shape[axis], slots.all[index].shape[0], inner * bytesPer[dtype]];
  const lengths = { outer, length, count, bytes };
  return [kernelCall(step, slots, "indexSelect", { x, index }, lengths, { mayFail: true })];
};

const lowerIndexAdd: Lowerer = (step, slots) => {
  const [x, index] = step.inputs;
  const axis = axisOf(step.attrs);
  const [from, out] = [slots.all[x], slots.all[step.output]];
  const kernel = kernelFor("indexAdd", from.dtype);
  if (kernel === null || from.dtype !== out.dtype) return null;
  const [length, count] = [out.shape[axis], from.shape[axis]];
  const lengths = { ...around(out.shape, axis), length, count };
  const scratch = { name: "chains", bytes: (length + count) * 4 };
  const needs = { mayFail: true, scratch, work: sizeOf(out.shape) };
  return [kernelCall(step, slots, kernel, { x, index }, lengths, needs)];
};

const lowerOneHot: Lowerer = (step, slots) => {
  const [index] = step.inputs;
  const kernel = kernelFor("oneHot", slots.all[step.output].dtype);
  if (kernel === null) return null;
  const n = sizeOf(slots.all[index].shape);
  const { classes } = step.attrs as { classes: number };
  return [kernelCall(step, slots, kernel, { index }, { n, classes }, { mayFail: true })];
};

export const selections: Family = {
  fusions: [],
  lowerers: [
    [ops.gather, lowerGather],
    [ops.scatterAdd, lowerScatterAdd],
    [ops.indexSelect, lowerIndexSelect],
    [ops.indexAdd, lowerIndexAdd],
    [ops.oneHot, lowerOneHot],
  ],
};
