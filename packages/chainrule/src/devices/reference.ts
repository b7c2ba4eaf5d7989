/** The device that defines what is right: every op by its record's own kernel, one after the other. */
import type { OpRecord } from "../ops/define.ts";
import { allocate, dtypeOf } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Device, Executable, Program } from "./device.ts";

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

export const reference: Device = {
  name: "reference",
  load(program: Program): Executable {
    return {
      run(inputs, cells) {
        const values = new Array<Values>(program.slots.length);
        program.inputs.forEach((slot, i) => (values[slot] = inputs[i]));
        program.cells.forEach(({ slot }, i) => (values[slot] = cells[i]));
        for (const constant of program.constants) values[constant.slot] = constant.values;
        for (const { op, inputs: from, output, attrs } of program.steps) {
          const { shape, dtype } = program.slots[output];
          const shapes = { out: shape, inputs: from.map((slot) => program.slots[slot].shape) };
          values[output] = evaluate(
            op,
            from.map((slot) => values[slot]),
            shapes,
            dtype,
            attrs,
          );
        }
        return {
          outputs: program.outputs.map((slot) => values[slot]),
          cells: program.cells.map(({ update }) => (update === null ? null : values[update])),
        };
      },
      dispose() {},
    };
  },
};
