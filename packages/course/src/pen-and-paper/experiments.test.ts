/** The experiments of the page, gradients checked by differences, and the page. */
import { Generator, gradcheck, randn, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { crossEntropy, hingeLoss, linear, probabilityHingeLoss, softmax } from "chainrule/functions";
import { ELU } from "chainrule/nn";
import { describe, expect, it, test } from "vitest";
import { reportOf, runScript } from "../../../../test/course/pages.ts";
import { scriptOf } from "./calculator.ts";
import { sheet } from "./check.ts";
import { checkpointBytes, hingeAlong, iterations, lossSums, slopeAlong } from "./experiments.ts";
import { iterate, memoryOf, probabilityHinge } from "./solution.ts";

describe("PP-7: the gradients of losses and layers pass the check by differences, for random sizes", () => {
  const random = new Generator(11);
  const size = (): number => 2 + Math.floor(5 * random.uniform());
  const draw = (...shape: number[]): Tensor => randn(shape, { generator: random, dtype: "float64" });
  const pick = (rows: number, classes: number): Tensor =>
    tensor(
      Array.from({ length: rows }, () => Math.floor(classes * random.uniform())),
      { dtype: "int32" },
    );
  const sizes = Array.from({ length: 3 }, () => [size(), size()] as const);
  const losses: readonly (readonly [string, (o: Tensor, y: Tensor) => Tensor, number])[] = [
    ["hinge", (o, y) => hingeLoss(o, y), 1e-6],
    ["hinge on probabilities", (o, y) => probabilityHingeLoss(o, y, { margin: 0.3 }), 1e-6],
    ["softmax loss", (o, y) => crossEntropy(o, y), 1e-5],
    ["softmax", (o) => softmax(o).mul(o).sum(), 1e-5],
    ["relu", (o) => o.relu().sum(), 1e-6],
    ["sigmoid", (o) => o.sigmoid().sum(), 1e-6],
    ["tanh", (o) => o.tanh().sum(), 1e-6],
    ["ELU(0.5)", (o) => new ELU(0.5).forward(o).sum(), 1e-6],
  ];
  test.each(losses)("%s", (_name, loss, threshold) => {
    for (const [rows, classes] of sizes) {
      const y = pick(rows, classes);
      const { ok, entries } = gradcheck((o: Tensor) => loss(o, y), [draw(rows, classes)]);
      expect(ok).toBe(true);
      for (const { relativeError } of entries) expect(relativeError).toBeLessThan(threshold);
    }
  });
  test("linear", () => {
    for (const [rows, inputs] of sizes) {
      const report = gradcheck(
        (...[x, W, b]: Tensor[]) => linear(x, W, b).tanh().sum(),
        [draw(rows, inputs), draw(3, inputs), draw(3)],
      );
      expect(report.ok).toBe(true);
      for (const { relativeError } of report.entries) expect(relativeError).toBeLessThan(1e-5);
    }
  });
  test("the solution's hinge agrees with the library's", () => {
    const o = [0.5, -1, 2, 0.1];
    for (const y of [0, 2]) {
      const scores = tensor([o], { dtype: "float64" });
      const loss = probabilityHingeLoss(scores, tensor([y], { dtype: "int32" }), { margin: 0.5 });
      expect(probabilityHinge(o, y, 0.5).loss).toBeCloseTo(loss.item(), 12);
    }
  });
});

it("E-40: with the labels' minus signs restored the first losses are the known ones, without they are not", () => {
  const losses = (y: readonly number[]): string[] =>
    iterate(sheet.weights, sheet.X, y, 0.1, "sum").passes.map(({ loss }) => loss.toFixed(5));
  expect(losses(sheet.y)).toEqual(["0.40656", "0.48885", "0.56528", "0.50596"]);
  expect(losses([1, 1, 1, 1]).slice(2)).not.toEqual(["0.56528", "0.50596"]);
});

it("E-44: the three modes agree at the first example and go different ways", () => {
  const [sum, mean, online] = (["sum", "mean", "online"] as const).map((mode) => lossSums(0.5, mode, 3));
  expect(new Set([sum[0], mean[0], online[0]]).size).toBe(1);
  expect(new Set([sum[3], mean[3], online[3]]).size).toBe(3);
  // the mean's step is the sum's for a quarter of the rate
  expect(lossSums(2, "mean", 3)).toEqual(lossSums(0.5, "sum", 3));
  expect(iterations(0.1, "sum", 3)).toHaveLength(3);
});

it("the hinge on probabilities learns slowest where it is most wrong", () => {
  const [behind, even] = slopeAlong([-6, 0], 0.5);
  expect(behind).toBeLessThan(even / 50);
  const [far, , ahead] = hingeAlong([-6, 0, 6], 0.5);
  expect(far).toBeGreaterThan(1);
  expect(ahead).toBe(0);
});

describe("PP-6: the memory question, by formula", () => {
  it("counts a small network by hand", () => {
    // 2-3-1 at batch 4: (2 + 1)·3 + (3 + 1)·1 = 13 parameters; inputs 2·4 and 3·4, output 1·4
    expect(memoryOf([2, 3, 1], 4)).toEqual({
      parameters: 52,
      gradients: 52,
      activations: 96,
      total: 200,
    });
  });

  it("is least when about every √L-th input is kept, and about 2 √L of L then", () => {
    for (const layers of [16, 36, 64]) {
      const bytes = checkpointBytes(layers, 8, 1);
      const best = bytes.indexOf(Math.min(...bytes)) + 1;
      expect(Math.abs(best - Math.sqrt(layers))).toBeLessThanOrEqual(1);
      // √L kept, √L − 1 worked out again, and the output
      expect(Math.min(...bytes)).toBe(2 * Math.sqrt(layers) * 8 * 4);
    }
  });

  it("the calculator in the page counts as the function does, and says what it cannot read", async () => {
    const { scripts } = await reportOf("pen-and-paper");
    const { elements, input } = runScript(scripts[0], {
      "memory-sizes": "784-300-10",
      "memory-batch": "100",
      "memory-bytes": "4",
      "memory-every": "2",
    });
    input("memory-batch", "10");
    expect(elements["memory-activations-plain"].textContent).toBe("43.8 kB");
    expect(memoryOf([784, 300, 10], 10).activations).toBe(43760);
    // 238510 weights and biases, as many gradients, and of the activations the hidden ones are worked out again
    expect(elements["memory-total"].textContent).toBe("1951.8 kB");
    input("memory-sizes", "784-x-10");
    expect(elements["memory-message"].textContent).toMatch(/^Sizes are whole numbers/);
    input("memory-sizes", "10-10");
    expect(elements["memory-message"].textContent).toBe("");
    expect(elements["memory-parameters"].textContent).toBe("440 B");
    expect(scriptOf()).toContain("memoryOf");
  });
});

it("the page has every section", async () => {
  const { titles, figures } = await reportOf("pen-and-paper");
  expect(titles).toEqual([
    "A chain of three weights",
    "The 2-3-1 network, three iterations",
    "Sum, mean or online, and the rate",
    "Softmax with a hinge on the probabilities",
    "The memory question",
  ]);
  expect(figures).toBe(6);
});
