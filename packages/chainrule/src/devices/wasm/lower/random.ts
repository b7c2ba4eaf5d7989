/** Random numbers drawn from a state: kernels/random.ts. */
import { ops } from "../../../ops/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { kernelFor } from "../kernels/signatures.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";

const lowerUniform: Lowerer = (step, slots) => {
  const [state] = step.inputs;
  const { shape, dtype } = slots.all[step.output];
  const kernel = kernelFor("uniform", dtype);
  if (kernel === null) return null;
  const n = sizeOf(shape);
  return [kernelCall(step, slots, kernel, { state }, { n }, { work: n * 20 })];
};

export const draws: Family = { fusions: [], lowerers: [[ops.uniform, lowerUniform]] };
