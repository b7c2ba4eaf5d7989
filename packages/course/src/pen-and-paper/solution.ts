/**
 * Backpropagation with pencil and paper, checked by machine: a chain of three weights, a 2-3-1 network, the hinge loss on
 * probabilities, and the memory that backpropagation needs. Plain numbers and lists, one line per formula of the sheet.
 */

// ---- 1: a chain of weights --------------------------------------------------------------------------------------------

export type Activation = "sigmoid" | "tanh" | "relu" | "identity";

/** f(s) */
export function activate(f: Activation, s: number): number {
  // solution: 1/(1 + exp(−s)), tanh s, max(0, s), s; for s < 0 the sigmoid as exp(s)/(1 + exp(s))
  if (f === "sigmoid") return s >= 0 ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / (1 + Math.exp(s));
  if (f === "tanh") return Math.tanh(s);
  if (f === "relu") return Math.max(0, s);
  return s;
}

/** f′(s) */
export function slope(f: Activation, s: number): number {
  // solution: σ(1 − σ), 1 − tanh², 1 where s > 0 and else 0, 1
  const z = activate(f, s);
  if (f === "sigmoid") return z * (1 - z);
  if (f === "tanh") return 1 - z * z;
  if (f === "relu") return s > 0 ? 1 : 0;
  return 1;
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
  // solution: s₁ = W₁x, z₁ = f₁(s₁), s₂ = W₂z₁, z₂ = f₂(s₂), s_out = W_out z₂, y = f₃(s_out), L = ½(y − target)²
  const { x, target, W1, W2, Wout, f1, f2, f3 } = chain;
  const s1 = W1 * x;
  const z1 = activate(f1, s1);
  const s2 = W2 * z1;
  const z2 = activate(f2, s2);
  const sOut = Wout * z2;
  const y = activate(f3, sOut);
  return { s1, z1, s2, z2, sOut, y, loss: 0.5 * (y - target) * (y - target) };
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
  // solution: δ_out = (y − target) f₃′(s_out), δₙ₋₁ = δₙ Wₙ f′(sₙ₋₁), dWₖ = δₖ zₖ₋₁ with z₀ = x
  const { x, target, W2, Wout, f1, f2, f3 } = chain;
  const { s1, z1, s2, z2, sOut, y } = values;
  const deltaOut = (y - target) * slope(f3, sOut);
  const delta2 = deltaOut * Wout * slope(f2, s2);
  const delta1 = delta2 * W2 * slope(f1, s1);
  return { deltaOut, delta2, delta1, dWout: deltaOut * z2, dW2: delta2 * z1, dW1: delta1 * x };
}

/** δ of a unit that feeds several others, in two steps. */
export function deltaOfUnit(
  weights: readonly number[],
  deltas: readonly number[],
  derivative: number,
): { readonly propagated: number; readonly delta: number } {
  // solution: propagated = Σⱼ wⱼ δⱼ, then delta = propagated · f′(s)
  const propagated = weights.reduce((sum, w, j) => sum + w * deltas[j], 0);
  return { propagated, delta: propagated * derivative };
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
  // solution: s, z, sOut, yOut, loss as above; δ_out = (y_out − y)(1 − y_out²), δⱼ = δ_out wⱼ relu′(sⱼ), dWᵢⱼ =
  // xᵢ δⱼ, dwⱼ = zⱼ δ_out
  const { W, w } = weights;
  const s = w.map((_, j) => x.reduce((sum, xi, i) => sum + xi * W[i][j], 0));
  const z = s.map((sj) => activate("relu", sj));
  const sOut = z.reduce((sum, zj, j) => sum + zj * w[j], 0);
  const yOut = activate("tanh", sOut);
  const deltaOut = (yOut - y) * slope("tanh", sOut);
  const delta = s.map((sj, j) => deltaOut * w[j] * slope("relu", sj));
  return {
    s,
    z,
    sOut,
    yOut,
    loss: 0.5 * (yOut - y) * (yOut - y),
    deltaOut,
    delta,
    dW: x.map((xi) => delta.map((dj) => xi * dj)),
    dw: z.map((zj) => zj * deltaOut),
  };
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

// solution
/** W − α dW and w − α dw, entry by entry. */
function stepped({ W, w }: Weights, dW: ExamplePass["dW"], dw: ExamplePass["dw"], alpha: number): Weights {
  return {
    W: W.map((row, i) => row.map((Wij, j) => Wij - alpha * dW[i][j])),
    w: w.map((wj, j) => wj - alpha * dw[j]),
  };
}

/** One iteration over all examples. */
export function iterate(
  weights: Weights,
  X: readonly (readonly number[])[],
  y: readonly number[],
  alpha: number,
  mode: Mode,
): Iteration {
  // solution: a pass per example, then W ← W − α Σ dW (or the mean); online: a step after each pass
  const lossOf = (passes: readonly ExamplePass[]): number => passes.reduce((sum, { loss }) => sum + loss, 0);
  if (mode === "online") {
    const passes: ExamplePass[] = [];
    let after = weights;
    X.forEach((x, n) => {
      const pass = examplePass(after, x, y[n]);
      passes.push(pass);
      after = stepped(after, pass.dW, pass.dw, alpha);
    });
    return { passes, lossSum: lossOf(passes), after };
  }
  const passes = X.map((x, n) => examplePass(weights, x, y[n]));
  const share = mode === "mean" ? 1 / X.length : 1;
  const total = (pick: (pass: ExamplePass) => number): number =>
    share * passes.reduce((sum, pass) => sum + pick(pass), 0);
  const dW = weights.W.map((row, i) => row.map((_, j) => total((pass) => pass.dW[i][j])));
  const dw = weights.w.map((_, j) => total((pass) => pass.dw[j]));
  return { passes, lossSum: lossOf(passes), after: stepped(weights, dW, dw, alpha) };
}

// ---- 3: softmax and hinge on probabilities ----------------------------------------------------------------------------

/** pᵢ = exp(oᵢ) / Σⱼ exp(oⱼ) */
export function softmax(o: readonly number[]): number[] {
  // solution: subtract the largest o, then exp(oᵢ) / Σⱼ exp(oⱼ)
  const most = Math.max(...o);
  const e = o.map((oi) => Math.exp(oi - most));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((ei) => ei / sum);
}

/** ∂pᵢ/∂oⱼ, row i and column j. */
export function softmaxJacobian(p: readonly number[]): number[][] {
  // solution: pᵢ (1 − pᵢ) for i = j, else −pᵢ pⱼ
  return p.map((pi, i) => p.map((pj, j) => (i === j ? pi - pi * pj : -pi * pj)));
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
  // solution: g = 1 for active classes, −(their number) for y, else 0; dL/doᵢ = pᵢ (gᵢ − Σⱼ gⱼ pⱼ)
  const p = softmax(o);
  const excess = p.map((pj) => pj - p[y] + margin);
  const active = excess.map((e, j) => j !== y && e > 0);
  const count = active.filter(Boolean).length;
  const dp = active.map((on, j) => (j === y ? -count : on ? 1 : 0));
  const mean = dp.reduce((sum, g, j) => sum + g * p[j], 0);
  return {
    p,
    active,
    loss: excess.reduce((sum, e, j) => sum + (active[j] ? e : 0), 0),
    dp,
    dO: p.map((pi, i) => pi * (dp[i] - mean)),
  };
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
  // solution: weights and biases; as much for gradients; kept inputs + the largest group worked out again + the
  // output, all times bytes (4 unless given)

  // With z = f(s) kept, the derivatives of sigmoid, tanh and relu come from z alone, so s is redundant. With `every` = k only
  // every k-th of the L layer inputs is kept. The backward pass computes the others again, one group at a time: one more
  // forward pass in time, ⌈L/k⌉ kept plus at most k − 1 recomputed inputs in memory, least near k = √L.
  const { bytes = 4, every = 1 } = options;
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const layers = sizes.length - 1;
  const parameters = Array.from({ length: layers }, (_, l) => (sizes[l] + 1) * sizes[l + 1]);
  // what layer l reads, and the output that the loss reads
  const inputs = sizes.map((size) => size * batch);
  const kept = inputs.slice(0, layers).filter((_, l) => l % every === 0);
  const groups = Array.from({ length: Math.ceil(layers / every) }, (_, g) =>
    sum(inputs.slice(g * every + 1, Math.min((g + 1) * every, layers))),
  );
  const activations = sum(kept) + Math.max(...groups) + inputs[layers];
  const values = { parameters: sum(parameters), gradients: sum(parameters), activations };
  return {
    parameters: bytes * values.parameters,
    gradients: bytes * values.gradients,
    activations: bytes * activations,
    total: bytes * (values.parameters + values.gradients + activations),
  };
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  const tanh = { f1: "tanh", f2: "tanh", f3: "tanh" } as const;
  const chain: Chain = { x: 0.5, target: 1, W1: 0.8, W2: -0.4, Wout: 1.2, ...tanh };
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

if (process.argv[1] === import.meta.filename) main();
