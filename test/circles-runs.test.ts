/**
 * Compares two whole training runs of the circles practical with numbers that PyTorch and NumPy computed in float64.
 * The same network is written by hand, with autograd and with modules, and trained by the same loop.
 */
import { readFileSync } from "node:fs";
import { Parameter, RandomState, noGrad, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { DataLoader, circlesCourse, fromPoints } from "chainrule/data";
import { crossEntropy, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";
import type { Learner } from "chainrule/train";
import { describe, expect, it } from "vitest";

interface Run {
  name: string;
  inputs: { run_seed: number; eta: number; batch: number; epochs: number; gradient: "mean" | "sum" };
  params0: Record<"Wh" | "Wy" | "bh" | "by", number[]>;
  expected: Record<"train_loss" | "test_loss" | "train_acc" | "test_acc", number[]> & {
    params: Record<"Wh" | "Wy" | "bh" | "by", number[]>;
    grid_prob_class1?: number[][];
    grid_prob_class1_diagonal?: number[];
  };
}
const golden = JSON.parse(
  readFileSync(new URL("fixtures/golden/circles_runs.json", import.meta.url), "utf8"),
) as { tolerance: { abs: number; rel: number }; cases: Run[] };
const runs = golden.cases;

const wide = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });
const points = circlesCourse(0);
const data = { train: fromPoints(points.train, "float64"), test: fromPoints(points.test, "float64") };

function close(got: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(got.length, what).toBe(expected.length);
  expected.forEach((value, i) => {
    const allowed = golden.tolerance.abs + golden.tolerance.rel * Math.abs(value);
    expect(Math.abs(got[i] - value), `${what}[${i}]: ${got[i]} for ${value}`).toBeLessThanOrEqual(allowed);
  });
}

interface Level {
  learner: Learner;
  params(): Record<"Wh" | "Wy" | "bh" | "by", Tensor>;
}

/** Forward and backward pass as formulas, and updates by assignment; no graph is recorded. */
function byHand({ params0, inputs: { eta, gradient } }: Run): Level {
  const p = { Wh: wide(params0.Wh), bh: wide(params0.bh), Wy: wide(params0.Wy), by: wide(params0.by) };
  const forward = (X: Tensor): { H: Tensor; Y: Tensor } => {
    const H = X.matmul(p.Wh, { transposeB: true }).add(p.bh).tanh();
    return { H, Y: H.matmul(p.Wy, { transposeB: true }).add(p.by) };
  };
  return {
    params: () => p,
    learner: {
      step(X, targets) {
        const { H, Y } = forward(X);
        const Dy = softmax(Y)
          .sub(targets.oneHot(2, "float64"))
          .div(gradient === "mean" ? X.shape[0] : 1);
        const Dh = Dy.matmul(p.Wy).mul(H.mul(H).neg().add(1));
        p.Wy = p.Wy.sub(Dy.matmul(H, { transposeA: true }).mul(eta));
        p.by = p.by.sub(Dy.sum(0).mul(eta));
        p.Wh = p.Wh.sub(Dh.matmul(X, { transposeA: true }).mul(eta));
        p.bh = p.bh.sub(Dh.sum(0).mul(eta));
        return { loss: crossEntropy(Y, targets), output: Y };
      },
      predict: (X) => forward(X).Y,
      loss: crossEntropy,
      parameterCount: 52,
    },
  };
}

/** Parameters and `backward()`; the update still by hand. */
function withAutograd({ params0, inputs: { eta, gradient } }: Run): Level {
  const p = {
    Wh: new Parameter(wide(params0.Wh)),
    bh: new Parameter(wide(params0.bh)),
    Wy: new Parameter(wide(params0.Wy)),
    by: new Parameter(wide(params0.by)),
  };
  const forward = (X: Tensor): Tensor =>
    X.matmul(p.Wh, { transposeB: true }).add(p.bh).tanh().matmul(p.Wy, { transposeB: true }).add(p.by);
  return {
    params: () => p,
    learner: {
      step(X, targets) {
        const output = forward(X);
        const loss = crossEntropy(output, targets);
        (gradient === "sum" ? loss.mul(X.shape[0]) : loss).backward();
        for (const w of Object.values(p)) {
          if (w.grad) {
            const g = w.grad;
            noGrad(() => w.assign(w.sub(g.mul(eta))));
          }
          w.grad = null;
        }
        return { loss, output };
      },
      predict: (X) => noGrad(() => forward(X)),
      loss: crossEntropy,
      parameterCount: 52,
    },
  };
}

/** Layers and an optimizer. */
function withModules({ params0, inputs: { eta, gradient } }: Run): Level {
  const model = new Sequential(
    new Linear(2, 10, { dtype: "float64" }),
    new Tanh(),
    new Linear(10, 2, { dtype: "float64" }),
  );
  model.loadStateDict({
    "0.weight": wide(params0.Wh),
    "0.bias": wide(params0.bh),
    "2.weight": wide(params0.Wy),
    "2.bias": wide(params0.by),
  });
  const dict = (): Map<string, Tensor> => model.stateDict();
  const named = (path: string): Tensor => dict().get(path) as Tensor;
  return {
    params: () => ({
      Wh: named("0.weight"),
      bh: named("0.bias"),
      Wy: named("2.weight"),
      by: named("2.bias"),
    }),
    learner: learner({
      model,
      loss: crossEntropy,
      optimizer: new SGD(model.parameters(), { lr: eta }),
      reduction: gradient,
    }),
  };
}

const levels = { "by hand": byHand, "with autograd": withAutograd, "with modules": withModules };

describe.each(runs.map((run) => [run.name, run] as const))("%s", (_name, run) => {
  it.each(Object.entries(levels))(
    "%s: curves, parameters and decision grid are PyTorch's",
    async (_level, make) => {
      const { learner: trained, params } = make(run);
      const random = new RandomState(run.inputs.run_seed);
      random.randn(40); // the first weights were drawn before the orders
      const curves: Record<"train_loss" | "test_loss" | "train_acc" | "test_acc", number[]> = {
        train_loss: [],
        test_loss: [],
        train_acc: [],
        test_acc: [],
      };
      for await (const event of train({
        learner: trained,
        data: new DataLoader(data.train, {
          batchSize: run.inputs.batch,
          order: () => Int32Array.from(random.permutation(200)),
        }),
        test: data.test,
        epochs: run.inputs.epochs,
      })) {
        if (event.event !== "epoch" || event.epoch === 0) continue;
        curves.train_loss.push(event.metrics.train?.loss ?? NaN);
        curves.test_loss.push(event.metrics.test?.loss ?? NaN);
        curves.train_acc.push(event.metrics.train?.accuracy ?? NaN);
        curves.test_acc.push(event.metrics.test?.accuracy ?? NaN);
      }
      for (const key of ["train_loss", "test_loss", "train_acc", "test_acc"] as const)
        close(curves[key], run.expected[key], key);
      for (const [key, value] of Object.entries(params()))
        close(value.data, run.expected.params[key as "Wh"].flat(), key);
      const grid = Array.from({ length: 1600 }, (_, i) => [
        -2 + 0.1 * (i % 40),
        -2 + 0.1 * Math.floor(i / 40),
      ]);
      const probability = softmax(trained.predict(wide(grid))).slice([null, 1]).data;
      const { grid_prob_class1: whole, grid_prob_class1_diagonal: diagonal } = run.expected;
      if (whole) close(probability, whole.flat(), "grid");
      if (diagonal)
        close(
          probability.filter((_, i) => i % 41 === 0),
          diagonal,
          "diagonal of the grid",
        );
      expect(whole ?? diagonal).toBeDefined();
    },
  );
});
