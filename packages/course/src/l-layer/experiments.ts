/** The homework's printed numbers and where they come from, symmetry, saturation, and training on digits. */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import type { Dataset } from "chainrule/data";
import type { FoundDataset } from "chainrule/node";
import { digitParts, mnistRows, rowsOf } from "../practical/images.ts";
import type { ReportContext } from "../practical/practical.ts";
import { initializeWeights, nnForward, nnTrainSgd, oneHot, own } from "./solution.ts";
import type { Cache, Gradients, Parameters, Pieces } from "./solution.ts";

/** E-26: the slip behind the second part's printed numbers, a hidden layer a = 1/(1 + exp(+z)). All else is right. */
export const legacy: Pieces = { ...own, activationForward: (Z) => Z.neg().sigmoid() };

/** The same hidden layer with its own derivative, d/dz σ(−z) = −σ(1 − σ): a network like any other. */
export const legacyDifferentiated: Pieces = {
  ...legacy,
  activationBackward: (dLda, cache) => own.activationBackward(dLda, cache).neg(),
};

export interface PrintedCase {
  readonly parameters: Parameters;
  readonly X: Tensor;
  readonly P: Tensor;
  readonly caches: readonly Cache[];
}

/** The notebook's inputs: RandomState(1) draws the weights, then M examples. */
export function printedCase(dims: readonly number[], M: number, pieces: Pieces): PrintedCase {
  const random = new RandomState(1);
  const parameters = initializeWeights(dims, random);
  const X = tensor(random.randn(M, dims[0]) as Float64Array, { shape: [M, dims[0]] });
  return { parameters, X, ...nnForward(parameters, X, pieces) };
}

export interface SecondPart {
  readonly crossentropy: number;
  readonly losssoftmaxBackward: Tensor;
  readonly linearBackward: { readonly dLda: Tensor; readonly dLdW: Tensor; readonly dLdb: Tensor };
  readonly nnBackward: Gradients;
}

/** The results of the homework's second part with one sigmoid or the other. */
export function secondPart(pieces: Pieces): SecondPart {
  const two = printedCase([3, 4, 2], 2, pieces);
  const three = printedCase([3, 4, 2], 3, pieces);
  const small = printedCase([3, 2, 2], 3, pieces);
  const four = printedCase([3, 2, 2], 4, pieces);
  // E-27: rows that sum to 2 and 0 among them
  const noLabels = tensor(
    [
      [1, 1],
      [1, 0],
      [0, 0],
      [0, 1],
    ],
    { dtype: "float64" },
  );
  return {
    crossentropy: own.crossentropy(two.P, oneHot([1, 0])),
    losssoftmaxBackward: own.losssoftmaxBackward(three.P, oneHot([1, 0, 0])),
    linearBackward: own.linearBackward(own.losssoftmaxBackward(small.P, oneHot([1, 0, 0])), small.caches[1]),
    nnBackward: own.nnBackward(four.X, noLabels, four.P, four.caches),
  };
}

/** The share of rows of P whose largest entry is the label's. */
export function accuracy(P: Tensor, Y: Tensor): number {
  return P.argmax(1).eq(Y.argmax(1)).to("float64").mean().item();
}

// ---- Symmetry and saturation ------------------------------------------------------------------------------------------

/** LH-7: the largest difference of two hidden units that began equal, or drawn, after each epoch of training. */
export function symmetry(equal: boolean, epochs: number): number[] {
  const random = new RandomState(4);
  const X = tensor(random.randn(30, 3) as Float64Array, { shape: [30, 3] });
  const Y = oneHot(Array.from({ length: 30 }, (_, i) => i % 2));
  let parameters = initializeWeights([3, 2, 2], random);
  if (equal) {
    const [first, second] = [parameters.W1.slice([0]), parameters.W2.slice([null, 0])];
    parameters = {
      ...parameters,
      W1: first.reshape([1, 3]).expand([2, 3]), // both rows alike
      W2: second.reshape([2, 1]).expand([2, 2]), // and both are heard alike
    };
  }
  const apart = ({ W1 }: Parameters): number =>
    W1.slice([0])
      .sub(W1.slice([1]))
      .abs()
      .max()
      .item();
  const differences = [apart(parameters)];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    ({ parameters } = nnTrainSgd(X, Y, [3, 2, 2], { epochs: 1, batchSize: 10, lr: 2, parameters, random }));
    differences.push(apart(parameters));
  }
  return differences;
}

/** LH-8: σ and σ′ on −10 … 10. */
export function saturation(): { readonly z: number[]; readonly s: number[]; readonly derivative: number[] } {
  const z = Array.from({ length: 81 }, (_, i) => (i - 40) / 4);
  const s = Array.from(tensor(z, { dtype: "float64" }).sigmoid().data);
  return { z, s, derivative: s.map((value) => value * (1 - value)) };
}

// ---- Digits -----------------------------------------------------------------------------------------------------------

export interface DigitData {
  readonly name: string;
  readonly train: { readonly X: Tensor; readonly Y: Tensor };
  readonly test: { readonly X: Tensor; readonly Y: Tensor };
  /** Height and width of an image. */
  readonly image: readonly [number, number];
}

/** The first rows of MNIST. */
export function mnistData({ train, test }: FoundDataset, rows: number): DigitData {
  const first = (images: FoundDataset["train"]) =>
    part(rowsOf(mnistRows(images), 0, Math.min(rows, images.count)));
  return {
    name: `the first ${rows} images of MNIST`,
    train: first(train),
    test: first(test),
    image: [train.rows, train.columns],
  };
}

/** The digits of 8 × 8 pixels that come with the library. */
export function embeddedData(): DigitData {
  const { train, held } = digitParts();
  return { name: "the digits of 8 × 8 pixels", train: part(train), test: part(held), image: [8, 8] };
}

function part({ inputs, targets }: Dataset): DigitData["train"] {
  return { X: inputs.to("float64"), Y: oneHot(Array.from(targets.data), 10) };
}

export interface DigitRun {
  readonly losses: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly testAccuracy: number;
  readonly parameters: Parameters;
}

/** nnTrainSgd epoch by epoch, so that the accuracy can be looked at in between. */
export function trainDigits(
  data: DigitData,
  { hidden, epochs, lr, batchSize = 100 }: { hidden: number; epochs: number; lr: number; batchSize?: number },
  pieces: Pieces = own,
): DigitRun {
  const { X, Y } = data.train;
  const layers = [X.shape[1], hidden, Y.shape[1]];
  const random = new RandomState(0);
  let parameters = initializeWeights(layers, random);
  const losses: number[] = [];
  const trainAccuracy: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const trained = nnTrainSgd(X, Y, layers, { epochs: 1, batchSize, lr, parameters, random }, pieces);
    parameters = trained.parameters;
    losses.push(...trained.losses);
    trainAccuracy.push(accuracy(nnForward(parameters, X, pieces).P, Y));
  }
  const testAccuracy = accuracy(nnForward(parameters, data.test.X, pieces).P, data.test.Y);
  return { losses, trainAccuracy, testAccuracy, parameters };
}

// ---- The results of the page ------------------------------------------------------------------------------------------

export type Results = Awaited<ReturnType<typeof resultsOf>>;

export async function resultsOf({ quick, progress, mnist }: ReportContext) {
  progress("  training on digits");
  const found = await mnist();
  const data = found ? mnistData(found, quick ? 1000 : 60_000) : embeddedData();
  const settings =
    found && !quick ? { hidden: 100, epochs: 20, lr: 0.01 } : { hidden: 30, epochs: 15, lr: 0.5 };
  const run = trainDigits(data, settings);
  const slipped = trainDigits(data, quick ? settings : { ...settings, epochs: 3 }, legacy);
  progress("  training with the slip's own derivative");
  const repaired = trainDigits(embeddedData(), { hidden: 30, epochs: 25, lr: 0.5 }, legacyDifferentiated);
  const { P } = nnForward(run.parameters, data.test.X);
  return {
    ...settings,
    data,
    missing: found === undefined,
    right: secondPart(own),
    legacy: secondPart(legacy),
    equal: symmetry(true, 50),
    drawn: symmetry(false, 50),
    saturation: saturation(),
    run,
    slipped,
    repaired,
    P,
    predicted: P.argmax(1),
    truth: data.test.Y.argmax(1),
  };
}
