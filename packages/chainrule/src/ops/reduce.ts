/** Ops that reduce axes. All take `axes` (default: every axis) and `keepDim`; sums are accumulated in float64. */
import { allocate, dtypeOf, floating, whole } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { exp as exponential, log as logarithm } from "../tensor/math/index.ts";
import { formatShape, normalizeAxes, normalizeAxis, reducedShape, sizeOf } from "../tensor/shape.ts";
import type { Axes, Shape } from "../tensor/shape.ts";
import { atom, call, operator, power } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Tex } from "../tensor/tex.ts";
import { defineOp } from "./define.ts";
import type { Kernel, Unary } from "./define.ts";
import { move, reordered } from "./moves.ts";

export interface Reduction {
  axes: readonly number[];
  keepDim: boolean;
}
type Reduce = Unary<[axes?: Axes, keepDim?: boolean], Reduction>;

const examples = [
  { inputs: [[2, 3]] },
  { inputs: [[2, 3]], args: [1] as [Axes] },
  { inputs: [[2, 3, 4]], args: [[0, -1], true] as [Axes, boolean] },
  { inputs: [[]] },
];
const reduction = (name: string) => ({
  name,
  kind: "reduce" as const,
  arity: 1,
  attrs: ([x]: readonly Tensor[], axes?: Axes, keepDim = false): Reduction => {
    if (typeof keepDim !== "boolean")
      throw new ValueError(name, `keepDim must be true or false, not ${String(keepDim)}`);
    return { axes: normalizeAxes(name, axes, x.shape), keepDim };
  },
  shape: ([x]: readonly Shape[], { axes, keepDim }: Reduction): Shape => reducedShape(x, axes, keepDim),
  tests: { examples },
});

/** A line of elements that is reduced to one: `length` numbers from `start`, `step` apart. */
type Fold = (x: Values, start: number, length: number, step: number) => number;

/**
 * out = fold of every line along `axes` (normalised). Neighbouring axes form one line; other axes are first brought
 * together in a copy.
 */
function fold(out: Values, x: Values, shape: Shape, axes: readonly number[], line: Fold): void {
  const first = axes[0] ?? shape.length;
  const together = axes.every((axis, i) => axis === first + i);
  if (!together) {
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...kept, ...axes];
    const moved = allocate(dtypeOf(x), x.length);
    move(moved, x, reordered(shape, order));
    return fold(
      out,
      moved,
      order.map((axis) => shape[axis]),
      axes.map((_, i) => kept.length + i),
      line,
    );
  }
  const length = sizeOf(shape.slice(first, first + axes.length));
  const inner = sizeOf(shape.slice(first + axes.length));
  const outer = sizeOf(shape.slice(0, first));
  for (let o = 0, at = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) out[at++] = line(x, o * length * inner + i, length, inner);
}

/** A kernel from the reduction of one line. */
function lines(line: Fold): Kernel<Reduction> {
  return (out, [x], shapes, { axes }) => fold(out, x, shapes.inputs[0], axes, line);
}

/** Restores the reduced axes with length 1, so that the tensor broadcasts against the input. */
function unreduce(t: Tensor, x: Tensor, { axes }: Reduction): Tensor {
  return t.reshape(reducedShape(x.shape, axes, true));
}

/** A symbol with the indices that it runs over: i is the index of the first axis, j that of the second. */
const indexed = (symbol: string, { axes }: Reduction): string =>
  axes.length > 0 ? `${symbol}_{${axes.map((axis) => "ijklmn"[axis] ?? axis).join(",")}}` : symbol;

const tex =
  (symbol: string) =>
  ([x]: readonly Tex[], attrs: Reduction): Tex =>
    operator(indexed(symbol, attrs), x);

const total: Fold = (x, start, length, step) => {
  let sum = 0;
  for (let i = 0, at = start; i < length; i++, at += step) sum += x[at];
  return sum;
};

/** The number of elements that each result reduces. */
function count(shape: Shape, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * shape[axis], 1);
}

/** Σ x over the axes, all by default; 0 for no elements. Each element gets the gradient of its sum. */
export const sum: Reduce = defineOp({
  ...reduction("sum"),
  dtype: ([x]) => whole(x),
  kernel: lines(total),
  vjp: [(g, _y, [x], attrs) => unreduce(g, x, attrs).expand(x.shape)],
  tex: tex("\\sum"),
});

/** (Σ x)/n; NaN for no elements */
export const mean: Reduce = defineOp({
  ...reduction("mean"),
  dtype: ([x]) => floating(x),
  kernel: lines((x, start, length, step) => total(x, start, length, step) / length),
  vjp: [(g, _y, [x], attrs) => unreduce(g, x, attrs).div(count(x.shape, attrs.axes)).expand(x.shape)],
  tex: tex("\\operatorname{mean}"),
});

/**
 * Σ (x − mean)²/(n − correction); correction 1 (default, as PyTorch) gives the sample variance, 0 the population
 * variance.
 */
export const variance: Unary<
  [axes?: Axes, options?: { correction?: number; keepDim?: boolean }],
  Reduction & { correction: number }
> = defineOp({
  ...reduction("variance"),
  attrs: ([x], axes, { correction = 1, keepDim = false } = {}) => {
    if (!Number.isFinite(correction))
      throw new ValueError("variance", `correction must be a number, not ${correction}`);
    return { ...reduction("variance").attrs([x], axes, keepDim), correction };
  },
  dtype: ([x]) => floating(x),
  kernel: (out, [x], shapes, { axes, correction }) =>
    fold(out, x, shapes.inputs[0], axes, (line, start, length, step) => {
      const center = total(line, start, length, step) / length;
      let squares = 0;
      for (let i = 0, at = start; i < length; i++, at += step)
        squares += (line[at] - center) * (line[at] - center);
      return squares / Math.max(0, length - correction);
    }),
  vjp: [
    (g, _y, [x], attrs) => {
      const scale = 2 / Math.max(0, count(x.shape, attrs.axes) - attrs.correction);
      return unreduce(g, x, attrs)
        .mul(x.sub(x.mean(attrs.axes, true)))
        .mul(scale);
    },
  ],
  tests: {
    examples: [
      { inputs: [[2, 3]] },
      { inputs: [[4, 3]], args: [0, { correction: 0 }] },
      { inputs: [[2, 3, 2]], args: [[0, 2], { keepDim: true }] },
    ],
  },
  tex: tex("\\operatorname{var}"),
});

/** Throws if max, min, argmax or argmin would reduce no elements. */
function nonEmpty(name: string) {
  return ([x]: readonly Shape[], { axes, keepDim }: Reduction): Shape => {
    const out = reducedShape(x, axes, keepDim);
    if (count(x, axes) === 0 && sizeOf(out) > 0)
      throw new ShapeError(
        name,
        [x],
        `no elements to choose from in ${formatShape(x)} along axes ${axes.join(", ")}`,
      );
    return out;
  };
}

/** The gradient of max and min, shared equally among the elements that reach it. */
function share(g: Tensor, y: Tensor, x: Tensor, attrs: Reduction): Tensor {
  const reached = x.eq(unreduce(y, x, attrs)).to(x.dtype);
  return reached.div(reached.sum(attrs.axes, true)).mul(unreduce(g, x, attrs));
}

const extreme =
  (better: (a: number, b: number) => boolean): Fold =>
  (x, start, length, step) => {
    let best = x[start];
    for (let i = 1, at = start + step; i < length; i++, at += step)
      if (better(x[at], best) || x[at] !== x[at]) best = x[at];
    return best;
  };

/** The largest element, or NaN if any is NaN; equal ones share the gradient equally. */
export const max: Reduce = defineOp({
  ...reduction("max"),
  shape: nonEmpty("max"),
  kernel: lines(extreme((a, b) => a > b)),
  vjp: [(g, y, [x], attrs) => share(g, y, x, attrs)],
  tests: { examples, kinked: true },
  tex: tex("\\max"),
});

/** The smallest element, or NaN if any is NaN; equal ones share the gradient equally. */
export const min: Reduce = defineOp({
  ...reduction("min"),
  shape: nonEmpty("min"),
  kernel: lines(extreme((a, b) => a < b)),
  vjp: [(g, y, [x], attrs) => share(g, y, x, attrs)],
  tests: { examples, kinked: true },
  tex: tex("\\min"),
});

const position =
  (better: (a: number, b: number) => boolean): Fold =>
  (x, start, length, step) => {
    let best = 0;
    for (let i = 1; i < length; i++) if (better(x[start + i * step], x[start + best * step])) best = i;
    return best;
  };

type ArgExtreme = Unary<[axis?: number, keepDim?: boolean], Reduction>;
const argument = (name: string, better: (a: number, b: number) => boolean): ArgExtreme =>
  defineOp({
    ...reduction(name),
    shape: nonEmpty(name),
    dtype: (): DType => "int32",
    kernel: lines(position(better)),
    vjp: null,
    tests: {
      examples: [
        { inputs: [[2, 3]] },
        { inputs: [[2, 3]], args: [1] },
        { inputs: [[2, 3, 2]], args: [-2, true] },
      ],
    },
    tex: tex(`\\arg\\${name.slice(3)}`),
  });

/**
 * The index of the largest element along one axis (default: all elements). The first of equal ones wins; NaN counts as
 * the largest.
 */
export const argmax: ArgExtreme = argument("argmax", (a, b) => a > b || (a !== a && b === b));
/**
 * The index of the smallest element along one axis (default: all elements). The first of equal ones wins; NaN counts as
 * the smallest.
 */
export const argmin: ArgExtreme = argument("argmin", (a, b) => a < b || (a !== a && b === b));

/** ln Σ eˣ, computed with the maximum subtracted, so that nothing overflows; derivative softmax(x) */
export const logSumExp: Reduce = defineOp({
  ...reduction("logSumExp"),
  dtype: ([x]) => floating(x),
  kernel: lines((x, start, length, step) => {
    if (length === 0) return -Infinity;
    const top = extreme((a, b) => a > b)(x, start, length, step);
    if (!Number.isFinite(top)) return top;
    let sum = 0;
    for (let i = 0, at = start; i < length; i++, at += step) sum += exponential(x[at] - top);
    return top + logarithm(sum);
  }),
  vjp: [
    (g, y, [x], attrs) =>
      x
        .sub(unreduce(y, x, attrs))
        .exp()
        .mul(unreduce(g, x, attrs)),
  ],
  tex: ([x], attrs) => operator(indexed("\\ln \\sum", attrs), power(atom("e"), x.text)),
});

/** Cumulative sums along an axis, from the end with `reverse`; the derivative sums in the other direction. */
export const cumsum: Unary<
  [axis: number, options?: { reverse?: boolean }],
  { axis: number; reverse: boolean }
> = defineOp({
  name: "cumsum",
  kind: "layout",
  arity: 1,
  attrs: ([x], axis, { reverse = false } = {}) => ({ axis: normalizeAxis("cumsum", axis, x.shape), reverse }),
  shape: ([x]) => x,
  dtype: ([x]) => whole(x),
  kernel: (out, [x], shapes, { axis, reverse }) => {
    const shape = shapes.inputs[0];
    const length = shape[axis];
    const step = sizeOf(shape.slice(axis + 1));
    for (let block = 0; block < x.length; block += length * step)
      for (let start = block; start < block + step; start++) {
        let sum = 0;
        for (let i = 0; i < length; i++) {
          const at = start + (reverse ? length - 1 - i : i) * step;
          sum += x[at];
          out[at] = sum;
        }
      }
  },
  vjp: [(g, _y, _inputs, { axis, reverse }) => g.cumsum(axis, { reverse: !reverse })],
  tests: {
    examples: [
      { inputs: [[4]], args: [0] },
      { inputs: [[2, 3]], args: [1] },
      { inputs: [[2, 3, 2]], args: [-2, { reverse: true }] },
    ],
  },
  tex: ([x]) => call("cumsum", x),
});
