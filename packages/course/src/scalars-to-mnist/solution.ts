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

// ------------------------------------------------------------------------------------------------ 1: plain numbers

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
  return k >= 0 ? 1 / (1 + Math.exp(-k)) : Math.exp(k) / (1 + Math.exp(k));
}

/** yᵢ = exp(oᵢ) / Σⱼ exp(oⱼ), the largest o taken off first. */
export function softmaxOfList(o: List): number[] {
  const most = Math.max(...o);
  const e = o.map((oi) => Math.exp(oi - most));
  const total = e.reduce((sum, ei) => sum + ei, 0);
  return e.map((ei) => ei / total);
}

/** k = x W + b, h = sigmoid(k), o = h V + c, y = softmax(o). */
export function forwardNumbers({ W, b, V, c }: Lists, x: List): Forward {
  const k = b.map((bj, j) => x.reduce((sum, xi, i) => sum + xi * W[i][j], bj));
  const h = k.map(sigmoid);
  const o = c.map((cj, j) => h.reduce((sum, hi, i) => sum + hi * V[i][j], cj));
  return { k, h, o, y: softmaxOfList(o) };
}

/** l = −ln y_target */
export function lossNumbers(y: List, target: number): number {
  return -Math.log(y[target]);
}

/** ∂yᵢ/∂oⱼ = yᵢ ((1 if i = j, else 0) − yⱼ) */
export function softmaxJacobian(y: List): number[][] {
  return y.map((yi, i) => y.map((yj, j) => yi * ((i === j ? 1 : 0) - yj)));
}

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

/**
 * Everything the loss depends on, from the end to the front:
 *
 *     dl/dyⱼ = −1/y_target for j = target, else 0       dl/doⱼ = Σᵢ dl/dyᵢ ∂yᵢ/∂oⱼ
 *     dl/dVᵢⱼ = hᵢ dl/doⱼ     dl/dcⱼ = dl/doⱼ           dl/dhᵢ = Σⱼ Vᵢⱼ dl/doⱼ
 *     dl/dkᵢ = dl/dhᵢ · hᵢ (1 − hᵢ)                      dl/dWᵢⱼ = xᵢ dl/dkⱼ     dl/dbⱼ = dl/dkⱼ
 *
 * b is added before the sigmoid, so its gradient is dl/dk and not dl/dh.
 */
export function backwardNumbers({ V }: Lists, x: List, { h, y }: Forward, target: number): Gradients {
  const dy = y.map((yj, j) => (j === target ? -1 / yj : 0));
  const J = softmaxJacobian(y);
  const dO = y.map((_, j) => dy.reduce((sum, dyi, i) => sum + dyi * J[i][j], 0));
  const dV = h.map((hi) => dO.map((dj) => hi * dj));
  const dh = V.map((row) => row.reduce((sum, Vij, j) => sum + Vij * dO[j], 0));
  const dk = dh.map((dhi, i) => dhi * h[i] * (1 - h[i]));
  return { dy, dO, dh, dk, dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dk, dV, dc: dO };
}

/** p ← p − rate · dp for all four. */
export function sgdNumbers({ W, b, V, c }: Lists, { dW, db, dV, dc }: Gradients, rate: number): Lists {
  const list = (p: List, d: List): number[] => p.map((pi, i) => pi - rate * d[i]);
  const table = (p: Table, d: Table): number[][] => p.map((row, i) => list(row, d[i]));
  return { W: table(W, dW), b: list(b, db), V: table(V, dV), c: list(c, dc) };
}

/** 1 where x₁² + 0.95 x₁x₂ + 0.4 x₂² > 0.6, that is outside an ellipse, else 0. */
export function labelOf([x1, x2]: List): number {
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

// ------------------------------------------------------------------------------------------------------- 2: vectors

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
export function forwardVector({ W, b, V, c }: Network, x: Tensor): Activations {
  // a matrix product wants matrices: a row, and back to a vector
  const times = (v: Tensor, M: Tensor): Tensor => v.reshape([1, -1]).matmul(M).reshape([-1]);
  const k = times(x, W).add(b);
  const h = k.sigmoid();
  const o = times(h, V).add(c);
  return { k, h, o, y: softmax(o) };
}

/** Softmax and logarithm in one: dl/do = y − onehot(target). dV = h ⊗ do, dh = V do, dk = dh ⊙ h ⊙ (1 − h), dW = x ⊗ dk. */
export function backwardVector(
  { V }: Network,
  x: Tensor,
  { h, y }: Activations,
  target: number,
): NetworkGradients {
  const dO = y.sub(tensor(target, { dtype: "int32" }).oneHot(y.shape[0]));
  const dh = V.matmul(dO.reshape([-1, 1])).reshape([-1]);
  const dk = dh.mul(h).mul(h.neg().add(1));
  // a column times a row: every pair once
  const outer = (left: Tensor, right: Tensor): Tensor => left.reshape([-1, 1]).mul(right);
  return { dW: outer(x, dk), db: dk, dV: outer(h, dO), dc: dO };
}

// ------------------------------------------------------------------------------------------------------- 3: batches

/** X is [B, inputs]; k and h are [B, hidden], o and y [B, classes]. The biases are added to every row. */
export function forwardBatch({ W, b, V, c }: Network, X: Tensor): Activations {
  const k = X.matmul(W).add(b);
  const h = k.sigmoid();
  const o = h.matmul(V).add(c);
  return { k, h, o, y: softmax(o) };
}

/** The mean of −ln y_target over the batch, from the scores o: ln y is o minus a log-sum-exp, and y = 0 does no harm. */
export function lossBatch(o: Tensor, targets: Tensor): Tensor {
  return logSoftmax(o).mul(targets.oneHot(o.shape[1])).sum(1).mean().neg();
}

/**
 * The gradient of the mean loss: Dₒ = (Y − T)/B, then dV = Hᵀ Dₒ, dc = column sums of Dₒ,
 * Dₖ = (Dₒ Vᵀ) ⊙ H ⊙ (1 − H), dW = Xᵀ Dₖ, db = column sums of Dₖ.
 */
export function backwardBatch(
  { V }: Network,
  X: Tensor,
  { h, y }: Activations,
  targets: Tensor,
): NetworkGradients {
  const [B, classes] = y.shape;
  const dO = y.sub(targets.oneHot(classes)).div(B);
  const dk = dO.matmul(V, { transposeB: true }).mul(h).mul(h.neg().add(1));
  return {
    dW: X.matmul(dk, { transposeA: true }),
    db: dk.sum(0),
    dV: h.matmul(dO, { transposeA: true }),
    dc: dO.sum(0),
  };
}

/** p − rate · dp for all four. */
export function sgdBatch(
  { W, b, V, c }: Network,
  { dW, db, dV, dc }: NetworkGradients,
  rate: number,
): Network {
  const step = (p: Tensor, d: Tensor): Tensor => p.sub(d.mul(rate));
  return { W: step(W, dW), b: step(b, db), V: step(V, dV), c: step(c, dc) };
}

// ------------------------------------------------------------------------------------------------- 4: several runs

/** Mean and standard deviation (divided by runs − 1) across runs, per step: one curve per run, all of one length. */
export function acrossRuns(curves: Table): { readonly mean: number[]; readonly deviation: number[] } {
  const runs = curves.length;
  const mean = curves[0].map((_, t) => curves.reduce((sum, curve) => sum + curve[t], 0) / runs);
  const deviation = mean.map((m, t) =>
    Math.sqrt(curves.reduce((sum, curve) => sum + (curve[t] - m) * (curve[t] - m), 0) / (runs - 1)),
  );
  return { mean, deviation };
}

/** The rate whose runs are best on validation, by the mean accuracy; of equal ones the first. */
export function chooseRate(
  results: readonly { readonly rate: number; readonly validationAccuracies: List }[],
): number {
  const mean = (values: List): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return results.reduce((best, one) =>
    mean(one.validationAccuracies) > mean(best.validationAccuracies) ? one : best,
  ).rate;
}
