/** Ops that fold axes, products of matrices, choice by indices: each as a call of its kernel. */
import { bytesPer } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { ops } from "../../../ops/index.ts";
import type { Step } from "../../device.ts";
import type { Call, Slots, Writer } from "./call.ts";
import { macros } from "./fuse.ts";
import type { LinearAttrs } from "./fuse.ts";
import { permuted } from "./moves.ts";
import { suffixes } from "./pointwise.ts";
import type { Schedule } from "./schedule.ts";
import { isKernel } from "../kernels/tape.ts";
import type { KernelName } from "../kernels/signatures.ts";

/** From about this many steps of a kernel's inner loop on it is shared among the threads: 5 µs, where waiting takes one. */
const WORTH_SHARING = 125_000;

/** A call of one kernel that writes one slot; `given` are its arguments beside `out`. */
function simple(
  step: Step,
  slots: Slots,
  kernel: KernelName,
  reads: readonly number[],
  work: number,
  given: (at: (slot: number) => number, scratch: number) => Readonly<Record<string, number>>,
  extra: Partial<Call> = {},
): Call {
  const out = slots.root(step.output);
  return {
    kernel,
    steps: [step],
    reads: reads.map((slot) => slots.root(slot)),
    writes: [out],
    share: work / WORTH_SHARING,
    write({ tape, at, scratch }: Writer) {
      tape.call(kernel, { out: at(out), ...given((slot) => at(slots.root(slot)), scratch) } as never);
    },
    ...extra,
  };
}

/** Up to this many rows a float32 product reads its right side where it lies; measured with 784 × 300. */
const FEW = 5;

function lowerFold(step: Step, slots: Slots, schedule: Schedule): boolean {
  const { op, inputs, attrs } = step;
  const { shape, dtype } = slots.all[inputs[0]];
  const kernel = `${op.name}_${suffixes[dtype]}`;
  if (op.kind !== "reduce" || !isKernel(kernel)) return false;
  const { axes, correction = 0 } = attrs as { axes: readonly number[]; correction?: number };
  let x = inputs[0];
  let [first, lengths] = [axes[0] ?? shape.length, shape];
  if (!axes.every((axis, i) => axis === first + i)) {
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...kept, ...axes];
    lengths = order.map((axis) => shape[axis]);
    first = kept.length;
    x = slots.fresh(lengths, dtype);
    schedule.add(permuted(slots, inputs[0], x, order, step));
  }
  const outer = sizeOf(lengths.slice(0, first));
  const length = sizeOf(lengths.slice(first, first + axes.length));
  const inner = sizeOf(lengths.slice(first + axes.length));
  // a fold takes longer for an element than a product
  const work = outer * length * inner * 4;
  schedule.add(
    simple(step, slots, kernel, [x], work, (at) => ({ x: at(x), outer, length, inner, correction })),
  );
  return true;
}

function lowerProduct(step: Step, slots: Slots, schedule: Schedule): boolean {
  const { op, inputs, output, attrs } = step;
  if (op !== ops.matmul && op !== macros.linear) return false;
  const { transposeA, transposeB, activation = 0 } = attrs as Partial<LinearAttrs>;
  const [a, b, bias] = inputs;
  const [aSlot, bSlot, out] = [a, b, output].map((slot) => slots.all[slot]);
  const [m, n] = out.shape.slice(-2);
  // a row of a transposed A lies side by side only where there is one
  const transposed = transposeA && m > 1;
  const few = m <= FEW && out.dtype === "float32" && !(transposed && transposeB);
  const kernel = few ? "matmulFew_f32" : `matmul_${suffixes[out.dtype]}`;
  if (!isKernel(kernel) || aSlot.dtype !== out.dtype || bSlot.dtype !== out.dtype) return false;
  const k = aSlot.shape.at(transposeA ? -2 : -1) as number;
  const batch = sizeOf(out.shape.slice(0, -2));
  const steps = [aSlot, bSlot].map(({ shape }) => {
    const own = sizeOf(shape.slice(0, -2));
    return own === batch ? sizeOf(shape.slice(-2)) : own === 1 ? 0 : null;
  });
  const [aStep, bStep] = steps;
  if (aStep === null || bStep === null) return false;
  const given = (at: (slot: number) => number): Record<string, number> => ({
    a: at(a), b: at(b), m, n, k, ta: Number(transposeA), tb: Number(transposeB),
    bias: bias === undefined ? 0 : at(bias), activation, batch, aStep, bStep,
  }); // prettier-ignore
  const call = simple(step, slots, kernel, inputs, batch * m * n * k, given);
  schedule.add({ ...call, write: (writer) => (batch === 0 ? undefined : call.write(writer)) });
  return true;
}

function lowerLoss(step: Step, slots: Slots, schedule: Schedule): boolean {
  const { op, inputs } = step;
  if (!Object.values(macros).includes(op) || op === macros.linear || op === macros.normGrad) return false;
  const { shape, dtype } = slots.all[inputs[0]];
  const cols = shape.at(-1) as number;
  const rows = cols === 0 ? 0 : sizeOf(shape) / cols;
  const [x, target, g] = inputs;
  const given = (at: (slot: number) => number): Record<string, number> => ({
    x: at(x), target: target === undefined ? 0 : at(target), g: g === undefined ? 0 : at(g), rows, cols,
    dg: g !== undefined && sizeOf(slots.all[g].shape) > 1 ? 1 : 0,
  }); // prettier-ignore
  const kernel = `${op.name}_${suffixes[dtype]}`;
  if (!isKernel(kernel)) return false;
  // an exponential is worth some twenty additions
  schedule.add(
    simple(step, slots, kernel, inputs, sizeOf(shape) * 20, given, { mayFail: target !== undefined }),
  );
  return true;
}

function lowerNorm(step: Step, slots: Slots, schedule: Schedule): boolean {
  if (step.op !== macros.normGrad) return false;
  const [h, z, r] = step.inputs;
  const { shape, dtype } = slots.all[h];
  const rows = sizeOf(slots.all[r].shape);
  const cols = rows === 0 ? 0 : sizeOf(shape) / rows;
  const kernel = dtype === "float32" ? "normGrad_f32" : "normGrad_f64";
  schedule.add(
    simple(step, slots, kernel, step.inputs, sizeOf(shape) * 8, (at) => ({
      h: at(h), z: at(z), r: at(r), rows, cols,
    })),
  ); // prettier-ignore
  return true;
}

function lowerChoice(step: Step, slots: Slots, schedule: Schedule): boolean {
  const { op, inputs, output, attrs } = step;
  const [x, index] = inputs;
  const [from, out] = [slots.all[x], slots.all[output]];
  const { axis = 0, classes = 0 } = (attrs ?? {}) as { axis?: number; classes?: number };
  const size = bytesPer[from.dtype];
  const type = suffixes[from.dtype];
  const around = (shape: readonly number[]) => ({
    outer: sizeOf(shape.slice(0, axis)),
    inner: sizeOf(shape.slice(axis + 1)),
  });
  const add = (
    kernel: string,
    reads: readonly number[],
    given: Parameters<typeof simple>[5],
    extra?: Partial<Call>,
  ) => {
    if (!isKernel(kernel)) return false;
    schedule.add(simple(step, slots, kernel, reads, 0, given, { mayFail: op.kind === "select", ...extra }));
    return true;
  };
  switch (op.name) {
    case "gather": {
      // the kernel takes an index that has the tensor's lengths but along the axis
      const chosen = slots.all[index].shape;
      if (size === 1 || chosen.some((length, i) => i !== axis && length !== from.shape[i])) return false;
      const { outer, inner } = around(from.shape);
      const [length, count] = [from.shape[axis], chosen[axis]];
      return add(`gather_${size * 8}`, inputs, (at) => ({
        x: at(x),
        index: at(index),
        outer,
        length,
        count,
        inner,
      }));
    }
    case "scatterAdd": {
      const chosen = from.shape;
      if (from.dtype !== out.dtype || chosen.some((length, i) => i !== axis && length !== out.shape[i]))
        return false;
      const { outer, inner } = around(out.shape);
      const [length, count] = [out.shape[axis], chosen[axis]];
      return add(
        `scatterAdd_${type}`,
        inputs,
        (at, sums) => ({ x: at(x), index: at(index), sums, outer, length, count, inner }),
        { scratch: sizeOf(out.shape) * 8 },
      );
    }
    case "indexSelect": {
      const { outer, inner } = around(from.shape);
      const [length, count] = [from.shape[axis], slots.all[index].shape[0]];
      return add("indexSelect", inputs, (at) => ({
        x: at(x),
        index: at(index),
        outer,
        length,
        count,
        bytes: inner * size,
      }));
    }
    case "indexAdd": {
      if (from.dtype !== out.dtype) return false;
      const { outer, inner } = around(out.shape);
      const [length, count] = [out.shape[axis], from.shape[axis]];
      return add(
        `indexAdd_${type}`,
        inputs,
        (at, chains) => ({ x: at(x), index: at(index), chains, outer, length, count, inner }),
        { scratch: (length + count) * 4, share: sizeOf(out.shape) / WORTH_SHARING },
      );
    }
    case "oneHot":
      return add(`oneHot_${suffixes[out.dtype]}`, [x], (at) => ({
        index: at(x),
        n: sizeOf(from.shape),
        classes,
      }));
    case "uniform": {
      const n = sizeOf(out.shape);
      const call = simple(
        step,
        slots,
        `uniform_${suffixes[out.dtype]}` as "uniform_f32",
        [x],
        n * 20,
        (at) => ({ state: at(x), n }),
      );
      schedule.add(call);
      return true;
    }
    case "cumsum": {
      if (from.dtype !== out.dtype) return false;
      const { outer, inner } = around(from.shape);
      const { reverse } = attrs as { reverse: boolean };
      return add(`cumsum_${type}`, inputs, (at) => ({
        x: at(x),
        outer,
        length: from.shape[axis],
        inner,
        reverse: Number(reverse),
      }));
    }
    default:
      return false;
  }
}

/** Adds the call of a step; false where there is no kernel for it. */
export function lowerKernel(step: Step, slots: Slots, schedule: Schedule): boolean {
  return [lowerLoss, lowerNorm, lowerFold, lowerProduct, lowerChoice].some((lower) =>
    lower(step, slots, schedule),
  );
}
