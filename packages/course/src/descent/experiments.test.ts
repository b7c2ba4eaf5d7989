/** The experiments of the page, on small budgets, against what was measured with NumPy. */
import { tensor } from "chainrule";
import { describe, expect, it, test } from "vitest";
import reference from "../../../../test/fixtures/golden/reference_runs.json" with { type: "json" };
import { reportOf } from "../../../../test/course/pages.ts";
import { gradientSizes, grid, networkOf, operationCounts, run, runs, stepOf } from "./experiments.ts";

const end = (values: readonly number[]): number => values[values.length - 1];
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

describe("F-4, TP-18: losses for batch sizes and learning rates are those measured with NumPy", () => {
  const seeds = [0, 1, 2];
  const rows = reference.circles_lr_batch_grid.rows.filter(
    ({ batch, eta }) => batch * 0.003 <= eta && eta <= batch * 0.1 && eta < 3,
  );
  it("has rows to compare", () => expect(rows.length).toBeGreaterThan(5));
  test.each(rows)("batch $batch, rate $eta after 50 epochs", ({ batch, eta, train_loss_ep50: expected }) => {
    const [[loss]] = grid([batch], [eta], 50, seeds);
    expect(Math.abs(loss - expected)).toBeLessThan(0.03 + 0.1 * expected);
  });
  it("a rate of 10 fails at every batch size", () => {
    for (const [loss] of grid([10, 50, 200], [10], 20, [0])) expect(loss).toBeGreaterThan(0.6);
  });
});

describe("one thing changed at a time", () => {
  it("batches sorted by class forget: the loss stays above guessing", () => {
    const shuffled = mean(runs({ rate: 0.1 }, 60, [0, 1]).map(({ losses }) => end(losses)));
    const sorted = mean(runs({ rate: 0.1, sorted: true }, 60, [0, 1]).map(({ losses }) => end(losses)));
    expect(shuffled).toBeLessThan(0.35);
    expect(sorted).toBeGreaterThan(0.69);
  });

  it("a smaller rate and more epochs cure sorted batches, as the answers say", () => {
    const ends = (setting: object, epochs: number): number =>
      mean(runs(setting, epochs, [0, 1, 2]).map(({ losses }) => end(losses)));
    expect(ends({ rate: 0.1, sorted: true }, 150)).toBeCloseTo(0.69, 2);
    expect(ends({ rate: 0.03, sorted: true }, 500)).toBeCloseTo(0.13, 2);
    expect(ends({ rate: 0.1 }, 150)).toBeCloseTo(0.117, 3);
    expect(ends({ rate: 0.03 }, 500)).toBeCloseTo(0.115, 3);
  });

  it("zero weights: tanh units send the output weights no gradient, sigmoids one for all", () => {
    const X = tensor([0.5, -1, 1.5, 0.25], { shape: [2, 2], dtype: "float64" });
    const output = (activation: "tanh" | "sigmoid"): number[][] => {
      const model = networkOf({ sigma: 0, activation }, 1);
      using step = stepOf(model, 1);
      step(X, tensor([0, 0], { dtype: "int32" }));
      return model.stateDict().get("2.weight")!.toArray() as number[][];
    };
    const ten = (value: number): number[] => new Array<number>(10).fill(value);
    expect(output("tanh").flat().map(Math.abs)).toEqual(new Array<number>(20).fill(0));
    expect(output("sigmoid")).toEqual([ten(0.25), ten(-0.25)]);
  });

  it("LH-7: from zero weights the hidden units never part, from small ones late", () => {
    expect(end(run({ sigma: 0 }, 40, 0).losses)).toBeGreaterThan(0.69);
    expect(end(run({ sigma: 0.3 }, 40, 0).losses)).toBeLessThan(0.2);
  });

  it("without a hidden layer nothing separates rings, with one it is done", () => {
    expect(end(run({ depth: 0 }, 40, 0).accuracies)).toBeLessThan(0.65);
    expect(end(run({ depth: 1 }, 40, 0).accuracies)).toBeGreaterThan(0.9);
  });

  it("LH-8: through nine layers of sigmoids the first gradient is a millionth of the last", () => {
    const sizes = gradientSizes({ depth: 8, sigma: 0.3, activation: "sigmoid" }, 0);
    expect(sizes[0] / end(sizes)).toBeLessThan(1e-6);
    const tanh = gradientSizes({ depth: 8, sigma: "scaled" }, 0);
    expect(tanh[0] / end(tanh)).toBeGreaterThan(1e-3);
  });
});

it("the numbers that the task tells are those counted", () => {
  const ten = operationCounts(16)[9];
  expect([ten.parameters, ten.differences, ten.naive, ten.backprop]).toEqual([2560, 13189120, 18400, 7744]);
});

it("the page has every section", async () => {
  const { titles, figures } = await reportOf("descent");
  expect(titles).toEqual([
    "Classic, mini-batch, online",
    "Sorted against shuffled batches",
    "The learning rate and the batch size",
    "The start",
    "Depth",
    "What a gradient costs",
  ]);
  expect(figures).toBe(10);
});
