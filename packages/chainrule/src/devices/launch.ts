/** Estimates the cost of a kernel call from its ops, as a plain count of additions and multiplications. */
import { bytesPer } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Launch, Program, Slot, Step } from "./device.ts";

const bytesOf = ({ shape, dtype }: Slot): number => sizeOf(shape) * bytesPer[dtype];

/**
 * The operations of an op: 2 m n k for a product, one per element read for a fold, 0 for an op that only moves numbers,
 * else one per element written.
 */
function flopsOf({ slots }: Program, { op, inputs, output, attrs }: Step): number {
  const written = sizeOf(slots[output].shape);
  switch (op.kind) {
    case "contract": {
      const { transposeA } = attrs as { transposeA: boolean };
      const [rows, columns] = slots[inputs[0]].shape.slice(-2);
      return 2 * written * (transposeA ? rows : columns);
    }
    case "reduce":
      return sizeOf(slots[inputs[0]].shape);
    case "elementwise":
    case "random":
      return written;
    case "view":
    case "layout":
    case "select":
      return 0;
  }
}

/** One call for consecutive steps; it writes the result of the last step. */
export function launchOf(program: Program, steps: readonly Step[], kernel?: string): Launch {
  const made = new Set(steps.map(({ output }) => output));
  const read = [...new Set(steps.flatMap(({ inputs }) => inputs))].filter((slot) => !made.has(slot));
  const output = program.slots[steps[steps.length - 1].output];
  const inputs = read.map((slot) => program.slots[slot]);
  return {
    kernel: kernel ?? steps[steps.length - 1].op.name,
    output,
    inputs,
    ops: steps.map(({ op }) => op.name),
    flops: steps.reduce((sum, step) => sum + flopsOf(program, step), 0),
    bytes: [output, ...inputs].reduce((sum, slot) => sum + bytesOf(slot), 0),
  };
}
