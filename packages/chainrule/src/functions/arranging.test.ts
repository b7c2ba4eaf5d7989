/** Functions whose results have no gradient or are several tensors: parts, masks, order. Others are in torch-more.test.ts. */
import { expect, test } from "vitest";
import { arange, compile, gradients, GraphError, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import {
  all,
  any,
  argsort,
  chunk,
  isfinite,
  isnan,
  logaddexp,
  maskedFill,
  nonzero,
  norm,
  sort,
  split,
  std,
  topk,
} from "./index.ts";

const x = tensor(
  [
    [3, NaN, 1, 3],
    [0, -2, Infinity, 0],
  ],
  { dtype: "float64" },
);

test("parts of an axis add up to it", () => {
  expect(split(arange(7), 3).map((one) => one.toArray())).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(split(x, [1, 0, 3], 1).map((one) => one.shape)).toEqual([
    [2, 1],
    [2, 0],
    [2, 3],
  ]);
  expect(chunk(arange(7), 4).map((one) => one.toArray())).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
  expect(() => split(arange(7), [3, 3])).toThrow("do not add up to 7");
});

test("questions about values", () => {
  expect(isnan(x).toArray()).toEqual([
    [false, true, false, false],
    [false, false, false, false],
  ]);
  expect(isfinite(x).toArray()).toEqual([
    [true, false, true, true],
    [true, true, false, true],
  ]);
  // NaN is not 0, as in PyTorch
  expect(any(x, 0).toArray()).toEqual([true, true, true, true]);
  expect(all(x, 1).toArray()).toEqual([true, false]);
  expect([any(arange(0)).item(), all(arange(0)).item()]).toEqual([0, 1]);
});

test("equal infinities in logaddexp, NaN in norm", () => {
  const infinities = tensor([Infinity, -Infinity], { dtype: "float64" });
  expect(logaddexp(infinities, infinities).toArray()).toEqual([Infinity, -Infinity]);
  expect(norm(x, 1).toArray()).toEqual([NaN, Infinity]);
});

test("filling where a mask is true keeps the other gradients", () => {
  const w = tensor([1, 2, 3], { requiresGrad: true });
  const filled = maskedFill(w, w.gt(2), -Infinity);
  expect(filled.toArray()).toEqual([1, 2, -Infinity]);
  expect(gradients(filled.exp().sum(), [w])[0].data[2]).toBe(0);
});

test("an order is stable, and NaN counts as the largest", () => {
  expect(argsort(x).toArray()).toEqual([
    [2, 0, 3, 1],
    [1, 0, 3, 2],
  ]);
  expect(argsort(x, 1, true).toArray()).toEqual([
    [1, 0, 3, 2],
    [2, 0, 3, 1],
  ]);
  expect(sort(x, 0).values.toArray()).toEqual([
    [0, -2, 1, 0],
    [3, NaN, Infinity, 3],
  ]);
  expect(topk(x, 2, 1, false).indices.toArray()).toEqual([
    [2, 0],
    [1, 0],
  ]);
  expect(nonzero(x).toArray()).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 1],
    [1, 2],
  ]);
});

test("gradients flow to the values that were sorted", () => {
  const w = tensor([3, 1, 2], { requiresGrad: true });
  const weights = tensor([10, 20, 30]);
  expect(gradients(sort(w).values.mul(weights).sum(), [w])[0].toArray()).toEqual([30, 10, 20]);
  expect(gradients(topk(w, 1).values.sum(), [w])[0].toArray()).toEqual([1, 0, 0]);
});

test("equal values have a deviation of 0 with gradients of 0", () => {
  const w = tensor([2, 2, 2], { requiresGrad: true });
  expect(std(w).item()).toBe(0);
  expect(gradients(std(w), [w])[0].toArray()).toEqual([0, 0, 0]);
});

test.each([argsort, (w: Tensor) => sort(w).values, (w: Tensor) => topk(w, 1).values, nonzero])(
  "%s, which reads values, is refused in a compiled step",
  (run) => {
    const step = compile((w) => run(w));
    expect(() => step(tensor([2, 1]))).toThrow(GraphError);
  },
);
