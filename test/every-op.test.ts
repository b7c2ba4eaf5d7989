import "../packages/chainrule/src/functions/index.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients, onesLike, records, tensor, zerosLike } from "../packages/chainrule/src/index.ts";
import type { Tensor } from "../packages/chainrule/src/index.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";
import { casesOf } from "./op-cases.ts";
import { checkCase, checkComposite, checkOp, checkTypes, drawCall, subjectOf } from "./op-checks.ts";

describe("every op", () => {
  it.each([...records])("%s holds on its examples", (_, op) => checkOp(op));

  it.each([...records])("%s takes every type", (_, op) => {
    for (const example of op.tests.examples) checkTypes(op, example);
  });

  it.each([...records])("%s holds on random calls", (_, op) => {
    fc.assert(
      fc.property(casesOf(op), (call) => checkCase(op, call)),
      { seed: 1, numRuns: 30 },
    );
  });
});

it.each([...records].filter(([, { transposeFlags }]) => transposeFlags.length > 0))(
  "%s reads an input transposed by the argument that its record names",
  (_, op) => {
    const call = subjectOf(op).call;
    op.transposeFlags.forEach((flag, i) => {
      for (const example of op.tests.examples) {
        if (example.args !== undefined) continue;
        const inputs = drawCall(subjectOf(op), example, 1);
        const transposed = inputs.with(i, inputs[i].transpose(-2, -1));
        expect(call(transposed, [{ [flag]: true }]).toArray()).toEqual(call(inputs, []).toArray());
      }
    });
  },
);

const composed = [...composites].filter(([, { tests }]) => tests !== undefined);

describe.runIf(composed.length > 0)("every composite", () => {
  it.each(composed)("%s holds on its examples", (_, record) => checkComposite(record));
});

const f64 = (data: number[] | number[][], requiresGrad = true): Tensor =>
  tensor(data, { dtype: "float64", requiresGrad });

/** The gradient of Σ y by x. */
function slopes(f: (x: Tensor) => Tensor, data: number[] | number[][]): unknown {
  const x = f64(data);
  return gradients(f(x).sum(), [x])[0].toArray();
}

describe("kinks", () => {
  it.each<[string, (x: Tensor) => Tensor, number[] | number[][], unknown]>([
    ["relu'(0) = 0", (x) => x.relu(), [-1, -0, 0, 1], [0, 0, 0, 1]],
    ["abs'(0) = 0", (x) => x.abs(), [-2, 0, 3], [-1, 0, 1]],
    ["elu'(0) = α", (x) => x.elu(0.5), [0, 1], [0.5, 1]],
    ["A9: clamp' = 0 at both ends", (x) => x.clamp(-1, 2), [-1.5, -1, 0, 2, 2.5], [0, 0, 1, 0, 0]],
    ["maximum shares a tie", (x) => x.maximum(f64([1, 1, 1], false)), [0, 1, 2], [0, 0.5, 1]],
    ["minimum shares a tie", (x) => x.minimum(f64([1, 1, 1], false)), [0, 1, 2], [1, 0.5, 0]],
    ["both sides of maximum add up to 1", (x) => x.maximum(x), [1, 2], [1, 1]],
    ["max shares among equals", (x) => x.max(1), [[3, 1, 3], [2, 2, 2]], [[0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]]], // prettier-ignore
    ["min shares among equals", (x) => x.min(), [1, 1, 2, 1], [1 / 3, 1 / 3, 0, 1 / 3]],
    ["max of infinite numbers", (x) => x.max(), [Infinity, 1, Infinity], [0.5, 0, 0.5]],
    ["x² and x¹ at 0", (x) => x.pow(f64([2, 1, 0], false)), [0, 0, 0], [0, 1, 0]],
    ["0ᵇ by b", (b) => f64([0, 0], false).pow(b), [0, 2], [0, 0]],
    ["√ at 0 is infinitely steep", (x) => x.sqrt(), [0], [Infinity]],
  ])("%s", (_, f, x, expected) => expect(slopes(f, x)).toEqual(expected));

  it("∂²aᵇ/∂a∂b does not depend on the order, also at b = 0", () => {
    const [a, b] = [f64([2, 0.5]), f64([0, 1])];
    const y = a.pow(b).sum();
    const [byA, byB] = gradients(y, [a, b], { createGraph: true });
    const expected = [1 / 2, 1 + Math.log(0.5)];
    expect(gradients(byA.sum(), [b])[0].toArray()).toEqual(expected);
    expect(gradients(byB.sum(), [a])[0].toArray()).toEqual(expected);
  });

  it("x² has the second derivative 2 at 0 and x¹ has 0", () => {
    const x = f64([0, 0, 0]);
    const [slope] = gradients(x.pow(f64([2, 1, 0], false)).sum(), [x], { createGraph: true });
    expect(gradients(slope.sum(), [x])[0].toArray()).toEqual([2, 0, 0]);
  });
});

describe("extremes", () => {
  const unary = [...records].filter(([, op]) => op.kind === "elementwise" && op.arity === 1);
  const call = (op: (typeof unary)[number][1], x: Tensor): Tensor =>
    (op as unknown as (...args: unknown[]) => Tensor)(
      x,
      ...(op.tests.examples[op.tests.examples.length - 1].args ?? []),
    );
  const largest = Number.MAX_VALUE;
  const finite = [0, -0, 5e-324, -5e-324, 1e-310, 1, -1, 1e308, -1e308, largest, -largest, 750, -750, 1e5];

  it.each(unary)("%s of NaN is NaN", (_, op) => {
    expect(call(op, f64([NaN], false)).item()).toBeNaN();
  });

  // log, log1p and sqrt have no value outside their domain
  it.each(unary.filter(([name]) => !["log", "log1p", "sqrt"].includes(name)))(
    "%s makes no NaN of a finite number, nor does its gradient",
    (_, op) => {
      const x = f64(finite);
      const y = call(op, x);
      expect(y.data.some(Number.isNaN), `values ${String(y)}`).toBe(false);
      const slope = y.requiresGrad ? gradients(y, [x], { upstream: onesLike(y) })[0] : zerosLike(x);
      expect(slope.data.some(Number.isNaN), `gradient ${String(slope)}`).toBe(false);
    },
  );

  it.each<[string, Tensor, unknown]>([
    ["sigmoid", f64([-Infinity, -1e308, 1e308, Infinity], false).sigmoid(), [0, 0, 1, 1]],
    ["tanh", f64([-Infinity, -1e308, 1e308, Infinity], false).tanh(), [-1, -1, 1, 1]],
    ["softplus", f64([-Infinity, -1e308, 1e308, Infinity], false).softplus(), [0, 0, 1e308, Infinity]],
    ["softplus with β", f64([1e308], false).softplus(2), [1e308]],
    ["elu", f64([-Infinity, -1e308, 1e308, Infinity], false).elu(), [-1, -1, 1e308, Infinity]],
    ["expm1", f64([-Infinity, Infinity], false).expm1(), [-1, Infinity]],
    ["log", f64([0, Infinity], false).log(), [-Infinity, Infinity]],
    ["erf", f64([-Infinity, -1e308, 1e308, Infinity], false).erf(), [-1, -1, 1, 1]],
    ["relu of −0", f64([-0, -Infinity, Infinity], false).relu(), [0, 0, Infinity]],
    ["maximum", f64([NaN, 1, -0], false).maximum(f64([1, NaN, 0], false)), [NaN, NaN, 0]],
    ["minimum", f64([NaN, 1, -0], false).minimum(f64([1, NaN, 0], false)), [NaN, NaN, -0]],
    ["max", f64([1, NaN, 3], false).max(), NaN],
    ["min", f64([NaN, 1], false).min(), NaN],
    ["argmax finds NaN first", f64([1, NaN, 3, NaN], false).argmax(), 1],
    ["argmin finds NaN first", f64([1, NaN, 0], false).argmin(), 1],
    ["where looks at one side only", f64([1, NaN], false).eq(1).mul(1).eq(1).to("float64"), [1, 0]],
    ["logSumExp far out", f64([[1e308, -1e308], [-1e308, -1e308], [1000, 1000]], false).logSumExp(1), [1e308, -1e308, 1000 + Math.log(2)]], // prettier-ignore
    ["logSumExp of -Infinity only", f64([-Infinity, -Infinity], false).logSumExp(), -Infinity],
    ["mean of an empty tensor", f64([], false).mean(), NaN],
    ["variance of one", f64([3], false).variance(), NaN],
    ["variance of one, as description", f64([3], false).variance(undefined, { correction: 0 }), 0],
    ["sum of an empty tensor", f64([], false).sum(), 0],
    ["logSumExp of an empty tensor", f64([], false).logSumExp(), -Infinity],
  ])("%s", (_, y, expected) => expect(y.toArray()).toEqual(expected));

  it("logSumExp has a finite gradient for huge inputs", () => {
    expect(slopes((x) => x.logSumExp(1), [[1e308, -1e308]])).toEqual([[1, 0]]);
  });

  it("max, min, argmax and argmin need an element", () => {
    for (const f of ["max", "min", "argmax", "argmin"] as const)
      expect(() => f64([], false)[f]()).toThrow(`${f}: no elements to choose from in [0] along axes 0`);
  });
});
