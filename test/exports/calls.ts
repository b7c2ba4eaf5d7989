/**
 * A valid call of each export, from which the walk makes calls that must be refused. A new export must be listed here; the
 * test fails until it is.
 */
import * as core from "../../packages/chainrule/src/index.ts";
import { Generator, Parameter, reference, tensor } from "../../packages/chainrule/src/index.ts";
import type { Tensor } from "../../packages/chainrule/src/index.ts";
import * as data from "../../packages/chainrule/src/data/index.ts";
import { Dataset, DataLoader } from "../../packages/chainrule/src/data/index.ts";
import * as equations from "../../packages/chainrule/src/equations/index.ts";
import * as functions from "../../packages/chainrule/src/functions/index.ts";
import * as nn from "../../packages/chainrule/src/nn/index.ts";
import { Linear } from "../../packages/chainrule/src/nn/index.ts";
import * as optim from "../../packages/chainrule/src/optim/index.ts";
import { SGD } from "../../packages/chainrule/src/optim/index.ts";
import * as train from "../../packages/chainrule/src/train/index.ts";

export interface Call {
  /** Arguments of a call that is accepted. */
  readonly args: () => readonly unknown[];
  /** The place of the options among the arguments, which may be left out. */
  readonly options?: number;
  /** What is done with the result, for functions that check later. */
  readonly use?: (result: never) => unknown;
}

/** A call, or the reason why the export is not called. */
export type Listed = Call | string;

const x = (): Tensor => tensor([[1, 2], [3, 4]]); // prettier-ignore
const classes = (): Tensor => tensor([0, 1], { dtype: "int32" });
const generator = (): Generator => new Generator(0);
const call = (args: () => readonly unknown[], options?: number, use?: Call["use"]): Call => ({
  args,
  options,
  use,
});
const layer = (make: () => readonly unknown[], options?: number, input = x): Call =>
  call(make, options, (module: nn.Module) => module.forward(input()));
const loss = (target: () => Tensor): Call => call(() => [x(), target()], 2);
const parameters = (): Parameter[] => [new Parameter(tensor([1, 2]), { name: "w" })];
const optimizer = (): SGD => new SGD(parameters(), { lr: 0.1 });
const points = call(() => [{ samples: 4, generator: generator() }], 0);
const aClass = "a class that others extend or that errors are tested by";
const aValue = "not a function";
const texWords = "builds LaTeX for a record, from texts that a record has";

export const entries = {
  chainrule: [
    core,
    {
      ChainruleError: aClass,
      DTypeError: aClass,
      FormatError: aClass,
      GraphError: aClass,
      ShapeError: aClass,
      StateDictError: aClass,
      ValueError: aClass,
      Tensor: "made by tensor()",
      Generator: call(() => [0]),
      Parameter: call(() => [x()], 1),
      RandomState: call(() => [0]),
      StateCell: call(() => [x()], 1),
      arange: call(() => [0, 3, 1], 3),
      atom: texWords,
      binding: aValue,
      call: texWords,
      infix: texWords,
      operator: texWords,
      power: texWords,
      times: texWords,
      within: texWords,
      compile: call(() => [(a: Tensor) => a.mul(2)], 1),
      composite: "the extension point of the library: TypeScript checks it",
      concat: call(() => [[x(), x()], 0]),
      customOp: call(
        () => [{ forward: ([a]: Tensor[]) => a.mul(2), gradient: (g: Tensor) => g.mul(2) }],
        0,
        (op: (a: Tensor) => Tensor) => op(x()),
      ),
      defaultGenerator: call(() => []),
      defineOp: "the extension point of the library: TypeScript checks it",
      eye: call(() => [2, 2], 2),
      full: call(() => [[2], 1], 2),
      grad: call(
        () => [(a: Tensor) => a.sum()],
        undefined,
        (f: (a: unknown) => unknown) => f(x()),
      ),
      gradcheck: call(() => [(a: Tensor) => a.sum(), [x()]], 2),
      gradients: call(() => {
        const w = tensor([1, 2], { requiresGrad: true });
        return [w.sum(), [w]];
      }, 2),
      hessian: call(() => [(a: Tensor) => a.mul(a).sum(), x()]),
      isGradEnabled: call(() => []),
      jacobian: call(() => [(a: Tensor) => a.mul(2), x()]),
      linspace: call(() => [0, 1, 3], 3),
      manualSeed: call(() => [0]),
      named: call(() => [x(), "x"]),
      noGrad: call(() => [() => 1]),
      ones: call(() => [[2]], 1),
      onesLike: call(() => [x()]),
      ops: aValue,
      rand: call(() => [[2]], 1),
      randint: call(() => [0, 3, [2]], 3),
      randn: call(() => [[2]], 1),
      randperm: call(() => [3], 1),
      records: aValue,
      reference: aValue,
      snapshot: call(() => [parameters()]),
      stack: call(() => [[x(), x()], 0]),
      state: call(() => [x()], 1),
      tensor: call(() => [[1, 2]], 1),
      traceProgram: call(() => [(a = x()) => a.mul(2), [x()]], 2),
      valueAndGrad: call(
        () => [(a: Tensor) => a.sum()],
        undefined,
        (f: (a: unknown) => unknown) => f(x()),
      ),
      vjp: call(() => [(a: Tensor) => a.sum(), x()]),
      where: call(() => [x().gt(2), x(), x()]),
      zeros: call(() => [[2]], 1),
      zerosLike: call(() => [x()]),
    },
  ],
  "chainrule/nn": [
    nn,
    {
      BatchNorm1d: layer(() => [2], 1),
      Dropout: layer(() => [0.5], 1),
      ELU: layer(() => []),
      Embedding: layer(() => [3, 2], 2, classes),
      Flatten: layer(() => []),
      GELU: layer(() => [], 0),
      GLU: layer(() => []),
      Mish: layer(() => []),
      PReLU: layer(() => [2], 1),
      SELU: layer(() => []),
      Identity: layer(() => []),
      LayerNorm: layer(() => [2], 1),
      LeakyReLU: layer(() => []),
      Linear: layer(() => [2, 3], 2),
      LogSoftmax: layer(() => []),
      Module: aClass,
      ReLU: layer(() => []),
      Sequential: layer(() => [new Linear(2, 2)]),
      SiLU: layer(() => []),
      Sigmoid: layer(() => []),
      Softmax: layer(() => []),
      Softplus: layer(() => []),
      Tanh: layer(() => []),
      init: aValue,
      initializeLinear: call(() => [new Linear(2, 2), { weight: (w: Parameter) => nn.init.zeros(w) }], 1),
    },
  ],
  "chainrule/optim": [
    optim,
    {
      ...Object.fromEntries(
        [
          "Adadelta",
          "Adagrad",
          "Adam",
          "AdamW",
          "Adamax",
          "MomentumEWA",
          "NAdam",
          "RAdam",
          "RMSprop",
          "SGD",
        ].map((name) => [name, call(() => [parameters()], 1)]),
      ),
      CosineAnnealingLR: call(() => [optimizer(), { tMax: 3 }], 1),
      CosineAnnealingWarmRestarts: call(() => [optimizer(), { t0: 3 }], 1),
      MultiStepLR: call(() => [optimizer(), { milestones: [1, 2] }], 1),
      PolynomialLR: call(() => [optimizer()], 1),
      ExponentialLR: call(() => [optimizer(), { gamma: 0.5 }], 1),
      OneCycleLR: call(() => [optimizer(), { epochs: 3 }], 1),
      Optimizer: aClass,
      ParameterGroup: aClass,
      RateSchedule: call(() => [optimizer(), "epoch", (base: number) => base]),
      ReduceLROnPlateau: call(() => [optimizer()], 1),
      StepLR: call(() => [optimizer(), { stepSize: 2 }], 1),
      WarmupLR: call(() => [optimizer(), { epochs: 2 }], 1),
      clipGradNorm: call(() => [parameters(), 1]),
      clipGradValue: call(() => [parameters(), 1]),
      cosineFactor: call(() => [1, 3]),
      ewa: call(() => [x(), x(), 0.5]),
      ewaSeries: call(() => [[0, 1, 2], 0.5], 2),
      ewaWeight: call(() => [0.5, 1]),
      ewaWindow: call(() => [0.5]),
      exponentialFactor: call(() => [1, 0.5]),
      oneCycleFactor: call(() => [1, 10], 2),
      stepFactor: call(() => [1, 2, 0.5]),
      warmupFactor: call(() => [1, 3]),
    },
  ],
  "chainrule/functions": [
    functions,
    {
      acosh: call(() => [x()]),
      all: call(() => [x()]),
      any: call(() => [x()]),
      asinh: call(() => [x()]),
      atanh: call(() => [x()]),
      cosh: call(() => [x()]),
      isfinite: call(() => [x()]),
      isnan: call(() => [x()]),
      log2: call(() => [x()]),
      norm: call(() => [x()]),
      rsqrt: call(() => [x()]),
      sinh: call(() => [x()]),
      square: call(() => [x()]),
      std: call(() => [x()]),
      tan: call(() => [x()]),
      argsort: call(() => [x()]),
      nonzero: call(() => [x()]),
      sort: call(() => [x()]),
      squeeze: call(() => [x()]),
      tril: call(() => [x()]),
      triu: call(() => [x()]),
      diag: call(() => [x()]),
      logaddexp: call(() => [x(), x()]),
      topk: call(() => [x(), 1, -1]),
      unsqueeze: call(() => [x(), 0]),
      view: call(() => [x(), [4]]),
      split: call(() => [x(), 1, 0]),
      chunk: call(() => [x(), 2, 0]),
      repeat: call(() => [x(), [2, 1]]),
      tile: call(() => [x(), [2]]),
      roll: call(() => [x(), 1, 0]),
      maskedFill: call(() => [x(), x().gt(2), 0]),
      accuracy: call(() => [x(), classes()]),
      batchNorm: call(() => [x()], 1),
      binaryCrossEntropy: call(() => [x().sigmoid(), x().sigmoid()], 2),
      binaryCrossEntropyWithLogits: call(() => [x(), x().sigmoid()], 2),
      confusionMatrix: call(() => [x(), classes()]),
      cosineEmbeddingLoss: call(() => [x(), x(), tensor([1, -1])], 3),
      cosineSimilarity: call(() => [x(), x()], 2),
      crossEntropy: loss(classes),
      dropout: call(() => [x(), 0.5, tensor([1, 2, 0], { dtype: "int32" })]),
      einsum: call(() => ["ij,jk->ik", x(), x()]),
      embedding: call(() => [classes(), x()]),
      gelu: call(() => [x()], 1),
      glu: call(() => [x(), -1]),
      hingeLoss: loss(classes),
      huberLoss: loss(x),
      klDivLoss: call(() => [functions.logSoftmax(x()), functions.softmax(x())], 2),
      l1Loss: loss(x),
      layerNorm: call(() => [x(), [2]], 2),
      leakyRelu: call(() => [x(), 0.1]),
      linear: call(() => [x(), x(), tensor([1, 2])]),
      logSoftmax: call(() => [x(), -1]),
      mish: call(() => [x()]),
      mseLoss: loss(x),
      multiMarginLoss: loss(classes),
      nllLoss: call(() => [functions.logSoftmax(x()), classes()], 2),
      precisionRecallF1: call(() => [[[1, 0], [0, 1]]]), // prettier-ignore
      prelu: call(() => [x(), tensor([0.25])]),
      probabilityHingeLoss: loss(classes),
      r2: call(() => [x(), x()]),
      rmse: call(() => [x(), x()]),
      selu: call(() => [x()]),
      silu: call(() => [x()]),
      smoothL1Loss: loss(x),
      softmax: call(() => [x(), -1]),
      squaredError: loss(x),
      topKAccuracy: call(() => [x(), classes(), 1]),
    },
  ],
  "chainrule/data": [
    data,
    {
      DataLoader: call(() => [new Dataset(x(), classes())], 1),
      Dataset: call(() => [x(), classes()]),
      ELLIPSE: aValue,
      HYPERBOLA: aValue,
      applyScaling: call(() => [data.fitScaling("standard", x()), x()], 2),
      ...Object.fromEntries(
        ["blobs", "bump", "circles", "ellipse", "line", "moons", "spirals", "xor"].map((name) => [
          name,
          points,
        ]),
      ),
      bumpCourse: call(() => []),
      circlesCourse: call(() => []),
      ellipseCourse: call(() => []),
      fitScaling: call(() => ["standard", x()]),
      kFold: call(() => [10, 5, generator()]),
      fromPoints: call(() => [data.moons({ samples: 4, generator: generator() })]),
      split: call(() => [10, 0.2, generator()]),
    },
  ],
  "chainrule/train": [
    train,
    {
      CompiledEvaluation: call(() => [
        { predict: (a: Tensor) => a, loss: functions.crossEntropy },
        reference,
      ]),
      DivergedError: aClass,
      defaultMetrics: call(() => [x(), classes()]),
      earlyStopping: call(() => [new Linear(2, 2)], 1),
      findLearningRate: call(
        () => [{ ...learnerOptions(), data: new DataLoader(new Dataset(x(), classes())) }],
        0,
      ),
      evaluate: call(() => [aLearner(), new Dataset(x(), classes())], 2),
      explainTraining: call(() => [
        { learner: aLearner(), data: new DataLoader(new Dataset(x(), classes())) },
        reference,
      ]),
      learner: call(() => [learnerOptions()], 0),
      partNames: aValue,
      pauseEvery: call(() => []),
      predictAll: call(() => [aLearner(), x()], 2),
      train: call(
        () => [
          { learner: aLearner(), data: new DataLoader(new Dataset(x(), classes())), epochs: 1, device: null },
        ],
        0,
        async (events: AsyncIterable<unknown>) => {
          for await (const event of events) void event;
        },
      ),
    },
  ],
  "chainrule/equations": [
    equations,
    {
      EquationError: aClass,
      EquationNetwork: call(() => ["input x: 2; size h: 2; h = W x; predict h"], 1),
      networkOf: call(() => ["input x: 2; size h: 2; h = W x"], 1),
      parse: call(() => ["h = W x"]),
      print: call(() => [equations.parse("h = W x")]),
    },
  ],
} as const satisfies Record<string, readonly [object, Readonly<Record<string, Listed>>]>;

function learnerOptions(): train.LearnerOptions {
  const model = new Linear(2, 2);
  return { model, loss: functions.crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.1 }) };
}

function aLearner(): train.Learner {
  return train.learner(learnerOptions());
}
