/** A training step and an evaluation of every layer, traced and replayed, must equal the eager ones to the bit. */
import { describe, expect, test } from "vitest";
import * as functions from "../functions/index.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "../graph/trace.ts";
import { Generator, noGrad, randn, reference, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import * as nn from "./index.ts";

const indices = tensor([0, 2, 1, 2, 0], { dtype: "int32" });
const random = new Generator(9);
const x = randn([5, 4], { generator: random });
const numbers = randn([5, 3], { generator: random });

/** A step as one writes it: forward, backward, update of the parameters; it returns what it wants to show. */
function stepOf(net: nn.Module, loss: (output: Tensor, target: Tensor) => Tensor) {
  return (input: Tensor, target: Tensor): Tensor[] => {
    const output = net.forward(input);
    const value = loss(output, target);
    net.zeroGrad();
    value.backward();
    noGrad(() => {
      for (const w of net.parameters()) if (w.grad) w.assign(w.sub(w.grad.mul(0.1)));
    });
    return [value, output];
  };
}

const generator = (): Generator => new Generator(1);
/** Makes a net of two dense layers with others between them. */
const dense = (inner: () => nn.Module[]) => (): nn.Sequential => {
  const g = generator();
  return new nn.Sequential(
    new nn.Linear(4, 6, { generator: g }),
    ...inner(),
    new nn.Linear(6, 3, { generator: g }),
  );
};
const dropout = (p: number): nn.Module => new nn.Dropout(p, { generator: generator() });
const networks: Record<string, () => nn.Sequential> = {
  "Linear, ReLU": dense(() => [new nn.ReLU()]),
  "Tanh, Sigmoid, Identity": dense(() => [new nn.Tanh(), new nn.Sigmoid(), new nn.Identity()]),
  "ELU, Softplus, LeakyReLU": dense(() => [new nn.ELU(0.7), new nn.Softplus(2), new nn.LeakyReLU()]),
  "GELU, SiLU": dense(() => [new nn.GELU(), new nn.SiLU()]),
  "Softmax, LogSoftmax": dense(() => [new nn.Softmax(), new nn.LogSoftmax()]),
  "LayerNorm, Flatten": dense(() => [new nn.LayerNorm(6), new nn.Flatten()]),
  BatchNorm1d: dense(() => [new nn.BatchNorm1d(6)]),
  "BatchNorm1d, cumulative": dense(() => [new nn.BatchNorm1d(6, { momentum: null })]),
  Dropout: dense(() => [dropout(0.5), new nn.Tanh()]),
  "Dropout after BatchNorm1d": dense(() => [new nn.BatchNorm1d(6), new nn.ReLU(), dropout(0.3)]),
};

/** Everything that a step may change. */
const cells = (net: nn.Module): [string, unknown][] =>
  [...net.namedParameters(), ...net.namedBuffers()].map(([path, cell]) => [path, cell.toArray()]);
const shown = (tensors: readonly Tensor[]): unknown[] => tensors.map((t) => t.toArray());

describe.each(Object.keys(networks))("%s", (name) => {
  test("in training: three steps with all cells", () => {
    const [eager, traced] = [networks[name](), networks[name]()];
    const before = cells(eager);
    const step = stepOf(eager, functions.crossEntropy);
    const expected = Array.from({ length: 3 }, () => shown(step(x, indices)));
    const recorded = trace(stepOf(traced, functions.crossEntropy), [x, indices]);
    expect(cells(traced), "tracing changes nothing").toEqual(before);
    const run = replay(recorded, reference);
    expect(Array.from({ length: 3 }, () => shown(run(x, indices)))).toEqual(expected);
    expect(cells(traced)).toEqual(cells(eager));
    expect(cells(traced)).not.toEqual(before);
  });

  test("in evaluation: the output, and no cell assigned", () => {
    const net = networks[name]().eval();
    const recorded = trace((input) => [noGrad(() => net.forward(input))], [x]);
    expect(recorded.program.cells.filter(({ update }) => update !== null)).toEqual([]);
    expect(replay(recorded, reference)(x)[0].data).toEqual(net.forward(x).data);
  });
});

test("an Embedding trains traced as it does eagerly", () => {
  const made = (): nn.Sequential =>
    new nn.Sequential(
      new nn.Embedding(3, 2, { generator: generator() }),
      new nn.Linear(2, 3, { generator: generator() }),
    );
  const [eager, traced] = [made(), made()];
  const run = replay(trace(stepOf(traced, functions.crossEntropy), [indices, indices]), reference);
  const step = stepOf(eager, functions.crossEntropy);
  for (let i = 0; i < 2; i++) expect(run(indices, indices)[0].item()).toBe(step(indices, indices)[0].item());
  expect(cells(traced)).toEqual(cells(eager));
});

describe("losses", () => {
  const target = {
    classes: indices,
    numbers,
    probabilities: functions.softmax(numbers),
    bits: numbers.gt(0).to("float32"),
  };
  const weight = tensor([0.5, 1, 2]);
  const losses: [string, (output: Tensor, target: Tensor) => Tensor, Tensor][] = [
    ["crossEntropy", functions.crossEntropy, target.classes],
    [
      "crossEntropy, weighted and smoothed",
      (o, t) => functions.crossEntropy(o, t, { weight, labelSmoothing: 0.1 }),
      target.classes,
    ],
    ["crossEntropy, probabilities", functions.crossEntropy, target.probabilities],
    ["nllLoss", (o, t) => functions.nllLoss(functions.logSoftmax(o), t, { weight }), target.classes],
    ["mseLoss", functions.mseLoss, target.numbers],
    ["squaredError", (o, t) => functions.squaredError(o, t, { half: true }), target.numbers],
    ["l1Loss", functions.l1Loss, target.numbers],
    ["huberLoss", functions.huberLoss, target.numbers],
    ["binaryCrossEntropy", (o, t) => functions.binaryCrossEntropy(o.sigmoid(), t), target.bits],
    ["binaryCrossEntropyWithLogits", functions.binaryCrossEntropyWithLogits, target.bits],
    ["hingeLoss", functions.hingeLoss, target.classes],
    ["probabilityHingeLoss", (o, t) => functions.probabilityHingeLoss(o, t, { margin: 0.3 }), target.classes],
    ["multiMarginLoss", (o, t) => functions.multiMarginLoss(o, t, { weight }), target.classes],
    ["einsum", (o, t) => functions.einsum("ij,ij->", o, t), target.numbers],
  ];
  test.each(losses)("%s", (_name, loss, y) => {
    const made = (): nn.Linear => new nn.Linear(4, 3, { generator: generator() });
    const [eager, traced] = [made(), made()];
    const step = stepOf(eager, loss);
    const run = replay(trace(stepOf(traced, loss), [x, y]), reference);
    for (let i = 0; i < 3; i++) expect(run(x, y)[0].item()).toBe(step(x, y)[0].item());
    expect(cells(traced)).toEqual(cells(eager));
  });
});
