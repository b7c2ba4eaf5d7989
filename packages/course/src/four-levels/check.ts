/** The checks of each function: numbers of a small network worked out in float64, and properties on drawn data. */
import { Generator, Parameter, Tensor, tensor } from "chainrule";
import { crossEntropy } from "chainrule/functions";
import { Sequential } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { holds, refuses, same } from "../practical/compare.ts";
import type { Comparison } from "chainrule/grade";
import { numericalGradient } from "chainrule/grade";
import { batchOf, outputsOf } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import type { Params } from "./solution.ts";

type Solution = typeof right;
const check = checksOf<Solution>();

const names = ["Wh", "bh", "Wy", "by"] as const;
const wide = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

/** A network with biases that are not 0, and a batch for it, the same at every call. */
function example(nx = 3, nh = 4, ny = 3, rows = 5): { params: Params; X: Tensor; Y: Tensor } {
  const random = new Generator(5);
  const matrix = (m: number, n: number): Tensor =>
    wide(Array.from({ length: m }, () => Array.from({ length: n }, () => random.normal())));
  const vector = (n: number): Tensor => wide(Array.from({ length: n }, () => 0.3 * random.normal()));
  const params = { Wh: matrix(nh, nx), bh: vector(nh), Wy: matrix(ny, nh), by: vector(ny) };
  const Y = wide(
    Array.from({ length: rows }, (_, i) => Array.from({ length: ny }, (_, j) => Number(i % ny === j))),
  );
  return { params, X: matrix(rows, nx), Y };
}

const asParameters = (params: Params): Params<Parameter> => ({
  Wh: new Parameter(params.Wh),
  bh: new Parameter(params.bh),
  Wy: new Parameter(params.Wy),
  by: new Parameter(params.by),
});

/** A right model with the parameters of an example. */
function modelOf({ Wh, bh, Wy, by }: Params): Sequential {
  const model = right.makeModel(Wh.shape[1], Wh.shape[0], Wy.shape[0]);
  model.loadStateDict({ "0.weight": Wh, "0.bias": bh, "2.weight": Wy, "2.bias": by });
  return model;
}

/** The parameters after one right step. */
function stepped(params: Params, X: Tensor, Y: Tensor, eta: number): Params {
  return right.sgd(params, right.backward(params, right.forward(params, X), Y), eta);
}

function sameParams(what: string, got: Params | undefined, expected: Params, comparison?: Comparison): void {
  for (const name of names) same(`${what}${name}`, got?.[name], expected[name], comparison);
}

function sameModel(model: Sequential, { Wh, bh, Wy, by }: Params): void {
  const state = model.stateDict();
  Object.entries({ "0.weight": Wh, "0.bias": bh, "2.weight": Wy, "2.bias": by }).forEach(([path, value]) =>
    same(`after the step, ${path}`, state.get(path), value),
  );
}

export const checks: readonly Check[] = [
  check("initParams", "gives the four parameters their shapes, in float64, and zero biases", (own) => {
    const params = own(2, 4, 2);
    const shapes = { Wh: [4, 2], bh: [4], Wy: [2, 4], by: [2] };
    for (const name of names) {
      holds(params?.[name] instanceof Tensor, `${name} is not a tensor`);
      same(`the shape of ${name}`, [...params[name].shape], shapes[name]);
      holds(params[name].dtype === "float64", `${name} is ${params[name].dtype}; ask for dtype: "float64"`);
    }
    same("bh", params.bh, wide([0, 0, 0, 0]));
    same("by", params.by, wide([0, 0]));
  }),
  check(
    "initParams",
    "draws weights with mean 0 and deviation 0.3, others at each call, and biases too if drawBiases is true",
    (own) => {
      const params = own(50, 60, 40, { drawBiases: true });
      for (const name of ["Wh", "Wy"] as const) {
        const w = params[name];
        const mean = w.mean().item();
        const deviation = w.sub(mean).pow(2).mean().sqrt().item();
        holds(Math.abs(mean) < 0.03, `the mean of ${name} is ${mean.toFixed(3)}, expected about 0`);
        holds(
          Math.abs(deviation - 0.3) < 0.02,
          `the deviation of ${name} is ${deviation.toFixed(3)}, expected about 0.3`,
        );
      }
      holds(params.bh.abs().sum().item() > 0, "with drawBiases, bh is still 0");
      const other = own(50, 60, 40);
      holds(other.Wh.sub(params.Wh).abs().sum().item() > 0, "two calls draw the same weights");
    },
  ),
  check("forward", "returns X, htilde, h, ytilde and yhat", (own) => {
    const { params, X } = example();
    const [got, expected] = [own(params, X), right.forward(params, X)];
    for (const name of ["X", "htilde", "h", "ytilde", "yhat"] as const)
      same(name, got?.[name], expected[name]);
  }),
  check("forward", "gives probabilities without NaN for scores of ±1000", (own) => {
    const { params, X } = example();
    const { yhat } = own({ ...params, by: wide([1000, 0, -1000]) }, X);
    holds(
      Array.from(yhat.data).every(Number.isFinite),
      "yhat holds NaN or infinity; softmax of chainrule/functions subtracts the maximum first",
    );
    same("the sums of the rows of yhat", yhat.sum(1), wide([1, 1, 1, 1, 1]));
  }),
  check("lossAccuracy", "gives the mean of −ln of the right class's probability, and a fraction", (own) => {
    const Yhat = wide([
      [0.7, 0.3],
      [0.6, 0.4],
      [0.2, 0.8],
      [0.9, 0.1],
    ]);
    const Y = wide([
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    const got = own(Yhat, Y);
    same("the loss", got?.loss, 0.4003674356962309, { factors: [...batchOf(4), ...outputsOf(2)] });
    same("the accuracy", got?.accuracy, 0.75, {
      factors: [
        { value: 4, reason: "a count, not a share of the 4 rows?" },
        { value: 100, reason: "a percentage?" },
      ],
    });
  }),
  check("lossAccuracy", "refuses Yhat and Y of different shapes", (own) => {
    refuses(() => own(wide([[0.5, 0.5]]), wide([[1, 0, 0]])), "Yhat [1, 2] with Y [1, 3]");
  }),
  check("backward", "gives the gradient of the mean loss for all four parameters", (own) => {
    const { params, X, Y } = example();
    const outputs = right.forward(params, X);
    sameParams("the gradient of ", own(params, outputs, Y), right.backward(params, outputs, Y), {
      factors: [...batchOf(5), ...outputsOf(3)],
    });
  }),
  check("backward", "agrees with central differences of the loss on a batch of one", (own) => {
    const { params, X, Y } = example(2, 3, 2, 1);
    const got = own(params, right.forward(params, X), Y);
    for (const name of names) {
      const loss = (p: Tensor): number => lossOf({ ...params, [name]: p }, X, Y).item();
      same(`the gradient of ${name}`, got?.[name], numericalGradient(loss, params[name]), {
        abs: 1e-7,
        rel: 1e-5,
      });
    }
  }),
  check("sgd", "gives p − η dp for all four, 0.03 by default, and leaves the old ones unchanged", (own) => {
    const { params } = example();
    const grads = example(3, 4, 3, 2).params;
    const before = names.map((name) => params[name].toArray());
    sameParams("", own(params, grads, 0.5), right.sgd(params, grads, 0.5));
    sameParams("by the default rate, ", own(params, grads), right.sgd(params, grads, 0.03));
    holds(
      names.every((name, i) => JSON.stringify(params[name].toArray()) === JSON.stringify(before[i])),
      "the parameters that were given have changed",
    );
  }),
  check("autogradStep", "makes the step that was made by hand", (own) => {
    const { params, X, Y } = example();
    const cells = asParameters(params);
    own(cells, lossOf(cells, X, Y), 0.1);
    sameParams("after the step, ", cells, stepped(params, X, Y, 0.1));
  }),
  check("autogradStep", "makes a right second step: gradients do not accumulate", (own) => {
    const { params, X, Y } = example();
    const cells = asParameters(params);
    own(cells, lossOf(cells, X, Y), 0.1);
    own(cells, lossOf(cells, X, Y), 0.1);
    sameParams("after two steps, ", cells, stepped(stepped(params, X, Y, 0.1), X, Y, 0.1));
  }),
  check(
    "makeModel",
    "is three layers that map [B, nx] to scores [B, ny], in float64, without softmax",
    (own) => {
      const { params, X } = example();
      const model = own(3, 4, 3);
      holds(model instanceof Sequential, "it is not a Sequential");
      model.loadStateDict({
        "0.weight": params.Wh,
        "0.bias": params.bh,
        "2.weight": params.Wy,
        "2.bias": params.by,
      });
      same("the output for given weights", model.forward(X), right.forward(params, X).ytilde);
    },
  ),
  check("sgdModel", "gives p − η p.grad for every parameter and clears the gradients", (own) => {
    const { params, X, Y } = example();
    const model = modelOf(params);
    const { Wh, bh, Wy, by } = right.backward(params, right.forward(params, X), Y);
    [...model.parameters()].forEach((p, i) => (p.grad = [Wh, bh, Wy, by][i]));
    own(model, 0.1);
    sameModel(model, stepped(params, X, Y, 0.1));
    holds(
      [...model.parameters()].every((p) => p.grad === null),
      "a gradient is still set; p.grad = null clears it",
    );
  }),
  check("optimizerStep", "makes one step, and ignores gradients left from an earlier step", (own) => {
    const { params, X, Y } = example();
    const model = modelOf(params);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    crossEntropy(model.forward(X), Y).backward();
    own(optimizer, crossEntropy(model.forward(X), Y));
    sameModel(model, stepped(params, X, Y, 0.1));
    own(optimizer, crossEntropy(model.forward(X), Y));
    sameModel(model, stepped(stepped(params, X, Y, 0.1), X, Y, 0.1));
  }),
];

/** The mean loss, as a tensor with a graph. */
function lossOf(params: Params, X: Tensor, Y: Tensor): Tensor {
  return crossEntropy(right.forward(params, X).ytilde, Y);
}
