/**
 * A network of L layers, examples in columns: Z[l] and a[l] are [n_l, M]. X and Y, as they come, have an example a row.
 * All numbers are float64.
 *
 *     forward    a[0] = Xᵀ    Z[l] = W[l] a[l−1] + b[l]    a[l] = σ(Z[l])    P = softmax of the rows of Z[L]ᵀ
 *     loss       L = −1/M Σ Y ln P
 *     backward   dL/dZ[L] = (P − Y)ᵀ/M    dL/dZ[l] = dL/da[l] ⊙ σ(Z[l]) ⊙ (1 − σ(Z[l]))
 *                dL/dW[l] = dL/dZ[l] a[l−1]ᵀ    dL/db[l] = row sums of dL/dZ[l]    dL/da[l−1] = W[l]ᵀ dL/dZ[l]
 */
import { RandomState, tensor, zeros } from "chainrule";
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
  // solution: a row per label with a single 1: Yₙₖ = 1 if yₙ = k
  return tensor(Int32Array.from(y)).oneHot(classes, "float64"); // Yₙₖ = 1 if yₙ = k, else 0
}

/** W_l = 0.01 · N(0, 1) of shape [n_l, n_{l−1}], drawn layer by layer; b_l = 0 of shape [n_l, 1]. */
export function initializeWeights(dims: readonly number[], random = new RandomState(0)): Parameters {
  // solution: for l = 1 … L draw W_l = 0.01 · random.randn(n_l, n_{l−1}), and make b_l zeros [n_l, 1]
  const parameters: Record<string, Tensor> = {};
  for (let l = 1; l < dims.length; l++) {
    const shape = [dims[l], dims[l - 1]];
    parameters[`W${l}`] = tensor(random.randn(...shape) as Float64Array, { shape }).mul(0.01); // W = 0.01 z
    parameters[`b${l}`] = zeros([dims[l], 1], { dtype: "float64" }); // b = 0
  }
  return parameters;
}

/** Z = W a + b, and what the backward pass needs. */
export function linearForward(W: Tensor, b: Tensor, a: Tensor): { Z: Tensor; cache: Cache } {
  // solution: Z = W a + b (matmul, not mul), and the cache { Z, W, a }
  const Z = W.matmul(a).add(b); // Z = W a + b; b is a column and is added to each
  return { Z, cache: { Z, W, a } };
}

/** The sigmoid of every element. */
export function activationForward(Z: Tensor): Tensor {
  // solution: σ(z) = 1/(1 + exp(−z)), element by element
  return Z.sigmoid(); // σ(z) = 1/(1 + exp(−z))
}

/** The softmax of each row. */
export function softmax(Z: Tensor): Tensor {
  // solution: exp of each element, divided by the sum of its row; subtract the maximum of the row first
  const e = Z.sub(Z.max(1, true)).exp(); // the maximum is subtracted, so that exp cannot overflow
  return e.div(e.sum(1, true)); // pₖ = exp zₖ / Σⱼ exp zⱼ
}

/** P [M, K] for X [M, n_0], and the caches of the layers, the first layer first. */
export function nnForward(
  parameters: Parameters,
  X: Tensor,
  pieces: Pieces = own,
): { P: Tensor; caches: Cache[] } {
  // solution: a = Xᵀ; for each layer linearForward, then activationForward but for the last; softmax of Zᵀ of
  // the last
  const { linearForward, activationForward, softmax } = pieces;
  const L = Object.keys(parameters).length / 2;
  const caches: Cache[] = [];
  let a = X.transpose(); // a[0] = Xᵀ
  for (let l = 1; l <= L; l++) {
    const { Z, cache } = linearForward(parameters[`W${l}`], parameters[`b${l}`], a); // Z[l] = W[l] a[l−1] + b[l]
    caches.push(cache);
    if (l < L) a = activationForward(Z); // a[l] = σ(Z[l])
  }
  return { P: softmax(caches[L - 1].Z.transpose()), caches }; // P = softmax of the rows of Z[L]ᵀ
}

// ---- Part 2: loss and backward ----------------------------------------------------------------------------------------

/** The mean cross-entropy of P [M, K] against Y [M, K]. */
export function crossentropy(P: Tensor, Y: Tensor): number {
  // solution: −1/M Σ Y ln P, a number
  return Y.mul(P.log()).sum(1).mean().neg().item(); // −1/M Σₙ Σₖ yₙₖ ln pₙₖ
}

/** dL/dZ of the last layer, [K, M]. */
export function losssoftmaxBackward(P: Tensor, Y: Tensor): Tensor {
  // solution: (P − Y)ᵀ/M, of shape [K, M]
  return P.sub(Y).transpose().div(P.shape[0]); // (P − Y)ᵀ/M
}

/** From dL/da of a hidden layer to its dL/dZ. */
export function activationBackward(dLda: Tensor, cache: Cache): Tensor {
  // solution: dL/da ⊙ σ(Z) ⊙ (1 − σ(Z))
  const s = cache.Z.sigmoid();
  return dLda.mul(s).mul(s.neg().add(1)); // dL/da ⊙ σ (1 − σ)
}

/** From dL/dZ of a layer to the gradients of its inputs, weights and biases. */
export function linearBackward(dLdZ: Tensor, cache: Cache): { dLda: Tensor; dLdW: Tensor; dLdb: Tensor } {
  // solution: dLda = Wᵀ dL/dZ, dLdW = dL/dZ aᵀ, dLdb = row sums of dL/dZ as a column
  const { W, a } = cache;
  return {
    dLda: W.matmul(dLdZ, { transposeA: true }), // Wᵀ dL/dZ
    dLdW: dLdZ.matmul(a, { transposeB: true }), // dL/dZ aᵀ
    dLdb: dLdZ.sum(1, true), // row sums, kept as a column
  };
}

/** The gradients of all parameters. */
export function nnBackward(
  X: Tensor,
  Y: Tensor,
  P: Tensor,
  caches: readonly Cache[],
  pieces: Pieces = own,
): Gradients {
  // solution: losssoftmaxBackward, then from the last layer to the first linearBackward and activationBackward
  const { losssoftmaxBackward, activationBackward, linearBackward } = pieces;
  const gradients: Record<string, Tensor> = {};
  let dLdZ = losssoftmaxBackward(P, Y); // dL/dZ[L] = (P − Y)ᵀ/M
  for (let l = caches.length; l >= 1; l--) {
    const { dLda, dLdW, dLdb } = linearBackward(dLdZ, caches[l - 1]); // dL/dW[l], dL/db[l], dL/da[l−1]
    gradients[`dLdW${l}`] = dLdW;
    gradients[`dLdb${l}`] = dLdb;
    if (l > 1) dLdZ = activationBackward(dLda, caches[l - 2]); // dL/dZ[l−1]
  }
  return gradients;
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
  // solution: nIter times: nnForward, nnBackward, p ← p − lr · dLdp; the loss after each iteration
  const { nIter = 1000, lr = 0.01, random = new RandomState(0) } = options;
  let parameters = options.parameters ?? pieces.initializeWeights(layers, random);
  const losses: number[] = [];
  for (let i = 0; i < nIter; i++) {
    const { P, caches } = pieces.nnForward(parameters, X, pieces);
    parameters = stepped(parameters, pieces.nnBackward(X, Y, P, caches, pieces), lr); // p ← p − α dL/dp
    losses.push(pieces.crossentropy(pieces.nnForward(parameters, X, pieces).P, Y));
  }
  return { parameters, losses };
}

/** Stochastic gradient descent: M/batchSize steps an epoch, the last batch may be smaller. */
export function nnTrainSgd(
  X: Tensor,
  Y: Tensor,
  layers: readonly number[],
  options: TrainOptions & {
    readonly batchSize?: number;
    readonly epochs?: number;
    /** Whether each epoch has a new order; true unless given. */
    readonly shuffle?: boolean;
  } = {},
  pieces: Pieces = own,
): Trained {
  // solution: epochs times: an order, then a step for each batch of batchSize rows; the loss on all after each epoch
  const { batchSize = 100, epochs = 100, lr = 0.01, random = new RandomState(0), shuffle = true } = options;
  const M = X.shape[0];
  let parameters = options.parameters ?? pieces.initializeWeights(layers, random);
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle
      ? Int32Array.from(random.permutation(M))
      : Int32Array.from({ length: M }, (_, i) => i);
    for (let start = 0; start < M; start += batchSize) {
      const rows = tensor(order.subarray(start, start + batchSize));
      const [Xb, Yb] = [X.indexSelect(rows, 0), Y.indexSelect(rows, 0)]; // M′ examples, the next ones in order
      const { P, caches } = pieces.nnForward(parameters, Xb, pieces);
      parameters = stepped(parameters, pieces.nnBackward(Xb, Yb, P, caches, pieces), lr); // p ← p − α dL/dp
    }
    losses.push(pieces.crossentropy(pieces.nnForward(parameters, X, pieces).P, Y));
  }
  return { parameters, losses };
}

// solution
/** p ← p − α dL/dp for every parameter. */
function stepped(parameters: Parameters, gradients: Gradients, lr: number): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, p]) => [name, p.sub(gradients[`dLd${name}`].mul(lr))]),
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

if (process.argv[1] === import.meta.filename) await main();
