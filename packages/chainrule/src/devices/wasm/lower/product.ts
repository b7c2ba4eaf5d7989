/** Products of matrices, with the bias and the activation that follow them: kernels/matmul.ts and few-rows.ts. */
import type { OpRecord } from "../../../ops/define.ts";
import { ops } from "../../../ops/index.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Step } from "../../device.ts";
import { kernelFor } from "../kernels/signatures.ts";
import { fusedOp, replacing } from "./fusion.ts";
import type { Replacement, Uses } from "./fusion.ts";
import { kernelCall } from "./lowerer.ts";
import type { Family, Lowerer } from "./lowerer.ts";

/** activation(a b + bias) */
const linear = fusedOp("linear", "contract");

interface LinearAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: number;
}

/** The activations that the kernel can apply, and their numbers in kernels/epilogue.ts. */
const activations: ReadonlyMap<OpRecord, number> = new Map<OpRecord, number>([
  [ops.relu, 1],
  [ops.sigmoid, 2],
  [ops.tanh, 3],
]);

/** activation(a b + bias) for float32 matrices; the bias or the activation may be missing. */
function findLinear(uses: Uses, root: Step): Replacement | null {
  const { slots } = uses.program;
  const activation = activations.get(root.op) ?? 0;
  const before = activation > 0 ? root.inputs[0] : root.output;
  if (activation > 0 && uses.onlyReader(before) !== root) return null;
  const sum = uses.made(before, ops.add);
  const operand = sum?.inputs.find((slot) => uses.made(slot, ops.matmul));
  const product = uses.made(operand ?? before, ops.matmul);
  if (!product || (!sum && activation === 0) || (sum && uses.onlyReader(product.output) !== sum)) return null;
  const { shape, dtype } = slots[product.output];
  const [a, b] = product.inputs.map((slot) => slots[slot]);
  if (shape.length !== 2 || dtype !== "float32" || a.dtype !== dtype || b.dtype !== dtype) return null;
  const attrs = { ...(product.attrs as Omit<LinearAttrs, "activation">), activation };
  const parts = [product, ...(sum ? [sum] : []), ...(activation > 0 ? [root] : [])];
  if (!sum) return replacing(root, linear, product.inputs, parts, attrs);
  const bias = sum.inputs[0] === product.output ? sum.inputs[1] : sum.inputs[0];
  const { shape: lengths, dtype: type } = slots[bias];
  const isRow = sizeOf(lengths) === shape[1] && lengths.at(-1) === shape[1];
  if (!isRow || type !== dtype || !sameShape(slots[sum.output].shape, shape)) return null;
  return replacing(root, linear, [...product.inputs, bias], parts, attrs);
}

/** A sum that is followed by an activation is left for the activation to find. */
function findLargestLinear(uses: Uses, root: Step): Replacement | null {
  const next = uses.onlyReader(root.output);
  const isPart = next !== null && activations.has(next.op) && findLinear(uses, next) !== null;
  return isPart ? null : findLinear(uses, root);
}

/** Up to this many rows, a float32 product reads its right side where it lies; measured with 784 × 300. */
const FEW = 5;

const lowerProduct: Lowerer = (step, slots) => {
  const { inputs, output, attrs } = step;
  const { transposeA, transposeB, activation = 0 } = attrs as Partial<LinearAttrs>;
  const [a, b, bias] = inputs;
  const [aSlot, bSlot, out] = [a, b, output].map((slot) => slots.all[slot]);
  const [m, n] = out.shape.slice(-2);
  // the numbers of a row of a transposed A are next to each other only if there is one row
  const transposed = transposeA && m > 1;
  const few = m <= FEW && out.dtype === "float32" && !(transposed && transposeB);
  const kernel = kernelFor(few ? "matmulFew" : "matmul", out.dtype);
  if (kernel === null || aSlot.dtype !== out.dtype || bSlot.dtype !== out.dtype) return null;
  const k = aSlot.shape.at(transposeA ? -2 : -1) as number;
  const batch = sizeOf(out.shape.slice(0, -2));
  // a side is a matrix per product or one for all; the kernel repeats nothing in between
  const [aStep, bStep] = [aSlot, bSlot].map(({ shape }) => {
    const own = sizeOf(shape.slice(0, -2));
    return own === batch ? sizeOf(shape.slice(-2)) : own === 1 ? 0 : null;
  });
  if (aStep === null || bStep === null) return null;
  const [ta, tb] = [Number(transposeA), Number(transposeB)];
  const given = { m, n, k, ta, tb, activation, batch, aStep, bStep };
  const call = kernelCall(step, slots, kernel, { a, b, bias }, given, { work: batch * m * n * k });
  return [{ ...call, write: (writer) => (batch === 0 ? undefined : call.write(writer)) }];
};

export const products: Family = {
  fusions: [{ pass: 2, find: findLargestLinear }],
  lowerers: [
    [ops.matmul, lowerProduct],
    [linear, lowerProduct],
  ],
};
