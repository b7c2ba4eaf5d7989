/** The batches of `run`: its arguments, their checks, and the joined results of several steps. */
import type { Program } from "../devices/device.ts";
import { badIndex } from "../tensor/check.ts";
import { allocate } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { InputExample } from "./trace.ts";

/** Tensors with one row per example, or a data set. */
export type Rows = readonly Tensor[] | { readonly inputs: Tensor; readonly targets: Tensor };

export function tensorsOf(rows: Rows): readonly Tensor[] {
  return ("inputs" in rows ? [rows.inputs, rows.targets] : rows).map((x) => x.read());
}

/** The examples with which a step is traced for batches of a size. */
export const rowsOf = (data: readonly Tensor[], size: number): InputExample[] =>
  data.map(({ shape, dtype }) => ({ shape: shape.with(0, size), dtype }));

/** Neighbouring batches of equal length, in groups. */
export function consecutive(batches: readonly Int32Array[]): Int32Array[][] {
  const groups: Int32Array[][] = [];
  for (const batch of batches) {
    const last = groups.at(-1);
    if (last?.[0].length === batch.length) last.push(batch);
    else groups.push([batch]);
  }
  return groups;
}

/** @throws ShapeError, ValueError for data of unequal lengths and for indices out of range */
export function requireBatches(data: readonly Tensor[], batches: readonly Int32Array[]): void {
  if (batches.length === 0) throw new ValueError("run", "needs at least one batch of row indices");
  if (data.some(({ rank }) => rank === 0) || data.some(({ shape }) => shape[0] !== data[0].shape[0]))
    throw new ShapeError(
      "run",
      data.map(({ shape }) => shape),
      `the data must have the same rows (axis 0), not ${data.map(({ shape }) => formatShape(shape)).join(" and ")}`,
    );
  const rows = data.length > 0 ? data[0].shape[0] : Infinity;
  for (const batch of batches) {
    if (!(batch instanceof Int32Array))
      throw new ValueError(
        "run",
        "batches are Int32Arrays of row indices, such as loader.indices(epoch) gives",
      );
    for (const row of batch) if (!(row >= 0 && row < rows)) throw badIndex("run", row, rows, data[0].shape);
  }
}

/** Results for batches of several lengths can be stacked only if their shapes do not depend on the length. */
export function requireStackable(programs: readonly Program[]): void {
  const shapesOf = ({ outputs, slots }: Program): Shape[] => outputs.map((slot) => slots[slot].shape);
  const first = shapesOf(programs[0]);
  for (const program of programs)
    shapesOf(program).forEach((shape, i) => {
      if (sameShape(shape, first[i])) return;
      throw new ShapeError(
        "run",
        [first[i], shape],
        `result ${i + 1} is ${formatShape(first[i])} for one batch and ${formatShape(shape)} for another; ` +
          "run batches of one size together",
      );
    });
}

/** Values one after the other. */
export function joined(parts: readonly Values[], dtype: DType): Values {
  if (parts.length === 1) return parts[0];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = allocate(dtype, length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
