import { describe, expect, it } from "vitest";
import { compile, customOp, grad, gradcheck, gradients, reference, tensor, traceProgram } from "../index.ts";
import type { CustomOp, Tensor } from "../index.ts";
import { wasm } from "../wasm/index.ts";

/** a·b + a, with a gradient that counts its calls. */
const calls = { gradient: 0 };
const inOps = customOp({
  name: "ab_plus_a",
  forward: ([a, b]) => a.mul(b).add(a),
  gradient: (g, _y, [a, b]) => {
    calls.gradient += 1;
    return [g.mul(b.add(1)), g.mul(a)];
  },
});

/** The rows of a, each times its length in b, on arrays: [n, m], [n] → [n, m]. */
const onArrays = customOp({
  name: "row_scale",
  arrays: true,
  forward: ([a, b], [[, columns]]) => a.map((value, i) => value * b[Math.floor(i / columns)]),
  gradient: (g, _y, [a, b], [[, columns]]) => {
    const rows = new Float64Array(b.length);
    g.forEach((value, i) => (rows[Math.floor(i / columns)] += value * a[i]));
    return [g.map((value, i) => value * b[Math.floor(i / columns)]), rows];
  },
});

/** x/(1 + |x|), with plain lists of numbers. */
const softsign = customOp({
  arrays: true,
  forward: ([x]) => Array.from(x, (value) => value / (1 + Math.abs(value))),
  gradient: (g, _y, [x]) => Array.from(g, (value, i) => value / (1 + Math.abs(x[i])) ** 2),
});

const a = tensor([[1, -2, 3], [0.5, 4, -1]], { requiresGrad: true, dtype: "float64" }); // prettier-ignore
const b = tensor([[2, 0.5, 1], [-1, 3, 2]], { requiresGrad: true, dtype: "float64" }); // prettier-ignore
const rows = tensor([2, -3], { requiresGrad: true, dtype: "float64" });

describe("C7: an op from a forward function and a gradient", () => {
  it("passes gradcheck, in ops and on arrays", () => {
    expect(gradcheck(inOps, [a, b]).ok).toBe(true);
    expect(gradcheck(onArrays, [a, rows]).ok).toBe(true);
    expect(gradcheck(softsign, [a]).ok).toBe(true);
    expect(softsign(tensor([1, -3])).toArray()).toEqual([0.5, -0.75]);
  });

  it("fails gradcheck with a wrong gradient", () => {
    const wrong = customOp({ forward: ([x]) => x.mul(x), gradient: (g, _y, [x]) => g.mul(x) });
    expect(() => gradcheck(wrong, [a])).toThrow(/input 0/);
  });

  it("runs gradient once per backward pass", () => {
    calls.gradient = 0;
    const y = inOps(a, b);
    gradients(y.sum(), [a, b]);
    expect(calls.gradient).toBe(1);
    // one g serves both calls here, and each call has its own gradient
    const sums = gradients(inOps(a, b).add(inOps(b, a)).sum(), [a, b]).map((g) => g.toArray());
    const expected = gradients(a.mul(b).mul(2).add(a).add(b).sum(), [a, b]).map((g) => g.toArray());
    expect(sums).toEqual(expected);
  });

  it("in ops has a gradient of the gradient, on arrays none", () => {
    const cube = customOp({
      forward: ([x]) => x.mul(x).mul(x),
      gradient: (g, _y, [x]) => g.mul(x).mul(x).mul(3),
    });
    const once = grad((x: Tensor) => cube(x).sum());
    expect(grad((x: Tensor) => once(x).sum())(tensor([1, 2])).toArray()).toEqual([6, 12]);
    const first = grad((x: Tensor) => softsign(x).mul(x).sum());
    expect(first(tensor([1])).toArray()).toEqual([0.75]);
  });

  it.each([["reference"], ["wasm"]])("is the same compiled on %s as eager", async (name) => {
    const device = name === "wasm" ? await wasm() : reference;
    const step = (x: Tensor, y: Tensor, r: Tensor): Tensor[] => {
      const result = onArrays(inOps(x, y), r).mul(softsign(x)).sum();
      return [result, ...gradients(result, [x, y, r])];
    };
    const compiled = compile(step, { device });
    const eager = step(a, b, rows).map((one) => one.toArray());
    expect(compiled(a, b, rows).map((one) => one.toArray())).toEqual(eager);
    expect(compiled(a, b, rows).map((one) => one.toArray())).toEqual(eager);
    compiled.dispose();
  });

  it("may have the name of an op of the library, without its kernel", async () => {
    const exp = customOp({
      name: "exp",
      arrays: true,
      forward: ([x]) => x.map((v) => v + 1),
      gradient: (g) => g,
    });
    const compiled = compile((x: Tensor) => exp(x), { device: await wasm() });
    expect(compiled(tensor([1, 2])).toArray()).toEqual([2, 3]);
    compiled.dispose();
  });

  it("may have another shape, other types and an input without a gradient", () => {
    const pick = customOp({
      name: "pick",
      arrays: true,
      shape: ([, index]) => index,
      forward: ([x, index]) => Array.from(index, (i) => x[i]),
      gradient: (g, _y, [x, index]) => {
        const sums = new Float64Array(x.length);
        index.forEach((i, at) => (sums[i] += g[at]));
        return [sums, null];
      },
    });
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const y = pick(x, tensor([2, 2], { dtype: "int32" }));
    expect([y.toArray(), y.dtype, gradients(y.sum(), [x])[0].toArray()]).toEqual([
      [3, 3],
      "float32",
      [0, 0, 2],
    ]);
    const half = customOp({ forward: ([p, q]) => p.add(q), gradient: (g) => [g, null] });
    expect(gradients(half(a, b).sum(), [b])[0].toArray()).toEqual([[0, 0, 0], [0, 0, 0]]); // prettier-ignore
  });

  it("has LaTeX, by default its name and inputs", () => {
    const last = (op: (x: Tensor) => Tensor) => traceProgram(op, [tensor([1])]).steps.at(-1)!.op;
    const x = { text: "x", binds: 9 };
    expect(last(softsign).tex([x], undefined).text).toContain("customOp");
    const spec: CustomOp = {
      forward: ([t]) => t.neg(),
      gradient: (g) => g.neg(),
      tex: ([t]) => ({ ...t, text: `\\bar ${t.text}` }),
    };
    const op = last(customOp(spec));
    expect(op.tex([x, x], undefined).text).toBe("\\bar x");
  });

  const fails =
    (spec: object, ...inputs: Tensor[]) =>
    () => {
      const op = customOp({ name: "mine", forward: ([x]) => x, gradient: (g) => g, ...spec } as CustomOp);
      op(...(inputs.length > 0 ? inputs : [a]))
        .sum()
        .backward();
    };
  it.each<[string, () => unknown, RegExp]>([
    [
      "an unknown option",
      () => customOp({ forwrad: 1 } as never),
      /customOp: there is no option "forwrad"; did you mean "forward"/,
    ],
    [
      "no gradient",
      () => customOp({ forward: (x: unknown) => x } as never),
      /customOp: gradient must be a function, not undefined/,
    ],
    ["nothing", () => customOp(undefined as never), /customOp: forward must be a function/],
    ["a shape for ops", fails({ shape: () => [1] }), /customOp: shape is for arrays: true/],
    ["an array as an input", fails({}, [1, 2] as never), /mine: input 0 must be a tensor, not an array/],
    ["no input", () => customOp({ forward: ([x]) => x, gradient: (g) => g })(), /takes at least one tensor/],
    [
      "a result that is not a tensor",
      fails({ forward: () => 3 }),
      /mine: the result of forward must be a tensor, not 3/,
    ],
    [
      "a gradient that is not a tensor",
      fails({ gradient: () => [[3]] }),
      /mine: the gradient of input 0 must be a tensor, not an array/,
    ],
    [
      "too few gradients",
      fails({ forward: ([x, y]: Tensor[]) => x.mul(y) }, a, b),
      /mine: the gradient must be a list of 2 results, one per input, not of 1/,
    ],
    [
      "a gradient of another shape",
      fails({ gradient: (g: Tensor) => g.sum() }),
      /mine: the gradient rule of input \d gave \[\] for an input of \[2,3\]/,
    ],
    [
      "a result of another length",
      fails({ arrays: true, forward: () => [1, 2] }),
      /mine: the result of forward must be 6 numbers for the shape \[2,3\], not 2/,
    ],
    [
      "no result",
      fails({ arrays: true, forward: () => undefined }),
      /mine: the result of forward must be 6 numbers for the shape \[2,3\], not undefined/,
    ],
    [
      "a gradient of another length",
      fails({ arrays: true, forward: ([x]: Float64Array[]) => x, gradient: () => [1] }),
      /mine: the gradient of input 0 must be 6 numbers for the shape \[2,3\], not 1/,
    ],
    [
      "too many gradients on arrays",
      fails({ arrays: true, forward: ([x]: Float64Array[]) => x, gradient: (g: Float64Array) => [g, g] }),
      /mine: the gradient must be a list of 1 results, one per input, not of 2/,
    ],
  ])("refuses %s", (_what, run, message) => {
    expect(run).toThrow(message);
  });
});
