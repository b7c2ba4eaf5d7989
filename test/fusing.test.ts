/** Fused kernels agree with the reference, and similar ops that are not equivalent are not fused. */
import { describe, expect, test } from "vitest";
import { compile, defineOp, Generator, grad, ops, randn, reference, tensor } from "chainrule";
import type { Binary, Tensor, Unary } from "chainrule";
import { crossEntropy, layerNorm, logSoftmax, softmax } from "chainrule/functions";
import { fastDevices } from "./devices.ts";

interface Case {
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
}

const generator = new Generator(1);
const drawn = (...shape: number[]): Tensor => randn(shape, { generator });
const int32 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "int32" });
const x = drawn(3, 4);
const tall = drawn(8, 4);
const square = drawn(3, 3);
const classes = int32([1, 0, 3]);

/** (softmax(x) − onehot(t)) · share, in the form of the gradient of crossEntropy */
const gradient =
  (share: Tensor | number, columns = 4) =>
  (x: Tensor, t: Tensor): Tensor =>
    softmax(x).sub(t.oneHot(columns)).mul(share);
/** −ln softmax(x)[t] */
const picked =
  (axis = 1) =>
  (x: Tensor, t: Tensor): Tensor =>
    logSoftmax(x).gather(t, axis).neg();

/** (h − mean h − z · mean(h z)) r, in the form of the gradient of layerNorm */
const slope = (h: Tensor, z: Tensor, axes: number | number[] = 1, count = 4): Tensor => {
  const mean = (t: Tensor): Tensor => t.sum(axes, true).div(count);
  return h.sub(mean(h)).sub(z.mul(mean(h.mul(z))));
};
const normalized =
  (axes: number | number[] = 1, count = 4) =>
  (h: Tensor, z: Tensor, r: Tensor): Tensor =>
    slope(h, z, axes, count).mul(r);

/** User's ops under names of the library: (a − b)/2, and |x|. */
const halved: Binary = defineOp({
  ...ops.sub,
  tests: { examples: [] },
  kernel: (out, inputs, shapes) => {
    ops.sub.kernel(out, inputs, shapes, undefined);
    out.forEach((z, i) => (out[i] = z / 2));
  },
});
const folded: Unary = defineOp({
  ...ops.relu,
  tests: { examples: [] },
  kernel: (out, [x]) => x.forEach((z, i) => (out[i] = Math.abs(z))),
});

/** For each kernel the programs that it computes, and programs that differ from them in one respect. */
const kernels: Record<
  string,
  { readonly fused: Record<string, Case>; readonly apart: Record<string, Case> }
> = {
  softmax: {
    fused: {
      "of a matrix": { f: (x) => softmax(x), inputs: [x] },
      "of a vector": { f: (x) => softmax(x), inputs: [drawn(5)] },
      "along the last of three axes": { f: (x) => softmax(x), inputs: [drawn(2, 3, 4)] },
    },
    apart: {
      "along another axis": { f: (x) => softmax(x, 0), inputs: [x] },
      "the maximum of another tensor": {
        f: (x, y) => {
          const e = x.sub(y.max(1, true)).exp();
          return e.div(e.sum(1, true));
        },
        inputs: [x, drawn(3, 4)],
      },
      "the sum of another tensor": {
        f: (x, y) => x.sub(x.max(1, true)).exp().div(y.exp().sum(1, true)),
        inputs: [x, drawn(3, 4)],
      },
      "the sum along the other axis": {
        f: (x) => {
          const e = x.sub(x.max(1, true)).exp();
          return e.div(e.sum(0, true));
        },
        inputs: [square],
      },
      "a maximum that lost its axis": {
        f: (x) => {
          const e = x.sub(x.max(1)).exp();
          return e.div(e.sum(1, true));
        },
        inputs: [square],
      },
      "a sum that lost its axis": {
        f: (x) => {
          const e = x.sub(x.max(1, true)).exp();
          return e.div(e.sum(1));
        },
        inputs: [square],
      },
      "another op called sub": {
        f: (x) => {
          const e = halved(x, x.max(1, true)).exp();
          return e.div(e.sum(1, true));
        },
        inputs: [x],
      },
      "the sum divided by the exponentials": {
        f: (x) => {
          const e = x.sub(x.max(1, true)).exp();
          return e.sum(1, true).div(e);
        },
        inputs: [x],
      },
    },
  },
  logSoftmax: {
    fused: { "of a matrix": { f: (x) => logSoftmax(x), inputs: [x] } },
    apart: {
      "along another axis": { f: (x) => logSoftmax(x, 0), inputs: [x] },
      "ln Σ eˣ of x itself": { f: (x) => x.sub(x.max(1, true)).sub(x.logSumExp(1, true)), inputs: [x] },
      "ln Σ eᶻ of another tensor": {
        f: (x, y) => x.sub(x.max(1, true)).sub(y.sub(y.max(1, true)).logSumExp(1, true)),
        inputs: [x, drawn(3, 4)],
      },
      "ln Σ eᶻ along the other axis": {
        f: (x) => {
          const z = x.sub(x.max(1, true));
          return z.sub(z.logSumExp(0, true));
        },
        inputs: [square],
      },
      "ln Σ eᶻ that lost its axis": {
        f: (x) => {
          const z = x.sub(x.max(1, true));
          return z.sub(z.logSumExp(1));
        },
        inputs: [square],
      },
    },
  },
  crossEntropy: {
    fused: {
      "the function": { f: (x, t) => crossEntropy(x, t, { reduction: "none" }), inputs: [x, classes] },
      "written out": { f: picked(), inputs: [x, int32([[1], [0], [3]])] },
      "of one row": { f: picked(), inputs: [drawn(1, 4), int32([[2]])] },
    },
    apart: {
      "a row of as many indices as there are rows": { f: picked(), inputs: [x, int32([[0, 1, 2]])] },
      "indices for two rows of three": { f: picked(), inputs: [x, int32([[1], [3]])] },
      "two indices a row": { f: picked(), inputs: [x, int32([[1, 2], [0, 0], [3, 1]])] }, // prettier-ignore
      "along the other axis": { f: picked(0), inputs: [square, int32([[1], [0], [2]])] },
      "softmax along the other axis": {
        f: (x, t) => logSoftmax(x, 0).gather(t, 1).neg(),
        inputs: [square, int32([[1], [0], [2]])],
      },
      "three axes": {
        f: (x, t) => logSoftmax(x).gather(t, 2).neg(),
        inputs: [drawn(1, 3, 4), int32([[1], [0], [3]]).reshape([1, 3, 1])],
      },
    },
  },
  crossEntropyGrad: {
    fused: {
      "one share": { f: gradient(0.5), inputs: [x, classes] },
      "a share a row": { f: (x, t, share) => gradient(share)(x, t), inputs: [x, classes, drawn(3, 1)] },
      "of one row": { f: gradient(0.5), inputs: [drawn(1, 4), int32([2])] },
    },
    apart: {
      "one class for all rows": { f: gradient(0.5), inputs: [x, int32([1])] },
      "one column for all classes": { f: gradient(0.5, 1), inputs: [x, int32([0, 0, 0])] },
      "a matrix of classes": { f: gradient(0.5), inputs: [x, int32([[1, 0, 3]])] },
      "a share a column": { f: (x, t, share) => gradient(share)(x, t), inputs: [x, classes, drawn(4)] },
      "a share an element": { f: (x, t, share) => gradient(share)(x, t), inputs: [x, classes, drawn(3, 4)] },
      "a share with one more axis": {
        f: (x, t, share) => gradient(share)(x, t),
        inputs: [x, classes, drawn(1, 3, 1)],
      },
      "a row that more rows are made of": {
        f: (x, t, share) => gradient(share)(x, t),
        inputs: [drawn(1, 4), int32([2]), drawn(3, 1)],
      },
      "another type of one-hot": {
        f: (x, t) => softmax(x).sub(t.oneHot(4, "float64")).mul(0.5),
        inputs: [x, classes],
      },
      "a sum": { f: (x, t) => softmax(x).add(t.oneHot(4)).mul(0.5), inputs: [x, classes] },
    },
  },
  normGrad: {
    fused: {
      "of a matrix": { f: normalized(), inputs: [x, drawn(3, 4), drawn(3, 1)] },
      "of a vector": { f: normalized(0, 9), inputs: [drawn(9), drawn(9), drawn(1)] },
      "of one row": { f: normalized(), inputs: [drawn(1, 4), drawn(1, 4), drawn(1, 1)] },
      "along the last two of three axes": {
        f: normalized([1, 2], 20),
        inputs: [drawn(3, 4, 5), drawn(3, 4, 5), drawn(3, 1, 1)],
      },
    },
    apart: {
      "along the other axis": { f: normalized(0, 3), inputs: [x, drawn(3, 4), drawn(1, 4)] },
      "along the first two of three axes": {
        f: normalized([0, 1], 12),
        inputs: [drawn(3, 4, 5), drawn(3, 4, 5), drawn(1, 1, 5)],
      },
      "divided by another number": { f: normalized(1, 3), inputs: [x, drawn(3, 4), drawn(3, 1)] },
      "a rate a column": { f: normalized(), inputs: [x, drawn(3, 4), drawn(4)] },
      "a rate an element": { f: normalized(), inputs: [x, drawn(3, 4), drawn(3, 4)] },
      "one rate": { f: normalized(), inputs: [x, drawn(3, 4), drawn(1, 1)] },
      "a rate with one more axis": { f: normalized(), inputs: [x, drawn(3, 4), drawn(1, 3, 1)] },
      "a rate of another type": {
        f: normalized(),
        inputs: [x, drawn(3, 4), drawn(3, 1).to("float64")],
      },
      "a row that all rows are normalised to": { f: normalized(), inputs: [x, drawn(4), drawn(3, 1)] },
      "a row that more rows are made of": {
        f: normalized(),
        inputs: [drawn(1, 4), drawn(3, 4), drawn(1, 1)],
      },
      "the mean of another tensor": {
        f: (h, z, r, k) => {
          const mean = (t: Tensor): Tensor => t.sum(1, true).div(4);
          return h
            .sub(mean(k))
            .sub(z.mul(mean(h.mul(z))))
            .mul(r);
        },
        inputs: [x, drawn(3, 4), drawn(3, 1), drawn(3, 4)],
      },
      "the product with another tensor": {
        f: (h, z, r, k) => {
          const mean = (t: Tensor): Tensor => t.sum(1, true).div(4);
          return h
            .sub(mean(h))
            .sub(z.mul(mean(h.mul(k))))
            .mul(r);
        },
        inputs: [x, drawn(3, 4), drawn(3, 1), drawn(3, 4)],
      },
      "the other mean along the other axis": {
        f: (h, z, r) =>
          h
            .sub(h.sum(1, true).div(3))
            .sub(z.mul(h.mul(z).sum(0, true).div(3)))
            .mul(r),
        inputs: [square, drawn(3, 3), drawn(3, 1)],
      },
      "the other mean along one axis more": {
        f: (h, z, r) =>
          h
            .sub(h.sum([1, 2], true).div(20))
            .sub(z.mul(h.mul(z).sum(2, true).div(5)))
            .mul(r),
        inputs: [drawn(3, 4, 5), drawn(3, 4, 5), drawn(3, 1, 1)],
      },
      "means that lost their axis": {
        f: (h, z, r) =>
          h
            .sub(h.sum(1).div(3))
            .sub(z.mul(h.mul(z).sum(1).div(3)))
            .mul(r),
        inputs: [square, drawn(3, 3), drawn(3)],
      },
      "a sum": { f: (h, z, r) => slope(h, z).add(r), inputs: [x, drawn(3, 4), drawn(3, 1)] },
    },
  },
  matmul: {
    fused: {
      "with a bias": { f: (x, w, b) => x.matmul(w).add(b), inputs: [tall, drawn(4, 5), drawn(5)] },
      "with a bias before it": {
        f: (x, w, b) => b.add(x.matmul(w)),
        inputs: [tall, drawn(4, 5), drawn(1, 5)],
      },
      "with an activation": { f: (x, w) => x.matmul(w).tanh(), inputs: [tall, drawn(4, 5)] },
      "of few rows with both": {
        f: (x, w, b) => x.matmul(w).add(b).relu(),
        inputs: [x, drawn(4, 5), drawn(5)],
      },
      "with both": { f: (x, w, b) => x.matmul(w).add(b).relu(), inputs: [tall, drawn(4, 5), drawn(5)] },
    },
    apart: {
      "with a column": { f: (x, w, b) => x.matmul(w).add(b), inputs: [tall, drawn(4, 3), drawn(8, 1)] },
      "with a matrix": { f: (x, w, b) => x.matmul(w).add(b), inputs: [tall, drawn(4, 5), drawn(8, 5)] },
      "with a number": { f: (x, w, b) => x.matmul(w).add(b), inputs: [tall, drawn(4, 5), drawn()] },
      "with a bias of one more axis": {
        f: (x, w, b) => x.matmul(w).add(b),
        inputs: [tall, drawn(4, 5), drawn(1, 1, 5)],
      },
      "with a column that more rows are made of": {
        f: (x, w, b) => x.matmul(w).add(b),
        inputs: [drawn(1, 4), drawn(4, 1), drawn(3, 1)],
      },
      "with a bias of another type": {
        f: (x, w, b) => x.matmul(w).add(b),
        inputs: [tall, drawn(4, 5), drawn(5).to("float64")],
      },
      "added to itself": { f: (x, w) => ((y) => y.add(y))(x.matmul(w)), inputs: [drawn(1, 4), drawn(4, 5)] },
      "with an activation that is not its only reader": {
        f: (x, w) => ((y) => y.tanh().mul(y))(x.matmul(w)),
        inputs: [tall, drawn(4, 5)],
      },
      "with a bias that is not its only reader": {
        f: (x, w, b) => ((y) => y.add(b).mul(y))(x.matmul(w)),
        inputs: [tall, drawn(4, 5), drawn(5)],
      },
      "with another op called relu": { f: (x, w) => folded(x.matmul(w)), inputs: [tall, drawn(4, 5)] },
      "with another activation": { f: (x, w) => x.matmul(w).exp(), inputs: [tall, drawn(4, 5)] },
    },
  },
};

describe.each(Object.keys(fastDevices))("on %s", async (name) => {
  const device = await fastDevices[name]();

  /** Compares with the reference, within the rounding of float32 sums in another order. Returns the kernels by name. */
  function launched({ f, inputs }: Case): string[] {
    using compiled = compile(f, { device });
    const got = compiled(...inputs);
    const expected = compile(f, { device: reference })(...inputs);
    expect([got.shape, got.dtype]).toEqual([expected.shape, expected.dtype]);
    got.data.forEach((value, i) => {
      const right = expected.data[i];
      expect(Math.abs(value - right) / Math.max(1, Math.abs(right))).toBeLessThan(1e-6);
    });
    return [...compiled.explain().matchAll(/^ +\d+ {2}(\w+?)(Few)?(_f32|_f64)? /gm)].map(
      ([, kernel]) => kernel,
    );
  }

  describe.each(Object.entries(kernels))("%s", (kernel, { fused, apart }) => {
    test.each(Object.entries(fused))("%s is one kernel", (_, one) => {
      expect(launched(one)).toEqual([kernel]);
    });
    test.each(Object.entries(apart))("%s is not", (_, one) => {
      expect(launched(one)).not.toEqual([kernel]);
    });
  });

  test("the gradient of layerNorm uses its kernel, which has the same bits as the separate ops", () => {
    const layer = compile(
      (x, weight, g) => grad((x: Tensor) => layerNorm(x, [13], { weight }).mul(g).sum())(x),
      { device },
    );
    layer(drawn(5, 13), drawn(13), drawn(5, 13));
    expect(layer.explain()).toContain("normGrad_f32");
    const [h, z, r] = [drawn(5, 13), drawn(5, 13), drawn(5, 1)];
    const fused = compile(normalized(1, 13), { device });
    const apart = compile((h, z, r) => r.mul(slope(h, z, 1, 13)), { device });
    expect(fused(h, z, r).data).toEqual(apart(h, z, r).data);
    expect(apart.explain()).not.toContain("normGrad");
  });

  test("relu(x) > 0 is computed as x > 0, and no similar comparison is changed", () => {
    for (const limit of [0, -0.5])
      launched({ f: (x) => x.mul(2).relu().add(x.mul(2).gt(limit)), inputs: [drawn(3, 4)] });
    launched({ f: (x) => x.relu().add(x.neg().gt(0)), inputs: [drawn(3, 4)] });
    launched({ f: (x) => folded(x).add(x.gt(0)), inputs: [drawn(3, 4)] });
  });
});
