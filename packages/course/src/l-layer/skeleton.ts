/**
 * A network of L layers, examples in columns: Z[l] and a[l] are [n_l, M]. X and Y, as they come, have an example a row.
 * Fill in the functions one after the other; README.md has the formulas. `npm start` runs this file and says what to write
 * next, `npm run check` counts the points. All numbers are float64.
 */
import { RandomState } from "chainrule";
import type { Tensor } from "chainrule";

/** W1, b1, W2, b2, …: weights [n_l, n_{l−1}], biases [n_l, 1]. */
export type Parameters = Readonly<Record<string, Tensor>>;
/** dLdW1, dLdb1, …, each of the shape of its parameter. */
export type Gradients = Readonly<Record<string, Tensor>>;

/** What a layer's forward pass keeps for its backward pass. */
export interface Cache {
  /** [n_l, M] */
  readonly Z: Tensor;
  /** [n_l, n_{l−1}] */
  readonly W: Tensor;
  /** The activations that came in, [n_{l−1}, M]. */
  readonly a: Tensor;
}

/**
 * What the larger functions are made of. They take it as their last argument, so that another sigmoid can be tried, and so
 * that a mistake in one function is marked there and nowhere else.
 */
export interface Pieces {
  readonly linearForward: typeof linearForward;
  readonly activationForward: typeof activationForward;
  readonly softmax: typeof softmax;
  readonly crossentropy: typeof crossentropy;
  readonly losssoftmaxBackward: typeof losssoftmaxBackward;
  readonly activationBackward: typeof activationBackward;
  readonly linearBackward: typeof linearBackward;
  readonly initializeWeights: typeof initializeWeights;
  readonly nnForward: typeof nnForward;
  readonly nnBackward: typeof nnBackward;
}

// ---- Part 1: forward --------------------------------------------------------------------------------------------------

/** Labels 0 … K−1 as rows with a single 1: [M, K]. K is the largest label + 1 unless given. */
export function oneHot(y: readonly number[], classes = 1 + y.reduce((a, b) => Math.max(a, b), 0)): Tensor {
  return todo("oneHot: a row per label with a single 1: Yₙₖ = 1 if yₙ = k");
}

/** W_l = 0.01 · N(0, 1) of shape [n_l, n_{l−1}], drawn layer by layer; b_l = 0 of shape [n_l, 1]. */
export function initializeWeights(dims: readonly number[], random = new RandomState(0)): Parameters {
  return todo(
    "initializeWeights: for l = 1 … L draw W_l = 0.01 · random.randn(n_l, n_{l−1}), and make b_l zeros [n_l, 1]",
  );
}

/** Z = W a + b, and what the backward pass needs. */
export function linearForward(W: Tensor, b: Tensor, a: Tensor): { Z: Tensor; cache: Cache } {
  return todo("linearForward: Z = W a + b (matmul, not mul), and the cache { Z, W, a }");
}

/** The sigmoid of every element. */
export function activationForward(Z: Tensor): Tensor {
  return todo("activationForward: σ(z) = 1/(1 + exp(−z)), element by element");
}

/** The softmax of each row. */
export function softmax(Z: Tensor): Tensor {
  return todo(
    "softmax: exp of each element, divided by the sum of its row; subtract the maximum of the row first",
  );
}

/** P [M, K] for X [M, n_0], and the caches of the layers, the first layer first. */
export function nnForward(
  parameters: Parameters,
  X: Tensor,
  pieces: Pieces = own,
): { P: Tensor; caches: Cache[] } {
  return todo(
    "nnForward: a = Xᵀ; for each layer linearForward, then activationForward but for the last; softmax of Zᵀ of the last",
  );
}

// ---- Part 2: loss and backward ----------------------------------------------------------------------------------------

/** The mean cross-entropy of P [M, K] against Y [M, K]. */
export function crossentropy(P: Tensor, Y: Tensor): number {
  return todo("crossentropy: −1/M Σ Y ln P, a number");
}

/** dL/dZ of the last layer, [K, M]. */
export function losssoftmaxBackward(P: Tensor, Y: Tensor): Tensor {
  return todo("losssoftmaxBackward: (P − Y)ᵀ/M, of shape [K, M]");
}

/** From dL/da of a hidden layer to its dL/dZ. */
export function activationBackward(dLda: Tensor, cache: Cache): Tensor {
  return todo("activationBackward: dL/da ⊙ σ(Z) ⊙ (1 − σ(Z))");
}

/** From dL/dZ of a layer to the gradients of its inputs, weights and biases. */
export function linearBackward(dLdZ: Tensor, cache: Cache): { dLda: Tensor; dLdW: Tensor; dLdb: Tensor } {
  return todo("linearBackward: dLda = Wᵀ dL/dZ, dLdW = dL/dZ aᵀ, dLdb = row sums of dL/dZ as a column");
}

/** The gradients of all parameters. */
export function nnBackward(
  X: Tensor,
  Y: Tensor,
  P: Tensor,
  caches: readonly Cache[],
  pieces: Pieces = own,
): Gradients {
  return todo(
    "nnBackward: losssoftmaxBackward, then from the last layer to the first linearBackward and activationBackward",
  );
}

// ---- Part 3: training -------------------------------------------------------------------------------------------------

export interface TrainOptions {
  readonly lr?: number;
  /** Draws the weights, and the order of the batches; `RandomState(0)` unless given. */
  readonly random?: RandomState;
  /** Start from these parameters in place of drawn ones. */
  readonly parameters?: Parameters;
}

export interface Trained {
  readonly parameters: Parameters;
  /** The loss on all examples: after each iteration, or after each epoch. */
  readonly losses: readonly number[];
}

/** Gradient descent with all examples in each step. */
export function nnTrainGd(
  X: Tensor,
  Y: Tensor,
  layers: readonly number[],
  options: TrainOptions & { readonly nIter?: number } = {},
  pieces: Pieces = own,
): Trained {
  return todo(
    "nnTrainGd: nIter times: nnForward, nnBackward, p ← p − lr · dLdp; the loss after each iteration",
  );
}

/** Stochastic gradient descent: M/batchSize steps an epoch, the last batch may be smaller. */
export function nnTrainSgd(
  X: Tensor,
  Y: Tensor,
  layers: readonly number[],
  options: TrainOptions & {
    readonly batchSize?: number;
    readonly epochs?: number;
    /** A new order each epoch; so unless told otherwise. */
    readonly shuffle?: boolean;
  } = {},
  pieces: Pieces = own,
): Trained {
  return todo(
    "nnTrainSgd: epochs times: an order, then a step for each batch of batchSize rows; the loss on all after each epoch",
  );
}

/** The functions of this file. */
export const own: Pieces = {
  linearForward,
  activationForward,
  softmax,
  crossentropy,
  losssoftmaxBackward,
  activationBackward,
  linearBackward,
  initializeWeights,
  nnForward,
  nnBackward,
};

// ---- The program: node FILE -------------------------------------------------------------------------------------------

async function main(): Promise<void> {
  const { digits } = await import("chainrule/data/digits");
  const { inputs, targets } = digits();
  const X = inputs.to("float64").div(16);
  const Y = oneHot(Array.from(targets.data));
  const full = nnTrainGd(X, Y, [64, 30, 10], { nIter: 3, lr: 0.5 });
  console.log("three full steps, loss:", ...full.losses.map((loss) => loss.toFixed(4)));
  const { parameters, losses } = nnTrainSgd(X, Y, [64, 30, 10], { epochs: 40, lr: 0.5 });
  losses.forEach((loss, i) => (i + 1) % 10 === 0 && console.log(`epoch ${i + 1}: loss ${loss.toFixed(4)}`));
  const { P } = nnForward(parameters, X);
  const right = P.argmax(1).eq(targets).to("float64").mean().item();
  console.log(`${(100 * right).toFixed(1)} % of the digits it was trained on`);
}

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) await main();
