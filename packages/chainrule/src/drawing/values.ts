/** The values of all slots of a program, computed by the ops' own kernels, and their short form for drawings. */
import { requireTensor } from "../tensor/options.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Values } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Program } from "../devices/device.ts";
import { inComposites } from "../devices/program.ts";
import { evaluate } from "../devices/reference.ts";

/** The values by slot; undefined for a slot that depends on a cell without a value. */
export type SlotValues = readonly (Values | undefined)[];

/** A value as a drawing shows it: every number of a small tensor, else statistics of the finite numbers. */
export interface ValueSummary {
  readonly shape: Shape;
  /** The numbers in row-major order; null for a tensor with more than 12. */
  readonly numbers: readonly number[] | null;
  /** Statistics of the finite numbers; null if there are none. The deviation is that of the population. */
  readonly statistics: {
    readonly mean: number;
    readonly deviation: number;
    readonly least: number;
    readonly largest: number;
  } | null;
  readonly nan: number;
  readonly infinite: number;
}

const mostNumbers = 12;

/**
 * Runs a traced step once by the ops' reference kernels and keeps the value of every slot. No cell changes. A cell's value is
 * given under its name in the trace; what depends on a cell without a value stays undefined.
 * @throws ValueError for a name that the program does not have; ShapeError for a value of another shape
 * @example
 * const w = new Parameter(tensor([2, 3]), { name: "w" });
 * const x = tensor([1, 4]);
 * const program = traceProgram((x: Tensor) => [w.mul(x).sum()], [x]);
 * slotValues(program, [x], { w })[program.outputs[0]]; // Float32Array(1) [ 14 ]
 */
export function slotValues(
  program: Program,
  inputs: readonly Tensor[],
  cells: Iterable<readonly [name: string, tensor: Tensor]> | { readonly [name: string]: Tensor } = {},
): SlotValues {
  const where = "slotValues";
  if (inputs.length !== program.inputs.length)
    throw new ValueError(where, `the program has ${program.inputs.length} inputs, not ${inputs.length}`);
  const values = new Array<Values | undefined>(program.slots.length).fill(undefined);
  const set = (slot: number, name: string, tensor: Tensor): void => {
    const { shape } = program.slots[slot];
    if (!sameShape(requireTensor(where, name, tensor).shape, shape))
      throw new ShapeError(
        where,
        [tensor.shape, shape],
        `${name} is ${formatShape(tensor.shape)}, but the program was traced with ${formatShape(shape)}`,
      );
    values[slot] = tensor.data;
  };
  program.inputs.forEach((slot, i) => set(slot, `input ${i}`, inputs[i]));
  const given = Symbol.iterator in cells ? [...cells] : Object.entries(cells);
  for (const [name, tensor] of given) {
    const slots = program.names.filter((one) => one.name === name).map(({ slot }) => slot);
    if (slots.length === 0)
      throw new ValueError(where, `nothing in the program is called "${name}"`, {
        advice: `it has ${[...new Set(program.names.map((one) => one.name))].join(", ")}`,
      });
    for (const slot of slots) if (program.cells.some((cell) => cell.slot === slot)) set(slot, name, tensor);
  }
  for (const { slot, values: constant } of program.constants) values[slot] = constant;
  for (const step of program.steps) {
    const { op, attrs, output } = step;
    const operands = step.inputs.map((slot) => values[slot]);
    if (!operands.every((one) => one !== undefined)) continue;
    const shapes = step.inputs.map((slot) => program.slots[slot]);
    try {
      values[output] = evaluate(op, operands, shapes, program.slots[output], attrs);
    } catch (error) {
      throw inComposites(program, step, error);
    }
  }
  return values;
}

/** The short form of a value. */
export function summarize(values: Values, shape: Shape): ValueSummary {
  const numbers = Array.from(values, Number);
  const finite = numbers.filter(Number.isFinite);
  const nan = numbers.filter(Number.isNaN).length;
  return {
    shape,
    numbers: numbers.length <= mostNumbers && shape.length <= 2 ? numbers : null,
    statistics: finite.length === 0 ? null : statistics(finite),
    nan,
    infinite: numbers.length - finite.length - nan,
  };
}

function statistics(numbers: readonly number[]): NonNullable<ValueSummary["statistics"]> {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const spread = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
  const [least, largest] = numbers.reduce(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Infinity, -Infinity],
  );
  return { mean, deviation: Math.sqrt(spread), least, largest };
}
