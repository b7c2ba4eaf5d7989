/** The trainings that figures of the gallery show. Each runs once, when a figure first asks for it. */
import { Generator, noGrad, Parameter, tensor } from "chainrule";
import { circles, DataLoader, Dataset, fromPoints } from "chainrule/data";
import { digits } from "chainrule/data/digits";
import { crossEntropy, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import type { PointSet } from "chainrule/plots";
import { learner, train } from "chainrule/train";
import type { EpochEvent, PartName } from "chainrule/train";

interface Settings {
  readonly lr: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed?: number;
}

/** Trains a network with one hidden layer, and keeps its epochs and the losses of its batches. */
async function trained(data: Dataset, test: Dataset, hidden: number, settings: Settings) {
  const generator = new Generator(settings.seed ?? 1);
  const weights = generator.stream("weights");
  const [inputs, classes] = [data.inputs.shape[1], Math.max(...(data.targets.toArray() as number[])) + 1];
  const model = new Sequential(
    new Linear(inputs, hidden, { generator: weights }),
    new Tanh(),
    new Linear(hidden, classes, { generator: weights }),
  );
  const optimizer = new SGD(model.parameters(), { lr: settings.lr });
  const epochs: EpochEvent[] = [];
  const batches: number[] = [];
  for await (const event of train({
    learner: learner({ model, loss: crossEntropy, optimizer }),
    data: new DataLoader(data, { batchSize: settings.batchSize, generator: generator.stream("order") }),
    test,
    epochs: settings.epochs,
  })) {
    if (event.event === "epoch") epochs.push(event);
    if (event.event === "batch") batches.push(event.loss);
  }
  return { model, epochs, batches };
}

/** One metric of a part, epoch by epoch. */
export const epochsOf = (
  epochs: readonly EpochEvent[],
  part: PartName,
  metric: "loss" | "accuracy",
): number[] => epochs.map(({ metrics }) => metrics[part]?.[metric] ?? NaN);

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const generator = new Generator(1);
const rings = (part: string) => fromPoints(circles({ samples: 200, generator: generator.stream(part) }));
const [trainSet, testSet] = [rings("train"), rings("test")];
const column = (set: Dataset, axis: number) => (set.inputs.toArray() as number[][]).map((row) => row[axis]);
const pointSet = (name: string, set: Dataset): PointSet => ({
  name,
  x: column(set, 0),
  y: column(set, 1),
  classes: set.targets.toArray() as number[],
});
export const circlePoints = [pointSet("train", trainSet), pointSet("test", testSet)];

/** A grid over the plane of the circles, the lowest row first. */
export const grid = { from: -2, to: 1.9, count: 40 };
const middles = Array.from({ length: grid.count }, (_, i) => -2 + i / 10);
export const places = middles.flatMap((y) => middles.map((x) => [x, y] as const));

/** 2-10-2 on the circles, with the probabilities of the inner ring over the grid. */
export const circlesRun = once(async () => {
  const run = await trained(trainSet, testSet, 10, { lr: 0.3, batchSize: 10, epochs: 60 });
  const scores = noGrad(() => run.model.forward(tensor(places)));
  const probabilities = softmax(scores, 1).toArray() as number[][];
  return { ...run, probabilities: probabilities.map((row) => row[1]) };
});

/** The training loss on the circles for a learning rate, epoch by epoch. */
export async function lossFor(lr: number): Promise<number[]> {
  const { epochs } = await trained(trainSet, testSet, 10, { lr, batchSize: 10, epochs: 30 });
  return epochsOf(epochs, "train", "loss");
}

export const [triedRates, triedSizes, triedSeeds] = [
  [0.01, 0.03, 0.1, 0.3, 1],
  [5, 10, 20, 50],
  [1, 2, 3],
];
export interface Trial {
  readonly lr: number;
  readonly batch: number;
  readonly seed: number;
  readonly losses: readonly number[];
  readonly accuracy: number;
}

/** Sixty runs on the circles: each learning rate with each batch size and seed. */
export const trials = once(async () => {
  const all: Trial[] = [];
  for (const lr of triedRates)
    for (const batch of triedSizes)
      for (const seed of triedSeeds) {
        const { epochs } = await trained(trainSet, testSet, 10, { lr, batchSize: batch, epochs: 20, seed });
        const accuracy = epochs.at(-1)?.metrics.test?.accuracy ?? NaN;
        all.push({ lr, batch, seed, losses: epochsOf(epochs, "test", "loss"), accuracy });
      }
  return all;
});

/** 64-24-10 on the embedded digits, with its predictions for the test rows. */
export const digitsRun = once(async () => {
  const all = digits();
  const order = new Generator(3).permutation(all.length);
  const part = (from: number, to: number): Dataset => {
    const rows = all.subset(order.slice(from, to));
    return new Dataset(rows.inputs.to("float32").div(16), rows.targets);
  };
  const test = part(1400, 1797);
  const { model } = await trained(part(0, 1400), test, 24, { lr: 0.3, batchSize: 20, epochs: 12 });
  const predicted = noGrad(() => model.forward(test.inputs))
    .argmax(1)
    .toArray() as number[];
  const image = (i: number) => test.inputs.data.slice(64 * i, 64 * i + 64);
  const [weights] = model.parameters();
  const units = Array.from({ length: 24 }, (_, h) => weights.data.slice(64 * h, 64 * h + 64));
  return { truth: test.targets.toArray() as number[], predicted, image, units };
});

/** The bowl (x² + 12 y²) / 2, and the path of an optimizer on it. */
export const bowl = (x: number, y: number): number => (x * x + 12 * y * y) / 2;
export function descent(name: string, rule: (weights: Parameter[]) => Optimizer, steps: number) {
  const w = new Parameter(tensor([-1.8, 0.75], { dtype: "float64" }));
  const optimizer = rule([w]);
  const path = [w.toArray() as number[]];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    w.mul(w)
      .mul(tensor([0.5, 6], { dtype: "float64" }))
      .sum()
      .backward();
    optimizer.step();
    path.push(w.toArray() as number[]);
  }
  return { name, x: path.map(([x]) => x), y: path.map(([, y]) => y) };
}
