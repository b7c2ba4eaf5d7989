/** Elementwise ops of several inputs with broadcasting: arithmetic, comparison, choice. */
import { floating, promote, whole } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { pow as power } from "../tensor/math/index.ts";
import { broadcastShapes, broadcastStrides, eachRow } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { atom, binding, call, infix, times, within } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import { defineOp, list } from "./define.ts";
import type { Binary, Kernel, KernelShapes, Op, TensorLike } from "./define.ts";

const examples = [
  { inputs: list([2, 3], [2, 3]) },
  { inputs: [[2, 3], [3]] },
  { inputs: list([2, 1], [1, 3]) },
  { inputs: [[], [4]] },
];
const broadcast = (name: string) => ({
  name,
  kind: "elementwise" as const,
  broadcasts: true,
  arity: 2,
  shape: (inputs: readonly Shape[]): Shape => broadcastShapes(name, ...inputs),
  tests: { examples },
});
const number = ([a, b]: readonly DType[]): DType => whole(promote(a, b));

/** A loop over one row: `length` results from index `at`. The inputs begin at `i` and `j`, with steps `di` and `dj`. */
type Row = (
  out: Values,
  at: number,
  length: number,
  a: Values,
  i: number,
  di: number,
  b: Values,
  j: number,
  dj: number,
) => void;

/** out[i] = f(a[i], b[i]) with broadcasting: rows along the last axis, each input at its own stride. */
function zip(f: (a: number, b: number) => number): Kernel<unknown> {
  return zipRows((out, at, length, a, i, di, b, j, dj) => {
    for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = f(a[i], b[j]);
  });
}

/**
 * The same with a loop of its own, because engines do not inline f into a loop that many ops share (measured: 6 times
 * slower).
 */
function zipRows(row: Row): Kernel<unknown> {
  return (out, [a, b], shapes) => {
    const { length } = out;
    const [i, j] = [a.length === length, b.length === length];
    if ((i || a.length === 1) && (j || b.length === 1)) row(out, 0, length, a, 0, i ? 1 : 0, b, 0, j ? 1 : 0);
    else
      rows(shapes, (at, size, starts, steps) => {
        row(out, at, size, a, starts[0], steps[0], b, starts[1], steps[1]);
      });
  };
}

/**
 * Visits the rows of `shapes.out` along its last axis. A visit gets the row's start in the output, its length, and for
 * each broadcast input the row's start and the step between its elements (0 if it repeats).
 */
function rows(
  { out, inputs }: KernelShapes,
  visit: (at: number, length: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  const strides = inputs.map((shape) => broadcastStrides(shape, out));
  const origins = inputs.map(() => 0);
  let at = 0;
  eachRow(out, strides, origins, (starts, length, steps) => {
    visit(at, length, starts, steps);
    at += length;
  });
}

/** a + b; derivatives 1 and 1 */
export const add: Binary = defineOp({
  ...broadcast("add"),
  dtype: number,
  kernel: zipRows((out, at, length, a, i, di, b, j, dj) => {
    for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = a[i] + b[j];
  }),
  linear: true,
  identity: [0, 0],
  vjp: [(g) => g, (g) => g],
  tex: ([a, b]) => {
    if (b.negated) return infix("-", binding.sum, a, b.negated);
    return a.negated ? infix("-", binding.sum, b, a.negated) : infix("+", binding.sum, a, b);
  },
});

/** a − b; derivatives 1 and −1 */
export const sub: Binary = defineOp({
  ...broadcast("sub"),
  dtype: number,
  kernel: zipRows((out, at, length, a, i, di, b, j, dj) => {
    for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = a[i] - b[j];
  }),
  linear: true,
  identity: [null, 0],
  vjp: [(g) => g, (g) => g.neg()],
  tex: ([a, b]) => infix("-", binding.sum, a, b),
});

const product = zipRows((out, at, length, a, i, di, b, j, dj) => {
  for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = a[i] * b[j];
});
/** the low 32 bits, which a product in float64 would lose */
const wrappedProduct = zip(Math.imul);

/** a ⊙ b, element by element */
export const mul: Binary = defineOp({
  ...broadcast("mul"),
  dtype: number,
  kernel: (out, inputs, shapes) =>
    (out instanceof Int32Array ? wrappedProduct : product)(out, inputs, shapes, undefined),
  vjp: [(g, _y, [, b]) => g.mul(b), (g, _y, [a]) => g.mul(a)],
  identity: [1, 1],
  tex: ([a, b]) => times(a, b),
});

/** a / b, a floating-point number also for int32 a and b */
export const div: Binary = defineOp({
  ...broadcast("div"),
  dtype: ([a, b]) => floating(promote(a, b)),
  kernel: zipRows((out, at, length, a, i, di, b, j, dj) => {
    for (let k = 0; k < length; k++, i += di, j += dj) out[at + k] = a[i] / b[j];
  }),
  vjp: [(g, _y, [, b]) => g.div(b), (g, y, [, b]) => g.mul(y).div(b).neg()],
  tests: { examples, domain: list([-2, 2], [0.5, 2]) },
  identity: [null, 1],
  tex: ([a, b]) => ({ text: `\\frac{${a.text}}{${b.text}}`, binds: binding.fraction }),
});

/**
 * aᵇ, of whole numbers a whole number; 1ᵇ and a⁰ are 1 for every b and a, also NaN (IEEE 754). Derivatives b aᵇ⁻¹ (0 where b
 * = 0) and aᵇ ln a (0 where a = 0 and b ≥ 0).
 */
export const pow: Binary = defineOp({
  ...broadcast("pow"),
  dtype: ([a, b]) => whole(promote(a, b)),
  kernel: zip(power),
  vjp: [
    (g, _y, [a, b]) => {
      // If a = b = 0, a is replaced by 1, because 0 · 0⁻¹ is NaN. Most exponents are one known number.
      const known = b.size === 1 && b.hasValues && b.data[0] !== 0;
      const base = known ? a : where(b.eq(0).mul(a.eq(0)), 1, a);
      return g.mul(b).mul(base.pow(b.sub(1)));
    },
    (g, y, [a, b]) => {
      const flat = a.eq(0).mul(b.ge(0));
      return g.mul(y).mul(where(flat, 1, a).log());
    },
  ],
  tests: { examples, domain: list([0.3, 2], [-2, 2]) },
  tex: ([a, b]) => ({ text: `${within(a, binding.atom)}^{${b.text}}`, binds: binding.power }),
});

/** The larger of a and b, NaN if either is; equal ones get half the gradient each */
export const maximum: Binary = defineOp({
  ...broadcast("maximum"),
  kernel: zip(Math.max),
  vjp: [
    (g, _y, [a, b]) => shareWhere(a.gt(b), a.eq(b), g),
    (g, _y, [a, b]) => shareWhere(b.gt(a), a.eq(b), g),
  ],
  tests: { examples, kinked: true },
  tex: ([a, b]) => call("\\max", a, b),
});

/** The smaller of a and b, NaN if either is; equal ones get half the gradient each */
export const minimum: Binary = defineOp({
  ...broadcast("minimum"),
  kernel: zip(Math.min),
  vjp: [
    (g, _y, [a, b]) => shareWhere(a.lt(b), a.eq(b), g),
    (g, _y, [a, b]) => shareWhere(b.lt(a), a.eq(b), g),
  ],
  tests: { examples, kinked: true },
  tex: ([a, b]) => call("\\min", a, b),
});

/** The gradient where `all` is true, half of it where `half` is true. */
function shareWhere(all: Tensor, half: Tensor, g: Tensor): Tensor {
  return where(all, g, where(half, g.mul(0.5), 0));
}

const comparison = (name: string, symbol: string, f: (a: number, b: number) => boolean): Binary =>
  defineOp({
    ...broadcast(name),
    compares: true,
    dtype: () => "bool",
    kernel: zip((a, b) => (f(a, b) ? 1 : 0)),
    vjp: null,
    tex: ([a, b]: readonly Tex[]) => infix(symbol, binding.compare, a, b),
  });

/** a = b, as bool */
export const eq: Binary = comparison("eq", "=", (a, b) => a === b);
/** a ≠ b, as bool */
export const ne: Binary = comparison("ne", "\\ne", (a, b) => a !== b);
/** a < b, as bool */
export const lt: Binary = comparison("lt", "<", (a, b) => a < b);
/** a ≤ b, as bool */
export const le: Binary = comparison("le", "\\le", (a, b) => a <= b);
/** a > b, as bool */
export const gt: Binary = comparison("gt", ">", (a, b) => a > b);
/** a ≥ b, as bool */
export const ge: Binary = comparison("ge", "\\ge", (a, b) => a >= b);

/** a where the condition is not 0, else b; the gradient goes to the input whose value was taken */
export const where: Op<[condition: TensorLike, a: TensorLike, b: TensorLike]> = defineOp({
  ...broadcast("where"),
  arity: 3,
  dtype: ([, a, b]) => promote(a, b),
  kernel: (out, [condition, a, b]: readonly Values[], shapes) =>
    rows(shapes, (at, length, starts, steps) => {
      for (let i = 0; i < length; i++) {
        const from = condition[starts[0] + i * steps[0]] !== 0 ? 1 : 2;
        out[at + i] = (from === 1 ? a : b)[starts[from] + i * steps[from]];
      }
    }),
  vjp: [null, (g, _y, [condition]) => where(condition, g, 0), (g, _y, [condition]) => where(condition, 0, g)],
  tests: {
    examples: [
      { inputs: [{ shape: [2, 3], dtype: "bool", values: [1, 0, 1, 0, 0, 1] }, [2, 3], [2, 3]] },
      { inputs: [{ shape: [2, 1], dtype: "bool", values: [1, 0] }, [3], []] },
    ],
  },
  tex: ([condition, a, b]) =>
    atom(`\\begin{cases}${a.text} & ${condition.text}\\\\ ${b.text} & \\text{else}\\end{cases}`),
});
