/** The four levels as learners: one loop, `train()` of chainrule/train, runs them all. */
import { Parameter, noGrad, tensor } from "chainrule";
import type { RandomState, Tensor } from "chainrule";
import { DataLoader, circlesCourse, fromPoints } from "chainrule/data";
import type { Dataset } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { SGD } from "chainrule/optim";
import { train } from "chainrule/train";
import type { Learner } from "chainrule/train";
import { autogradStep, backward, forward, makeModel, optimizerStep, sgd, sgdModel } from "./solution.ts";
import type { Params } from "./solution.ts";

export interface StepSettings {
  readonly eta: number;
  /** The gradient of the mean loss, or B times it as the cheat sheet has it. */
  readonly reduction?: "mean" | "sum";
  /** PyTorch's momentum; only the optimizer has it. */
  readonly momentum?: number;
}

export interface Level {
  readonly learner: Learner;
  /** The parameters as they are now. */
  readonly params: () => Params;
}

const parameterCount = (params: Params): number =>
  params.Wh.size + params.bh.size + params.Wy.size + params.by.size;

/** Level 1: formulas, and new parameters for old ones. */
function byHand(start: Params, { eta, reduction }: StepSettings): Level {
  let params = start;
  const step = (X: Tensor, targets: Tensor) => {
    const Y = targets.oneHot(params.by.size, "float64");
    const outputs = forward(params, X);
    const scale = reduction === "sum" ? X.shape[0] : 1;
    params = sgd(params, backward(params, outputs, Y), eta * scale);
    return { loss: crossEntropy(outputs.ytilde, targets), output: outputs.ytilde };
  };
  const predict = (X: Tensor): Tensor => forward(params, X).ytilde;
  return {
    learner: { step, predict, loss: crossEntropy, parameterCount: parameterCount(start) },
    params: () => params,
  };
}

/** The loss that is differentiated: the mean, or the sum over the batch. */
function objective(mean: Tensor, rows: number, reduction: StepSettings["reduction"]): Tensor {
  return reduction === "sum" ? mean.mul(rows) : mean;
}

/** Level 2: cells, `backward()`, and the update by hand. */
function withAutograd(start: Params, { eta, reduction }: StepSettings): Level {
  const params: Params<Parameter> = {
    Wh: new Parameter(start.Wh),
    bh: new Parameter(start.bh),
    Wy: new Parameter(start.Wy),
    by: new Parameter(start.by),
  };
  const step = (X: Tensor, targets: Tensor) => {
    const output = forward(params, X).ytilde;
    const loss = crossEntropy(output, targets);
    autogradStep(params, objective(loss, X.shape[0], reduction), eta);
    return { loss: loss.detach(), output: output.detach() };
  };
  const predict = (X: Tensor): Tensor => noGrad(() => forward(params, X).ytilde);
  return {
    learner: { step, predict, loss: crossEntropy, parameterCount: parameterCount(start) },
    params: () => params,
  };
}

/** Levels 3 and 4: layers; `update` goes from the loss to new parameters. */
function ofModel(
  start: Params,
  { reduction }: StepSettings,
  makeUpdate: (model: ReturnType<typeof makeModel>) => (loss: Tensor) => void,
): Level {
  const model = makeModel(start.Wh.shape[1], start.Wh.shape[0], start.Wy.shape[0]);
  model.loadStateDict({ "0.weight": start.Wh, "0.bias": start.bh, "2.weight": start.Wy, "2.bias": start.by });
  const update = makeUpdate(model);
  const step = (X: Tensor, targets: Tensor) => {
    const output = model.forward(X);
    const loss = crossEntropy(output, targets);
    update(objective(loss, X.shape[0], reduction));
    return { loss: loss.detach(), output: output.detach() };
  };
  const predict = (X: Tensor): Tensor => noGrad(() => model.forward(X));
  const params = (): Params => {
    const [Wh, bh, Wy, by] = model.parameters();
    return { Wh, bh, Wy, by };
  };
  return { learner: { step, predict, loss: crossEntropy, parameterCount: parameterCount(start) }, params };
}

/** The levels by the letters of the report that compares them. */
export const levels = {
  "(a) by hand": byHand,
  "(b) autograd": withAutograd,
  "(c) modules": (start, settings) =>
    ofModel(start, settings, (model) => (loss) => {
      loss.backward();
      sgdModel(model, settings.eta);
    }),
  "(d) optimizer": (start, settings) =>
    ofModel(start, settings, (model) => {
      const { eta: lr, momentum = 0 } = settings;
      const optimizer = new SGD(model.parameters(), { lr, momentum });
      return (loss) => optimizerStep(optimizer, loss);
    }),
} satisfies Record<string, (start: Params, settings: StepSettings) => Level>;

export type LevelName = keyof typeof levels;
export const levelNames = Object.keys(levels) as LevelName[];

/** The circles as the course has them: 200 points to train on and 200 to test, by NumPy's seed. */
export function courseCircles(seed = 0): { train: Dataset; test: Dataset } {
  const points = circlesCourse(seed);
  return { train: fromPoints(points.train, "float64"), test: fromPoints(points.test, "float64") };
}

/** Weights from N(0, 0.3²) by NumPy's generator, Wₕ first; biases 0, or drawn behind the weights. */
export function normalParams(
  random: RandomState,
  nx: number,
  nh: number,
  ny: number,
  drawBiases = false,
): Params {
  const normal = (...shape: number[]): Tensor =>
    tensor(random.randn(...shape) as Float64Array, { shape }).mul(0.3);
  const [Wh, Wy] = [normal(nh, nx), normal(ny, nh)];
  const zero = (size: number): Tensor => tensor(new Float64Array(size));
  return { Wh, Wy, bh: drawBiases ? normal(nh) : zero(nh), by: drawBiases ? normal(ny) : zero(ny) };
}

export interface RunSettings extends StepSettings {
  readonly start: Params;
  readonly epochs: number;
  readonly batchSize: number | "full";
  /** Draws the order of each epoch. */
  readonly order: RandomState;
  readonly data: { readonly train: Dataset; readonly test: Dataset };
}

/** What a run leaves: a number per step, and figures after each epoch, the untrained network first. */
export interface History {
  readonly stepLosses: readonly number[];
  readonly trainLoss: readonly number[];
  readonly testLoss: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly testAccuracy: readonly number[];
  readonly seconds: number;
  readonly params: Params;
  readonly predict: (X: Tensor) => Tensor;
}

/** Trains a level in the one loop that all share. */
export async function run(name: LevelName, settings: RunSettings): Promise<History> {
  const { start, epochs, batchSize, order, data } = settings;
  const level: Level = levels[name](start, settings);
  const history = {
    stepLosses: [] as number[],
    trainLoss: [] as number[],
    testLoss: [] as number[],
    trainAccuracy: [] as number[],
    testAccuracy: [] as number[],
  };
  const rows = data.train.length;
  let seconds = 0;
  for await (const event of train({
    learner: level.learner,
    data: new DataLoader(data.train, {
      batchSize,
      dropLast: batchSize !== "full",
      order: () => Int32Array.from(order.permutation(rows)),
    }),
    test: data.test,
    testAt: "epoch",
    evalTrain: true,
    epochs,
  })) {
    if (event.event === "batch") history.stepLosses.push(event.loss);
    if (event.event === "done") seconds = event.seconds;
    if (event.event !== "epoch") continue;
    history.trainLoss.push(event.metrics.train?.loss ?? NaN);
    history.testLoss.push(event.metrics.test?.loss ?? NaN);
    history.trainAccuracy.push(event.metrics.train?.accuracy ?? NaN);
    history.testAccuracy.push(event.metrics.test?.accuracy ?? NaN);
  }
  return { ...history, seconds, params: level.params(), predict: (X) => level.learner.predict(X) };
}
