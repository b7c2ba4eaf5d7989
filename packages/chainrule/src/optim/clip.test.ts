import { describe, expect, it, test } from "vitest";
import torch from "../../../../test/fixtures/optim/torch.json" with { type: "json" };
import { Parameter, reference, tensor, zeros } from "../index.ts";
import type { Tensor } from "../index.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "../graph/trace.ts";
import { clipGradNorm, clipGradValue } from "./index.ts";

const double = { dtype: "float64" } as const;
function parameters(): Parameter[] {
  const all = [[2], [2, 2], [1]].map((shape) => new Parameter(zeros(shape, double)));
  all[0].grad = tensor([3, -4], double);
  all[1].grad = tensor(
    [
      [0.5, -0.25],
      [12, 0],
    ],
    double,
  );
  return all;
}
const { abs, rel } = torch.tolerance;
function expectClose(got: unknown, expected: unknown): void {
  const [a, b] = [got, expected].map((side) => [side].flat(Infinity).map(Number));
  expect(a).toHaveLength(b.length);
  a.forEach((x, i) => expect(Math.abs(x - b[i])).toBeLessThanOrEqual(abs + rel * Math.abs(b[i])));
}
const gradients = (all: readonly Parameter[]): unknown => all.slice(0, 2).map((w) => w.grad?.toArray());

describe("as PyTorch", () => {
  test.each(torch.clipNorm)("clipGradNorm to $limit", ({ limit, norm, grads }) => {
    const all = parameters();
    expectClose(clipGradNorm(all, limit).item(), norm);
    expectClose(gradients(all), grads);
    expect(all[2].grad).toBeNull();
  });

  test.each(torch.clipValue)("clipGradValue to $limit", ({ limit, grads }) => {
    const all = parameters();
    clipGradValue(all, limit);
    expectClose(gradients(all), grads);
    expect(all[2].grad).toBeNull();
  });
});

it("measures float32 gradients beside float64 ones, and keeps each type", () => {
  const all = [new Parameter(zeros([1])), new Parameter(zeros([1], double))];
  all[0].grad = tensor([3]);
  all[1].grad = tensor([4], double);
  expect(clipGradNorm(all, 1).item()).toBe(5);
  expect(all.map((w) => w.grad?.dtype)).toEqual(["float32", "float64"]);
});

it("has norm 0 without gradients", () => {
  expect(clipGradNorm([new Parameter(zeros([2]))], 1).item()).toBe(0);
});

it("A6: squares are added in float64, so a large gradient keeps its direction", () => {
  const w = new Parameter(zeros([2]));
  w.grad = tensor([1e30, 1e30]);
  expect(clipGradNorm([w], 1).item()).toBeCloseTo(Math.SQRT2 * Math.fround(1e30), -24);
  expect(w.grad.toArray()).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)]);
});

test.each([
  [[NaN, 1], "NaN"],
  [[Infinity, 1], "Infinity"],
])("A6: a norm that is not finite is an error, and the gradients stay: %s", (values, norm) => {
  const [a, b] = [new Parameter(zeros([2]), { name: "a" }), new Parameter(zeros([2]), { name: "b" })];
  [a.grad, b.grad] = [tensor([1, 1]), tensor(values)];
  expect(() => clipGradNorm([a, b], 1)).toThrow(
    `clipGradNorm: the gradient b is not finite, so its norm is ${norm}`,
  );
  expect(a.grad.toArray()).toEqual([1, 1]);
});

it("A6: an iterator that was read before is refused", () => {
  const read = [new Parameter(zeros([2]))].values();
  expect([...read]).toHaveLength(1);
  expect(() => clipGradNorm(read, 1)).toThrow(
    "clipGradNorm: was given no parameters; an iterator can be read once",
  );
  expect(() => clipGradValue(read, 1)).toThrow("clipGradValue: was given no parameters");
});

test.each([0, -1, NaN, Infinity])("refuses %f", (limit) => {
  expect(() => clipGradNorm([], limit)).toThrow(/maxNorm must be a finite number above 0/);
  expect(() => clipGradValue([], limit)).toThrow(/value must be a finite number above 0/);
});

it("clips in a traced step", () => {
  const w = new Parameter(tensor([3, 4], double));
  const step = (x: Tensor): Tensor[] => {
    w.grad = null;
    w.mul(x).sum().backward();
    const norm = clipGradNorm([w], 1);
    clipGradValue([w], 0.7);
    return [norm, w.grad as unknown as Tensor];
  };
  const run = replay(trace(step, [tensor([1, 1], double)]), reference);
  const [norm, g] = run(tensor([30, 40], double));
  expect(norm.item()).toBe(50);
  expectClose(g.toArray(), [0.6 / (1 + 1e-6 / 50), 0.7]);
});
