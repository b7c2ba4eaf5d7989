/** The practical in four levels against reference numbers, and what its page claims. */
import { Generator, Parameter, RandomState, noGrad, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { mean } from "chainrule/experiments";
import { crossEntropy, softmax, squaredError } from "chainrule/functions";
import { SGD } from "chainrule/optim";
import { percent } from "../practical/shown.ts";
import { describe, expect, test } from "vitest";
import runsFile from "../../../../test/fixtures/golden/circles_runs.json" with { type: "json" };
import netFile from "../../../../test/fixtures/golden/tp1_net.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import {
  batchAndRate,
  courseRun,
  decisionGrid,
  decisionTitle,
  embeddedDigits,
  fairComparison,
  largestDifference,
  onDigits,
  oneChange,
  svmOnCircles,
} from "./experiments.ts";
import { courseCircles, levelNames, normalParams, run } from "./levels.ts";
import {
  accumulation,
  assignedModel,
  cheatSheetBackward,
  gradientErrors,
  scaledLeaf,
  sheetSigmoid,
} from "./slips.ts";
import {
  autogradStep,
  backward,
  forward,
  initParams,
  lossAccuracy,
  makeModel,
  optimizerStep,
  sgd,
  sgdModel,
} from "./solution.ts";
import type { Params } from "./solution.ts";
import { kernels, scaleGamma, trainSvm } from "./svm.ts";

const wide = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });
const names = ["Wh", "bh", "Wy", "by"] as const;

describe("tp1_net.json", () => {
  const close = within(netFile.tolerance);
  type Record4 = Record<(typeof names)[number], Numbers>;
  interface Case {
    readonly name: string;
    readonly inputs: { readonly X: number[][]; readonly Y: number[][]; readonly eta: number };
    readonly params: { Wh: number[][]; bh: number[]; Wy: number[][]; by: number[] };
    readonly expected: Record<string, Numbers> & {
      grads_mean: Record4;
      grads_sum: Record4;
      params_after_1_sgd_step_mean: Record4;
      params_after_5_steps: Record4;
      losses_5_steps_before_update: number[];
      square_loss_variant: Record<string, Numbers>;
    };
  }
  const cases = (netFile.cases as unknown as Case[]).map((one) => [one.name, one] as const);
  const closeParams = (got: Params, expected: Record4): void => {
    for (const name of names) close(got[name], expected[name], name);
  };

  test.each(cases)("TP-2 … TP-5, R-3, E-4: %s", (_name, { inputs, params: given, expected }) => {
    const start: Params = { Wh: wide(given.Wh), bh: wide(given.bh), Wy: wide(given.Wy), by: wide(given.by) };
    const [X, Y] = [wide(inputs.X), wide(inputs.Y)];
    const outputs = forward(start, X);
    for (const name of ["htilde", "h", "ytilde", "yhat"] as const) close(outputs[name], expected[name], name);
    expect(outputs.X).toBe(X);
    const { loss, accuracy } = lossAccuracy(outputs.yhat, Y);
    close(loss, expected.loss, "loss");
    close(accuracy, expected.accuracy, "accuracy");
    const grads = backward(start, outputs, Y);
    closeParams(grads, expected.grads_mean);
    closeParams(cheatSheetBackward(start, outputs, Y), expected.grads_sum);
    closeParams(sgd(start, grads, inputs.eta), expected.params_after_1_sgd_step_mean);
    let params = start;
    const losses = expected.losses_5_steps_before_update.map(() => {
      const now = forward(params, X);
      params = sgd(params, backward(params, now, Y), inputs.eta);
      return lossAccuracy(now.yhat, Y).loss;
    });
    close(losses, expected.losses_5_steps_before_update);
    closeParams(params, expected.params_after_5_steps);
  });

  test.each(cases)(
    "the square loss in place of the cross-entropy: %s",
    (_name, { inputs, params, expected }) => {
      const cells = {
        Wh: new Parameter(wide(params.Wh)),
        bh: new Parameter(wide(params.bh)),
        Wy: new Parameter(wide(params.Wy)),
        by: new Parameter(wide(params.by)),
      };
      const loss = squaredError(softmax(forward(cells, wide(inputs.X)).ytilde), wide(inputs.Y));
      loss.backward();
      close(loss, expected.square_loss_variant.loss);
      for (const name of names) close(cells[name].grad!, expected.square_loss_variant[`d${name}`], name);
    },
  );
});

describe("level 1", () => {
  test("TP-1, E-8: weights of deviation 0.3 over many seeds; biases 0, or drawn when asked", () => {
    const draws = Array.from({ length: 2000 }, (_, seed) =>
      initParams(2, 10, 2, { generator: new Generator(seed), drawBiases: seed % 2 === 1 }),
    );
    const weights = draws.flatMap(({ Wh, Wy }) => [...Array.from(Wh.data), ...Array.from(Wy.data)]);
    expect(mean(weights)).toBeCloseTo(0, 1);
    expect(Math.sqrt(mean(weights.map((w) => w * w)))).toBeCloseTo(0.3, 2);
    expect(draws[0].bh.data.every((b) => b === 0) && draws[0].by.data.every((b) => b === 0)).toBe(true);
    const biases = draws
      .filter((_, i) => i % 2 === 1)
      .flatMap(({ bh, by }) => [...Array.from(bh.data), ...Array.from(by.data)]);
    expect(Math.sqrt(mean(biases.map((b) => b * b)))).toBeCloseTo(0.3, 2);
    expect([draws[0].Wh.shape, draws[0].bh.shape, draws[0].Wy.shape, draws[0].by.shape]).toEqual([
      [10, 2],
      [10],
      [2, 10],
      [2],
    ]);
  });

  test("the network of figure 1 has 22 parameters", () => {
    const params = initParams(2, 4, 2);
    expect(names.reduce((sum, name) => sum + params[name].size, 0)).toBe(22);
  });

  test("R-2: probabilities and losses stay finite for scores of ±1000", () => {
    const params = { ...initParams(2, 4, 2), by: wide([1000, -1000]) };
    const { yhat, ytilde } = forward(params, wide([[0.1, 0.2]]));
    expect(Array.from(yhat.data)).toEqual([1, 0]);
    const scores = Array.from(ytilde.data);
    expect(crossEntropy(ytilde, wide([[0, 1]])).item()).toBeCloseTo(scores[0] - scores[1], 9);
  });

  test("R-7, E-10: accuracy is a fraction inside, and per cent are a hundred times as many", async () => {
    expect(
      lossAccuracy(
        wide([
          [0.9, 0.1],
          [0.2, 0.8],
          [0.7, 0.3],
        ]),
        wide([
          [1, 0],
          [0, 1],
          [0, 1],
        ]),
      ).accuracy,
    ).toBeCloseTo(2 / 3, 12);
    expect(percent(0.9)).toBe("90.0\u00a0%");
    const history = await run("(a) by hand", courseRun(1, 1));
    expect(decisionTitle(1, history)).toMatch(
      /^Epoch 1: train 0\.\d{4}, 48\.0\u00a0%; test 0\.\d{4}, 46\.5\u00a0%$/,
    );
  });

  test("E-1: the sheet's sigmoid falls where it should rise: it is σ(−x)", () => {
    const x = wide([-2, 0, 3]);
    const difference = sheetSigmoid(x).sub(x.neg().sigmoid()).abs().max().item();
    expect(difference).toBeLessThan(1e-15);
    expect(sheetSigmoid(wide([3])).item()).toBeLessThan(0.05);
    expect(x.sigmoid().data[2]).toBeGreaterThan(0.95);
  });

  test("E-3, R-5: central differences tell the written gradients from the right ones", () => {
    for (const { parameter, right, written, cheatSheet } of gradientErrors()) {
      expect(right, parameter).toBeLessThan(1e-6);
      if (parameter === "Wh") expect(written).toBeGreaterThan(0.01);
      if (parameter === "bh") expect(written).toBeGreaterThan(0.5);
      // B − 1 over B + 1 for a batch of 5
      expect(cheatSheet, parameter).toBeCloseTo(4 / 6, 6);
    }
  });

  test("E-15: a step of cross-entropy also moves the other classes, through the softmax", () => {
    const ytilde = wide([[0.5, 0.2, -0.3]]);
    const gradient = softmax(ytilde).sub(wide([[1, 0, 0]]));
    const after = softmax(ytilde.sub(gradient.mul(0.1)));
    const change = Array.from(after.sub(softmax(ytilde)).data);
    expect(change[0]).toBeGreaterThan(0);
    expect(change[1]).toBeLessThan(0);
    expect(change[2]).toBeLessThan(0);
  });
});

describe("levels 2 to 4", () => {
  test("TP-9: gradients pile up unless they are emptied; what is predicted carries no graph", async () => {
    expect(accumulation()).toEqual({ kept: [6, 12, 18], emptied: [6, 6, 6] });
    for (const name of levelNames) {
      const { predict } = await run(name, courseRun(1, 0));
      expect(predict(wide([[0, 0]])).isLeaf, name).toBe(true);
    }
    const cells = { ...normalParams(new RandomState(0), 2, 3, 2) };
    const params = {
      Wh: new Parameter(cells.Wh),
      bh: new Parameter(cells.bh),
      Wy: new Parameter(cells.Wy),
      by: new Parameter(cells.by),
    };
    autogradStep(params, crossEntropy(forward(params, wide([[1, 2]])).ytilde, wide([[1, 0]])), 0.1);
    expect(names.map((name) => params[name].grad)).toEqual([null, null, null, null]);
  });

  test("E-6: a draw that is scaled afterwards is not a leaf, and its gradient stays empty", () => {
    const { scaledLast, scaledFirst } = scaledLeaf();
    expect(scaledLast).toBeNull();
    expect(scaledFirst).not.toBeNull();
  });

  test("TP-10: Linear draws U(±1/√fan-in) for weights and biases; the model ends with scores", () => {
    const model = makeModel(4, 400, 3, new Generator(3));
    const [Wh, bh, Wy, by] = model.parameters();
    for (const [values, bound] of [
      [Wh, 1 / 2],
      [bh, 1 / 2],
      [Wy, 1 / 20],
      [by, 1 / 20],
    ] as const) {
      const all = Array.from(values.data);
      expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(bound);
      if (all.length > 100) expect(mean(all.map((w) => w * w)) / (bound * bound)).toBeCloseTo(1 / 3, 1);
    }
    const X = wide([[1, 2, 3, 4]]);
    const scores = noGrad(() => model.forward(X));
    expect(scores.data).toEqual(forward({ Wh, bh, Wy, by }, X).ytilde.data);
    expect(scores.sum().item()).not.toBeCloseTo(1, 3);
  });

  test("TP-11, TP-12: the loop over parameters and the optimizer make the same step and leave nothing behind", () => {
    const X = wide([
      [1, 2],
      [3, -1],
    ]);
    const Y = wide([
      [1, 0],
      [0, 1],
    ]);
    const [loop, other] = [makeModel(2, 3, 2, new Generator(0)), makeModel(2, 3, 2, new Generator(0))];
    const optimizer = new SGD(other.parameters(), { lr: 0.1 });
    for (let step = 0; step < 3; step++) {
      crossEntropy(loop.forward(X), Y).backward();
      sgdModel(loop, 0.1);
      optimizerStep(optimizer, crossEntropy(other.forward(X), Y));
    }
    const [a, b] = [loop, other].map((model) => [...model.parameters()].map((p) => p.toArray()));
    expect(a).toEqual(b);
    expect([...loop.parameters()].every((p) => p.grad === null)).toBe(true);
  });

  test("E-7: assigning what sgd returns destroys the model: it returns nothing", () => {
    const model = makeModel(2, 3, 2);
    crossEntropy(model.forward(wide([[1, 2]])), wide([[1, 0]])).backward();
    expect(assignedModel(model)).toBeUndefined();
  });
});

describe("the fair comparison", () => {
  test("R-6, TP-6, TP-7, D-1, AN-2, AN-3: four levels, 150 epochs, one curve, and it is NumPy's", async () => {
    const fair = await fairComparison(150);
    const first = fair["(a) by hand"];
    expect(first.stepLosses).toHaveLength(150 * 20);
    for (const name of levelNames) {
      expect(largestDifference(fair[name].stepLosses, first.stepLosses), name).toBeLessThan(1e-12);
      expect(largestDifference(fair[name].testLoss, first.testLoss), name).toBeLessThan(1e-9);
      expect(fair[name].testAccuracy, name).toEqual(first.testAccuracy);
    }
    const close = within(runsFile.tolerance);
    const { expected } = runsFile.cases[0];
    close(first.trainLoss.slice(1), expected.train_loss, "train loss");
    close(first.testLoss.slice(1), expected.test_loss, "test loss");
    close(first.trainAccuracy.slice(1), expected.train_acc, "train accuracy");
    close(first.testAccuracy.slice(1), expected.test_acc, "test accuracy");
    for (const name of names) close(first.params[name], expected.params[name], name);
    // a time, and a figure for each step and epoch
    expect(first.seconds).toBeGreaterThan(0);
    expect(first.trainLoss).toHaveLength(151);
  });

  test("F-2, TP-16: the decision on the grid of 40 × 40 points, x fastest, is NumPy's", async () => {
    const { predict } = await run("(d) optimizer", courseRun(1, 60, { reduction: "sum" }));
    const grid = runsFile.cases.flatMap(({ expected }) =>
      "grid_prob_class1" in expected ? [expected.grid_prob_class1 as number[][]] : [],
    );
    expect(grid).toHaveLength(1);
    within({ abs: 1e-6, rel: 1e-6 })(decisionGrid(predict), grid[0].flat());
  });

  test("E-11 … E-13, AN-3: sum or mean, initialisation and momentum make the difference; the level and the order do not", async () => {
    const results = await oneChange([1, 2], 50);
    const loss = Object.fromEntries(
      results.map(({ name, curves }) => [name, mean(curves.map((curve) => curve[50]))]),
    );
    const change = (name: string): number => loss[name] - loss.nothing;
    expect(change("gradient: sum, not mean")).toBeLessThan(-0.4);
    expect(change("momentum 0.9")).toBeLessThan(-0.3);
    // E-12: with all else equal, the initialisation of Linear is the faster one
    expect(change("initialisation: that of Linear")).toBeLessThan(-0.03);
    expect(Math.abs(change("order of the batches"))).toBeLessThan(0.005);
    expect(results[0].curves).toEqual(
      await Promise.all(
        [1, 2].map(async (seed) => (await run("(d) optimizer", courseRun(seed, 50))).testLoss),
      ),
    );
  });
});

describe("the other experiments", () => {
  test("TP-8, TP-18, F-4: classic, mini-batch and online descent; larger batches are slower per epoch at the same rate", async () => {
    const { loss, curves } = await batchAndRate([1, 10, "full"], [0.03], 30);
    expect(curves.map(({ name }) => name)).toEqual(["1", "10", "all 200"]);
    expect(loss[0][0]).toBeLessThan(loss[0][1] - 0.1);
    expect(loss[0][1]).toBeLessThan(loss[0][2]);
  });

  test("TP-13: the same functions on digits of ten classes, all levels alike", async () => {
    const histories = await onDigits(embeddedDigits(), { nh: 20, epochs: 2, eta: 0.3 });
    const first = histories["(a) by hand"];
    for (const name of levelNames)
      expect(largestDifference(histories[name].stepLosses, first.stepLosses), name).toBeLessThan(1e-12);
    expect(first.testAccuracy.at(-1)).toBeGreaterThan(0.5);
  });

  test("TP-14: a linear SVM fails on the circles, RBF and degree 2 succeed, degree 3 fails", () => {
    const accuracy = Object.fromEntries(svmOnCircles().map(({ name, test: on }) => [name, on]));
    expect(accuracy.linear).toBeLessThan(0.7);
    expect(accuracy["RBF, γ = scale"]).toBeGreaterThan(0.93);
    expect(accuracy["polynomial of degree 2"]).toBeGreaterThan(0.93);
    expect(accuracy["polynomial of degree 3"]).toBeLessThan(0.7);
  });

  test("the SVM of two points lies half-way, with both as support vectors", () => {
    const svm = trainSvm(
      wide([
        [0, 0],
        [2, 0],
      ]),
      [-1, 1],
      kernels.linear,
      { C: 10 },
    );
    expect(
      svm.decide(
        wide([
          [1, 5],
          [2, 0],
          [0, 3],
        ]),
      ),
    ).toEqual([0, 1, -1]);
    expect(svm.supportVectors).toBe(2);
  });

  test("the SVM ends where it may: margins of free support vectors are 1, others on their side", () => {
    const { train } = courseCircles(0);
    const y = Array.from(train.targets.data, (label) => 2 * label - 1);
    const svm = trainSvm(train.inputs, y, kernels.rbf(scaleGamma(train.inputs)), { tolerance: 1e-6 });
    const margins = svm.decide(train.inputs).map((value, i) => value * y[i]);
    // with α = 0 the margin is 1 or more: at most as many lie below 1 as there are support vectors
    expect(margins.filter((margin) => margin < 1 - 1e-5).length).toBeLessThanOrEqual(svm.supportVectors);
    expect(svm.steps).toBeLessThan(10_000);
  });
});
