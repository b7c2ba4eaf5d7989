/**
 * The reference device, which defines the right results. It runs every op by its record's own kernel, one after the
 * other.
 */
import type { OpRecord } from "../ops/define.ts";
import { allocate, convert, dtypeOf } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { StateCell } from "../ops/state.ts";
import { indexSelect } from "../ops/select.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { breathe } from "./breathe.ts";
import type { Device, Executable, Program, Slot, Work } from "./device.ts";
import { launchOf } from "./launch.ts";
import { inComposites } from "./program.ts";

/** Computes one op. A view of the same type shares its input's array, since no array is written twice. */
export function evaluate(
  op: OpRecord,
  values: readonly Values[],
  inputs: readonly { readonly shape: Shape }[],
  { shape, dtype }: Slot,
  attrs: unknown,
): Values {
  if (op.kind === "view" && dtypeOf(values[0]) === dtype) return values[0];
  // int32 results are computed in float64, so that one that int32 cannot hold is an error and not another number
  const wide = dtype === "int32" && op.moves === null;
  const out = allocate(wide ? "float64" : dtype, sizeOf(shape));
  op.kernel(out, values, { out: shape, inputs: inputs.map((input) => input.shape) }, attrs);
  if (!wide) return out;
  const part = op.kind === "view" ? undefined : out.find((value) => value % 1 !== 0);
  if (part !== undefined)
    throw new ValueError(op.name, `the result ${part} of whole numbers is not whole`, {
      advice: 'convert with .to("float64") first',
    });
  return convert(out, dtype, op.name);
}

/** The values of all slots after one step. */
function step(
  program: Program,
  inputs: readonly { readonly data: Values }[],
  cells: readonly StateCell[],
): readonly Values[] {
  const { slots } = program;
  const values = new Array<Values>(slots.length);
  program.inputs.forEach((slot, i) => (values[slot] = inputs[i].data));
  program.cells.forEach(({ slot }, i) => (values[slot] = cells[i].present.data));
  for (const constant of program.constants) values[constant.slot] = constant.values;
  for (const one of program.steps) {
    const { op, inputs: from, output, attrs } = one;
    const operands = from.map((slot) => values[slot]);
    const given = from.map((slot) => slots[slot]);
    try {
      values[output] = evaluate(op, operands, given, slots[output], attrs);
    } catch (error) {
      throw inComposites(program, one, error);
    }
  }
  program.cells.forEach(({ update }, i) => {
    if (update !== null) cells[i].become(values[update]);
  });
  return program.outputs.map((slot) => values[slot]);
}

/** The values of the rows with these indices. */
function rowsOf(x: Tensor, indices: Int32Array): Values {
  const rows = { shape: x.shape.with(0, indices.length), dtype: x.dtype };
  const given = [x, { shape: [indices.length] }];
  return evaluate(indexSelect as unknown as OpRecord, [x.data, indices], given, rows, { axis: 0 });
}

/** One step for each batch, with each output for all steps one after the other. */
function stepEach(
  program: Program,
  { data, batches }: Extract<Work, { batches: unknown }>,
  cells: readonly StateCell[],
): readonly Values[] {
  const all = program.outputs.map((slot) => {
    const { shape, dtype } = program.slots[slot];
    return allocate(dtype, batches.length * sizeOf(shape));
  });
  batches.forEach((rows, i) => {
    const inputs = data.map((x) => ({ data: rowsOf(x, rows) }));
    step(program, inputs, cells).forEach((values, k) => all[k].set(values, i * values.length));
  });
  return all;
}

export const reference: Device = {
  name: "reference",
  inTurn: (body) => body(),
  load(program: Program, cells: readonly StateCell[]): Executable {
    const run = (work: Work): readonly Values[] =>
      "inputs" in work ? step(program, work.inputs, cells) : stepEach(program, work, cells);
    return {
      start: (work) => ({
        now: () => run(work),
        // async, so that what a step throws is a rejection; it runs at once
        async later() {
          const values = run(work);
          await breathe();
          return values;
        },
      }),
      launches: program.steps.filter(({ op }) => op.kind !== "view").map((one) => launchOf(program, [one])),
      arenaBytes: 0,
      dispose() {},
    };
  },
};
