/**
 * Exponentially weighted averages, and the update rules that are made of them.
 *
 * A rule takes the weights `w`, the gradient `g` there, what it remembered (null before the first step) and its settings;
 * it returns the new weights and what to remember. All of it is plain lists of numbers, one entry per weight.
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

/** v₀ = 0, then vₜ = β vₜ₋₁ + (1 − β) yₜ: as long as y, and y₀ is not used. */
export function ewa(y: readonly number[], beta: number): number[] {
  const v = y.map(() => 0);
  for (let t = 1; t < y.length; t++) v[t] = beta * v[t - 1] + (1 - beta) * y[t];
  return v;
}

/** vₜ / (1 − βᵗ) for averages v; v₀ stays 0. The weights in vₜ add up to 1 − βᵗ only, which this makes good. */
export function biasCorrected(v: readonly number[], beta: number): number[] {
  return v.map((vt, t) => (t === 0 ? 0 : vt / (1 - beta ** t)));
}

/** The recursion unrolled, vₜ = Σᵢ₌₁ᵗ (1 − β) βᵗ⁻ⁱ yᵢ: the weights of y₁ … yₜ. */
export function unrolledWeights(beta: number, t: number): number[] {
  return Array.from({ length: t }, (_, i) => (1 - beta) * beta ** (t - (i + 1)));
}

/** 1/(1 − β): about how many values the average runs over. */
export function effectiveWindow(beta: number): number {
  return 1 / (1 - beta);
}

/** ln ½ / ln β: after how many steps a value weighs half. Less than the window: 6.6 of 10 at β = 0.9. */
export function halfLife(beta: number): number {
  return Math.log(0.5) / Math.log(beta);
}

/** w ← w − a g */
export const gradientDescent: Rule<null, { readonly lr: number }> = (w, g, _memory, { lr }) => ({
  w: w.map((wi, i) => wi - lr * g[i]),
  memory: null,
});

/** The lecture's momentum, an average: V ← b V + (1 − b) g from V = 0, then w ← w − a V. No bias correction. */
export const momentum: Rule<readonly number[], { readonly lr: number; readonly beta: number }> = (
  w,
  g,
  memory,
  { lr, beta },
) => {
  const before = memory ?? w.map(() => 0);
  const V = before.map((v, i) => beta * v + (1 - beta) * g[i]);
  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };
};

export interface TorchMomentum {
  readonly lr: number;
  readonly momentum: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}

/**
 * PyTorch's momentum, a sum: V = g at the first step, then V ← μ V + (1 − d) g; w ← w − a V.
 * Nesterov looks ahead: w ← w − a (g + μ V).
 */
export const momentumTorch: Rule<readonly number[], TorchMomentum> = (w, g, memory, settings) => {
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

/** S ← b S + (1 − b) g² from S = 0, then w ← w − a g / (√S + ε). Without ε a gradient of 0 gives 0/0. */
export const rmsprop: Rule<readonly number[], RmspropSettings> = (w, g, memory, { lr, beta, eps }) => {
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
  /** 0.9, over about 10 steps, and 0.999, over about 1000 */
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/**
 * V ← b₁ V + (1 − b₁) g,  S ← b₂ S + (1 − b₂) g²,  V̂ = V/(1 − b₁ᵗ),  Ŝ = S/(1 − b₂ᵗ) with t counted from 1;
 * w ← w − a V̂ / (√Ŝ + ε), the ε outside the root.
 */
export const adam: Rule<AdamMemory, AdamSettings> = (w, g, memory, { lr, betas: [b1, b2], eps }) => {
  const before = memory ?? { V: w.map(() => 0), S: w.map(() => 0), t: 0 };
  const t = before.t + 1;
  const V = before.V.map((v, i) => b1 * v + (1 - b1) * g[i]);
  const S = before.S.map((s, i) => b2 * s + (1 - b2) * g[i] * g[i]);
  const step = (i: number): number => V[i] / (1 - b1 ** t) / (Math.sqrt(S[i] / (1 - b2 ** t)) + eps);
  return { w: w.map((wi, i) => wi - lr * step(i)), memory: { V, S, t } };
};

/** The points of a descent from `start`, that one among them: steps + 1 points. */
export function trajectory<Memory, Settings>(
  rule: Rule<Memory, Settings>,
  gradient: (w: readonly number[]) => readonly number[],
  start: readonly number[],
  settings: Settings,
  steps: number,
): (readonly number[])[] {
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

/**
 * The rate above which the lecture's momentum diverges on a bowl of largest curvature λ: 2 (1 + b)/((1 − b) λ).
 * With b = 0 it is plain descent's 2/λ, where w ← (1 − a λ) w turns into w ← −w.
 */
export function stabilityLimit(largestCurvature: number, beta = 0): number {
  return (2 * (1 + beta)) / ((1 - beta) * largestCurvature);
}
