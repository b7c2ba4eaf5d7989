import { describe, expect, it } from "vitest";
import golden from "./fixtures/golden/autograd_ops.json" with { type: "json" };
import { crossEntropy, mseLoss, softmax } from "../packages/chainrule/src/functions/index.ts";
import {
  Generator,
  Parameter,
  composite,
  defineOp,
  grad,
  gradients,
  hessian,
  isGradEnabled,
  jacobian,
  noGrad,
  ones,
  ops,
  randn,
  reference,
  state,
  tensor,
  valueAndGrad,
  vjp,
  zeros,
} from "../packages/chainrule/src/index.ts";
import type { Tensor } from "../packages/chainrule/src/index.ts";
import { trace } from "../packages/chainrule/src/graph/trace.ts";
import { replay } from "./replay.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";
import { differences, expectClose } from "./differences.ts";

type Data = number | number[] | number[][];
const f64 = (data: Data, requiresGrad = false): Tensor => tensor(data, { dtype: "float64", requiresGrad });
const leaf = (data: Data): Tensor => f64(data, true);
const normal = (shape: number[], seed = 1): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const gradOf = (x: Tensor): unknown => x.grad?.toArray();

describe("golden gradients", () => {
  type Inputs = Record<"a" | "b" | "v" | "s", Tensor>;
  const index = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
  const functions: Record<string, (inputs: Inputs) => Tensor> = {
    add: ({ a, b }) => a.add(b),
    "add broadcast row": ({ a, v }) => a.add(v),
    "add scalar": ({ a, s }) => a.add(s),
    sub: ({ a, b }) => a.sub(b),
    "mul broadcast": ({ a, v }) => a.mul(v),
    div: ({ a, b }) => a.div(b),
    neg: ({ a }) => a.neg(),
    "pow 2": ({ a }) => a.pow(2),
    sqrt: ({ a }) => a.sqrt(),
    abs: ({ a }) => a.abs(),
    "matmul a^T": ({ a, b }) => a.matmul(b, { transposeA: true }),
    "matrix-vector": ({ a, v }) => a.matmul(v.reshape([4, 1])).reshape([3]),
    exp: ({ a }) => a.exp(),
    log: ({ a }) => a.log(),
    sigmoid: ({ a }) => a.sigmoid(),
    relu: ({ a }) => a.relu(),
    "sum all": ({ a }) => a.sum(),
    "sum axis 0": ({ a }) => a.sum(0),
    "mean all": ({ a }) => a.mean(),
    "mean axis 1": ({ a }) => a.mean(1),
    "clamp min 0.1": ({ a }) => a.clamp(0.1, Infinity),
    reshape: ({ a }) => a.reshape([2, 6]),
    "select class": ({ a }) => a.gather(index([2, 0, 3]).reshape([3, 1]), 1).reshape([3]),
    "softmax rows": ({ a }) => softmax(a),
    "logsumexp rows": ({ a }) => a.logSumExp(1),
    "cross entropy, classes [2, 0, 3], mean": ({ a }) => crossEntropy(a, index([2, 0, 3])),
    "mse mean": ({ a, b }) => mseLoss(a, b),
    "diamond: same node used twice": ({ a }) => a.mul(a).add(a.mul(a.exp())).sum(),
  };
  const flat = (data: unknown): number[] => [data].flat(Infinity) as number[];
  const near = (got: Tensor, expected: unknown, what: string): void => {
    const numbers = flat(expected);
    got.data.forEach((number, i) => {
      const allowed = golden.tolerance.abs + golden.tolerance.rel * Math.abs(numbers[i]);
      expect(Math.abs(number - numbers[i]), `${what}[${i}]: ${number}, ${numbers[i]}`).toBeLessThanOrEqual(
        allowed,
      );
    });
    expect(got.size, what).toBe(numbers.length);
  };
  const perOp = golden.cases.filter(({ expected }) => "output" in expected);

  it("has a function for each case", () => {
    expect(perOp.map(({ name }) => name)).toEqual(Object.keys(functions));
    expect(golden.cases).toHaveLength(perOp.length + 2);
  });

  it.each(perOp)("$name", ({ name, inputs, upstream, expected }) => {
    const leaves = Object.fromEntries(Object.entries(inputs).map(([key, data]) => [key, leaf(data as Data)]));
    const y = functions[name](leaves as Inputs);
    y.backward(f64(upstream as Data));
    near(y, (expected as { output: unknown }).output, "output");
    const { grads } = expected as { grads: Record<string, unknown> };
    expect(Object.keys(grads)).toEqual(Object.keys(leaves));
    for (const [key, values] of Object.entries(grads))
      near(leaves[key].grad as Tensor, values, `gradient of ${key}`);
  });

  it("gradient accumulation: two backward calls without zero_grad", () => {
    const { inputs, expected } = golden.cases[28] as unknown as { inputs: { a: number[] }; expected: object };
    const a = leaf(inputs.a);
    const [first, second] = Object.values(expected) as number[][];
    a.mul(a).sum().backward();
    expect(gradOf(a)).toEqual(first);
    a.mul(5).sum().backward();
    expect(gradOf(a)).toEqual(second);
  });

  it("leaf vs non-leaf", () => {
    const a = leaf(golden.cases[29].inputs.a as number[]);
    const b = a.mul(0.3);
    b.mul(b).sum().backward();
    near(a.grad as Tensor, [0.18, 0.36], "gradient of a");
    expect([a.isLeaf, b.isLeaf, b.grad]).toEqual([true, false, null]);
  });
});

describe("backward", () => {
  it("adds up along the arms of a diamond and over reuse", () => {
    const x = leaf(3);
    const square = x.mul(x);
    square.add(square.mul(x)).add(x).backward(); // x² + x³ + x
    expect(gradOf(x)).toBe(2 * 3 + 3 * 9 + 1);
  });

  it("visits a ladder of diamonds once per node", () => {
    const x = leaf(1);
    let y: Tensor = x;
    for (let i = 0; i < 60; i++) y = y.add(y); // 2⁶⁰ paths
    y.backward();
    expect(gradOf(x)).toBe(2 ** 60);
  });

  it("accumulates over calls, on one graph and on several", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x).sum();
    y.backward();
    y.backward();
    expect(gradOf(x)).toEqual([4, 8]);
    x.grad = null;
    y.backward();
    expect(gradOf(x), "the graph is kept").toEqual([2, 4]);
  });

  it("takes an upstream gradient for a result that is not a scalar", () => {
    const x = leaf([1, 2, 3]);
    x.mul(x).backward(f64([1, 0, -2]));
    expect(gradOf(x)).toEqual([2, 0, -12]);
    const one = leaf([[2]]);
    one.mul(one).backward();
    expect(gradOf(one), "one element counts as scalar").toEqual([[4]]);
  });

  it("is linear in the upstream gradient", () => {
    const w = normal([4, 3]);
    const f = (x: Tensor): Tensor => x.matmul(w).tanh();
    const [g1, g2, x] = [normal([2, 3], 2), normal([2, 3], 3), normal([2, 4], 4)];
    const pull = (g: Tensor): Tensor => vjp(f, x).pull(g)[0];
    const combined = pull(g1.mul(2).add(g2));
    expectClose(combined.data, pull(g1).mul(2).add(pull(g2)).data, 1e-14, "2 g₁ + g₂");
  });

  it("reaches leaves only", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const z = y.sum();
    z.backward();
    expect([x.grad?.toArray(), y.grad, z.grad]).toEqual([[2, 2], null, null]);
    expect([x.isLeaf, y.isLeaf, z.isLeaf]).toEqual([true, false, false]);
  });

  it("gives no gradient to tensors that do not require one", () => {
    const [x, c] = [leaf([1, 2]), f64([3, 4])];
    const y = x.mul(c).sum();
    y.backward();
    expect([gradOf(x), c.grad, c.requiresGrad]).toEqual([[3, 4], null, false]);
    expect(c.mul(2).node, "nothing is remembered without need").toBeNull();
  });

  it("stops at detach", () => {
    const x = leaf([1, 2]);
    x.mul(x.detach()).sum().backward();
    expect(gradOf(x)).toEqual([1, 2]);
    expect(x.detach().requiresGrad).toBe(false);
  });

  it("stops at integer tensors", () => {
    const x = leaf([1.5, 2.5]);
    expect(x.to("int32").requiresGrad).toBe(false);
    expect(x.gt(2).requiresGrad).toBe(false);
    x.to("int32").mul(x).sum().backward();
    expect(gradOf(x)).toEqual([1, 2]);
  });

  it("skips a leaf that no longer requires gradients", () => {
    const [x, y] = [leaf(2), leaf(3)];
    const z = x.mul(y);
    y.requiresGrad = false;
    z.backward();
    expect([gradOf(x), y.grad]).toEqual([3, null]);
  });

  it("gives the gradient of a leaf that is itself the result", () => {
    const x = leaf(5);
    x.backward();
    expect(gradOf(x)).toBe(1);
  });

  it("gives every leaf a gradient of its own type, also in mixed-type expressions", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const w = leaf([3, 4]);
    x.mul(w).sum().backward();
    expect([x.grad?.dtype, w.grad?.dtype]).toEqual(["float32", "float64"]);
    const half = tensor([1, 2], { requiresGrad: true });
    half.mul(2).backward(f64([1, 1]));
    expect(half.grad?.dtype).toBe("float32");
  });

  it("returns gradients without a graph, except with createGraph", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    x.add(1).backward(w);
    expect(x.grad?.requiresGrad).toBe(false);
    expect(gradients(x.add(1), [x], { upstream: w })[0].requiresGrad).toBe(false);
    const passing = defineOp({
      ...ops.neg,
      tests: { examples: [] },
      name: "half square",
      vjp: [(_g, _y, [x]) => x],
    });
    expect(gradients((passing(x) as Tensor).sum(), [x])[0].requiresGrad).toBe(false);
    x.grad = null;
    x.mul(x).sum().backward(undefined, { createGraph: true });
    expect(x.grad).toMatchObject({ requiresGrad: true });
    (x.grad as unknown as Tensor).sum().backward();
    expect(gradOf(x)).toEqual([4, 6]);
  });

  it("is not changed by a later assignment to a cell", () => {
    const w = new Parameter(f64([2]));
    const x = leaf([3]);
    const y = w.mul(x).sum();
    noGrad(() => w.assign(f64([10])));
    y.backward();
    expect([gradOf(w), gradOf(x)]).toEqual([[3], [2]]);
  });

  it("sums the gradients of all versions of a cell that a graph has read", () => {
    const w = new Parameter(f64([2]), { name: "w" });
    const before = w.mul(w); // slope 4
    noGrad(() => w.assign(w.mul(5)));
    const after = w.mul(3); // slope 3
    const y = before.mul(after).sum(); // 4 · 30
    expect(y.item()).toBe(120);
    expect(gradients(y, [w])[0].toArray()).toEqual([4 * 30 + 4 * 3]);
    y.backward();
    expect(gradOf(w)).toEqual([132]);
  });

  it("stops at the version that was assigned", () => {
    const v = new Parameter(f64([2]));
    const w = new Parameter(f64([0]));
    w.assign(v.mul(3));
    w.mul(w).sum().backward();
    expect([gradOf(w), v.grad]).toEqual([[12], null]);
  });

  it("trains a cell only while it requires gradients", () => {
    const w = new Parameter(f64([2]));
    w.requiresGrad = false;
    expect(w.mul(2).requiresGrad).toBe(false);
    w.requiresGrad = true;
    w.mul(2).sum().backward();
    expect(gradOf(w)).toEqual([2]);
  });

  it("walks a chain of 100,000 nodes without recursion", () => {
    const x = leaf(1);
    let y: Tensor = x;
    for (let i = 0; i < 100_000; i++) y = y.mul(1.00001);
    y.backward();
    expect(gradOf(x)).toBeCloseTo(1.00001 ** 100_000, 9);
  });

  it("walks 150,000 nodes that all lead to one leaf, keeping the graph", () => {
    const x = leaf(0);
    let y: Tensor = x;
    for (let i = 0; i < 50_000; i++) y = y.add(x).sub(x.mul(0.5));
    const [slope] = gradients(y, [x], { createGraph: true });
    expect(slope.item()).toBe(1 + 50_000 / 2);
  });
});

describe("noGrad", () => {
  it("records no graph inside its function, and records again after it", () => {
    const x = leaf([1]);
    const y = noGrad(() => {
      expect(isGradEnabled()).toBe(false);
      return x.mul(2);
    });
    expect([y.requiresGrad, y.node, isGradEnabled()]).toEqual([false, null, true]);
    expect(() => noGrad(() => x.reshape([7]))).toThrow(/does not fit/);
    expect(isGradEnabled(), "also after an error").toBe(true);
  });

  it("refuses an async function, for which it would end too early", () => {
    expect(() => noGrad(async () => Promise.resolve(1))).toThrow(
      expect.objectContaining({
        code: "no-gradient",
        message: expect.stringContaining("noGrad: the function is async"),
      }),
    );
    expect(isGradEnabled()).toBe(true);
  });

  it("does not stop grad() from differentiating", () => {
    expect(noGrad(() => grad((x) => x.mul(x).sum())(f64([3])).toArray())).toEqual([6]);
  });
});

describe("errors", () => {
  const x = leaf([1, 2]);
  it.each<[string, () => unknown, object]>([
    ["a result that is not a scalar", () => x.mul(2).backward(), { code: "no-gradient", message: "backward: the result is [2], not a scalar; reduce it with sum() or mean(), or pass the upstream gradient" }], // prettier-ignore
    ["a result without graph", () => f64(1).mul(2).backward(), { code: "no-gradient", message: "backward: the result has no graph: nothing it was computed from requires a gradient; make a leaf with { requiresGrad: true } or a Parameter" }], // prettier-ignore
    ["a result of noGrad", () => noGrad(() => x.sum().backward()), { code: "no-gradient", message: expect.stringContaining("it was computed inside noGrad") }], // prettier-ignore
    ["an upstream gradient of another shape", () => x.mul(2).backward(f64([1, 2, 3])), { code: "shape-mismatch", message: "backward: the upstream gradient [3] must have the shape of the result, [2]" }], // prettier-ignore
    ["gradients of a result without graph", () => gradients(f64(1), [x]), { code: "no-gradient" }],
    ["gradients by what requires none", () => gradients(x.mul(f64([3, 4])).sum(), [x, f64([3, 4])]), { code: "no-gradient", message: expect.stringContaining("gradients: input 1, [2], does not require a gradient") }], // prettier-ignore
    ["whole numbers that require a gradient", () => tensor([1], { dtype: "int32", requiresGrad: true }), { code: "bad-dtype", message: "requiresGrad: only floating-point tensors have gradients, not int32" }], // prettier-ignore
    ["a bool that requires a gradient", () => tensor([true], { requiresGrad: true }), { code: "bad-dtype" }],
    ["requiresGrad on a result", () => { x.mul(2).requiresGrad = false; }, { code: "no-gradient", message: "requiresGrad can be set on leaves only; this tensor is the result of mul" }], // prettier-ignore
    [
      "a Parameter of whole numbers",
      () => new Parameter(tensor([1], { dtype: "int32" })),
      { code: "bad-dtype" },
    ],
    ["grad by whole numbers", () => grad((x) => x.sum())(tensor([1], { dtype: "int32" })), { code: "bad-value", message: "grad: can differentiate by floating-point tensors, not int32" }], // prettier-ignore
    ["valueAndGrad without an input", () => valueAndGrad(() => f64(1))(), { code: "bad-value" }],
    ["grad of a function whose result is not a scalar", () => grad((x) => x.mul(2))(x), { code: "no-gradient", message: expect.stringContaining("the result is [2], not a scalar") }], // prettier-ignore
  ])("%s", (_, f, expected) => expect(f).toThrow(expect.objectContaining(expected)));

  it("a rule that gives a gradient of the wrong shape", () => {
    const wrong = defineOp({ ...ops.exp, tests: { examples: [] }, name: "careless", vjp: [(g) => g.sum(0)] });
    expect(() => (wrong(leaf([[1, 2]])) as Tensor).sum().backward()).toThrow(
      "careless: the gradient rule of input 0 gave [2] for an input of [1,2]",
    );
  });

  it("sums over the axes that an op repeated, and only there", () => {
    const rule = (give: (g: Tensor) => Tensor, broadcasts: boolean) =>
      defineOp({
        ...ops.add,
        tests: { examples: [] },
        name: "careless",
        linear: false,
        broadcasts,
        vjp: [give, give],
      });
    const of = (op: ReturnType<typeof rule>) => (): unknown => {
      const [a, b] = [leaf([[1, 2], [3, 4]]), leaf([[5, 6]])]; // prettier-ignore
      (op(a, b) as Tensor).sum().backward();
      return [gradOf(a), gradOf(b)];
    };
    expect(of(rule((g) => g, true))()).toEqual([[[1, 1], [1, 1]], [[2, 2]]]); // prettier-ignore
    expect(of(rule((g) => g, false))).toThrow("input 1 gave [2,2] for an input of [1,2]");
    expect(of(rule((g) => g.sum(0), true))).toThrow("input 0 gave [2] for an input of [2,2]");
    expect(of(rule((g) => g.slice([null, [0, 1]]), true))).toThrow(
      "input 0 gave [2,1] for an input of [2,2]",
    );
  });
});

describe("grad, vjp, jacobian, hessian", () => {
  it("differentiates again and again: x⁴", () => {
    const f = (x: Tensor): Tensor => x.pow(4).sum();
    const x = f64([1.5, -2]);
    const second = grad((x) => grad(f)(x).sum());
    const third = grad((x) => second(x).sum());
    const fourth = grad((x) => third(x).sum());
    const fifth = grad((x) => fourth(x).sum());
    expectClose(grad(f)(x).data, [4 * 1.5 ** 3, 4 * (-2) ** 3], 1e-14, "4x³");
    expectClose(second(x).data, [12 * 1.5 ** 2, 12 * 4], 1e-14, "12x²");
    expectClose(third(x).data, [24 * 1.5, -48], 1e-14, "24x");
    expectClose(fourth(x).data, [24, 24], 1e-14, "24");
    expectClose(fifth(x).data, [0, 0], 1e-12, "0");
  });

  it("has the third derivative of tanh and of a quotient", () => {
    const repeated = (f: (x: Tensor) => Tensor, times: number): ((x: Tensor) => Tensor) =>
      times === 0 ? f : repeated((x) => grad((x) => f(x).sum())(x), times - 1);
    for (const at of [-1.2, 0, 0.4, 3]) {
      const t = Math.tanh(at);
      const expected = (1 - t * t) * (6 * t * t - 2);
      expectClose(repeated((x) => x.tanh(), 3)(f64([at])).data, [expected], 1e-13, `tanh‴(${at})`);
      const q = 1 + at * at; // (1/(1+x²))‴ = 24x(1 − x²)/(1+x²)⁴
      const quotient = repeated((x) => ops.div(1, x.mul(x).add(1)), 3)(f64([at]));
      expectClose(quotient.data, [(24 * at * (1 - at * at)) / q ** 4], 1e-12, `(1/(1+x²))‴(${at})`);
    }
  });

  it("differentiates by the first input and passes the others on", () => {
    const f = (x: Tensor, a: Tensor): Tensor => x.mul(a).sum();
    expect(grad(f)(f64([1, 2]), f64([3, 4])).toArray()).toEqual([3, 4]);
    const { value, grads } = valueAndGrad(f)(f64([1, 2]), f64([3, 4]));
    expect([value.item(), ...grads.map((g) => g.toArray())]).toEqual([11, [3, 4], [1, 2]]);
  });

  it("distinguishes two inputs that are the same tensor", () => {
    const x = f64([2, 3]);
    const { grads } = valueAndGrad((a, b) => a.mul(a).mul(b).sum())(x, x);
    expect(grads.map((g) => g.toArray())).toEqual([[8, 18], [4, 9]]); // prettier-ignore
    const w = leaf([2]);
    expect(grad((x) => x.mul(w).sum())(w).toArray(), "what w does elsewhere does not count").toEqual([2]);
  });

  it("does not change the inputs or their grad", () => {
    const x = leaf([2]);
    expect(grad((x) => x.mul(x).sum())(x).toArray()).toEqual([4]);
    expect(x.grad).toBeNull();
    const w = new Parameter(f64([3]));
    expect(grad((w) => w.mul(w).sum())(w).toArray()).toEqual([6]);
    expect(w.grad).toBeNull();
  });

  it("passes gradients on to an enclosing graph", () => {
    const x = leaf([2]);
    grad((x) => x.pow(3).sum())(x)
      .sum()
      .backward(); // d/dx 3x² = 6x
    expect(gradOf(x)).toEqual([12]);
  });

  it("is 0 for constants, also where the input is infinite", () => {
    const x = f64([1, Infinity]);
    expect(grad(() => f64(1))(x).toArray()).toEqual([0, 0]);
    expect(grad((x) => x.sign().sum())(x).toArray()).toEqual([0, 0]);
    expect(
      vjp(() => f64([1, 2]), x)
        .pull(f64([1, 1]))[0]
        .toArray(),
    ).toEqual([0, 0]);
    expect(jacobian(() => f64([1]), x).toArray()).toEqual([[0, 0]]);
    expect(hessian((x) => x.mul(3).sum(), f64([1, 2])).toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });

  it("vjp can pull back several times", () => {
    const a = f64([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    const { value, pull } = vjp((x) => a.matmul(x.reshape([2, 1])).reshape([3]), f64([1, -1]));
    expect(value.toArray()).toEqual([-1, -1, -1]);
    expect(pull(f64([1, 0, 0]))[0].toArray()).toEqual([1, 2]);
    expect(pull(f64([0, 1, 1]))[0].toArray()).toEqual([8, 10]);
  });

  it("jacobian: of a linear map the matrix, of softmax diag(p) − p pᵀ", () => {
    const a = normal([3, 4]);
    const linear = jacobian((x) => a.matmul(x.reshape([4, 1])).reshape([3]), normal([4], 2));
    expect(linear.toArray()).toEqual(a.toArray());
    const x = normal([5], 3);
    const p = softmax(x).data;
    const expected = Array.from(p, (pi, i) => Array.from(p, (pj, j) => (i === j ? pi : 0) - pi * pj)).flat();
    const got = jacobian((x) => softmax(x), x);
    expect(got.shape).toEqual([5, 5]);
    expectClose(got.data, expected, 1e-15, "softmax");
    expect(jacobian((x) => x.mul(2), normal([2, 3])).shape).toEqual([2, 3, 2, 3]);
    expect(jacobian((x) => x.slice([[0, 0]]), normal([2])).shape).toEqual([0, 2]);
    expect(jacobian((x) => x.sum(), normal([2])).shape).toEqual([2]);
  });

  it("hessian: of ½ xᵀAx the symmetric part of A, of a network the differences of its gradient", () => {
    const a = normal([3, 3]);
    const form = hessian((x) => x.reshape([1, 3]).matmul(a).matmul(x.reshape([3, 1])).sum().mul(0.5), normal([3], 2)); // prettier-ignore
    expectClose(form.data, a.add(a.transpose()).mul(0.5).data, 1e-15, "½(A + Aᵀ)");

    const w = normal([3, 4], 5);
    const f = (x: Tensor): Tensor => x.matmul(w).tanh().logSumExp(1).mul(x.sum(1)).sum();
    const x = normal([2, 3], 6);
    const got = hessian(f, x);
    expect(got.shape).toEqual([2, 3, 2, 3]);
    const rows = Array.from({ length: 6 }, (_, i) => {
      const at = Float64Array.from(x.data);
      const slope = (): number => grad(f)(tensor(at, { shape: [2, 3] })).data[i];
      return Array.from(differences(slope, [at]).slopes[0]);
    });
    expectClose(got.data, rows.flat(), 1e-8, "Hessian");
    const matrix = got.reshape([6, 6]);
    expectClose(matrix.data, matrix.transpose().data, 1e-14, "symmetry");
  });

  it("Hessian times vector by differentiating twice equals the Hessian times the vector", () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.exp()).sum().mul(x.mul(x).sum());
    const [x, v] = [normal([4], 7), normal([4], 8)];
    const product = grad((x) => grad(f)(x).mul(v).sum())(x);
    const expected = hessian(f, x)
      .matmul(v.reshape([4, 1]))
      .reshape([4]);
    expectClose(product.data, expected.data, 1e-13, "Hv");
  });

  it("is recorded in a trace like other ops", () => {
    const f = (x: Tensor): Tensor => x.pow(3).sum().mul(x.sin().sum());
    const step = (x: Tensor): Tensor[] => [
      grad(f)(x),
      hessian(f, x),
      ...valueAndGrad(f)(x).grads,
      grad((x) => grad(f)(x).sum())(x),
    ];
    const x = normal([3], 9);
    const run = replay(trace(step, [zeros([3], { dtype: "float64" })]), reference);
    expect(run(x).map((t) => t.toArray())).toEqual(step(x).map((t) => t.toArray()));
  });
});

describe("composites with a gradient rule of their own", () => {
  it("have second derivatives through the rule, by their inputs and by their result", () => {
    const cubed = composite("test cube root rule", ({ x }: { x: Tensor }) => x.mul(x).mul(x), {
      tex: ({ x }) => x,
      // 3y/x: through y as well as through x
      vjp: { x: (g, y, { x }) => g.mul(y).mul(3).div(x) },
    });
    composites.delete("test cube root rule");
    const cube = (x: Tensor): Tensor => cubed({ x });
    const x = f64([2, -1.5]);
    const second = grad((x) => grad((x) => cube(x).sum())(x).sum())(x);
    expectClose(second.data, [12, -9], 1e-14, "6x");
    const third = grad((x) => grad((x) => grad((x) => cube(x).sum())(x).sum())(x).sum())(x);
    expectClose(third.data, [6, 6], 1e-13, "6");
    expect(cube(x).toArray()).toEqual([8, -3.375]);
  });

  it("give gradients to cells and leaves, and none to numbers", () => {
    const scaled = composite(
      "test scaled",
      ({ x, w }: { x: Tensor; w: Tensor }, { by }: { by: number }) => x.mul(w).mul(by),
      {
        tex: ({ x }) => x,
        vjp: { x: (g, _y, { w }, { by }) => g.mul(w).mul(by), w: (g, _y, { x }, { by }) => g.mul(x).mul(by) },
      },
    );
    composites.delete("test scaled");
    const [x, w] = [leaf([1, 2]), new Parameter(f64([3, 4]))];
    scaled({ x, w }, { by: 10 }).sum().backward();
    expect([gradOf(x), gradOf(w)]).toEqual([[30, 40], [10, 20]]); // prettier-ignore
    expect(noGrad(() => scaled({ x, w }, { by: 10 })).requiresGrad).toBe(false);
    expect(scaled({ x: f64([1, 2]), w: f64([3, 4]) }, { by: 10 }).requiresGrad).toBe(false);
  });

  it("may return one of their inputs", () => {
    const same = composite("test same", ({ x }: { x: Tensor }) => x, {
      tex: ({ x }) => x,
      vjp: { x: (g) => g },
    });
    composites.delete("test same");
    const x = leaf([1, 2]);
    same({ x }).mul(x).sum().backward();
    expect(gradOf(x)).toEqual([2, 4]);
  });
});

describe("state cells", () => {
  it("change by assign alone, which keeps shape and type", () => {
    const cell = state(f64([1, 2]), { name: "moment" });
    expect(() => cell.assign(f64([1]))).toThrow("assign: moment holds [2] and cannot become [1]");
    expect(() => cell.assign(tensor([1, 2]))).toThrow(
      'assign: moment holds float64, not float32; convert with .to("float64")',
    );
    expect(cell.toArray()).toEqual([1, 2]);
    const seen = cell.add(0);
    cell.assign(ones([2], { dtype: "float64" }));
    expect([cell.toArray(), seen.toArray()]).toEqual([[1, 1], [1, 2]]); // prettier-ignore
  });
});
