/** Regression against the notebook's golden numbers, and its mistakes beside what is right. */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { describe, expect, test } from "vitest";
import regressionFile from "../../../../test/fixtures/golden/lh_linear_regression.json" with { type: "json" };
import { difference, within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import {
  closedForm,
  drawnRedshifts,
  findRedshifts,
  fitRedshifts,
  logisticGradients,
  notebookBiasGradient,
  slideLogisticLoss,
  softmaxEntries,
  solve,
  threeClasses,
} from "./experiments.ts";
import * as solution from "./solution.ts";

const close = within(regressionFile.tolerance);
const printed = within({ abs: 1e-8, rel: 2e-6 });
const wide = (data: number[][]): Tensor => tensor(data, { dtype: "float64" });

describe("lh_linear_regression.json", () => {
  const [model, loss, gradient, two, fit, classes] = regressionFile.cases as unknown as {
    inputs: Record<"W" | "b" | "X" | "Y" | "Z" | "W0" | "b0", number[][]> & { lr: number; n_iter: number };
    expected: Record<string, Numbers>;
    printed: Record<string, Numbers>;
    wrong: Record<string, number>;
  }[];

  test("LH-1, LH-2: linreg_model and linreg_loss with the printed numbers of seed 10", () => {
    const Z = solution.linregModel(wide(model.inputs.W), wide(model.inputs.b), wide(model.inputs.X));
    close(Z, model.expected.prediction);
    printed(Z, model.printed.prediction);
    const own = solution.linregModel(wide(loss.inputs.W), wide(loss.inputs.b), wide(loss.inputs.X));
    close(solution.linregLoss(own, wide(loss.inputs.Y)), loss.expected.loss);
    printed(solution.linregLoss(own, wide(loss.inputs.Y)), loss.printed.loss);
  });

  test("LH-2: linreg_gradients", () => {
    const { Z, X, Y } = gradient.inputs;
    const { dW, db } = solution.linregGradients(wide(Z), wide(X), wide(Y));
    close(dW, gradient.expected.dLdW);
    printed(dW, gradient.printed.dLdW);
    close(db, gradient.expected.dLdb);
  });

  test("LH-1, E-21: two outputs have two bias gradients; the notebook's single sum is right for one only", () => {
    const { W, b, X, Y } = two.inputs;
    const Z = solution.linregModel(wide(W), wide(b), wide(X));
    close(Z, two.expected.prediction);
    close(solution.linregLoss(Z, wide(Y)), two.expected.loss);
    const { dW, db } = solution.linregGradients(Z, wide(X), wide(Y));
    close(dW, two.expected.dLdW);
    close(db, two.expected.dLdb);
    close(notebookBiasGradient(Z, wide(Y)), two.wrong.dLdb_notebook_sum_over_everything);
    const { Z: one, Y: target, X: rows } = gradient.inputs;
    close(
      [[notebookBiasGradient(wide(one), wide(target))]],
      solution.linregGradients(wide(one), wide(rows), wide(target)).db.toArray() as Numbers,
    );
  });

  test("LH-1: ten iterations of linreg_fit from RandomState(20)", () => {
    const { X, Y, lr, n_iter: numIteration, W0 } = fit.inputs;
    const random = new RandomState(20);
    const fitted = solution.linregFit(wide(X), wide(Y), { numIteration, learningRate: lr, random });
    close([...fitted.losses], fit.expected.losses_before_update);
    close(fitted.W, fit.expected.W);
    close(fitted.b, fit.expected.b);
    expect(Array.from(new RandomState(20).randn(W0[0].length) as Float64Array)).toEqual(W0[0]);
  });

  test("LH-5, E-20: K-class logistic regression has 1/m; the slide's 1/(2m) halves the loss and not the gradient", () => {
    const { W, b, X, Y } = classes.inputs;
    const P = solution.logregModel(wide(W), wide(b), wide(X));
    close(P, classes.expected.P);
    close(solution.logregLoss(P, wide(Y)), classes.expected.loss);
    const { dW, db } = solution.logregGradients(P, wide(X), wide(Y));
    close(dW, classes.expected.dLdW);
    close(db, classes.expected.dLdb);
    const slide = classes.wrong.loss_with_slide_factor_1_over_2m;
    close(slideLogisticLoss(P, wide(Y)), slide);
    expect(difference(solution.logregLoss(P, wide(Y)), slide, regressionFile.tolerance)).toBeDefined();
    const { printed: gradientOfBoth, ofSlideLoss, ofRightLoss } = logisticGradients();
    expect(ofRightLoss).toBeCloseTo(gradientOfBoth, 8);
    expect(ofSlideLoss).toBeCloseTo(gradientOfBoth / 2, 8);
  });
});

describe("the warm-up", () => {
  test("LH-6: column vectors, the first integers, and the Pauli matrices", () => {
    expect(solution.zeroColumn(50).shape).toEqual([50, 1]);
    expect(solution.zeroColumn(123).shape).toEqual([123, 1]);
    expect(solution.firstIntegers(10).sum().item()).toBe(45);
    for (const matrix of solution.pauli()) {
      expect(solution.determinant(matrix)).toEqual([-1, 0]);
      expect(solution.trace(matrix)).toEqual([0, 0]);
      const { re, im } = solution.multiply(matrix, matrix);
      expect(re.toArray()).toEqual([
        [1, 0],
        [0, 1],
      ]);
      expect(im.abs().sum().item()).toBe(0);
    }
  });
});

describe("mistakes", () => {
  test("E-17: with the minus lost the gradient is not 0 where it must be", () => {
    const P = wide([
      [1, 0],
      [0, 1],
    ]);
    const X = wide([
      [1, 2],
      [3, 4],
    ]);
    expect(solution.logregGradients(P, X, P).dW.abs().sum().item()).toBe(0);
    expect(P.mul(P).div(2).matmul(X, { transposeA: true }).abs().sum().item()).toBeGreaterThan(0);
  });

  test("E-18: a softmax over 0 … K has K + 1 entries; classes are 0 … K − 1", () => {
    expect(softmaxEntries(2)).toBe(3);
    const W = wide([
      [1, 2],
      [3, 4],
    ]);
    expect(solution.logregModel(W, wide([[0], [0]]), wide([[1, 1]])).shape).toEqual([1, 2]);
  });

  test("E-19: the graph's formula does not fit its shapes, in columns or in rows", () => {
    const [M, N, K] = [5, 3, 2];
    const draw = (m: number, n: number): Tensor =>
      tensor(new RandomState(m + n).randn(m, n) as Float64Array, { shape: [m, n] });
    const [X, W, Y] = [draw(M, N), draw(K, N), draw(M, K)];
    const b = wide([[1], [2]]);
    // as drawn: Z = W Xᵀ + b is [K, M], and Y is [M, K]
    const drawn = W.matmul(X, { transposeB: true }).add(b);
    expect(() => drawn.sub(Y)).toThrow(/\[2,5\].*\[5,2\]/);
    // consistent in columns, and the same numbers as in rows
    const inColumns = drawn.sub(Y.transpose()).div(M).matmul(X);
    const { dW } = solution.linregGradients(solution.linregModel(W, b, X), X, Y);
    expect(inColumns.sub(dW).abs().max().item()).toBeLessThan(1e-14);
  });
});

describe("redshifts", () => {
  test("the closed form solves what descent goes towards", () => {
    expect(
      solve(
        [
          [0, 2],
          [1, 1],
        ],
        [4, 5],
      ),
    ).toEqual([3, 2]);
    const { train } = drawnRedshifts(200);
    const { W, b } = closedForm(train.X, train.Y);
    const { dW, db } = solution.linregGradients(solution.linregModel(W, b, train.X), train.X, train.Y);
    expect(Math.max(dW.abs().max().item(), db.abs().item())).toBeLessThan(1e-12);
  });

  test("D-4: without the file a stand-in is drawn, and the fit comes near the closed form", () => {
    expect(findRedshifts({ CHAINRULE_DATA: "/nowhere", XDG_CACHE_HOME: "/nowhere" })).toBeUndefined();
    const fit = fitRedshifts(drawnRedshifts(500), 300);
    expect(fit.losses.at(-1)).toBeLessThan(fit.losses[0] / 5);
    expect(fit.rms).toBeGreaterThan(fit.closedForm.rms);
  });

  const found = process.env.CHAINRULE_DATA === undefined ? undefined : findRedshifts(process.env);
  test.skipIf(found === undefined)(
    "LH-3, D-4, F-15: the ten printed losses, the RMS 0.101021, and 0.098452 in closed form (needs photoz.csv.gz)",
    () => {
      const fit = fitRedshifts(found!);
      const losses = [
        0.338647, 0.057213, 0.034701, 0.023107, 0.016392, 0.012274, 0.009675, 0.008011, 0.006936, 0.00624,
      ];
      losses.forEach((loss, i) => expect(Math.abs(fit.losses[100 * i] - loss)).toBeLessThanOrEqual(1e-6));
      expect(fit.rms).toBeCloseTo(0.10102130654757852, 9);
      expect(fit.closedForm.rms).toBeCloseTo(0.09845206151785738, 9);
      expect(found!.train.X.shape).toEqual([16_000, 4]);
      expect(found!.test.X.shape).toEqual([4000, 4]);
    },
  );

  test("LH-5: three classes of points are told apart by straight lines", () => {
    const { accuracy, losses, grid } = threeClasses(200);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
    expect(new Set(grid)).toEqual(new Set([0, 1, 2]));
  });
});
