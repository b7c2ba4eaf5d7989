/**
 * One network, three times: in plain numbers for one example, in vectors for one example, in matrices for a batch.
 *
 *     k = x W + b     h = sigmoid(k)     o = h V + c     y = softmax(o)     l = −ln y_target
 *
 * Rows are examples. W is [inputs, hidden], V is [hidden, classes].
 */
import { tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { logSoftmax, softmax } from "chainrule/functions";

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
  // solution: 1/(1 + exp(−k)); for k < 0 write it as exp(k)/(1 + exp(k)), which does not overflow
  return k >= 0 ? 1 / (1 + Math.exp(-k)) : Math.exp(k) / (1 + Math.exp(k));
}

/** yᵢ = exp(oᵢ) / Σⱼ exp(oⱼ) */
export function softmaxOfList(o: List): number[] {
  // solution: subtract the largest o, then exp(oᵢ) / Σⱼ exp(oⱼ)
  const most = Math.max(...o);
  const e = o.map((oi) => Math.exp(oi - most));
  const total = e.reduce((sum, ei) => sum + ei, 0);
  return e.map((ei) => ei / total);
}

/** One example through the network. */
export function forwardNumbers(network: Lists, x: List): Forward {
  // solution: kⱼ = bⱼ + Σᵢ xᵢ Wᵢⱼ, hⱼ = sigmoid(kⱼ), oⱼ = cⱼ + Σᵢ hᵢ Vᵢⱼ, y = softmax(o)
  const { W, b, V, c } = network;
  const k = b.map((bj, j) => x.reduce((sum, xi, i) => sum + xi * W[i][j], bj));
  const h = k.map(sigmoid);
  const o = c.map((cj, j) => h.reduce((sum, hi, i) => sum + hi * V[i][j], cj));
  return { k, h, o, y: softmaxOfList(o) };
}

/** l = −ln y_target */
export function lossNumbers(y: List, target: number): number {
  // solution: −ln y[target]
  return -Math.log(y[target]);
}

/** ∂yᵢ/∂oⱼ, row i and column j */
export function softmaxJacobian(y: List): number[][] {
  // solution: yᵢ (1 − yᵢ) for i = j, else −yᵢ yⱼ
  return y.map((yi, i) => y.map((yj, j) => yi * ((i === j ? 1 : 0) - yj)));
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
  // solution: dy = −1/y at the target, dOⱼ = Σᵢ dyᵢ ∂yᵢ/∂oⱼ, dVᵢⱼ = hᵢ dOⱼ, dc = dO, dhᵢ = Σⱼ Vᵢⱼ dOⱼ,
  // dk = dh · h (1 − h), dWᵢⱼ = xᵢ dkⱼ, and db from the place where b is added
  const { h, y } = pass;
  const dy = y.map((yj, j) => (j === target ? -1 / yj : 0));
  const J = softmaxJacobian(y);
  const dO = y.map((_, j) => dy.reduce((sum, dyi, i) => sum + dyi * J[i][j], 0));
  const dV = h.map((hi) => dO.map((dj) => hi * dj));
  const dh = network.V.map((row) => row.reduce((sum, Vij, j) => sum + Vij * dO[j], 0));
  const dk = dh.map((dhi, i) => dhi * h[i] * (1 - h[i]));
  return { dy, dO, dh, dk, dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dk, dV, dc: dO };
}

/** p − rate · dp for all four. */
export function sgdNumbers(network: Lists, gradients: Gradients, rate: number): Lists {
  // solution: W − rate · dW, b − rate · db, V − rate · dV, c − rate · dc
  const list = (p: List, d: List): number[] => p.map((pi, i) => pi - rate * d[i]);
  const table = (p: Table, d: Table): number[][] => p.map((row, i) => list(row, d[i]));
  const { W, b, V, c } = network;
  const { dW, db, dV, dc } = gradients;
  return { W: table(W, dW), b: list(b, db), V: table(V, dV), c: list(c, dc) };
}

/** The class of a point of the synthetic data. */
export function labelOf(x: List): number {
  // solution: 1 where x₁² + 0.95 x₁x₂ + 0.4 x₂² > 0.6, else 0
  const [x1, x2] = x;
  return x1 * x1 + 0.95 * x1 * x2 + 0.4 * x2 * x2 > 0.6 ? 1 : 0;
}

/** One pass over examples in the given order, one step each; the losses are those from before each step. */
export function trainOnline(
  start: Lists,
  X: Table,
  targets: List,
  order: ArrayLike<number>,
  rate: number,
): { readonly network: Lists; readonly losses: number[] } {
  // solution: for each n of the order forwardNumbers, lossNumbers, backwardNumbers, sgdNumbers
  let network = start;
  const losses: number[] = [];
  for (let n = 0; n < order.length; n++) {
    const [x, target] = [X[order[n]], targets[order[n]]];
    const pass = forwardNumbers(network, x);
    losses.push(lossNumbers(pass.y, target));
    network = sgdNumbers(network, backwardNumbers(network, x, pass, target), rate);
  }
  return { network, losses };
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
  // solution: as numbers, with x.reshape([1, -1]).matmul(W).reshape([-1]), sigmoid() and softmax of chainrule/functions
  const { W, b, V, c } = network;
  // a matrix product wants matrices: a row, and back to a vector
  const times = (v: Tensor, M: Tensor): Tensor => v.reshape([1, -1]).matmul(M).reshape([-1]);
  const k = times(x, W).add(b);
  const h = k.sigmoid();
  const o = times(h, V).add(c);
  return { k, h, o, y: softmax(o) };
}

/** Softmax and logarithm in one: dl/do = y − onehot(target). */
export function backwardVector(
  network: Network,
  x: Tensor,
  pass: Activations,
  target: number,
): NetworkGradients {
  // solution: do = y − onehot, dV = h ⊗ do, dh = V do, dk = dh ⊙ h ⊙ (1 − h), dW = x ⊗ dk; a ⊗ b is a column
  // times a row
  const { h, y } = pass;
  const dO = y.sub(tensor(target, { dtype: "int32" }).oneHot(y.shape[0]));
  const dh = network.V.matmul(dO.reshape([-1, 1])).reshape([-1]);
  const dk = dh.mul(h).mul(h.neg().add(1));
  // a column times a row: every pair once
  const outer = (left: Tensor, right: Tensor): Tensor => left.reshape([-1, 1]).mul(right);
  return { dW: outer(x, dk), db: dk, dV: outer(h, dO), dc: dO };
}

// ---- 3: batches -------------------------------------------------------------------------------------------------------

/** X is [B, inputs]; k and h are [B, hidden], o and y [B, classes]. */
export function forwardBatch(network: Network, X: Tensor): Activations {
  // solution: K = X W + b, H = sigmoid K, O = H V + c, Y = softmax of each row
  const { W, b, V, c } = network;
  const k = X.matmul(W).add(b);
  const h = k.sigmoid();
  const o = h.matmul(V).add(c);
  return { k, h, o, y: softmax(o) };
}

/** The mean of −ln y_target over the batch, from the scores o [B, classes] and the class numbers [B]. */
export function lossBatch(o: Tensor, targets: Tensor): Tensor {
  // solution: logSoftmax of chainrule/functions, times targets.oneHot(classes), summed over each row; minus the mean
  return logSoftmax(o).mul(targets.oneHot(o.shape[1])).sum(1).mean().neg();
}

/** The gradient of the mean loss. */
export function backwardBatch(
  network: Network,
  X: Tensor,
  pass: Activations,
  targets: Tensor,
): NetworkGradients {
  // solution: Dₒ = (Y − T)/B, dV = Hᵀ Dₒ, dc = Σ rows of Dₒ, Dₖ = (Dₒ Vᵀ) ⊙ H ⊙ (1 − H), dW = Xᵀ Dₖ, db = Σ
  // rows of Dₖ
  const { h, y } = pass;
  const [B, classes] = y.shape;
  const dO = y.sub(targets.oneHot(classes)).div(B);
  const dk = dO.matmul(network.V, { transposeB: true }).mul(h).mul(h.neg().add(1));
  return {
    dW: X.matmul(dk, { transposeA: true }),
    db: dk.sum(0),
    dV: h.matmul(dO, { transposeA: true }),
    dc: dO.sum(0),
  };
}

/** p − rate · dp for all four. */
export function sgdBatch(network: Network, gradients: NetworkGradients, rate: number): Network {
  // solution: p.sub(dp.mul(rate)) for each of the four
  const step = (p: Tensor, d: Tensor): Tensor => p.sub(d.mul(rate));
  const { W, b, V, c } = network;
  const { dW, db, dV, dc } = gradients;
  return { W: step(W, dW), b: step(b, db), V: step(V, dV), c: step(c, dc) };
}

// ---- 4: several runs --------------------------------------------------------------------------------------------------

/** Mean and standard deviation across runs, per step: one curve per run, all of one length. */
export function acrossRuns(curves: Table): { readonly mean: number[]; readonly deviation: number[] } {
  // solution: at each step the mean over the curves, and √(Σ (value − mean)² / (runs − 1))
  const runs = curves.length;
  const mean = curves[0].map((_, t) => curves.reduce((sum, curve) => sum + curve[t], 0) / runs);
  const deviation = mean.map((m, t) =>
    Math.sqrt(curves.reduce((sum, curve) => sum + (curve[t] - m) * (curve[t] - m), 0) / (runs - 1)),
  );
  return { mean, deviation };
}

/** The rate whose runs are best on validation. */
export function chooseRate(
  results: readonly { readonly rate: number; readonly validationAccuracies: List }[],
): number {
  // solution: the rate with the largest mean of its validationAccuracies
  const mean = (values: List): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return results.reduce((best, one) =>
    mean(one.validationAccuracies) > mean(best.validationAccuracies) ? one : best,
  ).rate;
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

if (process.argv[1] === import.meta.filename) main();
