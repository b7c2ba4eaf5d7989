import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Generator,
  Parameter,
  arange,
  concat,
  defaultGenerator,
  eye,
  full,
  linspace,
  manualSeed,
  ones,
  onesLike,
  ops,
  rand,
  randint,
  randn,
  randperm,
  records,
  stack,
  state,
  tensor,
  where,
  zeros,
  zerosLike,
} from "../packages/chainrule/src/index.ts";
import type { DType, Tensor } from "../packages/chainrule/src/index.ts";
import { expectClose } from "./differences.ts";
import { casesOf } from "./op-cases.ts";
import { drawCall, subjectOf } from "./op-checks.ts";
import { broadcastShape, gridOf, indicesOf, oracles } from "./oracles.ts";

const int32 = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "int32" });
const f64 = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

describe("every op against its definition", () => {
  it.each([...records].filter(([, { kind }]) => kind !== "random"))("%s", (name, op) => {
    const check = (call: Parameters<typeof drawCall>[1], seed: number): void => {
      const inputs = drawCall(subjectOf(op), call, seed);
      const y = subjectOf(op).call(inputs, call.args ?? []);
      const expected = oracles[name](
        inputs.map((input) => gridOf(input.data, input.shape)),
        call.args ?? [],
      );
      expect(y.shape).toEqual(expected.shape);
      const numbers = indicesOf(expected.shape).map((index) => expected.at(index));
      expectClose(y.data, numbers, op.kind === "elementwise" || op.kind === "reduce" ? 1e-14 : 1e-15, name);
    };
    op.tests.examples.forEach((example) => check(example, 1));
    fc.assert(
      fc.property(casesOf(op), (call) => check(call, call.seed)),
      { seed: 2, numRuns: 60 },
    );
  });

  it.each([false, true])("matmul over partly filled tiles, transposeA %s", (transposeA) => {
    const generator = new Generator(5);
    for (const transposeB of [false, true])
      for (const [m, k, n] of [
        [4, 4, 4],
        [5, 7, 9],
        [13, 1, 6],
        [1, 40, 3],
        [17, 8, 12],
      ]) {
        // prettier-ignore
        const a = randn(transposeA ? [k, m] : [m, k], { dtype: "float64", generator });
        const b = randn(transposeB ? [n, k] : [k, n], { dtype: "float64", generator });
        const got = a.matmul(b, { transposeA, transposeB });
        const expected = Array.from({ length: m * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let sum = 0;
          for (let p = 0; p < k; p++)
            sum += a.data[transposeA ? p * m + i : i * k + p] * b.data[transposeB ? j * k + p : p * n + j];
          return sum;
        });
        expect(got.shape).toEqual([m, n]);
        expect(Array.from(got.data), `[${m},${k}] × [${k},${n}]`).toEqual(expected);
      }
  });
});

describe("broadcasting", () => {
  const shape = fc.array(fc.constantFrom(1, 2, 3, 0, 1), { maxLength: 3 });

  it("joins shapes like NumPy, or refuses both orders", () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const expected = broadcastShape(a, b);
        if (expected === null) {
          expect(() => zeros(a).add(zeros(b))).toThrow(/^add: cannot broadcast/);
          expect(() => zeros(b).add(zeros(a))).toThrow(/^add: cannot broadcast/);
        } else {
          expect(zeros(a).add(zeros(b)).shape).toEqual(expected);
          expect(zeros(b).add(zeros(a)).shape).toEqual(expected);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("repeats a row, a column and a number", () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    expect(x.add(tensor([10, 20, 30])).toArray()).toEqual([[11, 22, 33], [14, 25, 36]]); // prettier-ignore
    expect(x.mul(tensor([[2], [3]])).toArray()).toEqual([[2, 4, 6], [12, 15, 18]]); // prettier-ignore
    expect(x.sub(1).toArray()).toEqual([[0, 1, 2], [3, 4, 5]]); // prettier-ignore
    expect(ops.sub(1, x).toArray()).toEqual([[0, -1, -2], [-3, -4, -5]]); // prettier-ignore
  });
});

describe("errors", () => {
  const x = zeros([2, 3]);
  const refused: [() => unknown, string, string][] = [
    [() => x.add(zeros([4])), "shape-mismatch", "add: cannot broadcast [2,3] with [4]: lengths 3 and 4 meet on axis -1; they must be equal, or one of them 1"], // prettier-ignore
    [() => where(x, zeros([2, 1]), zeros([3, 1])), "shape-mismatch", "where: cannot broadcast [2,3] with [2,1] with [3,1]: lengths 2 and 3 meet on axis -2; they must be equal, or one of them 1"], // prettier-ignore
    [() => zeros([8, 3]).matmul(zeros([8, 3])), "shape-mismatch", "matmul: inner sizes 3 and 8 differ for [8,3] × [8,3]; transpose one of them?"], // prettier-ignore
    [() => x.matmul(x, { transposeA: true, transposeB: true }), "shape-mismatch", "matmul: inner sizes 2 and 3 differ for [2,3] × [2,3] with transposeA and transposeB; transpose one of them?"], // prettier-ignore
    [() => x.matmul(zeros([3])), "shape-mismatch", "matmul: needs matrices, got [2,3] × [3]; reshape a vector to [1,n] or [n,1]"], // prettier-ignore
    [() => x.reshape([4, -1]), "bad-shape", "reshape: [2,3] has 6 elements and does not fit [4,-1]"],
    [() => x.reshape([-1, -1]), "bad-shape", "reshape: [2,3] has 6 elements and does not fit [-1,-1]"],
    [() => x.sum(2), "bad-axis", "sum: axis 2 is out of range for [2,3]; use -2 … 1"],
    [() => zeros([]).sum(0), "bad-axis", "sum: axis 0 is out of range for []; a scalar has no axes"],
    [() => x.mean([0, -2]), "bad-axis", "mean: axis 0 is named twice"],
    [() => x.permute([0]), "bad-axis", "permute: the order [0] must name every axis of [2,3]"],
    [() => x.permute([0, 0]), "bad-axis", "permute: axis 0 is named twice"],
    [() => zeros([3]).transpose(), "bad-axis", "transpose: axis -2 is out of range for [3]; use -1 … 0"],
    [() => x.expand([2, 4]), "shape-mismatch", "expand: cannot broadcast [2,3] with [2,4]: lengths 3 and 4 meet on axis -1; they must be equal, or one of them 1"], // prettier-ignore
    [() => x.expand([3]), "shape-mismatch", "expand: [2,3] cannot be repeated to [3]"],
    [() => x.slice([5]), "bad-index", "slice: index 5 is out of range on axis 0 of [2,3]"],
    [() => x.slice([null, null, 0]), "bad-index", "slice: 3 ranges for the 2 axes of [2,3]"],
    [() => x.slice([[0, 2, -1]]), "bad-index", "slice: the step must be a whole number ≥ 1, not -1; flip() reverses an axis on axis 0 of [2,3]"], // prettier-ignore
    [() => x.pad([[1, 1]]), "bad-axis", "pad: needs a pair [before, after] for each of the 2 axes of [2,3]"],
    [() => x.pad([[0, -1], [0, 0]]), "bad-value", "pad: widths must be whole numbers ≥ 0, got 0, -1, 0, 0, 0, 0"], // prettier-ignore
    [() => concat([x, zeros([2, 2])]), "shape-mismatch", "concat: shapes [2,3], [2,2] differ on other axes than 0"], // prettier-ignore
    [() => concat([]), "bad-value", "concat: takes an array of at least one tensor"],
    [() => stack([x, zeros([2])]), "shape-mismatch", "stack: shapes [2,3], [2] differ; concat joins along an axis that exists"], // prettier-ignore
    [() => x.gather(int32([[3]]), 1), "bad-index", "gather: index 3 is out of range 0 … 2 for [2,3]"],
    [() => x.gather(int32([[-1]]), 1), "bad-index", "gather: index -1 is out of range 0 … 2 for [2,3]"],
    [() => x.gather(int32([0]), 1), "shape-mismatch", "gather: the index [1] must have as many axes as [2,3] and may be longer only on axis 1"], // prettier-ignore
    [() => x.gather(zeros([1, 1]), 1), "bad-dtype", "gather's index: takes int32, not float32; convert with .to(\"int32\")"], // prettier-ignore
    [() => x.indexSelect(int32([2]), 0), "bad-index", "indexSelect: index 2 is out of range 0 … 1 for [2,3]"],
    [() => x.indexSelect(int32([[0]]), 0), "shape-mismatch", "indexSelect: the index must have one axis, got [1,1]"], // prettier-ignore
    [
      () => x.indexAdd(int32([0]), 0, 4),
      "shape-mismatch",
      "indexAdd: 2 slices on axis 0 of [2,3] but 1 indices",
    ],
    [() => int32([3]).oneHot(3), "bad-index", "oneHot: index 3 is out of range 0 … 2 for [1,3]"],
    [() => int32([0]).oneHot(0), "bad-value", "oneHot: classes must be a whole number ≥ 1, not 0"],
    [() => x.clamp(2, 1), "bad-value", "clamp: low must not be above high; got 2 and 1"],
    [
      () => x.to("int32").clamp(3e9, 4e9),
      "bad-value",
      'clamp: no int32 lies between 3000000000 and 4000000000; convert with .to("float64") first',
    ],
    [
      () => x.to("bool").clamp(-Infinity, -3e9),
      "bad-value",
      'clamp: no int32 lies between -Infinity and -3000000000; convert with .to("float64") first',
    ],
    [() => x.softplus(0), "bad-value", "softplus: beta must be a finite number above 0, not 0"],
    [() => x.elu(NaN), "bad-value", "elu: alpha must be a finite number, not NaN"],
    [
      () => x.to("float16" as DType),
      "bad-value",
      'to: "float16" is not a type; use float32, float64, int32 or bool',
    ],
    [() => x.item(), "shape-mismatch", "item: needs a tensor with one element, not [2,3]; reduce it first, or use toArray()"], // prettier-ignore
    [() => x.add([1, 2] as unknown as Tensor), "bad-value", "add: argument 2 is an array, not a tensor or a number; wrap arrays in tensor(…)"], // prettier-ignore
    [() => x.add(undefined as unknown as Tensor), "bad-value", "add: argument 2 is undefined, not a tensor or a number; wrap arrays in tensor(…)"], // prettier-ignore
    [() => tensor([[1, 2], [3]]), "bad-shape", "tensor: ragged arrays: axis 1 has 2 elements at first and 1 later"], // prettier-ignore
    [() => tensor([[1], 2] as number[][]), "bad-shape", "tensor: ragged arrays: axis 1 has 1 elements at first and a number later"], // prettier-ignore
    [() => tensor([1, [2]] as number[]), "bad-value", "tensor: the arrays are not equally deep"],
    [() => tensor(["1"] as unknown as number[]), "bad-value", "tensor: 1 is not a number"],
    [() => tensor([1, 2, 3], { shape: [2, 2] }), "bad-shape", "tensor: 3 values do not fill the shape [2,2], which holds 4"], // prettier-ignore
    [() => zeros([2, -1]), "bad-shape", "zeros: [2,-1] is not a list of whole numbers ≥ 0"],
    [() => zeros([1.5]), "bad-shape", "zeros: [1.5] is not a list of whole numbers ≥ 0"],
    [() => zeros(3 as never), "bad-shape", "zeros: 3 is not a list of whole numbers ≥ 0"],
    [
      () => zeros([1e6, 1e6]),
      "bad-value",
      "memory: cannot allocate 1000000000000 numbers of float32 (4000.0 GB)",
    ],
    [
      () => zeros([2]).slice(1 as never),
      "bad-value",
      "slice: takes a list of ranges, one per axis, as [null, [0, 2]], not 1",
    ],
    [() => arange(0, 1, 0), "bad-value", "arange: needs finite numbers and a step ≠ 0, got 0, 1, 0"],
    [() => linspace(0, 1, -1), "bad-value", "linspace: the count must be a whole number ≥ 0, not -1"],
    [() => rand([2], { dtype: "int32" }), "bad-value", "rand: draws float32 or float64, not int32; randint draws whole numbers"], // prettier-ignore
  ];
  it.each(refused.map(([f, code, message]) => [message, code, f] as const))("%s", (message, code, f) =>
    expect(f).toThrow(expect.objectContaining({ code, message })),
  );
});

describe("types", () => {
  const of = (dtype: DType): Tensor => tensor([1, 0], { dtype });
  it.each<[string, Tensor, DType, unknown]>([
    ["float32 + float64", of("float32").add(of("float64")), "float64", [2, 0]],
    ["int32 + float32", of("int32").add(of("float32")), "float32", [2, 0]],
    ["bool + bool", of("bool").add(of("bool")), "int32", [2, 0]],
    ["bool · float64", of("bool").mul(of("float64")), "float64", [1, 0]],
    ["int32 / int32", of("int32").div(int32([2, 1])), "float32", [0.5, 0]],
    ["float64 and a number", of("float64").mul(0.1), "float64", [0.1, 0]],
    ["float32 and a number", of("float32").mul(0.1), "float32", [Math.fround(0.1), 0]],
    ["int32 and a whole number", of("int32").add(2), "int32", [3, 2]],
    ["int32 and a fraction", of("int32").add(0.5), "float32", [1.5, 0.5]],
    ["bool and a whole number", of("bool").mul(3), "int32", [3, 0]],
    ["bool and a fraction", of("bool").mul(0.5), "float32", [0.5, 0]],
    ["int32 and a number beyond int32", of("int32").mul(4e9), "float32", [4e9, 0]],
    ["int32 compared with a number beyond", of("int32").lt(4e9), "bool", [true, true]],
    ["two numbers", ops.add(1, 2), "float32", 3],
    ["−bool", of("bool").neg(), "int32", [-1, 0]],
    ["√int32", of("int32").sqrt(), "float32", [1, 0]],
    ["Σ bool", of("bool").sum(), "int32", 1],
    ["mean of int32", of("int32").mean(), "float32", 0.5],
    ["max of bool", of("bool").max(), "bool", true],
    ["where of numbers", where(of("bool"), 1, 0), "int32", [1, 0]],
    ["where of a tensor and a number", where(of("bool"), of("float64"), 0.1), "float64", [1, 0.1]],
    ["concat of types", concat([of("bool"), of("int32"), of("float32")]), "float32", [1, 0, 1, 0, 1, 0]],
    ["clamp of int32 between fractions", int32([0, 5]).clamp(0.5, 2.5), "float32", [0.5, 2.5]],
    ["to int32 truncates", tensor([1.9, -1.9]).to("int32"), "int32", [1, -1]],
    ["to bool asks ≠ 0", tensor([0.25, 0, -0, NaN]).to("bool"), "bool", [true, false, false, true]],
    ["float64 to float32 rounds", f64([0.1]).to("float32"), "float32", [Math.fround(0.1)]],
  ])("%s", (_, y, dtype, expected) => {
    expect(y.dtype).toBe(dtype);
    expect(y.toArray()).toEqual(expected);
  });
});

describe("creation", () => {
  it("from arrays, typed arrays and both", () => {
    expect(tensor(3)).toMatchObject({ shape: [], dtype: "float32", rank: 0, size: 1 });
    expect(tensor([[true], [false]])).toMatchObject({ shape: [2, 1], dtype: "bool" });
    expect(tensor([true, 2]), "mixed").toMatchObject({ dtype: "float32" });
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor(Float64Array.of(1, 2))).toMatchObject({ shape: [2], dtype: "float64" });
    expect(tensor(Int32Array.of(1, 2, 3, 4), { shape: [2, 2] }).toArray()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(tensor(Uint8Array.of(0, 200))).toMatchObject({ dtype: "int32" });
    expect(tensor(Uint8Array.of(0, 200), { dtype: "bool" }).toArray()).toEqual([false, true]);
    expect(tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)]).toArray()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(tensor([2, 0, NaN], { dtype: "bool" }).toArray()).toEqual([true, false, true]);
    expect(tensor([1.7, -1.7], { dtype: "int32" }).toArray()).toEqual([1, -1]);
  });

  it("copies its input", () => {
    const numbers = Float32Array.of(1, 2);
    const x = tensor(numbers);
    numbers[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
  });

  it("constant, regular and identity tensors", () => {
    expect(zeros([2]).toArray()).toEqual([0, 0]);
    expect(ones([1, 2], { dtype: "int32" }).toArray()).toEqual([[1, 1]]);
    expect(full([2], 2.5).toArray()).toEqual([2.5, 2.5]);
    expect(full([2], 2.5, { dtype: "bool" }).sum().item(), "bool is 0 or 1").toBe(2);
    expect(full([1], 256, { dtype: "bool" }).toArray()).toEqual([true]);
    expect(onesLike(zeros([2], { dtype: "float64" }))).toMatchObject({ shape: [2], dtype: "float64" });
    expect(zerosLike(new Parameter(ones([2]))).requiresGrad).toBe(false);
    expect(arange(4)).toMatchObject({ dtype: "int32" });
    expect(arange(1, 7, 2).toArray()).toEqual([1, 3, 5]);
    expect(arange(5, 0, -2).toArray()).toEqual([5, 3, 1]);
    expect(arange(3, 3).toArray()).toEqual([]);
    expect(arange(0, 1, 0.25)).toMatchObject({ dtype: "float32", shape: [4] });
    expect(arange(3, { dtype: "float64", requiresGrad: true })).toMatchObject({
      dtype: "float64",
      requiresGrad: true,
    });
    expect(arange(3, { dtype: "bool" }).toArray()).toEqual([false, true, true]);
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(-1, 0.1, 7, { dtype: "float64" }).data[6], "the end is hit to the bit").toBe(0.1);
    expect([linspace(3, 9, 1).toArray(), linspace(3, 9, 0).toArray()]).toEqual([[3], []]);
    expect(eye(2, 3).toArray()).toEqual([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
    expect(eye(2).toArray()).toEqual([[1, 0], [0, 1]]); // prettier-ignore
  });

  it("random, from a seed", () => {
    const drawn = (): unknown => {
      manualSeed(7);
      return [rand([3]), randn([2, 2]), randint(-2, 3, [5]), randperm(4)].map((x) => x.toArray());
    };
    expect(drawn()).toEqual(drawn());
    const generator = new Generator(1);
    const before = defaultGenerator().state;
    const uniform = rand([1000], { generator, dtype: "float64" }).data;
    expect(defaultGenerator().state).toEqual(before);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(new Set(randint(-2, 3, [200], { generator }).data)).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect([...randperm(50, { generator }).data].sort((a, b) => a - b)).toEqual([...arange(50).data]);
    expect(randint(0, 5, [2], { generator }).dtype).toBe("int32");
  });
});

describe("printing", () => {
  const dedent = (text: string): string =>
    text
      .replace(/^\n/, "")
      .replace(/\n {4}/g, "\n")
      .replace(/^ {4}/, "");
  it.each<[string, Tensor, string]>([
    ["a scalar", tensor(3), "tensor(3.)"],
    ["a fraction", tensor(-3.25), "tensor(-3.25)"],
    ["NaN", tensor(NaN), "tensor(nan)"],
    ["bool", tensor(true), "tensor(true, bool)"],
    ["a vector", tensor([1, 2, -3]), "tensor([ 1.,  2., -3.])"],
    ["as many digits as needed", tensor([1, 2.5, -3.125]), "tensor([ 1.000,  2.500, -3.125])"],
    ["at most four", tensor([0.1, 1 / 3]), "tensor([0.1000, 0.3333])"],
    ["rounded to a whole number", tensor([99999.99999]), "tensor([100000.])"],
    ["columns aligned", tensor([[1.5, -2], [100, 4]]), "tensor([[  1.5,  -2.0],\n        [100.0,   4.0]])"], // prettier-ignore
    ["infinite numbers", tensor([NaN, 1.5, Infinity, -Infinity]), "tensor([ nan,  1.5,  inf, -inf])"],
    ["large numbers", tensor([1e10, 2]), "tensor([1.e+10, 2.e+00])"],
    ["small numbers", tensor([-1.5e-5, 2e-5]), "tensor([-1.5e-05,  2.0e-05])"],
    ["far apart", f64([123456.789, 0.5]), "tensor([1.2346e+05, 5.0000e-01], float64)"],
    ["exponents of three digits", f64([1e-200, 1, 0]), "tensor([1.e-200, 1.e+000, 0.e+000], float64)"],
    ["large and infinite", tensor([1e12, -Infinity, NaN]), "tensor([1.e+12,   -inf,    nan])"],
    ["zeros beside ordinary numbers", tensor([0, 0.5]), "tensor([0.0, 0.5])"],
    ["whole numbers", int32([[1, -20], [3, 4]]), "tensor([[  1, -20],\n        [  3,   4]], int32)"], // prettier-ignore
    ["truth", tensor([true, false]), "tensor([ true, false], bool)"],
    ["nothing", tensor([]), "tensor([], shape [0])"],
    ["nothing in rows", zeros([2, 0, 3]), "tensor([], shape [2,0,3])"],
    ["what is trained", new Parameter(tensor([1])), "tensor([1.], requiresGrad)"],
    ["a cell", state(int32([1, 2])), "tensor([1, 2], int32)"],
    ["three axes", arange(8, { dtype: "float32" }).reshape([2, 2, 2]), dedent(`
    tensor([[[0., 1.],
             [2., 3.]],

            [[4., 5.],
             [6., 7.]]])`)], // prettier-ignore
    ["four axes", zeros([2, 1, 1, 2]), dedent(`
    tensor([[[[0., 0.]]],


            [[[0., 0.]]]])`)], // prettier-ignore
    ["a long row in lines", linspace(0, 1, 12), dedent(`
    tensor([0.0000, 0.0909, 0.1818, 0.2727, 0.3636, 0.4545, 0.5455, 0.6364, 0.7273,
            0.8182, 0.9091, 1.0000])`)], // prettier-ignore
    [
      "many numbers left out",
      arange(1001),
      "tensor([   0,    1,    2, ...,  998,  999, 1000], shape [1001], int32)",
    ],
    ["many rows left out", arange(2000).reshape([500, 4]), dedent(`
    tensor([[   0,    1,    2,    3],
            [   4,    5,    6,    7],
            [   8,    9,   10,   11],
            ...,
            [1988, 1989, 1990, 1991],
            [1992, 1993, 1994, 1995],
            [1996, 1997, 1998, 1999]], shape [500,4], int32)`)], // prettier-ignore
    ["only what is shown decides the format", concat([zeros([600]), tensor([1e9]), zeros([600])]), "tensor([0., 0., 0., ..., 0., 0., 0.], shape [1201])"], // prettier-ignore
  ])("%s", (_, x, expected) => expect(String(x)).toBe(expected));

  it("is the same for the console, JSON and toArray", () => {
    const x = tensor([[1, 2]]);
    const inspect = x as unknown as Record<symbol, () => string>;
    expect(inspect[Symbol.for("nodejs.util.inspect.custom")]()).toBe("tensor([[1., 2.]])");
    expect(JSON.stringify({ x, y: tensor(2), z: tensor([true]) })).toBe('{"x":[[1,2]],"y":2,"z":[true]}');
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2]).toArray()).toEqual([]);
    expect(tensor(4).item()).toBe(4);
    expect(tensor([[4]]).item()).toBe(4);
  });
});
