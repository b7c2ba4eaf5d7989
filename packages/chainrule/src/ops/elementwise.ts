/** Ops of one input, element by element. `g` incoming gradient, `y` output, `x` input. */
import { describe, requireFinite, requirePositive } from "../tensor/check.ts";
import { checkDType, convert, dtypeOf, floating, whole } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import * as math from "../tensor/math/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { binding, call, power, within } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import { defineOp } from "./define.ts";
import type { Kernel, Unary } from "./define.ts";
import { copy } from "./moves.ts";
import { where } from "./arithmetic.ts";

const examples = [{ inputs: [[]] }, { inputs: [[3]] }, { inputs: [[2, 3]] }];
const pointwise = {
  kind: "elementwise" as const,
  arity: 1,
  shape: ([x]: readonly Shape[]): Shape => x,
  tests: { examples },
};
/** The type of a floating-point result: int32 and bool become float32. */
const real = { ...pointwise, dtype: ([x]: readonly DType[]): DType => floating(x) };
const named =
  (name: string) =>
  ([x]: readonly Tex[]): Tex =>
    call(name, x);

/** out[i] = f(x[i]) */
function map<A>(f: (x: number, attrs: A) => number): Kernel<A> {
  return (out, [x], _shapes, attrs) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i], attrs);
  };
}

/** −x; derivative −1 */
export const neg: Unary = defineOp({
  ...pointwise,
  name: "neg",
  dtype: ([x]) => whole(x),
  kernel: map((x) => -x),
  vjp: [(g) => g.neg()],
  tex: ([x]) => ({ text: `-${within(x, binding.product)}`, binds: binding.sum, negated: x }),
});

/** |x|; the derivative at 0 is taken as 0 */
export const abs: Unary = defineOp({
  ...pointwise,
  name: "abs",
  kernel: map(Math.abs),
  vjp: [(g, _y, [x]) => g.mul(x.sign())],
  tests: { examples, kinked: true },
  tex: ([x]) => ({ text: `\\left|${x.text}\\right|`, binds: binding.atom }),
});

/** The sign −1, 0 or 1; derivative 0 */
export const sign: Unary = defineOp({
  ...pointwise,
  name: "sign",
  kernel: map(Math.sign),
  vjp: null,
  tex: named("sgn"),
});

/** eˣ; derivative eˣ */
export const exp: Unary = defineOp({
  ...real,
  name: "exp",
  kernel: map(math.exp),
  vjp: [(g, y) => g.mul(y)],
  tex: ([x]) => power({ text: "e", binds: binding.atom }, x.text),
});

/** eˣ − 1 without cancellation near 0; derivative eˣ */
export const expm1: Unary = defineOp({
  ...real,
  name: "expm1",
  kernel: map(math.expm1),
  vjp: [(g, y) => g.mul(y.add(1))],
  tex: ([x]) => ({ text: `e^{${x.text}} - 1`, binds: binding.sum }),
});

/** ln x; derivative 1/x */
export const log: Unary = defineOp({
  ...real,
  name: "log",
  kernel: map(math.log),
  vjp: [(g, _y, [x]) => g.div(x)],
  tests: { examples, domain: [[0.2, 4]] },
  tex: named("\\ln"),
});

/** ln(1 + x) without cancellation near 0; derivative 1/(1 + x) */
export const log1p: Unary = defineOp({
  ...real,
  name: "log1p",
  kernel: map(math.log1p),
  vjp: [(g, _y, [x]) => g.div(x.add(1))],
  tests: { examples, domain: [[-0.8, 4]] },
  tex: ([x]) => ({ text: `\\ln\\left(1 + ${x.text}\\right)`, binds: binding.atom }),
});

/** √x; derivative 1/(2√x) */
export const sqrt: Unary = defineOp({
  ...real,
  name: "sqrt",
  kernel: map(Math.sqrt),
  vjp: [(g, y) => g.div(y.mul(2))],
  tests: { examples, domain: [[0.2, 4]] },
  tex: ([x]) => ({ text: `\\sqrt{${x.text}}`, binds: binding.atom }),
});

/** sin x; derivative cos x */
export const sin: Unary = defineOp({
  ...real,
  name: "sin",
  kernel: map(math.sin),
  vjp: [(g, _y, [x]) => g.mul(x.cos())],
  tex: named("\\sin"),
});

/** cos x; derivative −sin x */
export const cos: Unary = defineOp({
  ...real,
  name: "cos",
  kernel: map(math.cos),
  vjp: [(g, _y, [x]) => g.mul(x.sin()).neg()],
  tex: named("\\cos"),
});

/** tanh x; derivative 1 − tanh² x */
export const tanh: Unary = defineOp({
  ...real,
  name: "tanh",
  kernel: map(math.tanh),
  vjp: [(g, y) => g.mul(y.mul(y).neg().add(1))],
  tex: named("\\tanh"),
});

/** σ(x) = 1/(1 + e⁻ˣ); derivative σ(1 − σ) */
export const sigmoid: Unary = defineOp({
  ...real,
  name: "sigmoid",
  kernel: map(math.sigmoid),
  vjp: [(g, y) => g.mul(y).mul(y.neg().add(1))],
  tex: ([x]) => ({ text: `\\sigma\\left(${x.text}\\right)`, binds: binding.atom }),
});

/** The error function 2/√π ∫₀ˣ e^(−t²) dt; derivative 2/√π e^(−x²) */
export const erf: Unary = defineOp({
  ...real,
  name: "erf",
  kernel: map(math.erf),
  vjp: [(g, _y, [x]) => g.mul(x.mul(x).neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  tex: named("erf"),
});

/** max(0, x); the derivative at 0 is 0 */
export const relu: Unary = defineOp({
  ...pointwise,
  name: "relu",
  // not Math.max: NaN must pass, and −0 becomes 0
  kernel: map((x) => (x > 0 ? x : x === x ? 0 : x)),
  vjp: [(g, _y, [x]) => where(x.gt(0), g, 0)],
  tests: { examples, kinked: true },
  tex: named("ReLU"),
});

/** x where x > 0, else α(eˣ − 1); derivative 1 or y + α, at 0 the left one */
export const elu: Unary<[alpha?: number], { alpha: number }> = defineOp({
  ...real,
  name: "elu",
  attrs: (_inputs, alpha = 1) => ({ alpha: requireFinite("elu", "alpha", alpha) }),
  kernel: map((x, { alpha }) => (x > 0 ? x : alpha * math.expm1(x))),
  vjp: [(g, y, [x], { alpha }) => where(x.gt(0), g, g.mul(y.add(alpha)))],
  tests: { examples: [{ inputs: [[2, 3]] }, { inputs: [[5]], args: [0.5] }], kinked: true },
  tex: named("ELU"),
});

/** ln(1 + e^(βx))/β, a smooth relu; derivative σ(βx) */
export const softplus: Unary<[beta?: number], { beta: number }> = defineOp({
  ...real,
  name: "softplus",
  attrs: (_inputs, beta = 1) => ({ beta: requirePositive("softplus", "beta", beta) }),
  // beyond 40 the rest is below half a unit in the last place, and e^(βx) could overflow
  kernel: map((x, { beta }) => (beta * x > 40 ? x : math.softplus(beta * x) / beta)),
  vjp: [(g, _y, [x], { beta }) => g.mul(x.mul(beta).sigmoid())],
  tests: { examples: [{ inputs: [[2, 3]] }, { inputs: [[5]], args: [2] }] },
  tex: named("softplus"),
});

function limit(name: string, value: unknown, none: number): number {
  if (value === null) return none;
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new ValueError("clamp", `${name} must be a number or null, not ${describe(value)}`);
}

/** The type of a clamped tensor: int32 stays int32 if both limits are whole. */
function clampedTo(x: DType, { low, high }: { low: number; high: number }): DType {
  return [low, high].some((limit) => limit % 1) ? floating(x) : whole(x);
}

/**
 * x kept between low and high; null means that there is no limit. The derivative is 1 inside, and 0 beyond and at the limits, as in PyTorch
 * 2.15 and as relu'(0) = 0.
 */
export const clamp: Unary<[low: number | null, high?: number | null], { low: number; high: number }> =
  defineOp({
    ...pointwise,
    name: "clamp",
    dtype: ([x], limits) => clampedTo(x, limits),
    attrs: ([x], least, most = null) => {
      const [low, high] = [limit("low", least, -Infinity), limit("high", most, Infinity)];
      if (low > high) throw new ValueError("clamp", `low must not be above high; got ${low} and ${high}`);
      if (clampedTo(x.dtype, { low, high }) === "int32" && (low > 2147483647 || high < -2147483648))
        throw new ValueError(
          "clamp",
          `no int32 lies between ${low} and ${high}; convert with .to("float64") first`,
        );
      return { low, high };
    },
    kernel: map((x, { low, high }) => (x < low ? low : x > high ? high : x)),
    vjp: [(g, _y, [x], { low, high }) => where(x.gt(low).mul(x.lt(high)), g, 0)],
    tests: {
      examples: [
        { inputs: [[2, 3]], args: [-0.5, 1] },
        { inputs: [[4]], args: [-Infinity, 0] },
      ],
      kinked: true,
    },
    tex: ([x], { low, high }) => ({
      text: `\\operatorname{clamp}\\left(${x.text}, ${low}, ${high}\\right)`.replaceAll(
        "Infinity",
        "\\infty",
      ),
      binds: binding.atom,
    }),
  });

/** The same numbers in another type: int32 truncates, bool tests ≠ 0. The same type copies nothing. */
export const to: Unary<[dtype: DType], { dtype: DType }> = defineOp({
  ...pointwise,
  kind: "view",
  name: "to",
  attrs: (_inputs, dtype) => ({ dtype: checkDType("to", dtype) }),
  dtype: (_inputs, { dtype }) => dtype,
  kernel: (out, [x]) => out.set(convert(x, dtypeOf(out))),
  vjp: [(g, _y, [x]) => g.to(x.dtype)],
  tests: { examples: [{ inputs: [[2, 3]], args: ["float64"] }] },
  tex: ([x]) => x,
});

/** The same values as a constant: no gradient flows through. */
export const detach: Unary = defineOp({
  ...pointwise,
  kind: "view",
  name: "detach",
  kernel: copy,
  vjp: null,
  tex: ([x]) => x,
});
