/** Random calls of every op: shapes, arguments and indices, drawn by fast-check so that a failure shrinks. */
import fc from "fast-check";
import type { OpRecord } from "../packages/chainrule/src/ops/define.ts";
import type { Example } from "../packages/chainrule/src/ops/define.ts";

/** A call: an example whose numbers are drawn from a seed. */
export interface Case extends Example {
  readonly seed: number;
}
type Input = Example["inputs"][number];
type Call = { inputs: readonly Input[]; args?: readonly unknown[] };

const length: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 2, 3, 5, 0);
const small = (shape: readonly number[]): boolean => shape.reduce((a, b) => a * b, 1) <= 18;
/** Shapes of rank 0 … 3, with lengths 0 and 1 and odd lengths among them. */
const anyShape = fc.array(length, { maxLength: 3 }).filter(small);
const axed = fc.array(length, { minLength: 1, maxLength: 3 }).filter(small);
const full = (shape: fc.Arbitrary<number[]>): fc.Arbitrary<number[]> =>
  shape.filter((lengths) => !lengths.includes(0));

/** Shapes that broadcast with each other: suffixes of one shape, with some lengths replaced by 1. */
const broadcasting = (count: number): fc.Arbitrary<number[][]> =>
  anyShape.chain((out) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .tuple(fc.nat(out.length), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
          .map(([dropped, ones]) => out.slice(dropped).map((size, axis) => (ones[axis] ? 1 : size))),
      ),
    ),
  );

/** A shape and one of its axes, counted from the front or from the back. */
const withAxis = (shapes: fc.Arbitrary<number[]>): fc.Arbitrary<{ shape: number[]; axis: number }> =>
  shapes.chain((shape) =>
    fc.integer({ min: -shape.length, max: shape.length - 1 }).map((axis) => ({ shape, axis })),
  );
const subsetOfAxes = (shape: readonly number[]): fc.Arbitrary<number[] | undefined> =>
  fc.option(fc.subarray(shape.map((_, axis) => axis)), { nil: undefined });

const fixed = (shape: readonly number[], values: readonly number[], dtype: "int32" | "bool"): Input => ({
  shape,
  values,
  dtype,
});
const indices = (shape: readonly number[], below: number): fc.Arbitrary<Input> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.nat(below - 1), { minLength: size, maxLength: size })
    .map((values) => fixed(shape, values, "int32"));
};
const lengthAlong = (shape: readonly number[], axis: number): number => shape.at(axis) ?? 1;

const reductions: fc.Arbitrary<Call> = anyShape.chain((shape) =>
  fc
    .tuple(subsetOfAxes(shape), fc.boolean())
    .map(([axes, keepDim]) => ({ inputs: [shape], args: [axes, keepDim] })),
);
const extremes: fc.Arbitrary<Call> = full(anyShape).chain((shape) =>
  fc
    .tuple(subsetOfAxes(shape), fc.boolean())
    .map(([axes, keepDim]) => ({ inputs: [shape], args: [axes, keepDim] })),
);
const argExtremes: fc.Arbitrary<Call> = withAxis(full(axed)).chain(({ shape, axis }) =>
  fc.tuple(fc.constantFrom(undefined, axis), fc.boolean()).map((args) => ({ inputs: [shape], args })),
);

/** Calls of the ops whose arguments depend on their shapes; other ops take arguments from their examples. */
const special: Record<string, fc.Arbitrary<Call>> = {
  sum: reductions,
  mean: extremes,
  logSumExp: extremes,
  max: extremes,
  min: extremes,
  argmax: argExtremes,
  argmin: argExtremes,
  variance: full(anyShape).chain((shape) =>
    fc
      .tuple(subsetOfAxes(shape), fc.constantFrom(0, 1, 0.5), fc.boolean())
      // More elements than the correction: below that the variance is NaN by definition.
      .filter(
        ([axes, correction]) =>
          (axes ?? shape.keys().toArray()).reduce((n, axis) => n * shape[axis], 1) > correction,
      )
      .map(([axes, correction, keepDim]) => ({ inputs: [shape], args: [axes, { correction, keepDim }] })),
  ),
  cumsum: withAxis(axed).chain(({ shape, axis }) =>
    fc.boolean().map((reverse) => ({ inputs: [shape], args: [axis, { reverse }] })),
  ),
  where: broadcasting(3).chain(([c, a, b]) => {
    const size = c.reduce((n, m) => n * m, 1);
    return fc
      .array(fc.constantFrom(0, 1), { minLength: size, maxLength: size })
      .map((values) => ({ inputs: [fixed(c, values, "bool"), a, b] }));
  }),
  matmul: fc
    .record({
      sizes: fc.tuple(length, length, length),
      batches: broadcasting(2),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    })
    .map(({ sizes: [m, k, n], batches: [a, b], transposeA, transposeB }) => ({
      inputs: [
        [...a.slice(-2), ...(transposeA ? [k, m] : [m, k])],
        [...b.slice(-2), ...(transposeB ? [n, k] : [k, n])],
      ],
      args: [{ transposeA, transposeB }],
    }))
    .filter(({ inputs }) => inputs.every(small)),
  reshape: anyShape.chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const shapes: number[][] = [[-1], [1, size], size > 0 && size % 2 === 0 ? [2, -1] : [size, 1], shape];
    return fc.constantFrom(...shapes).map((to) => ({ inputs: [shape], args: [to] }));
  }),
  permute: anyShape.chain((shape) =>
    fc
      .tuple(
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
        fc.boolean(),
      )
      .map(([order, back]) => ({
        inputs: [shape],
        args: [order.map((axis) => (back ? axis - shape.length : axis))],
      })),
  ),
  transpose: withAxis(axed).chain(({ shape, axis }) =>
    fc
      .integer({ min: -shape.length, max: shape.length - 1 })
      .map((other) => ({ inputs: [shape], args: [axis, other] })),
  ),
  expand: broadcasting(1).chain(([shape]) =>
    fc
      .tuple(fc.array(length, { maxLength: 2 }), fc.constantFrom(1, 2, 3, 0))
      .map(([before, times]) => ({
        inputs: [shape],
        args: [[...before, ...shape.map((size) => (size === 1 ? times : size))]],
      }))
      .filter(({ args }) => small(args[0])),
  ),
  flip: anyShape.chain((shape) => subsetOfAxes(shape).map((axes) => ({ inputs: [shape], args: [axes] }))),
  slice: anyShape.chain((shape) =>
    fc
      .tuple(
        ...shape.map((size) =>
          fc.oneof(
            fc.constant(null),
            ...(size > 0 ? [fc.integer({ min: -size, max: size - 1 })] : []),
            fc.tuple(
              fc.option(fc.integer({ min: -size - 1, max: size + 1 })),
              fc.option(fc.integer({ min: -size - 1, max: size + 1 })),
              fc.integer({ min: 1, max: 3 }),
            ),
          ),
        ),
      )
      .chain((ranges) => fc.nat(ranges.length).map((given) => ranges.slice(0, given)))
      .map((ranges) => ({ inputs: [shape], args: [ranges] })),
  ),
  pad: anyShape.chain((shape) =>
    fc
      .record({
        widths: fc.tuple(...shape.map(() => fc.tuple(fc.nat(2), fc.nat(2)))),
        interior: fc.tuple(...shape.map(() => fc.nat(2))),
        value: fc.constantFrom(0, 3),
      })
      .map(({ widths, ...options }) => ({ inputs: [shape], args: [widths, options] })),
  ),
  concat: withAxis(axed).chain(({ shape, axis }) =>
    fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }).map((lengths) => ({
      inputs: lengths.map((own) => shape.with(axis, own)),
      args: [axis],
    })),
  ),
  stack: anyShape.chain((shape) =>
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -shape.length - 1, max: shape.length }))
      .map(([count, axis]) => ({ inputs: Array.from({ length: count }, () => shape), args: [axis] })),
  ),
  gather: withAxis(full(axed)).chain(({ shape, axis }) =>
    fc
      .tuple(fc.nat(4), fc.boolean())
      .map(([along, cut]) => shape.map((size) => (cut ? Math.max(1, size - 1) : size)).with(axis, along))
      .chain((to) => indices(to, lengthAlong(shape, axis)))
      .map((index) => ({ inputs: [shape, index], args: [axis] })),
  ),
  scatterAdd: withAxis(full(axed)).chain(({ shape, axis }) =>
    fc
      .tuple(fc.nat(4), fc.boolean())
      .map(([along, cut]) => shape.map((size) => (cut ? Math.max(1, size - 1) : size)).with(axis, along))
      .chain((from) =>
        indices(from, lengthAlong(shape, axis)).map((index) => ({
          inputs: [from, index],
          args: [axis, shape],
        })),
      ),
  ),
  indexSelect: withAxis(full(axed)).chain(({ shape, axis }) =>
    fc
      .nat(4)
      .chain((count) => indices([count], lengthAlong(shape, axis)))
      .map((index) => ({ inputs: [shape, index], args: [axis] })),
  ),
  indexAdd: withAxis(axed).chain(({ shape, axis }) =>
    fc.integer({ min: 1, max: 4 }).chain((to) =>
      indices([lengthAlong(shape, axis)], to).map((index) => ({
        inputs: [shape, index],
        args: [axis, to],
      })),
    ),
  ),
  oneHot: anyShape.chain((shape) =>
    fc
      .integer({ min: 1, max: 4 })
      .chain((classes) => indices(shape, classes).map((index) => ({ inputs: [index], args: [classes] }))),
  ),
  uniform: fc.tuple(anyShape, fc.constantFrom("float32", "float64")).map((args) => ({
    inputs: [fixed([3], [4, -5, 6], "int32")],
    args,
  })),
};

/** Random calls of the op. An op that is neither elementwise nor named above must be added there. */
export function casesOf(op: OpRecord): fc.Arbitrary<Case> {
  const calls =
    special[op.name] ??
    (op.kind === "elementwise" || op.name === "detach" || op.name === "to"
      ? fc
          .tuple(
            broadcasting(op.arity as number),
            fc.constantFrom(...op.tests.examples.map(({ args }) => args)),
          )
          .map(([inputs, args]) => ({ inputs, ...(args && { args }) }))
      : null);
  if (calls === null) throw new Error(`test/op-cases.ts draws no calls of ${op.name} yet`);
  return fc.tuple(calls, fc.nat(2 ** 31 - 1)).map(([call, seed]) => ({ ...call, seed }));
}
