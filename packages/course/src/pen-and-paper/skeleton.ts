/**
 * Backpropagation with pencil and paper, checked by machine. Fill in the functions one after the other; README.md has the
 * formulas. `npm start` runs this file and says what to write next, `npm run check` counts the points.
 */

// ---- 1: a chain of weights --------------------------------------------------------------------------------------------

export type Activation = "sigmoid" | "tanh" | "relu" | "identity";

/** f(s) */
export function activate(f: Activation, s: number): number {
  return todo(
    "activate: 1/(1 + exp(−s)), tanh s, max(0, s), s; for s < 0 the sigmoid as exp(s)/(1 + exp(s))",
  );
}

/** f′(s) */
export function slope(f: Activation, s: number): number {
  return todo("slope: σ(1 − σ), 1 − tanh², 1 where s > 0 and else 0, 1");
}

export interface Chain {
  readonly x: number;
  /** The value that y should have. */
  readonly target: number;
  readonly W1: number;
  readonly W2: number;
  readonly Wout: number;
  readonly f1: Activation;
  readonly f2: Activation;
  readonly f3: Activation;
}

export interface ChainValues {
  readonly s1: number;
  readonly z1: number;
  readonly s2: number;
  readonly z2: number;
  readonly sOut: number;
  readonly y: number;
  readonly loss: number;
}

/** From x to the loss, everything on the way kept. */
export function chainForward(chain: Chain): ChainValues {
  return todo(
    "chainForward: s₁ = W₁x, z₁ = f₁(s₁), s₂ = W₂z₁, z₂ = f₂(s₂), s_out = W_out z₂, y = f₃(s_out), L = ½(y − target)²",
  );
}

export interface ChainGradients {
  readonly deltaOut: number;
  readonly delta2: number;
  readonly delta1: number;
  readonly dWout: number;
  readonly dW2: number;
  readonly dW1: number;
}

/** From the loss back to the weights. */
export function chainBackward(chain: Chain, values: ChainValues): ChainGradients {
  return todo(
    "chainBackward: δ_out = (y − target) f₃′(s_out), δₙ₋₁ = δₙ Wₙ f′(sₙ₋₁), dWₖ = δₖ zₖ₋₁ with z₀ = x",
  );
}

/** δ of a unit that feeds several others, in two steps. */
export function deltaOfUnit(
  weights: readonly number[],
  deltas: readonly number[],
  derivative: number,
): { readonly propagated: number; readonly delta: number } {
  return todo("deltaOfUnit: propagated = Σⱼ wⱼ δⱼ, then delta = propagated · f′(s)");
}

// ---- 2: a 2-3-1 network -----------------------------------------------------------------------------------------------

/** Rows of W are inputs, columns hidden units: W[i][j] goes from xᵢ to sⱼ. w goes from the hidden units to the output. */
export interface Weights {
  readonly W: readonly (readonly number[])[];
  readonly w: readonly number[];
}

export interface ExamplePass {
  /** sⱼ = Σᵢ xᵢ Wᵢⱼ */
  readonly s: readonly number[];
  /** zⱼ = relu(sⱼ) */
  readonly z: readonly number[];
  /** s_out = Σⱼ zⱼ wⱼ */
  readonly sOut: number;
  /** y_out = tanh(s_out) */
  readonly yOut: number;
  /** L = ½ (y_out − y)² */
  readonly loss: number;
  readonly deltaOut: number;
  readonly delta: readonly number[];
  /** The gradient of this example's loss. */
  readonly dW: readonly (readonly number[])[];
  readonly dw: readonly number[];
}

/** Forward and backward for one example. */
export function examplePass(weights: Weights, x: readonly number[], y: number): ExamplePass {
  return todo(
    "examplePass: s, z, sOut, yOut, loss as above; δ_out = (y_out − y)(1 − y_out²), δⱼ = δ_out wⱼ relu′(sⱼ), dWᵢⱼ = xᵢ δⱼ, dwⱼ = zⱼ δ_out",
  );
}

/** What a step goes down: the sum of the examples' losses, their mean, or each example's loss in turn. */
export type Mode = "sum" | "mean" | "online";

export interface Iteration {
  /** One pass per example; in `online` mode each with the weights as they were then. */
  readonly passes: readonly ExamplePass[];
  /** The sum of the examples' losses. */
  readonly lossSum: number;
  readonly after: Weights;
}

/** One iteration over all examples. */
export function iterate(
  weights: Weights,
  X: readonly (readonly number[])[],
  y: readonly number[],
  alpha: number,
  mode: Mode,
): Iteration {
  return todo(
    "iterate: a pass per example, then W ← W − α Σ dW (or the mean); online: a step after each pass",
  );
}

// ---- 3: softmax and hinge on probabilities ----------------------------------------------------------------------------

/** pᵢ = exp(oᵢ) / Σⱼ exp(oⱼ) */
export function softmax(o: readonly number[]): number[] {
  return todo("softmax: subtract the largest o, then exp(oᵢ) / Σⱼ exp(oⱼ)");
}

/** ∂pᵢ/∂oⱼ, row i and column j. */
export function softmaxJacobian(p: readonly number[]): number[][] {
  return todo("softmaxJacobian: pᵢ (1 − pᵢ) for i = j, else −pᵢ pⱼ");
}

export interface ProbabilityHinge {
  readonly p: readonly number[];
  /** The classes j ≠ y with pⱼ − p_y + margin > 0. */
  readonly active: readonly boolean[];
  readonly loss: number;
  /** dL/dp */
  readonly dp: readonly number[];
  /** dL/do */
  readonly dO: readonly number[];
}

/** The multi-class hinge loss on softmax probabilities, Σ over j ≠ y of max(0, pⱼ − p_y + margin), and its gradients. */
export function probabilityHinge(o: readonly number[], y: number, margin: number): ProbabilityHinge {
  return todo(
    "probabilityHinge: g = 1 for active classes, −(their number) for y, else 0; dL/doᵢ = pᵢ (gᵢ − Σⱼ gⱼ pⱼ)",
  );
}

// ---- 4: memory --------------------------------------------------------------------------------------------------------

/** In bytes. */
export interface Memory {
  readonly parameters: number;
  readonly gradients: number;
  readonly activations: number;
  readonly total: number;
}

/** What training holds for a dense network of these sizes and this batch, every k-th layer's input kept. */
export function memoryOf(
  sizes: readonly number[],
  batch: number,
  options: { readonly bytes?: number; readonly every?: number } = {},
): Memory {
  return todo(
    "memoryOf: weights and biases; as much for gradients; kept inputs + the largest group worked out again + the output, all times bytes (4 unless given)",
  );
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  const chain: Chain = {
    x: 0.5,
    target: 1,
    W1: 0.8,
    W2: -0.4,
    Wout: 1.2,
    f1: "tanh",
    f2: "tanh",
    f3: "tanh",
  };
  console.log("sigmoid(0.4):", activate("sigmoid", 0.4));
  console.log("slope of tanh at 0:", slope("tanh", 0), "of relu at 0:", slope("relu", 0));
  const values = chainForward(chain);
  console.log(values, chainBackward(chain, values));
  console.log("a unit with two successors:", deltaOfUnit([2, -1], [3, 4], 0.25));
  let weights: Weights = {
    W: [
      [0.6, 0.7, 0],
      [0.01, 0.43, 0.88],
    ],
    w: [0.02, 0.03, 0.09],
  };
  const X = [
    [0.75, 0.8],
    [0.2, 0.05],
    [-0.75, 0.8],
    [0.2, -0.05],
  ];
  for (let k = 1; k <= 3; k++) {
    const { lossSum, after } = iterate(weights, X, [1, 1, -1, -1], 0.1, "sum");
    console.log(`iteration ${k}: loss ${lossSum.toFixed(6)}`);
    weights = after;
  }
  const p = softmax([0.5, -1, 2]);
  console.log("p:", p, "its Jacobian:", softmaxJacobian(p));
  console.log("hinge:", probabilityHinge([0.5, -1, 2], 0, 0.5));
  console.log("784-300-10 at batch 100:", memoryOf([784, 300, 10], 100));
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
