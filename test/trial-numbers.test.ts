/** What users met, by the number of the trial: wrong numbers that came without a word. */
import { describe, expect, it } from "vitest";
import { applyScaling, fitScaling } from "../packages/chainrule/src/data/index.ts";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  hingeLoss,
  logSoftmax,
  multiMarginLoss,
  nllLoss,
  probabilityHingeLoss,
  softmax,
} from "../packages/chainrule/src/functions/index.ts";
import { Parameter, arange, compile, full, ones, tensor, zeros } from "../packages/chainrule/src/index.ts";
import type { Tensor } from "../packages/chainrule/src/index.ts";
import { Linear } from "../packages/chainrule/src/nn/index.ts";
import { ReduceLROnPlateau, SGD } from "../packages/chainrule/src/optim/index.ts";

const int32 = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("A1: scaling large numbers", () => {
  it("ten timestamps in a row have their range, in float64 until they are scaled", () => {
    const times = arange(1_600_000_000, 1_600_000_010, 1, { dtype: "float64" }).reshape([10, 1]);
    const scaling = fitScaling("minmax", times);
    expect(scaling).toEqual({ kind: "minmax", precision: "float64", offset: [1_600_000_000], scale: [9] });
    const scaled = applyScaling(scaling, times, { dtype: "float32" });
    expect([scaled.dtype, ...scaled.data]).toEqual([
      "float32",
      ...times.data.map((t) => Math.fround((t - 1.6e9) / 9)),
    ]);
  });
});

describe("A5: one column of scores in a loss on classes", () => {
  const losses = { crossEntropy, nllLoss, hingeLoss, probabilityHingeLoss, multiMarginLoss };
  it.each(Object.entries(losses))("%s refuses it", (_name, loss) => {
    const message = /has one column of scores, so the loss would be 0 for ever; two classes need two columns/;
    expect(() => loss(zeros([3, 1]), int32([0, 0, 0]))).toThrow(message);
    expect(() => loss(zeros([1]), tensor(0, { dtype: "int32" }))).toThrow(message);
    expect(() => loss(zeros([2, 1, 4]), zeros([2, 4], { dtype: "int32" }))).toThrow(message);
    expect(() => loss(zeros([3, 0]), int32([0, 0, 0]))).toThrow("has no scores");
  });

  it("also of probabilities, and in a compiled step", () => {
    expect(() => crossEntropy(zeros([3, 1]), ones([3, 1]))).toThrow("one column of scores");
    const step = compile((x: Tensor, y: Tensor) => crossEntropy(x, y));
    expect(() => step(zeros([3, 1]), int32([0, 0, 0]))).toThrow("one column of scores");
  });
});

describe("A6: parameters can be read more than once", () => {
  it("module.parameters() is an array", () => {
    const parameters = new Linear(2, 1).parameters();
    expect([[...parameters].length, [...parameters].length]).toEqual([2, 2]);
  });
});

describe("A7: the plateau schedule", () => {
  const rateAfter = (losses: number[], mode: "min" | "max" = "min"): number => {
    const optimizer = new SGD([new Parameter(zeros([1]))], { lr: 1 });
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5, mode });
    losses.forEach((loss, i) => schedule.afterEpoch(i + 1, loss));
    return optimizer.paramGroups[0].lr;
  };

  it("lowers the rate where a negative loss stays", () => {
    expect(rateAfter([-1, -1, -1])).toBe(0.5);
    expect(rateAfter([-1, -1.01, -1.02])).toBe(1);
    expect(rateAfter([-1, -0.5, -0.2])).toBe(0.5);
  });

  it("counts a gain of a negative value with mode max", () => {
    expect(rateAfter([-1, -1, -1], "max")).toBe(0.5);
    expect(rateAfter([-1, -0.9, -0.8], "max")).toBe(1);
  });

  it("does not take a first loss that is not finite for an improvement", () => {
    expect(rateAfter([Infinity, Infinity])).toBe(0.5);
    expect(rateAfter([NaN, NaN])).toBe(0.5);
    expect(rateAfter([-Infinity, -Infinity], "max")).toBe(0.5);
    expect(rateAfter([Infinity, 3, 2])).toBe(1);
  });
});

describe("A8: whole numbers that do not fit", () => {
  it.each<[string, () => unknown, string]>([
    ["tensor of NaN", () => int32([0, NaN, 2]), "tensor: int32 cannot hold NaN"],
    ["tensor of 3e9", () => int32([3e9]), "tensor: int32 cannot hold 3000000000"],
    [
      "a typed array",
      () => tensor(Float64Array.of(-3e9), { dtype: "int32" }),
      "int32 cannot hold -3000000000",
    ],
    ["full", () => full([2], 3e9, { dtype: "int32" }), "int32 cannot hold 3000000000"],
    ["arange", () => arange(0, 6e9, 3e9, { dtype: "int32" }), "int32 cannot hold 3000000000"],
    ["to", () => tensor([1e10]).to("int32"), "to: int32 cannot hold 10000000000"],
    ["sum", () => full([50_000], 60_000, { dtype: "int32" }).sum(), "sum: int32 cannot hold 3000000000"],
    ["cumsum", () => int32([2e9, 2e9]).cumsum(0), "cumsum: int32 cannot hold 4000000000"],
    ["add", () => int32([2e9]).add(int32([2e9])), "add: int32 cannot hold 4000000000"],
    ["sub", () => int32([-2e9]).sub(int32([2e9])), "sub: int32 cannot hold -4000000000"],
    ["mul", () => int32([1e5]).mul(int32([1e5])), "mul: int32 cannot hold 10000000000"],
    ["neg", () => int32([-2147483648]).neg(), "neg: int32 cannot hold 2147483648"],
    ["abs", () => int32([-2147483648]).abs(), "abs: int32 cannot hold 2147483648"],
    ["pow", () => int32([2]).pow(31), "pow: int32 cannot hold 2147483648"],
    ["a power below 0", () => int32([2]).pow(-1), "pow: the result 0.5 of whole numbers is not whole"],
    [
      "matmul",
      () => tensor([[94906267, 1]], { dtype: "int32" }).matmul(tensor([[94906267], [0]], { dtype: "int32" })),
      "matmul: int32 cannot hold",
    ],
  ])("%s is refused", (_name, call, message) => {
    expect(call).toThrow(message);
  });

  it("what fits is exact", () => {
    expect(int32([13]).pow(7).toArray()).toEqual([62748517]);
    expect(int32([13]).pow(7).dtype).toBe("int32");
    expect(int32([2147483647, -2147483648]).toArray()).toEqual([2147483647, -2147483648]);
    expect(int32([2147483647, 1, -2147483648]).sum().item()).toBe(0);
    expect(tensor([1.9, -1.9]).to("int32").toArray()).toEqual([1, -1]);
  });
});

describe("A9: limits and empty tensors", () => {
  it("1 to any power, and (−1) to ±∞, is 1, as in IEEE 754", () => {
    const [one, minusOne] = [tensor([1]), tensor([-1])];
    for (const power of [Infinity, -Infinity, NaN]) expect(one.pow(power).item()).toBe(1);
    for (const power of [Infinity, -Infinity]) expect(minusOne.pow(power).item()).toBe(1);
    expect(minusOne.pow(NaN).item()).toBeNaN();
  });

  it("softmax of nothing is nothing", () => {
    expect(softmax(zeros([3, 0])).shape).toEqual([3, 0]);
    expect(logSoftmax(zeros([3, 0])).shape).toEqual([3, 0]);
    expect(softmax(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(zeros([3, 0]).logSumExp(1).toArray()).toEqual([-Infinity, -Infinity, -Infinity]);
  });

  it("a −∞ logit has the same loss with one-hot targets as with indices", () => {
    const x = tensor([[0, 0, -Infinity]], { requiresGrad: true });
    const loss = crossEntropy(x, tensor([[1, 0, 0]]));
    expect(loss.item()).toBeCloseTo(Math.LN2, 6);
    expect(loss.item()).toBe(crossEntropy(x, int32([0])).item());
    loss.backward();
    expect(x.grad?.toArray()).toEqual([[-0.5, 0.5, 0]]);
    expect(crossEntropy(x, int32([0]), { labelSmoothing: 0 }).item()).toBeCloseTo(Math.LN2, 6);
  });

  it("clamp takes null for no limit", () => {
    const x = tensor([-1, 1, 3]);
    expect(x.clamp(null, 2).toArray()).toEqual([-1, 1, 2]);
    expect(x.clamp(0).toArray()).toEqual([0, 1, 3]);
    expect(x.clamp(0, null).toArray()).toEqual([0, 1, 3]);
    expect(() => x.clamp(NaN, 2)).toThrow("clamp: low must be a number or null, not NaN");
    expect(() => x.clamp(0, "2" as never)).toThrow('clamp: high must be a number or null, not "2"');
  });
});

describe("B3: outside of a loss's domain", () => {
  it("a probability outside 0 … 1 is named with its place", () => {
    expect(() => binaryCrossEntropy(tensor([[0.5, 3]]), tensor([[1, 0]]))).toThrow(
      "binaryCrossEntropy: the output holds 3 at [0, 1], and each must be a probability, from 0 to 1; for scores of any size, binaryCrossEntropyWithLogits",
    );
    expect(() => binaryCrossEntropy(tensor([0.5]), tensor([2]))).toThrow("the target holds 2 at [0]");
    expect(() => binaryCrossEntropyWithLogits(tensor([5]), tensor([-1]))).toThrow(
      "the target holds -1 at [0]",
    );
    expect(binaryCrossEntropyWithLogits(tensor([50]), tensor([0.5])).item()).toBeCloseTo(25, 5);
  });

  it("probabilities in place of their logarithms are refused", () => {
    const x = tensor([
      [1, 2],
      [0, -1],
    ]);
    expect(() => nllLoss(softmax(x), int32([0, 1]))).toThrow(
      "nllLoss: the output holds probabilities, and the loss needs their logarithms; use logSoftmax in place of softmax",
    );
    expect(nllLoss(logSoftmax(x), int32([0, 1])).item()).toBe(crossEntropy(x, int32([0, 1])).item());
  });
});
