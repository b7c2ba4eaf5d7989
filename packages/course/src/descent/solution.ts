/**
 * What descent costs and what steers it: batches, order and rate; and three ways to a gradient with every multiplication
 * counted.
 *
 * The network is a stack of dense layers without biases to keep the counting plain: aₗ = tanh(aₗ₋₁ Wₗ), loss
 * ½ Σ (a_L − y)². W is [inputs, outputs], a list of rows.
 */

type List = readonly number[];
type Matrix = readonly (readonly number[])[];

// ---- Batches, order and rate ------------------------------------------------------------------------------------------

/** An order cut into batches of `size`; a last smaller one is kept unless `dropLast`. */
export function batchesOf(order: List, size: number, dropLast = false): number[][] {
  // solution: order.slice(from, from + size) for from = 0, size, 2 size, …
  const batches: number[][] = [];
  for (let from = 0; from < order.length; from += size) batches.push(order.slice(from, from + size));
  return dropLast ? batches.filter((batch) => batch.length === size) : batches;
}

/** The entries in a random order, as a new list. `random()` is in [0, 1). */
export function shuffled(order: List, random: () => number): number[] {
  // solution: for i from the last place down to 1, swap with place j = Math.floor(random() * (i + 1))
  const result = [...order];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** How many steps an epoch of `examples` examples has. */
export function stepsPerEpoch(examples: number, size: number, dropLast = false): number {
  // solution: examples / size, rounded up, or down when the last batch is dropped
  return dropLast ? Math.floor(examples / size) : Math.ceil(examples / size);
}

/** One epoch: a step for each batch, down the mean of its examples' gradients. */
export function descend(
  start: List,
  gradient: (w: List, example: number) => List,
  batches: readonly List[],
  rate: number,
): number[] {
  // solution: for each batch w ← w − rate · 1/B Σₙ gradient(w, n)
  let w = [...start];
  for (const batch of batches) {
    const total = w.map(() => 0);
    for (const example of batch) gradient(w, example).forEach((g, i) => (total[i] += g));
    w = w.map((wi, i) => wi - (rate * total[i]) / batch.length);
  }
  return w;
}

// ---- Counted arithmetic: this is given; use it for every product --------------------------------------------------------

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

// ---- Three ways to a gradient -----------------------------------------------------------------------------------------

/** a₀ = x, aₗ = tanh(aₗ₋₁ Wₗ): the list of all of them. */
export function forward(weights: readonly Matrix[], x: List, tally: Tally): number[][] {
  // solution: a = [x], then for each W push tally.times(last, W) with tally.tanh of each entry
  const a = [[...x]];
  for (const W of weights) a.push(tally.times(a[a.length - 1], W).map((s) => tally.tanh(s)));
  return a;
}

/** ½ Σ (a_L − y)² of the last of these. */
export function lossOf(a: Matrix, y: List, tally: Tally): number {
  // solution: 0.5 · Σ (a_L − y)², each square by tally.multiplyAdd(d, d, sum)
  const output = a[a.length - 1];
  return 0.5 * output.reduce((sum, ai, i) => tally.multiplyAdd(ai - y[i], ai - y[i], sum), 0);
}

/** (L(w + h) − L(w − h)) / 2h for each weight w; returns a table per layer. */
export function gradientByDifferences(
  weights: readonly Matrix[],
  x: List,
  y: List,
  tally: Tally,
  h = 1e-5,
): number[][][] {
  // solution: for each weight forward and lossOf with w + h and with w − h
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
  // solution: one forward; then for each layer l start from (a_L − y) ⊙ (1 − a_L²) and go down to l
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

/** The chain rule with each δ used for the next one. */
export function gradientByBackprop(weights: readonly Matrix[], x: List, y: List, tally: Tally): number[][][] {
  // solution: δ_L = (a_L − y) ⊙ (1 − a_L²), dWₗ = aₗ₋₁ ⊗ δₗ, δₗ₋₁ = (δₗ Wₗᵀ) ⊙ (1 − aₗ₋₁²)
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

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  console.log("batches of 3:", batchesOf([0, 1, 2, 3, 4, 5, 6, 7], 3));
  const order = shuffled([0, 1, 2, 3, 4, 5, 6, 7], Math.random);
  console.log("an order:", order, "steps per epoch:", stepsPerEpoch(8, 3));
  // the mean of these numbers is what minimises ½ Σ (w − y)²
  const y = [3, -1, 4, 1, -5, 9, 2, -6];
  const gradient = ([w]: List, n: number): List => [w - y[n]];
  for (const size of [8, 2, 1])
    console.log(`one epoch with batches of ${size}:`, descend([0], gradient, batchesOf(order, size), 0.1));
  for (let layers = 1; layers <= 10; layers++) {
    const weights = Array.from({ length: layers }, (_, l) =>
      [0, 1, 2].map((i) => [0, 1, 2].map((j) => Math.sin(1 + 9 * l + 3 * i + j))),
    );
    const counts = [gradientByDifferences, gradientByNaiveChain, gradientByBackprop].map((way) => {
      const tally = new Tally();
      way(weights, [1, -1, 0.5], [0, 0.5, 0], tally);
      return tally.multiplications;
    });
    console.log(`${layers} layers: differences, naive chain rule, backprop:`, ...counts);
  }
}

if (process.argv[1] === import.meta.filename) main();
