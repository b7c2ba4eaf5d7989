/** Elementwise steps as elementwise kernels. A kernel has one type, so operands of other types are converted first. */
import { ops } from "../../../ops/index.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import type { Step } from "../../device.ts";
import type { Slots } from "./call.ts";
import { isKernel, kernelFor, suffixes } from "../kernels/signatures.ts";
import type { KernelName } from "../kernels/signatures.ts";

/** One elementwise kernel on slots: `output` from the operands a, b, c, with up to two numbers. */
export interface Point {
  readonly kernel: KernelName;
  readonly output: number;
  readonly a: number;
  readonly b: number | null;
  readonly c: number | null;
  readonly numbers: readonly number[];
  readonly step: Step;
}

/** The kernels that do a step, or null when there is no kernel for it. */
export function pointsOf(step: Step, slots: Slots): Point[] | null {
  const { op, output, attrs } = step;
  const points: Point[] = [];
  const types = step.inputs.map((slot) => slots.all[slot].dtype);
  const to = slots.all[output].dtype;

  function point(
    kernel: string,
    into: number,
    operands: readonly number[],
    numbers: readonly number[] = [],
  ): boolean {
    if (!isKernel(kernel)) return false;
    const [a, b = null, c = null] = operands;
    points.push({ kernel, output: into, a, b, c, numbers, step });
    return true;
  }
  /** The slot converted to a type. */
  function as(slot: number, dtype: DType): number {
    const from = slots.all[slot];
    if (from.dtype === dtype) return slot;
    const cast = slots.fresh(from.shape, dtype);
    point(`cast_${suffixes[from.dtype]}_${suffixes[dtype]}`, cast, [slot]);
    return cast;
  }

  if (op.kind === "view") {
    point(`cast_${suffixes[types[0]]}_${suffixes[to]}`, output, step.inputs);
    return points;
  }
  if (op === ops.where) {
    const size = to === "float64" ? 64 : 32;
    if (to === "bool") return null;
    const [condition, a, b] = step.inputs;
    const chosen = [as(a, to), as(b, to)];
    point(`where_${size}`, output, [...chosen, as(condition, "bool")]);
    return points;
  }
  const type = op.compares ? compared(types) : computedIn(types, to);
  // the kernel's numbers are those among the op's arguments, in the same order
  const numbers = Object.values(attrs ?? {}).filter((value) => typeof value === "number");
  const kernel = kernelFor(op.name, type);
  if (kernel === null) return null;
  const operands = step.inputs.map((slot) => as(slot, type));
  if (op.compares || type === to) point(kernel, output, operands, numbers);
  else {
    const wide = slots.fresh(slots.all[output].shape, type);
    point(kernel, wide, operands, numbers);
    point(`cast_${suffixes[type]}_${suffixes[to]}`, output, [wide]);
  }
  return points;
}

/** The type to compute in: the result's, if it is not a float or all inputs have it too; else float64, rounded once. */
function computedIn(types: readonly DType[], to: DType): DType {
  if (types.every((type) => type === to) || !isFloat(to)) return to;
  return "float64";
}

/** The type to compare in: the common one, or else the one that holds all values. */
function compared(types: readonly DType[]): DType {
  if (types.every((type) => type === types[0]) && types[0] !== "bool") return types[0];
  return types.some(isFloat) ? "float64" : "int32";
}
