/** VU-4: the 2-3-2 network in plain numbers on the synthetic points, one example a step. */
import { Generator } from "chainrule";
import { ellipseCourse } from "chainrule/data";
import { forwardNumbers, lossNumbers, trainOnline } from "./solution.ts";
import type { Lists } from "./solution.ts";

type Rows = readonly (readonly number[])[];

export interface SyntheticData {
  readonly X: Rows;
  readonly targets: readonly number[];
  readonly validationX: Rows;
  readonly validationTargets: readonly number[];
}

/** The course's points; `scaled` to [0, 1] by each feature's range, as the report did (E-39). */
export function syntheticData(train: number, validation: number, scaled = false): SyntheticData {
  const points = ellipseCourse({ train, validation });
  const rows = (features: ArrayLike<number>): number[][] =>
    Array.from({ length: features.length / 2 }, (_, n) => [features[2 * n], features[2 * n + 1]]);
  const X = rows(points.train.features);
  const validationX = rows(points.validation.features);
  const ends = [0, 1].map((i) => {
    const column = X.map((x) => x[i]);
    return [column.reduce((a, b) => Math.min(a, b)), column.reduce((a, b) => Math.max(a, b))] as const;
  });
  const scale = (all: number[][]): number[][] =>
    scaled ? all.map((x) => x.map((xi, i) => (xi - ends[i][0]) / (ends[i][1] - ends[i][0]))) : all;
  return {
    X: scale(X),
    targets: Array.from(points.train.labels),
    validationX: scale(validationX),
    validationTargets: Array.from(points.validation.labels),
  };
}

/** Weights from N(0, 1), biases 0. */
export function drawLists(generator: Generator): Lists {
  const draw = (count: number): number[] => Array.from({ length: count }, () => generator.normal());
  return { W: [draw(3), draw(3)], b: [0, 0, 0], V: [draw(2), draw(2), draw(2)], c: [0, 0] };
}

/** Mean loss and accuracy on rows. */
export function evaluateLists(
  network: Lists,
  X: Rows,
  targets: readonly number[],
): { readonly loss: number; readonly accuracy: number } {
  let [loss, right] = [0, 0];
  X.forEach((x, n) => {
    const { y } = forwardNumbers(network, x);
    loss += lossNumbers(y, targets[n]);
    if (y[targets[n]] > y[1 - targets[n]]) right++;
  });
  return { loss: loss / X.length, accuracy: right / X.length };
}

export interface SyntheticRun {
  readonly network: Lists;
  /** Mean loss of each stretch of 500 examples, from before their steps. */
  readonly stretches: readonly number[];
  /** On validation, after each epoch. */
  readonly validation: readonly { readonly loss: number; readonly accuracy: number }[];
  /** The running mean of each epoch's losses. */
  readonly training: readonly number[];
}

export function runSynthetic(data: SyntheticData, epochs: number, rate: number, seed: number): SyntheticRun {
  const generator = new Generator(seed);
  const order = generator.stream("order");
  let network = drawLists(generator.stream("weights"));
  const [stretches, training] = [[] as number[], [] as number[]];
  const validation: SyntheticRun["validation"][number][] = [];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rows = order.epochPermutation(data.X.length, epoch);
    const pass = trainOnline(network, data.X, data.targets, rows, rate);
    network = pass.network;
    training.push(mean(pass.losses));
    for (let from = 0; from + 500 <= pass.losses.length; from += 500)
      stretches.push(mean(pass.losses.slice(from, from + 500)));
    validation.push(evaluateLists(network, data.validationX, data.validationTargets));
  }
  return { network, stretches, validation, training };
}
