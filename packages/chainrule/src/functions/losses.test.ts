import { describe, expect, test } from "vitest";
import { within } from "../../../../test/golden.ts";
import { DTypeError, ShapeError, ValueError, grad, gradients, tensor, zeros } from "../index.ts";
import type { Tensor } from "../index.ts";
import { composites } from "../ops/composite.ts";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  dropout,
  embedding,
  hingeLoss,
  huberLoss,
  l1Loss,
  layerNorm,
  batchNorm,
  linear,
  logSoftmax,
  mseLoss,
  multiMarginLoss,
  nllLoss,
  probabilityHingeLoss,
  softmax,
  squaredError,
} from "./index.ts";

const int32 = (data: number[]): Tensor => tensor(data, { dtype: "int32" });
const onNumbers = {
  mseLoss,
  squaredError,
  l1Loss,
  huberLoss,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
};
const onClasses = { crossEntropy, nllLoss, hingeLoss, probabilityHingeLoss, multiMarginLoss };

test("losses, activations and layer functions are composites, which test/every-op.test.ts derives and differentiates", () => {
  const names =
    "batchNorm batchNormWith binaryCrossEntropy binaryCrossEntropyWithLogits crossEntropy dropout einsum embedding gelu hingeLoss " +
    "huberLoss l1Loss layerNorm leakyRelu linear logSoftmax mseLoss multiMarginLoss nllLoss probabilityHingeLoss " +
    "silu softmax squaredError";
  for (const name of names.split(" "))
    expect(composites.get(name)?.tests?.examples.length, name).toBeGreaterThan(0);
});

describe("logits of ±1000 stay finite", () => {
  const x = tensor([
    [1000, -1000, 0],
    [-1000, -1000, -1000],
    [1000, 999, 1000],
    [-1000, 1000, 1000],
  ]);
  const y = int32([1, 0, 1, 0]);
  const functions: Record<string, (x: Tensor) => Tensor> = {
    softmax,
    logSoftmax,
    crossEntropy: (z) => crossEntropy(z, y),
    "crossEntropy, probabilities": (z) => crossEntropy(z, softmax(zeros([4, 3]))),
    "crossEntropy, smoothed": (z) => crossEntropy(z, y, { labelSmoothing: 0.1 }),
    "nllLoss of logSoftmax": (z) => nllLoss(logSoftmax(z), y),
    hingeLoss: (z) => hingeLoss(z, y),
    probabilityHingeLoss: (z) => probabilityHingeLoss(z, y),
    binaryCrossEntropyWithLogits: (z) => binaryCrossEntropyWithLogits(z, zeros([4, 3])),
    "binaryCrossEntropyWithLogits, ones": (z) => binaryCrossEntropyWithLogits(z, zeros([4, 3]).add(1)),
  };
  test.each(Object.keys(functions))("%s", (name) => {
    for (const input of [x, x.to("float64")]) {
      const gradient = grad((z) => functions[name](z).sum())(input);
      for (const value of [...functions[name](input).data, ...gradient.data])
        expect(Number.isFinite(value)).toBe(true);
    }
  });

  test("a small loss beside large logits keeps its digits in float32", () => {
    // ln(1 + e^−10); 1000 and 990 themselves have only a step of 6e-5
    expect(crossEntropy(tensor([[1000, 990]]), int32([0])).item()).toBeCloseTo(4.53989e-5, 9);
    expect(binaryCrossEntropyWithLogits(tensor([20]), tensor([1])).item()).toBeCloseTo(2.0612e-9, 13);
  });

  test("a class that is impossible costs nothing where it is not the target", () => {
    const z = tensor([[0, -Infinity, 0]], { requiresGrad: true });
    const loss = crossEntropy(z, int32([2]));
    expect(loss.item()).toBeCloseTo(Math.LN2, 6);
    expect(gradients(loss, [z])[0].toArray()).toEqual([[0.5, 0, -0.5]]);
  });

  test("a sure and wrong probability costs 100, as in PyTorch, and its gradient is finite", () => {
    const p = tensor([0, 1, 0, 1], { dtype: "float64", requiresGrad: true });
    const loss = binaryCrossEntropy(p, tensor([0, 1, 1, 0], { dtype: "float64" }), { reduction: "none" });
    const close = within({ abs: 0, rel: 1e-12 });
    close(loss, [0, 0, 100, 100]);
    close(gradients(loss.sum(), [p])[0], [0, 0, -1e12, 1e12]);
  });
});

describe("squared errors", () => {
  const output = tensor([
    [1, 2],
    [3, 4],
  ]);
  const target = tensor([
    [0, 0],
    [3, 2],
  ]);
  test("mseLoss averages over all elements, squaredError sums over the outputs and averages over the examples", () => {
    expect(mseLoss(output, target).item()).toBe(9 / 4);
    expect(squaredError(output, target).item()).toBe(9 / 2);
    expect(squaredError(output, target, { half: true }).item()).toBe(9 / 4);
    expect(squaredError(output, target, { reduction: "sum" }).item()).toBe(9);
    expect(squaredError(output, target, { reduction: "none" }).toArray()).toEqual([5, 4]);
    expect(squaredError(output, target, { reduction: "none", half: true }).toArray()).toEqual([2.5, 2]);
  });

  test("one axis holds one output per example, none is one example", () => {
    expect(squaredError(tensor([1, 3]), tensor([0, 0])).item()).toBe(5);
    expect(squaredError(tensor(3), tensor(1)).item()).toBe(4);
    expect(squaredError(zeros([2, 2, 2]).add(1), zeros([2, 2, 2])).item()).toBe(4);
  });
});

describe("kinks", () => {
  test("l1 has slope 0 at 0; a hinge exactly at its margin is not active", () => {
    expect(grad((x) => l1Loss(x, tensor([0, 0])))(tensor([0, 2])).toArray()).toEqual([0, 0.5]);
    expect(grad((s) => hingeLoss(s, int32([0])))(tensor([[1, 0, -1]])).toArray()).toEqual([[0, 0, 0]]);
    expect(grad((x) => huberLoss(x, tensor([0]), { delta: 2 }))(tensor([2])).toArray()).toEqual([2]);
  });
});

test("huber's arms begin at delta", () => {
  const target = tensor([0, 0, 0], { dtype: "float64" });
  const loss = huberLoss(tensor([1.99, 2.01, -2.01], { dtype: "float64" }), target, {
    delta: 2,
    reduction: "none",
  });
  within({ abs: 1e-14, rel: 0 })(loss, [1.98005, 2.02, 2.02]);
});

describe("dropout", () => {
  const random = int32([1, 2, 3]);
  const x = zeros([1000]).add(3);
  test("keeps the mean, repeats with its state and changes with it", () => {
    const y = dropout(x, 0.25, random);
    const kept = [...y.data].filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([4]));
    expect(Math.abs(kept.length - 750)).toBeLessThan(60);
    expect(dropout(x, 0.25, random).data).toEqual(y.data);
    expect(dropout(x, 0.25, int32([1, 2, 4])).data).not.toEqual(y.data);
  });
  test("p = 0 keeps all, p = 1 drops all, gradients follow the mask", () => {
    expect(dropout(x, 0, random).data).toEqual(x.data);
    expect(dropout(x, 1, random).data).toEqual(zeros([1000]).data);
    const g = grad((z) => dropout(z, 0.25, random).sum())(x);
    expect(g.mul(3).data).toEqual(dropout(x, 0.25, random).data);
  });
});

describe("what does not fit is refused by name, with the shapes", () => {
  test.each(Object.entries(onNumbers))("%s", (name, loss) => {
    expect(() => loss(zeros([10, 1]), zeros([10]))).toThrow(ShapeError);
    expect(() => loss(zeros([10, 1]), zeros([10]))).toThrow(
      `${name}: output [10,1] and target [10] differ; reshape one: target.reshape([10,1])`,
    );
    expect(() => loss(zeros([2]), zeros([2]), { reduction: "median" as "mean" })).toThrow(
      `${name}: reduction must be one of "mean", "sum", "none", not "median"`,
    );
  });

  test.each(Object.entries(onClasses))("%s", (name, loss) => {
    expect(() => loss(zeros([10, 3]), zeros([9], { dtype: "int32" }))).toThrow(ShapeError);
    expect(() => loss(zeros([10, 3]), zeros([9], { dtype: "int32" }))).toThrow(
      `${name}: output [10,3] and target [9] do not fit; the target needs a class index per example, [10] of int32`,
    );
    expect(() => loss(zeros([10, 3]), zeros([10]))).toThrow(DTypeError);
    expect(() => loss(zeros([10, 3]), zeros([10]))).toThrow(`${name}: class indices are int32, not float32`);
    expect(() => loss(zeros([1, 3]), int32([3]))).toThrow(
      `${name}: class index 3 is out of range 0 … 2 for output [1,3]; labels start at 0`,
    );
    expect(() => loss(zeros([]), zeros([], { dtype: "int32" }))).toThrow(/needs a score per class/);
  });

  test("one-hot rows are probabilities for crossEntropy, and become indices for the others", () => {
    expect(() => crossEntropy(zeros([2, 3]), zeros([2, 3], { dtype: "int32" }))).toThrow(
      /\[2,3\] holds probabilities, floating-point numbers, not int32.*argmax\(1\)/,
    );
    expect(() => nllLoss(zeros([2, 3]), zeros([2, 3]))).toThrow(
      /one-hot rows become indices with \.argmax\(1\)/,
    );
  });

  const class0 = int32([0]);
  test.each<[string, new (...args: never[]) => Error, () => unknown]>([
    [
      "crossEntropy: weight [2] must have one number per class, [3] for output [1,3]",
      ShapeError,
      () => crossEntropy(zeros([1, 3]), class0, { weight: zeros([2]) }),
    ],
    [
      "crossEntropy: labelSmoothing must be a number, from 0 to 1",
      ValueError,
      () => crossEntropy(zeros([1, 3]), class0, { labelSmoothing: 2 }),
    ],
    [
      "huberLoss: delta must be a finite number above 0, not -1",
      ValueError,
      () => huberLoss(zeros([1]), zeros([1]), { delta: -1 }),
    ],
    [
      "multiMarginLoss: p must be one of 1, 2, not 3",
      ValueError,
      () => multiMarginLoss(zeros([1, 3]), class0, { p: 3 as 1 }),
    ],
    [
      "hingeLoss: margin must be a finite number, not NaN",
      ValueError,
      () => hingeLoss(zeros([1, 3]), class0, { margin: NaN }),
    ],
    [
      "linear: input [100,64] has 64 features, the weight [300,784] takes 784",
      ShapeError,
      () => linear(zeros([100, 64]), zeros([300, 784])),
    ],
    [
      "linear: bias [4] must be [2] for the weight [2,3]",
      ShapeError,
      () => linear(zeros([1, 3]), zeros([2, 3]), zeros([4])),
    ],
    ["linear: needs an input [..,in]", ShapeError, () => linear(zeros([1, 3]), zeros([3]))],
    ["dropout: the probability p", ValueError, () => dropout(zeros([1]), 1.5, int32([0, 0, 0]))],
    ["batchNorm: needs [N,features]", ShapeError, () => batchNorm(zeros([3]))],
    [
      "batchNorm: weight [2] must be [3] for an input [4,3]",
      ShapeError,
      () => batchNorm(zeros([4, 3]), { weight: zeros([2]), bias: zeros([3]) }),
    ],
    [
      "batchNorm: weight and bias come together",
      ShapeError,
      () => batchNorm(zeros([4, 3]), { weight: zeros([3]) }),
    ],
    ["layerNorm: input [4,3] does not end in [4]", ShapeError, () => layerNorm(zeros([4, 3]), [4])],
    [
      "layerNorm: weight and bias must be [3], not [1]",
      ShapeError,
      () => layerNorm(zeros([4, 3]), [3], { weight: zeros([1]) }),
    ],
    [
      "layerNorm: a bias needs a weight",
      ShapeError,
      () => layerNorm(zeros([4, 3]), [3], { bias: zeros([3]) }),
    ],
    ["embedding: indices are int32, not float32", DTypeError, () => embedding(zeros([2]), zeros([3, 4]))],
    ["embedding: the weight is [count,features], not [3]", ShapeError, () => embedding(class0, zeros([3]))],
    ["softmax: axis 2 is out of range for [2,3]", ShapeError, () => softmax(zeros([2, 3]), 2)],
    ["logSoftmax: axis -1 is out of range for []", ShapeError, () => logSoftmax(zeros([]))],
  ])("%s", (message, kind, call) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });
});
