import { describe, expect, test } from "vitest";
import file from "../../../../test/fixtures/networks/metrics.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import { DTypeError, ShapeError, ValueError, tensor, zeros } from "../index.ts";
import type { Tensor } from "../index.ts";
import { accuracy, confusionMatrix, precisionRecallF1, r2, rmse, topKAccuracy } from "./index.ts";

const close = within({ abs: 1e-14, rel: 1e-12 });
const int32 = (data: number[]): Tensor => tensor(data, { dtype: "int32" });

describe("scikit-learn's figures", () => {
  test.each(file.classes)("$name", (one) => {
    const scores = tensor(one.scores, { dtype: "float64" });
    const target = int32(one.target);
    close(accuracy(scores, target), one.accuracy);
    one.topK.forEach((expected, i) => close(topKAccuracy(scores, target, i + 1), expected));
    const matrix = confusionMatrix(scores, target);
    expect(matrix).toEqual(one.confusion);
    const { perClass, macro } = precisionRecallF1(matrix);
    one.perClass.forEach((expected, k) =>
      close(Object.values(perClass[k]), Object.values(expected), `class ${k}`),
    );
    close([macro.precision, macro.recall, macro.f1], one.macro);
    expect(macro.support).toBe(one.target.length);
  });

  test.each(file.numbers)("$name", (one) => {
    const [output, target] = [one.output, one.target].map((data) => tensor(data, { dtype: "float64" }));
    close(rmse(output, target), one.rmse);
    close(r2(output, target), one.r2);
  });
});

test("a constant target has no variance to explain, also where its mean would be rounded", () => {
  // (0.1 + 0.1 + 0.1)/3 is not 0.1
  const target = tensor([0.1, 0.1, 0.1], { dtype: "float64" });
  expect(r2(tensor([0.1, 0.2, 0.1], { dtype: "float64" }), target)).toBe(0);
  expect(r2(target, target)).toBe(1);
});

describe("classes come as scores, indices or one-hot rows", () => {
  const scores = tensor([
    [0.1, 0.9],
    [0.8, 0.2],
    [0.5, 0.5],
  ]);
  test.each([
    ["scores and indices", scores, int32([1, 1, 0])],
    ["scores and one-hot rows", scores, int32([1, 1, 0]).oneHot(2)],
    ["indices and indices", int32([1, 0, 0]), int32([1, 1, 0])],
  ])("%s", (_what, output, target) => {
    expect(accuracy(output, target)).toBe(2 / 3);
    expect(confusionMatrix(output, target)).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test("equal scores: the first counts as the largest, for every k", () => {
    const equal = zeros([3, 3]);
    const target = int32([0, 1, 2]);
    expect([1, 2, 3].map((k) => topKAccuracy(equal, target, k))).toEqual([1 / 3, 2 / 3, 1]);
    expect(accuracy(equal, target)).toBe(1 / 3);
  });

  test("NaN scores rank first for top-k as they do for argmax", () => {
    const broken = tensor([[1, NaN, 2]]);
    expect(accuracy(broken, int32([1]))).toBe(1);
    expect([0, 1, 2].map((k) => topKAccuracy(broken, int32([k]), 1))).toEqual([0, 1, 0]);
  });

  test("one logit per example becomes indices as the message says", () => {
    const logits = tensor([[-1], [2], [3]]);
    expect(accuracy(logits.gt(0).to("int32").reshape([-1]), int32([0, 1, 0]))).toBe(2 / 3);
  });

  test("no examples have no accuracy", () => {
    expect(accuracy(zeros([0, 2]), zeros([0], { dtype: "int32" }))).toBeNaN();
  });

  test("more classes than seen may be asked for", () => {
    expect(confusionMatrix(int32([0]), int32([0]), 2)).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });
});

test.each<[string, new (...args: never[]) => Error, () => unknown]>([
  [
    "accuracy: output [3] of float32 holds no classes",
    DTypeError,
    () => accuracy(zeros([3]), int32([0, 1, 1])),
  ],
  [
    "accuracy: output [2,3] has 2 examples, target [3] has 3",
    ShapeError,
    () => accuracy(zeros([2, 3]), int32([0, 1, 1])),
  ],
  [
    'accuracy: output [3,1] has one score per example and so one class only; convert it to indices with .gt(0).to("int32").reshape([-1])',
    ShapeError,
    () => accuracy(zeros([3, 1]), int32([0, 1, 1])),
  ],
  [
    "accuracy: target [2,1] has one score per example",
    ShapeError,
    () => accuracy(zeros([2, 2]), zeros([2, 1])),
  ],
  ["accuracy: output must be [examples, classes]", ShapeError, () => accuracy(zeros([2, 3, 1]), int32([0]))],
  [
    "topKAccuracy: k must be a whole number from 1 to 3",
    ValueError,
    () => topKAccuracy(zeros([1, 3]), int32([0]), 4),
  ],
  ["topKAccuracy: class 3 is not one of 0 … 2", ShapeError, () => topKAccuracy(zeros([1, 3]), int32([3]), 1)],
  ["topKAccuracy: output must be scores", ShapeError, () => topKAccuracy(int32([0]), int32([0]), 1)],
  [
    "confusionMatrix: class 2 is not one of 0 … 1",
    ShapeError,
    () => confusionMatrix(int32([2]), int32([0]), 2),
  ],
  ["rmse: output [2] and target [2,1] differ", ShapeError, () => rmse(zeros([2]), zeros([2, 1]))],
  ["r2: compares floating-point numbers, not int32", DTypeError, () => r2(int32([1]), int32([1]))],
])("%s", (message, kind, call) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(message);
});
