/** Folds of axes (sum, mean, max …) and running sums: kernels/reduce.ts, and cumsum of kernels/layout.ts. */
import { ops } from "../../../ops/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { kernelFor } from "../kernels/signatures.ts";
import type { Call } from "./call.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";
import { permuted } from "./moves.ts";

const lowerFold: Lowerer = (step, slots) => {
  const { op, inputs, attrs } = step;
  const { shape, dtype } = slots.all[inputs[0]];
  const kernel = kernelFor(op.name, dtype);
  if (kernel === null) return null;
  const { axes, correction = 0 } = attrs as { axes: readonly number[]; correction?: number };
  const calls: Call[] = [];
  let x = inputs[0];
  let [first, lengths] = [axes[0] ?? shape.length, shape];
  if (!axes.every((axis, i) => axis === first + i)) {
    // the kernel folds neighbouring axes: the folded ones are moved to the end
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...kept, ...axes];
    lengths = order.map((axis) => shape[axis]);
    first = kept.length;
    x = slots.fresh(lengths, dtype);
    calls.push(permuted(slots, inputs[0], x, order, step));
  }
  const outer = sizeOf(lengths.slice(0, first));
  const length = sizeOf(lengths.slice(first, first + axes.length));
  const inner = sizeOf(lengths.slice(first + axes.length));
  // a fold takes longer for an element than a product
  const work = outer * length * inner * 4;
  return [...calls, kernelCall(step, slots, kernel, { x }, { outer, length, inner, correction }, { work })];
};

const lowerCumsum: Lowerer = (step, slots) => {
  const [x] = step.inputs;
  const { shape, dtype } = slots.all[x];
  const kernel = kernelFor("cumsum", dtype);
  if (kernel === null || dtype !== slots.all[step.output].dtype) return null;
  const { axis, reverse } = step.attrs as { axis: number; reverse: boolean };
  const [outer, length, inner] = [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))];
  return [kernelCall(step, slots, kernel, { x }, { outer, length, inner, reverse: Number(reverse) })];
};

export const folds: Family = {
  fusions: [],
  lowerers: [
    ["reduce", lowerFold],
    [ops.cumsum, lowerCumsum],
  ],
};
