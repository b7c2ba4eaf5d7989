/** The device that defines what is right: every op by its record's own kernel, one after the other. */
import type { OpRecord } from "../ops/define.ts";
import { allocate, dtypeOf } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { StateCell } from "../ops/state.ts";
import { indexSelect } from "../ops/select.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Device, Executable, Program } from "./device.ts";
import { launchOf } from "./launch.ts";
import { inComposites } from "./program.ts";

/** The values of one op. A view of the same type shares its input's array: values are never written twice. */
export function evaluate(
  op: OpRecord,
  inputs: readonly Values[],
  shapes: { readonly out: Shape; readonly inputs: readonly Shape[] },
  dtype: DType,
  attrs: unknown,
): Values {
  if (op.kind === "view" && dtypeOf(inputs[0]) === dtype) return inputs[0];
  const out = allocate(dtype, sizeOf(shapes.out));
  op.kernel(out, inputs, shapes, attrs);
  return out;
}

/** All slots' values after one step. */
function step(program: Program, inputs: readonly Values[], cells: readonly StateCell[]): readonly Values[] {
  const values = new Array<Values>(program.slots.length);
  program.inputs.forEach((slot, i) => (values[slot] = inputs[i]));
  program.cells.forEach(({ slot }, i) => (values[slot] = cells[i].present.data));
  for (const constant of program.constants) values[constant.slot] = constant.values;
  for (const one of program.steps) {
    const { op, inputs: from, output, attrs } = one;
    const { shape, dtype } = program.slots[output];
    const shapes = { out: shape, inputs: from.map((slot) => program.slots[slot].shape) };
    const operands = from.map((slot) => values[slot]);
    try {
      values[output] = evaluate(op, operands, shapes, dtype, attrs);
    } catch (error) {
      throw inComposites(program, one, error);
    }
  }
  program.cells.forEach(({ update }, i) => {
    if (update !== null) cells[i].become(values[update]);
  });
  return program.outputs.map((slot) => values[slot]);
}

/** The rows of a tensor that the indices name, as values. */
function rowsOf(x: Tensor, indices: Int32Array): Values {
  const rows = { shape: x.shape.with(0, indices.length), dtype: x.dtype };
  const shapes = { out: rows.shape, inputs: [x.shape, [indices.length]] };
  return evaluate(indexSelect as unknown as OpRecord, [x.data, indices], shapes, x.dtype, { axis: 0 });
}

export const reference: Device = {
  name: "reference",
  inTurn: (body) => body(),
  remember(cells) {
    // values are never written twice, so that the arrays themselves will do
    const values = cells.map((cell) => cell.present.data);
    return {
      restore: () => cells.forEach((cell, i) => cell.become(values[i])),
      forget() {},
    };
  },
  load(program: Program, cells: readonly StateCell[]): Executable {
    const executable: Executable = {
      run: (inputs) =>
        step(
          program,
          inputs.map(({ data }) => data),
          cells,
        ),
      runRows(data, batches) {
        const all = program.outputs.map((slot) => {
          const { shape, dtype } = program.slots[slot];
          return allocate(dtype, batches.length * sizeOf(shape));
        });
        batches.forEach((rows, i) => {
          const outputs = step(
            program,
            data.map((x) => rowsOf(x, rows)),
            cells,
          );
          outputs.forEach((values, k) => all[k].set(values, i * values.length));
        });
        return all;
      },
      // async, so that what they throw is a rejection; they run at once
      runLater: async (inputs) => executable.run(inputs),
      runRowsLater: async (data, batches) => executable.runRows(data, batches),
      launches: program.steps.filter(({ op }) => op.kind !== "view").map((one) => launchOf(program, [one])),
      arenaBytes: 0,
      dispose() {},
    };
    return executable;
  },
};
