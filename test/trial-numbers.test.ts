/** What users met, by the number of the trial: wrong numbers that came without a word. */
import { describe, expect, it } from "vitest";
import { applyScaling, DataLoader, Dataset, fitScaling } from "../packages/chainrule/src/data/index.ts";
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
import {
  Generator,
  Parameter,
  arange,
  compile,
  full,
  ones,
  randn,
  tensor,
  zeros,
} from "../packages/chainrule/src/index.ts";
import type { Tensor } from "../packages/chainrule/src/index.ts";
import { Linear } from "../packages/chainrule/src/nn/index.ts";
import { ReduceLROnPlateau, SGD } from "../packages/chainrule/src/optim/index.ts";
import { evaluate, learner, train } from "../packages/chainrule/src/train/index.ts";
import type { Learner, TrainOptions } from "../packages/chainrule/src/train/index.ts";

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

  it("softmax of an empty tensor is empty", () => {
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

describe("A10: a learner that learns nothing", () => {
  const model = new Linear(2, 2);
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });

  it("refuses an optimizer of another model's parameters", () => {
    const other = new SGD(new Linear(2, 2).parameters(), { lr: 0.1 });
    expect(() => learner({ model, loss: crossEntropy, optimizer: other })).toThrow(
      "learner: the optimizer has none of the model's parameters, so the model would learn nothing; make the optimizer of model.parameters()",
    );
    const head = new SGD([model.bias!], { lr: 0.1 });
    expect(learner({ model, loss: crossEntropy, optimizer: head }).parameterCount).toBe(6);
  });

  it.each([
    [{ model, optimizer }, "learner: needs a loss"],
    [{ model, loss: crossEntropy }, "learner: needs an optimizer"],
    [{ loss: crossEntropy, optimizer }, "learner: needs a model"],
    [{ model, loss: "mse", optimizer }, 'learner: loss must be a function, not "mse"'],
    [{ model: {}, loss: crossEntropy, optimizer }, "learner: model must be a module"],
    [{ model, loss: crossEntropy, optimizer: "adam" }, "learner: optimizer must be an optimizer"],
    [
      { model, loss: crossEntropy, optimiser: optimizer },
      'there is no option "optimiser"; did you mean "optimizer"?',
    ],
  ])("refuses %#", (options, message) => {
    expect(() => learner(options as never)).toThrow(message);
  });
});

/** A learner of one linear layer on 12 rows, and its data. */
function small(lr: number): { one: Learner; data: Dataset } {
  const model = new Linear(2, 3, { generator: new Generator(1) });
  const one = learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr }) });
  const inputs = randn([1_203, 2], { generator: new Generator(2) });
  const classes = Array.from({ length: 1_203 }, (_, i) => i % 3);
  return { one, data: new Dataset(inputs, int32(classes), { featureNames: ["width", "height"] }) };
}

describe("A11: numbers that are not finite at the end", () => {
  it.each([true, false])(
    "the last update is checked as well, full pass after each epoch: %s",
    async (evalTrain) => {
      const { one, data } = small(1e300);
      const batches = new DataLoader(data, { batchSize: data.length });
      const run = async (): Promise<void> => {
        for await (const event of train({ learner: one, data: batches, epochs: 1, evalTrain })) void event;
      };
      await expect(run()).rejects.toThrow(/the parameter weight became (NaN|infinite) in epoch 1, batch 1/);
    },
  );
});

describe("A12: metrics are computed in one way", () => {
  it.each([undefined, null])(
    "evaluate() has the bits of train()'s metrics on the device %s",
    async (device) => {
      const { one, data } = small(0.1);
      let metrics: unknown;
      const options = {
        learner: one,
        data: new DataLoader(data, { batchSize: 50 }),
        test: data,
        epochs: 2,
        device,
      };
      for await (const event of train(options)) if (event.event === "done") metrics = event.metrics.test;
      expect(await evaluate(one, data, { device })).toEqual(metrics);
    },
  );

  it("parameterCount() counts what is trained", () => {
    const model = new Linear(3, 2);
    model.weight.requiresGrad = false;
    expect(model.parameterCount()).toBe(2);
  });
});

describe("B4: numbers that are not finite in the rows", () => {
  it("train() names part, row and column", async () => {
    const { one, data } = small(0.1);
    const inputs = data.inputs.data.slice();
    inputs[2 * 17 + 1] = NaN;
    inputs[2 * 20] = Infinity;
    const bad = new Dataset(tensor(inputs).reshape(data.inputs.shape), data.targets, data.info);
    const run = async (options: Partial<TrainOptions>): Promise<void> => {
      const all = { learner: one, data: new DataLoader(data), epochs: 1, ...options };
      for await (const event of train(all)) void event;
    };
    const place = `inputs hold NaN in row 17, column "height" (and 1 more such numbers); fill such gaps`;
    await expect(run({ data: new DataLoader(bad) })).rejects.toThrow(`train: the training ${place}`);
    await expect(run({ test: bad })).rejects.toThrow(`train: the test ${place}`);
  });

  it("fitScaling names row and column", () => {
    const rows = tensor([
      [1, 2],
      [NaN, 3],
    ]);
    expect(() => fitScaling("standard", rows)).toThrow("fitScaling: the inputs hold NaN in row 1, column 0");
    expect(() => fitScaling("minmax", rows, undefined, ["a", "b"])).toThrow('in row 1, column "a"');
  });
});
