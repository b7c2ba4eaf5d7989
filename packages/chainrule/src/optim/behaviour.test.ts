/** One behaviour suite for all optimizers. */
import { describe, expect, it, test } from "vitest";
import { Generator, Parameter, randn, reference, tensor } from "../index.ts";
import type { DType, Tensor } from "../index.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "../graph/trace.ts";
import {
  Adagrad,
  Adam,
  AdamW,
  Adamax,
  MomentumEWA,
  RMSprop,
  SGD,
  clipGradNorm,
  clipGradValue,
} from "./index.ts";
import type { Optimizer, Trained } from "./index.ts";

type Make = (trained: Trained<unknown>, lr?: number) => Optimizer;

/** Each rule with the rates that suit the quadratic, Rosenbrock's valley and the net. */
const optimizers: [name: string, make: Make, rates: [number, number, number]][] = [
  ["SGD", (w, lr) => new SGD(w, { lr }), [0.1, 1e-3, 0.5]],
  ["SGD with momentum", (w, lr) => new SGD(w, { lr, momentum: 0.9 }), [0.05, 2e-4, 0.1]],
  [
    "SGD with dampening and decay",
    (w, lr) => new SGD(w, { lr, momentum: 0.8, dampening: 0.5, weightDecay: 1e-3 }),
    [0.1, 4e-4, 0.3],
  ],
  ["SGD with Nesterov", (w, lr) => new SGD(w, { lr, momentum: 0.9, nesterov: true }), [0.05, 2e-4, 0.1]],
  ["MomentumEWA", (w, lr) => new MomentumEWA(w, { lr }), [0.3, 2e-3, 0.5]],
  ["MomentumEWA, corrected", (w, lr) => new MomentumEWA(w, { lr, biasCorrection: true }), [0.3, 2e-3, 0.5]],
  ["RMSprop", (w, lr) => new RMSprop(w, { lr, alpha: 0.9 }), [0.02, 2e-3, 0.02]],
  [
    "RMSprop, centred, with momentum",
    (w, lr) => new RMSprop(w, { lr, centered: true, momentum: 0.5, weightDecay: 1e-3 }),
    [0.01, 5e-4, 0.01],
  ],
  ["Adagrad", (w, lr) => new Adagrad(w, { lr }), [0.5, 0.3, 0.3]],
  ["Adam", (w, lr) => new Adam(w, { lr }), [0.1, 0.02, 0.05]],
  ["Adam, ε inside", (w, lr) => new Adam(w, { lr, epsInside: true }), [0.1, 0.02, 0.05]],
  ["Adam, amsgrad, L2", (w, lr) => new Adam(w, { lr, amsgrad: true, weightDecay: 1e-4 }), [0.1, 0.02, 0.05]],
  ["AdamW", (w, lr) => new AdamW(w, { lr }), [0.1, 0.02, 0.05]],
  ["Adamax", (w, lr) => new Adamax(w, { lr }), [0.1, 0.1, 0.05]],
];

const curvature = tensor([0.5, 10], { dtype: "float64" });
const bowl = (w: Tensor): Tensor => w.mul(w).mul(curvature).sum().mul(0.5);

function rosenbrock(w: Tensor): Tensor {
  const [x, y] = [w.slice([0]), w.slice([1])];
  const [a, b] = [x.sub(1), y.sub(x.mul(x))];
  return a.mul(a).add(b.mul(b).mul(100));
}

/** A state dict with its numbers, for comparison. */
function saved(optimizer: Optimizer) {
  const { tensors, ...plain } = optimizer.stateDict();
  return {
    ...plain,
    tensors: Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, t.data])),
  };
}

/** f after so many steps from a point. */
function minimize(
  f: (w: Tensor) => Tensor,
  start: number[],
  steps: number,
  make: (w: Parameter) => Optimizer,
) {
  const w = new Parameter(tensor(start, { dtype: "float64" }));
  const optimizer = make(w);
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    f(w).backward();
    optimizer.step();
  }
  return f(w).item();
}

const inputs = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const targets = tensor([[0], [1], [1], [0]]);

/** A 2-4-1 net for exclusive or, and one training step of it. */
function xor(make: (weights: Parameter[]) => Optimizer, dtype: DType = "float32") {
  const generator = new Generator(3);
  const shapes = [[4, 2], [4], [1, 4], [1]];
  const weights = shapes.map((shape) => new Parameter(randn(shape, { generator, dtype })));
  const [A, a, B, b] = weights;
  const optimizer = make(weights);
  const loss = (x: Tensor, y: Tensor): Tensor => {
    const error = x
      .matmul(A, { transposeB: true })
      .add(a)
      .tanh()
      .matmul(B, { transposeB: true })
      .add(b)
      .sub(y);
    return error.mul(error).mean();
  };
  const step = (x: Tensor, y: Tensor): Tensor[] => {
    const mean = loss(x, y);
    optimizer.zeroGrad();
    mean.backward();
    const norm = clipGradNorm(weights, 1);
    clipGradValue(weights, 0.5);
    optimizer.step();
    return [mean, norm];
  };
  return { weights, optimizer, loss, step };
}

describe.each(optimizers)("%s", (_name, make, [onBowl, inValley, onNet]) => {
  it("finds the bottom of an elongated bowl", () => {
    expect(minimize(bowl, [-4, 1], 300, (w) => make([w], onBowl))).toBeLessThan(9e-3);
  });

  it("descends into Rosenbrock's valley and along it", () => {
    expect(minimize(rosenbrock, [-1.2, 1], 1500, (w) => make([w], inValley))).toBeLessThan(0.5);
  });

  it("teaches a small net exclusive or", () => {
    const { loss, step } = xor((weights) => make(weights, onNet));
    const before = loss(inputs, targets).item();
    for (let i = 0; i < 300; i++) step(inputs, targets);
    expect(loss(inputs, targets).item()).toBeLessThan(0.1 * before);
  });

  test.each(["float32", "float64"] as const)("replays a traced step to the same bits in %s", (dtype) => {
    const [x, y] = [inputs.to(dtype), targets.to(dtype)];
    const eager = xor((weights) => make(weights, onNet), dtype);
    const traced = xor((weights) => make(weights, onNet), dtype);
    const before = saved(traced.optimizer);
    const run = replay(trace(traced.step, [x, y]), reference);
    expect(saved(traced.optimizer), "tracing is not a step").toEqual(before);
    for (let i = 0; i < 6; i++) {
      // a rate that moves between replays reaches the traced step through its cell
      for (const { optimizer } of [eager, traced]) optimizer.paramGroups[0].lr = onNet / (1 + i);
      expect(run(x, y).map((t) => t.item())).toEqual(eager.step(x, y).map((t) => t.item()));
    }
    expect(traced.weights.map((w) => w.data)).toEqual(eager.weights.map((w) => w.data));
    expect(saved(traced.optimizer)).toEqual(saved(eager.optimizer));
    expect(traced.weights[0].data).not.toEqual(xor((weights) => make(weights), dtype).weights[0].data);
  });

  it("goes on to the same bits from a saved state", () => {
    const first = xor((weights) => make(weights, onNet));
    for (let i = 0; i < 4; i++) first.step(inputs, targets);
    first.optimizer.paramGroups[0].lr = onNet / 3;
    const { tensors, ...plain } = first.optimizer.stateDict();
    const text = JSON.stringify({
      plain,
      tensors: Object.entries(tensors).map(([key, t]) => [key, t.toArray(), t.shape, t.dtype]),
    });
    const second = xor((weights) => make(weights, 1));
    second.weights.forEach((w, i) => w.assign(first.weights[i].detach()));
    const read = JSON.parse(text);
    second.optimizer.loadStateDict({
      ...read.plain,
      tensors: Object.fromEntries(
        read.tensors.map(([key, values, , dtype]: [string, number[], number[], DType]) => [
          key,
          tensor(values, { dtype }),
        ]),
      ),
    });
    for (let i = 0; i < 4; i++) for (const net of [first, second]) net.step(inputs, targets);
    expect(second.weights.map((w) => w.data)).toEqual(first.weights.map((w) => w.data));
    expect(saved(second.optimizer)).toEqual(saved(first.optimizer));
  });

  it("leaves a parameter without gradient, and what it keeps for it, as they are", () => {
    const [moved, still] = [new Parameter(tensor([1, -2])), new Parameter(tensor([3]))];
    const optimizer = make([moved, still]);
    const kept = (): unknown => [
      still.data,
      Object.entries(saved(optimizer).tensors).filter(([key]) => key.startsWith("1.")),
    ];
    [moved.grad, still.grad] = [tensor([0.5, -1]), tensor([1])];
    optimizer.step();
    expect(still.toArray()).not.toEqual([3]);
    const before = kept();
    still.grad = null;
    optimizer.step();
    optimizer.step();
    expect(kept()).toEqual(before);
    expect(moved.toArray()).not.toEqual([1, -2]);
  });

  it("trains groups with rates of their own as optimizers apart would", () => {
    const start = [tensor([1, -2]), tensor([3])];
    const together = start.map((values) => new Parameter(values));
    const apart = start.map((values) => new Parameter(values));
    const optimizer = make(
      together.map((w, i) => ({ params: [w], lr: 0.1 / (1 + i) })),
      9,
    );
    const separate = apart.map((w, i) => make([w], 0.1 / (1 + i)));
    for (let i = 0; i < 3; i++) {
      for (const w of [...together, ...apart]) w.grad = w.mul(2).detach();
      optimizer.step();
      for (const one of separate) one.step();
    }
    expect(together.map((w) => w.data)).toEqual(apart.map((w) => w.data));
    expect(optimizer.paramGroups.map((group) => group.lr)).toEqual([0.1, 0.05]);
  });

  it("moves float32 weights as float64 ones, but for their own rounding", () => {
    const [single, double] = (["float32", "float64"] as const).map((dtype) => {
      const w = new Parameter(tensor([0, 0], { dtype }));
      const optimizer = make([w]);
      for (let i = 0; i < 3; i++) {
        w.grad = tensor([0.5, -0.25], { dtype });
        optimizer.step();
      }
      return w.data;
    });
    // a rate or a correction computed in float32 would be off by 1e-5
    single.forEach((x, i) => expect(Math.abs(x / double[i] - 1)).toBeLessThan(1e-6));
  });

  it("stands still at rate 0", () => {
    const w = new Parameter(tensor([1, -2]));
    const optimizer = make([w], 0);
    w.grad = tensor([1, 2]);
    optimizer.step();
    expect(w.toArray()).toEqual([1, -2]);
  });
});

test("centred RMSprop stays finite where rounding takes the average square below the square of the average", () => {
  const w = new Parameter(tensor([1]));
  const optimizer = new RMSprop([w], { lr: 0.01, alpha: 0.5, centered: true });
  // a gradient that never changes has variance 0
  for (let i = 0; i < 100; i++) {
    w.grad = tensor([0.3]);
    optimizer.step();
  }
  expect(w.item()).not.toBeNaN();
});
