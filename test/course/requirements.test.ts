/** Requirements that all practicals share. */
import { RandomState, gradcheck, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { DataLoader, circlesCourse, fromPoints } from "chainrule/data";
import { crossEntropy, hingeLoss, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";
import type { TrainEvent } from "chainrule/train";
import { expect, test } from "vitest";
import streams from "../fixtures/golden/numpy_legacy_rng.json" with { type: "json" };

const wide = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

test("R-1: an integer seed repeats everything; the numbers equal those of NumPy's legacy generator", () => {
  expect(circlesCourse(3)).toEqual(circlesCourse(3));
  expect(circlesCourse(3)).not.toEqual(circlesCourse(4));
  expect(streams.cases.length).toBeGreaterThan(0);
  for (const { inputs, expected } of streams.cases as unknown as {
    inputs: { seed: number };
    expected: { randn: number[]; permutation_10: number[] };
  }[]) {
    const drawn = new RandomState(inputs.seed).randn(expected.randn.length) as Float64Array;
    expected.randn.forEach((value, i) => expect(drawn[i]).toBeCloseTo(value, 13));
    expect(Array.from(new RandomState(inputs.seed).permutation(10))).toEqual(expected.permutation_10);
  }
});

test("R-2: softmax, cross-entropy and sigmoid neither overflow nor give NaN at ±1000", () => {
  const scores = wide([[1000, -1000, 0]]);
  expect(Array.from(softmax(scores).data)).toEqual([1, 0, 0]);
  expect(crossEntropy(scores, tensor([1], { dtype: "int32" })).item()).toBe(2000);
  expect(Array.from(wide([1000, -1000]).sigmoid().data)).toEqual([1, 0]);
});

test("R-4: the derivative of relu at exactly 0 is 0", () => {
  const x = tensor([-1, 0, 2], { dtype: "float64", requiresGrad: true });
  x.relu().sum().backward();
  expect(x.grad!.toArray()).toEqual([0, 0, 1]);
});

test("R-5: every network has a gradient check, which flags a wrong gradient", () => {
  const [x, y] = [
    wide([
      [0.3, -0.7],
      [1.2, 0.4],
    ]),
    tensor([0, 1], { dtype: "int32" }),
  ];
  const W = wide([
    [0.2, -0.1],
    [0.5, 0.3],
  ]);
  for (const loss of [crossEntropy, hingeLoss])
    expect(gradcheck((w) => loss(x.matmul(w).tanh(), y), [W], { tolerance: 1e-6 }).ok).toBe(true);
  // the value of the loss, with half of its gradient
  const halved = (w: Tensor): Tensor => {
    const loss = crossEntropy(x.matmul(w), y);
    return loss.mul(0.5).add(loss.mul(0.5).detach());
  };
  expect(gradcheck(halved, [W], { throws: false }).ok).toBe(false);
});

test("R-9: a run reports the loss of each batch, metrics of each epoch and its time, and can be stopped", async () => {
  const points = circlesCourse(0);
  const [data, held] = [fromPoints(points.train), fromPoints(points.test)];
  const model = new Sequential(new Linear(2, 4), new Tanh(), new Linear(4, 2));
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of train({
    learner: learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.1 }) }),
    data: new DataLoader(data, { batchSize: 50 }),
    test: held,
    epochs: 10,
    signal: stop.signal,
  })) {
    events.push(event);
    if (event.event === "batch" && event.step === 6) stop.abort();
  }
  const epoch = events.find((one) => one.event === "epoch" && one.epoch === 1)!;
  expect(Object.keys(epoch).sort()).toEqual(["epoch", "event", "metrics", "seconds"]);
  expect(epoch).toMatchObject({
    metrics: {
      train: { loss: expect.any(Number) as number, accuracy: expect.any(Number) as number },
      test: { loss: expect.any(Number) as number, accuracy: expect.any(Number) as number },
    },
  });
  // the slice of batches under way is done whole, here at most to the end of the second epoch
  const done = events.at(-1)!;
  const steps = events.filter(({ event }) => event === "batch").length;
  expect(done).toMatchObject({ event: "done", steps });
  expect(steps).toBeGreaterThanOrEqual(6);
  expect(steps).toBeLessThanOrEqual(8);
});
