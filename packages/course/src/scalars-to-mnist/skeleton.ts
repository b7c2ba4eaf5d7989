/**
 * One network, three times: in plain numbers for one example, in vectors for one example, in matrices for a batch. Fill in
 * the functions one after the other; README.md has the formulas. `npm start` runs this file and says what to write next,
 * `npm run check` counts the points.
 *
 *     k = x W + b     h = sigmoid(k)     o = h V + c     y = softmax(o)     l = −ln y_target
 *
 * Rows are examples. W is [inputs, hidden], V is [hidden, classes].
 */
import { tensor } from "chainrule";
import type { Tensor } from "chainrule";

// ---- 1: plain numbers -------------------------------------------------------------------------------------------------

type List = readonly number[];
type Table = readonly (readonly number[])[];

/** Weights as lists of rows. */
export interface Lists {
  readonly W: Table;
  readonly b: List;
  readonly V: Table;
  readonly c: List;
}

export interface Forward {
  readonly k: List;
  readonly h: List;
  readonly o: List;
  readonly y: List;
}

/** 1/(1 + exp(−k)) */
export function sigmoid(k: number): number {
  return todo("sigmoid: 1/(1 + exp(−k)); for k < 0 write it as exp(k)/(1 + exp(k)), which does not overflow");
}

/** yᵢ = exp(oᵢ) / Σⱼ exp(oⱼ) */
export function softmaxOfList(o: List): number[] {
  return todo("softmaxOfList: subtract the largest o, then exp(oᵢ) / Σⱼ exp(oⱼ)");
}

/** One example through the network. */
export function forwardNumbers(network: Lists, x: List): Forward {
  return todo("forwardNumbers: kⱼ = bⱼ + Σᵢ xᵢ Wᵢⱼ, hⱼ = sigmoid(kⱼ), oⱼ = cⱼ + Σᵢ hᵢ Vᵢⱼ, y = softmax(o)");
}

/** l = −ln y_target */
export function lossNumbers(y: List, target: number): number {
  return todo("lossNumbers: −ln y[target]");
}

/** ∂yᵢ/∂oⱼ, row i and column j */
export function softmaxJacobian(y: List): number[][] {
  return todo("softmaxJacobian: yᵢ (1 − yᵢ) for i = j, else −yᵢ yⱼ");
}

/** The derivative of the loss by everything that it depends on. */
export interface Gradients {
  readonly dy: List;
  readonly dO: List;
  readonly dh: List;
  readonly dk: List;
  readonly dW: Table;
  readonly db: List;
  readonly dV: Table;
  readonly dc: List;
}

/** From the loss back to the weights, one local derivative after the other. */
export function backwardNumbers(network: Lists, x: List, pass: Forward, target: number): Gradients {
  return todo(
    "backwardNumbers: dy = −1/y at the target, dOⱼ = Σᵢ dyᵢ ∂yᵢ/∂oⱼ, dVᵢⱼ = hᵢ dOⱼ, dc = dO, dhᵢ = Σⱼ Vᵢⱼ dOⱼ, " +
      "dk = dh · h (1 − h), dWᵢⱼ = xᵢ dkⱼ, and db from the place where b is added",
  );
}

/** p − rate · dp for all four. */
export function sgdNumbers(network: Lists, gradients: Gradients, rate: number): Lists {
  return todo("sgdNumbers: W − rate · dW, b − rate · db, V − rate · dV, c − rate · dc");
}

/** The class of a point of the synthetic data. */
export function labelOf(x: List): number {
  return todo("labelOf: 1 where x₁² + 0.95 x₁x₂ + 0.4 x₂² > 0.6, else 0");
}

/** One pass over examples in the given order, one step each; the losses are those from before each step. */
export function trainOnline(
  start: Lists,
  X: Table,
  targets: List,
  order: ArrayLike<number>,
  rate: number,
): { readonly network: Lists; readonly losses: number[] } {
  return todo(
    "trainOnline: for each n of the order forwardNumbers, lossNumbers, backwardNumbers, sgdNumbers",
  );
}

// ---- 2: vectors -------------------------------------------------------------------------------------------------------

/** The same weights as tensors. */
export interface Network {
  readonly W: Tensor;
  readonly b: Tensor;
  readonly V: Tensor;
  readonly c: Tensor;
}
export interface Activations {
  readonly k: Tensor;
  readonly h: Tensor;
  readonly o: Tensor;
  readonly y: Tensor;
}
export interface NetworkGradients {
  readonly dW: Tensor;
  readonly db: Tensor;
  readonly dV: Tensor;
  readonly dc: Tensor;
}

/** x is [inputs]; k and h are [hidden], o and y [classes]. */
export function forwardVector(network: Network, x: Tensor): Activations {
  return todo(
    "forwardVector: as numbers, with x.reshape([1, -1]).matmul(W).reshape([-1]), sigmoid() and softmax of chainrule/functions",
  );
}

/** Softmax and logarithm in one: dl/do = y − onehot(target). */
export function backwardVector(
  network: Network,
  x: Tensor,
  pass: Activations,
  target: number,
): NetworkGradients {
  return todo(
    "backwardVector: do = y − onehot, dV = h ⊗ do, dh = V do, dk = dh ⊙ h ⊙ (1 − h), dW = x ⊗ dk; a ⊗ b is a column times a row",
  );
}

// ---- 3: batches -------------------------------------------------------------------------------------------------------

/** X is [B, inputs]; k and h are [B, hidden], o and y [B, classes]. */
export function forwardBatch(network: Network, X: Tensor): Activations {
  return todo("forwardBatch: K = X W + b, H = sigmoid K, O = H V + c, Y = softmax of each row");
}

/** The mean of −ln y_target over the batch, from the scores o [B, classes] and the class numbers [B]. */
export function lossBatch(o: Tensor, targets: Tensor): Tensor {
  return todo(
    "lossBatch: logSoftmax of chainrule/functions, times targets.oneHot(classes), summed over each row; minus the mean",
  );
}

/** The gradient of the mean loss. */
export function backwardBatch(
  network: Network,
  X: Tensor,
  pass: Activations,
  targets: Tensor,
): NetworkGradients {
  return todo(
    "backwardBatch: Dₒ = (Y − T)/B, dV = Hᵀ Dₒ, dc = Σ rows of Dₒ, Dₖ = (Dₒ Vᵀ) ⊙ H ⊙ (1 − H), dW = Xᵀ Dₖ, db = Σ rows of Dₖ",
  );
}

/** p − rate · dp for all four. */
export function sgdBatch(network: Network, gradients: NetworkGradients, rate: number): Network {
  return todo("sgdBatch: p.sub(dp.mul(rate)) for each of the four");
}

// ---- 4: several runs --------------------------------------------------------------------------------------------------

/** Mean and standard deviation across runs, per step: one curve per run, all of one length. */
export function acrossRuns(curves: Table): { readonly mean: number[]; readonly deviation: number[] } {
  return todo("acrossRuns: at each step the mean over the curves, and √(Σ (value − mean)² / (runs − 1))");
}

/** The rate whose runs are best on validation. */
export function chooseRate(
  results: readonly { readonly rate: number; readonly validationAccuracies: List }[],
): number {
  return todo("chooseRate: the rate with the largest mean of its validationAccuracies");
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  const network: Lists = {
    W: [
      [0.5, -1.2, 0.7],
      [0.1, 0.4, -0.9],
    ],
    b: [0.1, -0.2, 0.3],
    V: [
      [1, -2],
      [0.5, 1],
      [-1.5, 0.25],
    ],
    c: [0.2, -0.1],
  };
  const X = [
    [0.3, 2],
    [1, -1],
  ];
  console.log("sigmoid(2) =", sigmoid(2), " softmax(1, 2) =", softmaxOfList([1, 2]));
  const pass = forwardNumbers(network, X[0]);
  console.log("loss:", lossNumbers(pass.y, 1), "Jacobian:", softmaxJacobian(pass.y));
  const gradients = backwardNumbers(network, X[0], pass, 1);
  console.log("after a step:", sgdNumbers(network, gradients, 0.01));
  console.log("losses of two steps:", trainOnline(network, X, X.map(labelOf), [0, 1], 0.01).losses);

  const wide = (data: Table | List): Tensor => tensor(data as number[], { dtype: "float64" });
  const tensors: Network = { W: wide(network.W), b: wide(network.b), V: wide(network.V), c: wide(network.c) };
  const vector = wide(X[0]);
  console.log("by vectors:", String(backwardVector(tensors, vector, forwardVector(tensors, vector), 1).dW));
  const [rows, targets] = [wide(X), tensor([1, 0], { dtype: "int32" })];
  const batch = forwardBatch(tensors, rows);
  console.log("mean loss:", lossBatch(batch.o, targets).item());
  const { b } = sgdBatch(tensors, backwardBatch(tensors, rows, batch, targets), 0.01);
  console.log("b after a step:", String(b));
  console.log(
    "across runs:",
    acrossRuns([
      [1, 2],
      [3, 2],
    ]),
  );
  console.log(
    "chosen:",
    chooseRate([
      { rate: 0.1, validationAccuracies: [0.9] },
      { rate: 0.5, validationAccuracies: [0.95] },
    ]),
  );
}

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) main();
