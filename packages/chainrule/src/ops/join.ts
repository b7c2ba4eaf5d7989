/** Ops that join tensors along an axis. */
import { ShapeError } from "../tensor/errors.ts";
import { formatShape, normalizeAxis, sameShape, stridesOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import { defineOp, list } from "./define.ts";
import type { Op, TensorLike } from "./define.ts";
import type { Move } from "./moves.ts";
import type { Range } from "./slice.ts";

type Join = Op<[tensors: readonly TensorLike[]], [axis?: number], { axis: number }>;

/** Tensors joined along an existing axis; all other lengths must be equal. */
export const concat: Join = defineOp({
  name: "concat",
  kind: "layout",
  arity: "list",
  attrs: (inputs, axis = 0) => ({ axis: normalizeAxis("concat", axis, inputs[0].shape) }),
  shape: (inputs, { axis }) => {
    const [first] = inputs;
    for (const other of inputs)
      if (other.length !== first.length || other.some((length, i) => i !== axis && length !== first[i]))
        throw new ShapeError(
          "concat",
          inputs,
          `shapes ${inputs.map(formatShape).join(", ")} differ on other axes than ${axis}`,
        );
    return first.with(
      axis,
      inputs.reduce((sum, shape) => sum + shape[axis], 0),
    );
  },
  moves: ({ out, inputs }, { axis }) => oneAfterAnother(inputs, out, axis),
  vjp:
    (input) =>
    (g, _y, inputs, { axis }) => {
      const start = inputs.slice(0, input).reduce((sum, x) => sum + x.shape[axis], 0);
      return g.slice(along(axis, [start, start + inputs[input].shape[axis]]));
    },
  tests: {
    examples: [
      { inputs: [[2], [3]] },
      { inputs: list([2, 3], [2, 1], [2, 2]), args: [1] },
      { inputs: list([1, 2, 2], [2, 2, 2]), args: [-3] },
    ],
  },
  tex: (inputs) => call("concat", ...inputs),
});

/** Tensors of the same shape joined along a new axis. */
export const stack: Join = defineOp({
  name: "stack",
  kind: "layout",
  arity: "list",
  attrs: (inputs, axis = 0) => ({ axis: normalizeAxis("stack", axis, [...inputs[0].shape, inputs.length]) }),
  shape: (inputs, { axis }) => {
    if (!inputs.every((shape) => sameShape(shape, inputs[0])))
      throw new ShapeError(
        "stack",
        inputs,
        `shapes ${inputs.map(formatShape).join(", ")} differ; concat joins along an axis that exists`,
      );
    return inputs[0].toSpliced(axis, 0, inputs.length);
  },
  moves: ({ out, inputs }, { axis }) =>
    oneAfterAnother(
      inputs.map((shape) => shape.toSpliced(axis, 0, 1)),
      out,
      axis,
    ),
  vjp:
    (input) =>
    (g, _y, _inputs, { axis }) =>
      g.slice(along(axis, input)),
  tests: {
    examples: [
      { inputs: [[3], [3]] },
      { inputs: list([2, 3], [2, 3]), args: [-1] },
      { inputs: [[], [], []] },
    ],
  },
  tex: (inputs) => call("stack", ...inputs),
});

/** The moves that put tensors of these shapes one after another along `axis` of the result. */
function oneAfterAnother(shapes: readonly Shape[], out: Shape, axis: number): Move[] {
  const to = stridesOf(out);
  let start = 0;
  return shapes.map((lengths) => {
    const toStart = start * to[axis];
    start += lengths[axis];
    return { lengths, from: stridesOf(lengths), to, toStart };
  });
}

/** Ranges for `slice`: all of the axes before `axis`, and `range` of `axis`. */
function along(axis: number, range: Range): Range[] {
  return [...new Array<null>(axis).fill(null), range];
}
