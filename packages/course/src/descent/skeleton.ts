/**
 * What descent costs and what steers it: batches, order and rate; and three ways to a gradient with every multiplication
 * counted. Fill in the functions one after the other; README.md has the formulas. `npm start` runs this file and says what
 * to write next, `npm run check` counts the points.
 *
 * The network is a stack of dense layers without biases to keep the counting plain: aₗ = tanh(aₗ₋₁ Wₗ), loss
 * ½ Σ (a_L − y)². W is [inputs, outputs], a list of rows.
 */

type List = readonly number[];
type Matrix = readonly (readonly number[])[];

// ---- Batches, order and rate ------------------------------------------------------------------------------------------

/** An order cut into batches of `size`; a last smaller one is kept unless `dropLast`. */
export function batchesOf(order: List, size: number, dropLast = false): number[][] {
  return todo("batchesOf: order.slice(from, from + size) for from = 0, size, 2 size, …");
}

/** The entries in a random order, as a new list. `random()` is in [0, 1). */
export function shuffled(order: List, random: () => number): number[] {
  return todo(
    "shuffled: for i from the last place down to 1, swap with place j = Math.floor(random() * (i + 1))",
  );
}

/** How many steps an epoch of `examples` examples has. */
export function stepsPerEpoch(examples: number, size: number, dropLast = false): number {
  return todo("stepsPerEpoch: examples / size, rounded up, or down when the last batch is dropped");
}

/** One epoch: a step for each batch, down the mean of its examples' gradients. */
export function descend(
  start: List,
  gradient: (w: List, example: number) => List,
  batches: readonly List[],
  rate: number,
): number[] {
  return todo("descend: for each batch w ← w − rate · 1/B Σₙ gradient(w, n)");
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
  return todo("forward: a = [x], then for each W push tally.times(last, W) with tally.tanh of each entry");
}

/** ½ Σ (a_L − y)² of the last of these. */
export function lossOf(a: Matrix, y: List, tally: Tally): number {
  return todo("lossOf: 0.5 · Σ (a_L − y)², each square by tally.multiplyAdd(d, d, sum)");
}

/** (L(w + h) − L(w − h)) / 2h for each weight w; returns a table per layer. */
export function gradientByDifferences(
  weights: readonly Matrix[],
  x: List,
  y: List,
  tally: Tally,
  h = 1e-5,
): number[][][] {
  return todo("gradientByDifferences: for each weight forward and lossOf with w + h and with w − h");
}

/** The chain rule written out anew for each layer: from the loss all the way down to layer l, again and again. */
export function gradientByNaiveChain(
  weights: readonly Matrix[],
  x: List,
  y: List,
  tally: Tally,
): number[][][] {
  return todo(
    "gradientByNaiveChain: one forward; then for each layer l start from (a_L − y) ⊙ (1 − a_L²) and go down to l",
  );
}

/** The chain rule with each δ used for the next one. */
export function gradientByBackprop(weights: readonly Matrix[], x: List, y: List, tally: Tally): number[][][] {
  return todo(
    "gradientByBackprop: δ_L = (a_L − y) ⊙ (1 − a_L²), dWₗ = aₗ₋₁ ⊗ δₗ, δₗ₋₁ = (δₗ Wₗᵀ) ⊙ (1 − aₗ₋₁²)",
  );
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

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) main();
