/**
 * Backpropagation with pencil and paper: a chain of three weights, a 2-3-1 network, the hinge loss on probabilities, and
 * the memory that backpropagation needs. Plain numbers and lists, one line per formula of the sheet.
 */

// ---------------------------------------------------------------------------------------------- 1: a chain of weights

export type Activation = "sigmoid" | "tanh" | "relu" | "identity";

/** f(s) */
export function activate(f: Activation, s: number): number {
  if (f === "sigmoid") return s >= 0 ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / (1 + Math.exp(s));
  if (f === "tanh") return Math.tanh(s);
  if (f === "relu") return Math.max(0, s);
  return s;
}

/** f′(s): σ(1 − σ), 1 − tanh², 1 where s > 0 and else 0 (relu′(0) = 0 by agreement), 1. */
export function slope(f: Activation, s: number): number {
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

/** s₁ = W₁x, z₁ = f₁(s₁);  s₂ = W₂z₁, z₂ = f₂(s₂);  s_out = W_out z₂, y = f₃(s_out);  L = ½ (y − target)² */
export function chainForward({ x, target, W1, W2, Wout, f1, f2, f3 }: Chain): ChainValues {
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

/**
 * δ_out = (y − target) f₃′(s_out),  δₙ₋₁ = δₙ Wₙ f′(sₙ₋₁),  dWₖ = δₖ zₖ₋₁ with z₀ = x.
 * Each δ is made of the one behind it, so nothing is worked out twice.
 */
export function chainBackward(
  { x, target, W2, Wout, f1, f2, f3 }: Chain,
  { s1, z1, s2, z2, sOut, y }: ChainValues,
): ChainGradients {
  const deltaOut = (y - target) * slope(f3, sOut);
  const delta2 = deltaOut * Wout * slope(f2, s2);
  const delta1 = delta2 * W2 * slope(f1, s1);
  return { deltaOut, delta2, delta1, dWout: deltaOut * z2, dW2: delta2 * z1, dW1: delta1 * x };
}

/**
 * δ of a unit that feeds several others. Step 1, propagate: Σⱼ wⱼ δⱼ over the successors. Step 2, multiply by the unit's
 * own derivative f′(s).
 */
export function deltaOfUnit(
  weights: readonly number[],
  deltas: readonly number[],
  derivative: number,
): { readonly propagated: number; readonly delta: number } {
  const propagated = weights.reduce((sum, w, j) => sum + w * deltas[j], 0);
  return { propagated, delta: propagated * derivative };
}

// ------------------------------------------------------------------------------------------------ 2: a 2-3-1 network

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
  /** δ_out = (y_out − y)(1 − y_out²) */
  readonly deltaOut: number;
  /** δⱼ = δ_out wⱼ relu′(sⱼ) */
  readonly delta: readonly number[];
  /** dWᵢⱼ = xᵢ δⱼ, dwⱼ = zⱼ δ_out: the gradient of this example's loss. */
  readonly dW: readonly (readonly number[])[];
  readonly dw: readonly number[];
}

/** Forward and backward for one example. */
export function examplePass({ W, w }: Weights, x: readonly number[], y: number): ExamplePass {
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

/**
 * What a step goes down: the sum of the examples' losses, their mean, or each example's loss in turn. The sheet leaves
 * it open, and the same α means another step in each.
 */
export type Mode = "sum" | "mean" | "online";

export interface Iteration {
  /** One pass per example; in `online` mode each with the weights as they were then. */
  readonly passes: readonly ExamplePass[];
  /** The sum of the examples' losses. */
  readonly lossSum: number;
  /** W ← W − α dW, after all examples. */
  readonly after: Weights;
}

/** Ws − α dWs, entry by entry. */
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

// ------------------------------------------------------------------------------- 3: softmax and hinge on probabilities

/** pᵢ = exp(oᵢ) / Σⱼ exp(oⱼ), with the largest o taken off first so that nothing overflows. */
export function softmax(o: readonly number[]): number[] {
  const most = Math.max(...o);
  const e = o.map((oi) => Math.exp(oi - most));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((ei) => ei / sum);
}

/** ∂pᵢ/∂oⱼ = pᵢ (δᵢⱼ − pⱼ), the whole matrix diag(p) − p pᵀ: each p depends on every o. */
export function softmaxJacobian(p: readonly number[]): number[][] {
  return p.map((pi, i) => p.map((pj, j) => (i === j ? pi - pi * pj : -pi * pj)));
}

export interface ProbabilityHinge {
  readonly p: readonly number[];
  /** The classes j ≠ y with pⱼ − p_y + margin > 0; exactly 0 is inactive. */
  readonly active: readonly boolean[];
  /** Σ over j ≠ y of max(0, pⱼ − p_y + margin) */
  readonly loss: number;
  /** gⱼ = 1 for active j, g_y = −(how many are active), else 0 */
  readonly dp: readonly number[];
  /** dL/doᵢ = Σⱼ gⱼ ∂pⱼ/∂oᵢ = pᵢ (gᵢ − Σⱼ gⱼ pⱼ) */
  readonly dO: readonly number[];
}

/** The multi-class hinge loss on softmax probabilities, and its gradient in the scores. */
export function probabilityHinge(o: readonly number[], y: number, margin: number): ProbabilityHinge {
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

// -------------------------------------------------------------------------------------------------------- 4: memory

export interface Memory {
  /** Weights and biases. */
  readonly parameters: number;
  /** As much again for their gradients. */
  readonly gradients: number;
  /** The activations that the backward pass reads, as they lie in memory at the worst moment. */
  readonly activations: number;
  readonly total: number;
}

/**
 * The bytes that training holds for a dense network of these sizes (input, hidden …, output) and this batch.
 *
 * Backward reads the input of every layer; with z = f(s) kept, the derivatives of sigmoid, tanh and relu come from z
 * alone, so s is redundant. With `every` = k only every k-th of these L inputs is kept (layers 1, k + 1, …); the others
 * between two kept ones are worked out again, one group at a time, when the backward pass gets there: one more forward
 * pass in time, ⌈L/k⌉ kept plus at most k − 1 recomputed in memory, least near k = √L.
 */
export function memoryOf(
  sizes: readonly number[],
  batch: number,
  { bytes = 4, every = 1 }: { readonly bytes?: number; readonly every?: number } = {},
): Memory {
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
