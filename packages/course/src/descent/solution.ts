/**
 * What descent costs and what steers it: batches, order and rate; and three ways to a gradient with every multiplication
 * counted.
 *
 * The network is a stack of dense layers without biases to keep the counting plain: aₗ = tanh(aₗ₋₁ Wₗ), loss
 * ½ Σ (a_L − y)². W is [inputs, outputs], a list of rows.
 */

type List = readonly number[];
type Matrix = readonly (readonly number[])[];

// ------------------------------------------------------------------------------------------- batches, order and rate

/** An order cut into batches of `size`; a last smaller one is kept unless `dropLast`. */
export function batchesOf(order: List, size: number, dropLast = false): number[][] {
  const batches: number[][] = [];
  for (let from = 0; from < order.length; from += size) batches.push(order.slice(from, from + size));
  return dropLast ? batches.filter((batch) => batch.length === size) : batches;
}

/** Fisher–Yates: from the end, each place swapped with one at or before it. `random()` is in [0, 1). */
export function shuffled(order: List, random: () => number): number[] {
  const result = [...order];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** How many steps an epoch of N examples has at batch size B. */
export function stepsPerEpoch(examples: number, size: number, dropLast = false): number {
  return dropLast ? Math.floor(examples / size) : Math.ceil(examples / size);
}

/**
 * One epoch: a step for each batch, down the mean of its examples' gradients, w ← w − rate · 1/B Σₙ gradient(w, n).
 * One batch of everything is classic descent, batches of one are online descent, all between mini-batch descent.
 */
export function descend(
  start: List,
  gradient: (w: List, example: number) => List,
  batches: readonly List[],
  rate: number,
): number[] {
  let w = [...start];
  for (const batch of batches) {
    const total = w.map(() => 0);
    for (const example of batch) gradient(w, example).forEach((g, i) => (total[i] += g));
    w = w.map((wi, i) => wi - (rate * total[i]) / batch.length);
  }
  return w;
}

// ------------------------------------------------------------------------------------------------ counted arithmetic

/** Does the arithmetic and counts it: multiplications (with the addition that goes with each) and evaluations of tanh. */
export class Tally {
  multiplications = 0;
  functions = 0;

  /** a x + b, one multiplication */
  multiplyAdd(a: number, x: number, b: number): number {
    this.multiplications++;
    return a * x + b;
  }

  /** tanh(s), one function */
  tanh(s: number): number {
    this.functions++;
    return Math.tanh(s);
  }

  /** a W */
  times(a: List, W: Matrix): number[] {
    return W[0].map((_, j) => a.reduce((sum, ai, i) => this.multiplyAdd(ai, W[i][j], sum), 0));
  }

  /** d Wᵀ */
  timesTransposed(d: List, W: Matrix): number[] {
    return W.map((row) => row.reduce((sum, Wij, j) => this.multiplyAdd(d[j], Wij, sum), 0));
  }

  /** The table aᵢ dⱼ */
  outer(a: List, d: List): number[][] {
    return a.map((ai) => d.map((dj) => this.multiplyAdd(ai, dj, 0)));
  }

  /** dᵢ (1 − aᵢ²), tanh's derivative in terms of its value: two multiplications each */
  throughTanh(d: List, a: List): number[] {
    return d.map((di, i) => this.multiplyAdd(di, this.multiplyAdd(-a[i], a[i], 1), 0));
  }
}

/** a₀ = x, aₗ = tanh(aₗ₋₁ Wₗ): all of them, for the backward pass. */
export function forward(weights: readonly Matrix[], x: List, tally: Tally): number[][] {
  const a = [[...x]];
  for (const W of weights) a.push(tally.times(a[a.length - 1], W).map((s) => tally.tanh(s)));
  return a;
}

/** ½ Σ (a_L − y)² */
export function lossOf(a: Matrix, y: List, tally: Tally): number {
  const output = a[a.length - 1];
  return 0.5 * output.reduce((sum, ai, i) => tally.multiplyAdd(ai - y[i], ai - y[i], sum), 0);
}

/** (L(w + h) − L(w − h)) / 2h for each weight w: two forward passes a weight. */
export function gradientByDifferences(
  weights: readonly Matrix[],
  x: List,
  y: List,
  tally: Tally,
  h = 1e-5,
): number[][][] {
  const lossWith = (l: number, i: number, j: number, by: number): number => {
    const moved = weights.map((W, m) =>
      m === l ? W.map((row, r) => (r === i ? row.map((w, c) => (c === j ? w + by : w)) : row)) : W,
    );
    return lossOf(forward(moved, x, tally), y, tally);
  };
  return weights.map((W, l) =>
    W.map((row, i) => row.map((_, j) => (lossWith(l, i, j, h) - lossWith(l, i, j, -h)) / (2 * h))),
  );
}

/** The chain rule written out anew for each layer: from the loss all the way down to layer l, again and again. */
export function gradientByNaiveChain(
  weights: readonly Matrix[],
  x: List,
  y: List,
  tally: Tally,
): number[][][] {
  const a = forward(weights, x, tally);
  const L = weights.length;
  return weights.map((_, l) => {
    let delta = tally.throughTanh(
      a[L].map((ai, i) => ai - y[i]),
      a[L],
    );
    for (let m = L - 1; m > l; m--) delta = tally.throughTanh(tally.timesTransposed(delta, weights[m]), a[m]);
    return tally.outer(a[l], delta);
  });
}

/** δ_L = (a_L − y) ⊙ (1 − a_L²), δₗ₋₁ = (δₗ Wₗᵀ) ⊙ (1 − aₗ₋₁²), dWₗ = aₗ₋₁ ⊗ δₗ: each δ is used for the next. */
export function gradientByBackprop(weights: readonly Matrix[], x: List, y: List, tally: Tally): number[][][] {
  const a = forward(weights, x, tally);
  const L = weights.length;
  const gradients: number[][][] = [];
  let delta = tally.throughTanh(
    a[L].map((ai, i) => ai - y[i]),
    a[L],
  );
  for (let l = L - 1; l >= 0; l--) {
    gradients[l] = tally.outer(a[l], delta);
    if (l > 0) delta = tally.throughTanh(tally.timesTransposed(delta, weights[l]), a[l]);
  }
  return gradients;
}
