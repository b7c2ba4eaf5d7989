/** Early stopping, the learning-rate finder, folds, and two rules of initialisation. */
import { describe, expect, it } from "vitest";
import { DataLoader, Dataset, kFold } from "../packages/chainrule/src/data/index.ts";
import { crossEntropy } from "../packages/chainrule/src/functions/index.ts";
import { Generator, Parameter, randn, tensor, zeros } from "../packages/chainrule/src/index.ts";
import { Linear, init } from "../packages/chainrule/src/nn/index.ts";
import { Adam, SGD } from "../packages/chainrule/src/optim/index.ts";
import { earlyStopping, findLearningRate, learner, train } from "../packages/chainrule/src/train/index.ts";

const rows = (): Dataset => {
  const inputs = randn([90, 2], { generator: new Generator(1) });
  const classes = inputs.data.filter((_, i) => i % 2 === 0).map((value) => (value > 0 ? 1 : 0));
  return new Dataset(inputs, tensor([...classes], { dtype: "int32" }));
};

describe("D: early stopping", () => {
  const stopsOf = (values: number[], options = {}): boolean[] => {
    const stopping = earlyStopping(new Linear(2, 1), options);
    return values.map((value) => stopping.stops(value));
  };

  it("stops after `patience` values without improvement", () => {
    expect(stopsOf([3, 2, 2, 2, 2], { patience: 3 })).toEqual([false, false, false, false, true]);
    expect(stopsOf([3, 2, 2, 1, 1, 1], { patience: 2 })).toEqual([false, false, false, false, false, true]);
    expect(stopsOf([1, 2, 3], { patience: 2, mode: "max" })).toEqual([false, false, false]);
    expect(stopsOf([1, 0.95, 0.9], { patience: 1, minDelta: 0.2 })).toEqual([false, true, true]);
    expect(stopsOf([NaN, NaN], { patience: 2 })).toEqual([false, true]);
  });

  it("restores the best weights of a run", async () => {
    const model = new Linear(2, 2, { generator: new Generator(0) });
    const one = learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 40 }) });
    const stopping = earlyStopping(model, { patience: 3 });
    expect(() => stopping.restoreBest()).toThrow("earlyStopping: no value was the best yet");
    const seen = new Map<number, number[]>();
    for await (const event of train({
      learner: one,
      data: new DataLoader(rows()),
      validation: rows(),
      epochs: 30,
    })) {
      if (event.event !== "epoch") continue;
      const loss = event.metrics.validation!.loss;
      seen.set(loss, [...model.weight.data]);
      if (stopping.stops(loss)) break;
    }
    stopping.restoreBest();
    expect([...model.weight.data]).toEqual(seen.get(stopping.best!.value));
    expect(stopping.best!.value).toBe(Math.min(...seen.keys()));
  });
});

describe("D: the learning-rate finder", () => {
  it("raises the rate by a constant factor, ends where the loss explodes, and changes nothing", () => {
    const model = new Linear(2, 2, { generator: new Generator(0) });
    const optimizer = new Adam(model.parameters(), { lr: 0.123 });
    const state = (): string => JSON.stringify([model.stateDict(), optimizer.stateDict()]);
    const before = state();
    const data = new DataLoader(rows(), { batchSize: 30, generator: new Generator(3) });
    const found = findLearningRate({
      model,
      optimizer,
      loss: crossEntropy,
      data,
      from: 1e-4,
      to: 1e4,
      steps: 81,
    });
    const ratios = found.rates.slice(1).map((rate, i) => rate / found.rates[i]);
    for (const ratio of ratios) expect(ratio).toBeCloseTo(10 ** 0.1, 10);
    expect(found.rates.length).toBeLessThan(81);
    expect(found.losses.at(-1)!).toBeGreaterThan(4 * Math.min(...found.losses));
    expect(found.suggestion!).toBeGreaterThan(1e-3);
    expect(found.suggestion!).toBeLessThan(10);
    expect(state()).toBe(before);
    expect(optimizer.paramGroups[0].lr).toBe(0.123);
  });

  it("refuses rates that do not rise", () => {
    const model = new Linear(2, 2);
    const options = { model, optimizer: new SGD(model.parameters(), { lr: 1 }), loss: crossEntropy };
    expect(() => findLearningRate({ ...options, data: new DataLoader(rows()), from: 1, to: 0.1 })).toThrow(
      "the rates must rise",
    );
    expect(() => findLearningRate({ ...options, data: new DataLoader(rows()), start: 1 } as never)).toThrow(
      'no option "start"',
    );
  });
});

describe("D: k folds", () => {
  it("holds every row back once, in folds of equal size", () => {
    const folds = kFold(23, 5, new Generator(0));
    expect(folds.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 23 }, (_, i) => i),
    );
    expect(folds.map(({ held }) => held.length).sort((a, b) => a - b)).toEqual([4, 4, 5, 5, 5]);
    for (const { rest, held } of folds) expect(new Set([...rest, ...held]).size).toBe(23);
  });

  it("has each class in proportion", () => {
    const labels = Array.from({ length: 50 }, (_, i) => (i < 40 ? 0 : 1));
    for (const { held } of kFold(50, 5, new Generator(0), labels))
      expect([...held].map((row) => labels[row]).filter((label) => label === 1)).toHaveLength(2);
  });

  it("refuses more folds than rows", () => {
    expect(() => kFold(3, 4, new Generator(0))).toThrow(
      "kFold: the number of folds must be a whole number from 2 to 3, not 4",
    );
    expect(() => kFold(4, 2, new Generator(0), [1])).toThrow("there are 1 labels for 4 rows");
  });
});

describe("D: initialisation", () => {
  it.each([
    [3, 5],
    [5, 3],
    [4, 4],
  ])("orthogonal %i × %i has orthonormal rows or columns", (n, m) => {
    const cell = init.orthogonal(new Parameter(zeros([n, m], { dtype: "float64" })), {
      gain: 2,
      generator: new Generator(0),
    });
    const gram = n <= m ? cell.matmul(cell, { transposeB: true }) : cell.matmul(cell, { transposeA: true });
    gram.data.forEach((value, i) => expect(value).toBeCloseTo(i % (Math.min(n, m) + 1) === 0 ? 4 : 0, 12));
  });

  it("truncatedNormal stays within its limits and has the right deviation", () => {
    const cell = init.truncatedNormal(new Parameter(zeros([20_000], { dtype: "float64" })), {
      std: 0.5,
      low: -1,
      high: 1,
      generator: new Generator(0),
    });
    expect(Math.max(...cell.data)).toBeLessThanOrEqual(1);
    expect(Math.min(...cell.data)).toBeGreaterThanOrEqual(-1);
    // a standard normal cut at ±2 has the deviation 0.8796
    expect(cell.variance(0).sqrt().item()).toBeCloseTo(0.5 * 0.8796, 2);
    expect(() => init.truncatedNormal(cell, { low: 1, high: 0 })).toThrow(
      "truncatedNormal: needs std > 0, low < high",
    );
  });
});
