/**
 * Random numbers as an op. The random state is an input, not a side effect, so a traced step draws new numbers each
 * time.
 */
import { isFloat, requireDType } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { threefry2x32, uniform32From, uniformFrom } from "../tensor/random/index.ts";
import { checkShape, formatShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import { defineOp } from "./define.ts";
import type { Unary } from "./define.ts";

/**
 * Uniform numbers on [0, 1) that depend only on `state`, int32 [key, key, draw], and on their index: element i is
 * Threefry(key, (i, draw)). Add one to the last word between draws.
 */
export const uniform: Unary<[shape: Shape, dtype?: DType], { shape: Shape; dtype: DType }> = defineOp({
  name: "uniform",
  kind: "random",
  arity: 1,
  attrs: (_inputs, shape, dtype = "float32") => {
    if (!isFloat(dtype)) throw new ValueError("uniform", `draws float32 or float64, not ${dtype}`);
    return { shape: checkShape("uniform", shape), dtype };
  },
  shape: ([state], { shape }) => {
    if (state.length !== 1 || state[0] !== 3)
      throw new ShapeError("uniform", [state], `the random state is three words, not ${formatShape(state)}`);
    return shape;
  },
  dtype: ([state], { dtype }) => (requireDType("uniform's state", state, ["int32"]), dtype),
  kernel: (out, [state]) => {
    const words = new Int32Array(2);
    const from = out instanceof Float32Array ? uniform32From : uniformFrom;
    for (let i = 0; i < out.length; i++) {
      threefry2x32(state[0], state[1], i, state[2], words);
      out[i] = from(words[0], words[1]);
    }
  },
  vjp: null,
  tests: { examples: [{ inputs: [{ shape: [3], dtype: "int32", values: [1, 2, 3] }], args: [[2, 3]] }] },
  tex: ([state]) => call("uniform", state),
});
