/**
 * Exponentially weighted averages, and the update rules that are made of them.
 *
 * A rule takes the weights `w`, the gradient `g` there, what it remembered (null before the first step) and its settings;
 * it returns the new weights and what to remember, and changes nothing that it was given. All of it is plain lists.
 */

export interface Step<Memory> {
  readonly w: readonly number[];
  readonly memory: Memory;
}
export type Rule<Memory, Settings> = (
  w: readonly number[],
  g: readonly number[],
  memory: Memory | null,
  settings: Settings,
) => Step<Memory>;

// ---- Averages ---------------------------------------------------------------------------------------------------------

/** v₀ = 0, then vₜ = β vₜ₋₁ + (1 − β) yₜ: as long as y, and y₀ is not used. */
export function ewa(y: readonly number[], beta: number): number[] {
  // solution: v[0] = 0, then v[t] = β v[t − 1] + (1 − β) y[t] for t = 1, 2, …
  const v = y.map(() => 0);
  for (let t = 1; t < y.length; t++) v[t] = beta * v[t - 1] + (1 - beta) * y[t];
  return v;
}

/** vₜ / (1 − βᵗ) for averages v; v₀ stays 0. */
export function biasCorrected(v: readonly number[], beta: number): number[] {
  // solution: v[t] / (1 − βᵗ), and 0 for t = 0
  return v.map((vt, t) => (t === 0 ? 0 : vt / (1 - beta ** t)));
}

/** The recursion unrolled, vₜ = Σᵢ₌₁ᵗ (1 − β) βᵗ⁻ⁱ yᵢ: the weights of y₁ … yₜ. */
export function unrolledWeights(beta: number, t: number): number[] {
  // solution: (1 − β) βᵗ⁻ⁱ for i = 1 … t
  return Array.from({ length: t }, (_, i) => (1 - beta) * beta ** (t - (i + 1)));
}

/** About how many values the average runs over. */
export function effectiveWindow(beta: number): number {
  // solution: 1/(1 − β)
  return 1 / (1 - beta);
}

/** After how many steps a value weighs half. */
export function halfLife(beta: number): number {
  // solution: ln ½ / ln β
  return Math.log(0.5) / Math.log(beta);
}

// ---- Update rules -----------------------------------------------------------------------------------------------------

/** w ← w − a g; there is nothing to remember. */
export const gradientDescent: Rule<null, { readonly lr: number }> = (w, g, _memory, { lr }) => {
  // solution: w[i] − lr · g[i] for each i, and null to remember
  return { w: w.map((wi, i) => wi - lr * g[i]), memory: null };
};

/** The lecture's momentum, an average: V ← b V + (1 − b) g from V = 0, then w ← w − a V. No bias correction. */
export const momentum: Rule<readonly number[], { readonly lr: number; readonly beta: number }> = (
  w,
  g,
  memory,
  { lr, beta },
) => {
  // solution: V ← b V + (1 − b) g from V = 0, then w ← w − a V; V is what to remember
  const before = memory ?? w.map(() => 0);
  const V = before.map((v, i) => beta * v + (1 - beta) * g[i]);
  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };
};

export interface TorchMomentum {
  readonly lr: number;
  readonly momentum: number;
  /** 0 unless given */
  readonly dampening?: number;
  /** false unless given */
  readonly nesterov?: boolean;
}

/** PyTorch's momentum, a sum: V = g at the first step, then V ← μ V + (1 − d) g; w ← w − a V, or − a (g + μ V). */
export const momentumTorch: Rule<readonly number[], TorchMomentum> = (w, g, memory, settings) => {
  // solution: V = g first, then V ← μ V + (1 − d) g; w ← w − a V, with nesterov w ← w − a (g + μ V)
  const { lr, momentum: mu, dampening = 0, nesterov = false } = settings;
  const V = memory === null ? g : memory.map((v, i) => mu * v + (1 - dampening) * g[i]);
  const step = nesterov ? g.map((gi, i) => gi + mu * V[i]) : V;
  return { w: w.map((wi, i) => wi - lr * step[i]), memory: V };
};

export interface RmspropSettings {
  readonly lr: number;
  readonly beta: number;
  readonly eps: number;
}

/** S ← b S + (1 − b) g² from S = 0, then w ← w − a g / (√S + ε). */
export const rmsprop: Rule<readonly number[], RmspropSettings> = (w, g, memory, { lr, beta, eps }) => {
  // solution: S ← b S + (1 − b) g² from S = 0, then w ← w − a g / (√S + ε)
  const before = memory ?? w.map(() => 0);
  const S = before.map((s, i) => beta * s + (1 - beta) * g[i] * g[i]);
  return { w: w.map((wi, i) => wi - (lr * g[i]) / (Math.sqrt(S[i]) + eps)), memory: S };
};

export interface AdamMemory {
  readonly V: readonly number[];
  readonly S: readonly number[];
  readonly t: number;
}
export interface AdamSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/** V and S are averages of g and of g²; both corrected; w ← w − a V̂ / (√Ŝ + ε), the ε outside the root. */
export const adam: Rule<AdamMemory, AdamSettings> = (w, g, memory, { lr, betas: [b1, b2], eps }) => {
  // solution: V ← b₁ V + (1 − b₁) g, S ← b₂ S + (1 − b₂) g², w ← w − a V/(1 − b₁ᵗ) / (√(S/(1 − b₂ᵗ)) + ε), t
  // from 1
  const before = memory ?? { V: w.map(() => 0), S: w.map(() => 0), t: 0 };
  const t = before.t + 1;
  const V = before.V.map((v, i) => b1 * v + (1 - b1) * g[i]);
  const S = before.S.map((s, i) => b2 * s + (1 - b2) * g[i] * g[i]);
  const step = (i: number): number => V[i] / (1 - b1 ** t) / (Math.sqrt(S[i] / (1 - b2 ** t)) + eps);
  return { w: w.map((wi, i) => wi - lr * step(i)), memory: { V, S, t } };
};

// ---- Descents ---------------------------------------------------------------------------------------------------------

/** The points of a descent from `start`, that one among them: steps + 1 points. */
export function trajectory<Memory, Settings>(
  rule: Rule<Memory, Settings>,
  gradient: (w: readonly number[]) => readonly number[],
  start: readonly number[],
  settings: Settings,
  steps: number,
): (readonly number[])[] {
  // solution: call the rule again and again, with the gradient where it is and what it remembered
  const points = [start];
  let memory: Memory | null = null;
  for (let k = 0; k < steps; k++) {
    const w = points[k];
    const next = rule(w, gradient(w), memory, settings);
    points.push(next.w);
    memory = next.memory;
  }
  return points;
}

/** The rate above which the lecture's momentum diverges on a bowl of largest curvature λ; b = 0 is plain descent. */
export function stabilityLimit(largestCurvature: number, beta = 0): number {
  // solution: 2 (1 + b)/((1 − b) λ)
  return (2 * (1 + beta)) / ((1 - beta) * largestCurvature);
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  const y = [0, 8, 8, 8, 8];
  const v = ewa(y, 0.5);
  console.log("averages of 8, 8, 8, 8:", v, "corrected:", biasCorrected(v, 0.5));
  console.log("weights in the last one:", unrolledWeights(0.5, 4));
  console.log(`window ${effectiveWindow(0.9)}, half-life ${halfLife(0.9).toFixed(2)} at β = 0.9`);
  // the bowl ½ (½ w₁² + 10 w₂²) from (−4, 1)
  const slope = (w: readonly number[]): number[] => [0.5 * w[0], 10 * w[1]];
  const start = [-4, 1];
  const ends: Record<string, readonly number[]> = {
    descent: trajectory(gradientDescent, slope, start, { lr: 0.18 }, 40)[40],
    momentum: trajectory(momentum, slope, start, { lr: 0.5, beta: 0.9 }, 40)[40],
    "PyTorch's momentum": trajectory(momentumTorch, slope, start, { lr: 0.05, momentum: 0.9 }, 40)[40],
    RMSProp: trajectory(rmsprop, slope, start, { lr: 0.15, beta: 0.9, eps: 1e-8 }, 40)[40],
    Adam: trajectory(adam, slope, start, { lr: 0.15, betas: [0.9, 0.999], eps: 1e-8 }, 40)[40],
  };
  for (const [name, [w1, w2]] of Object.entries(ends))
    console.log(`${name} after 40 steps: (${w1.toFixed(4)}, ${w2.toFixed(4)})`);
  console.log(
    `plain descent is stable below ${stabilityLimit(10)}, momentum below ${stabilityLimit(10, 0.9)}`,
  );
}

if (process.argv[1] === import.meta.filename) main();
