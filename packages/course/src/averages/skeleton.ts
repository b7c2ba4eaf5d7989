/**
 * Exponentially weighted averages, and the update rules that are made of them. Fill in the functions one after the other;
 * README.md has the formulas. `npm start` runs this file and says what to write next, `npm run check` counts the points.
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
  return todo("ewa: v[0] = 0, then v[t] = β v[t − 1] + (1 − β) y[t] for t = 1, 2, …");
}

/** vₜ / (1 − βᵗ) for averages v; v₀ stays 0. */
export function biasCorrected(v: readonly number[], beta: number): number[] {
  return todo("biasCorrected: v[t] / (1 − βᵗ), and 0 for t = 0");
}

/** The recursion unrolled, vₜ = Σᵢ₌₁ᵗ (1 − β) βᵗ⁻ⁱ yᵢ: the weights of y₁ … yₜ. */
export function unrolledWeights(beta: number, t: number): number[] {
  return todo("unrolledWeights: (1 − β) βᵗ⁻ⁱ for i = 1 … t");
}

/** About how many values the average runs over. */
export function effectiveWindow(beta: number): number {
  return todo("effectiveWindow: 1/(1 − β)");
}

/** After how many steps a value weighs half. */
export function halfLife(beta: number): number {
  return todo("halfLife: ln ½ / ln β");
}

// ---- Update rules -----------------------------------------------------------------------------------------------------

/** w ← w − a g; there is nothing to remember. */
export const gradientDescent: Rule<null, { readonly lr: number }> = (w, g, _memory, { lr }) =>
  todo("gradientDescent: w[i] − lr · g[i] for each i, and null to remember");

/** The lecture's momentum, an average: V ← b V + (1 − b) g from V = 0, then w ← w − a V. No bias correction. */
export const momentum: Rule<readonly number[], { readonly lr: number; readonly beta: number }> = (
  w,
  g,
  memory,
  { lr, beta },
) => todo("momentum: V ← b V + (1 − b) g from V = 0, then w ← w − a V; V is what to remember");

export interface TorchMomentum {
  readonly lr: number;
  readonly momentum: number;
  /** 0 unless given */
  readonly dampening?: number;
  /** false unless given */
  readonly nesterov?: boolean;
}

/** PyTorch's momentum, a sum: V = g at the first step, then V ← μ V + (1 − d) g; w ← w − a V, or − a (g + μ V). */
export const momentumTorch: Rule<readonly number[], TorchMomentum> = (w, g, memory, settings) =>
  todo(
    "momentumTorch: V = g first, then V ← μ V + (1 − d) g; w ← w − a V, with nesterov w ← w − a (g + μ V)",
  );

export interface RmspropSettings {
  readonly lr: number;
  readonly beta: number;
  readonly eps: number;
}

/** S ← b S + (1 − b) g² from S = 0, then w ← w − a g / (√S + ε). */
export const rmsprop: Rule<readonly number[], RmspropSettings> = (w, g, memory, { lr, beta, eps }) =>
  todo("rmsprop: S ← b S + (1 − b) g² from S = 0, then w ← w − a g / (√S + ε)");

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
export const adam: Rule<AdamMemory, AdamSettings> = (w, g, memory, { lr, betas: [b1, b2], eps }) =>
  todo(
    "adam: V ← b₁ V + (1 − b₁) g, S ← b₂ S + (1 − b₂) g², w ← w − a V/(1 − b₁ᵗ) / (√(S/(1 − b₂ᵗ)) + ε), t from 1",
  );

// ---- Descents ---------------------------------------------------------------------------------------------------------

/** The points of a descent from `start`, that one among them: steps + 1 points. */
export function trajectory<Memory, Settings>(
  rule: Rule<Memory, Settings>,
  gradient: (w: readonly number[]) => readonly number[],
  start: readonly number[],
  settings: Settings,
  steps: number,
): (readonly number[])[] {
  return todo(
    "trajectory: call the rule again and again, with the gradient where it is and what it remembered",
  );
}

/** The rate above which the lecture's momentum diverges on a bowl of largest curvature λ; b = 0 is plain descent. */
export function stabilityLimit(largestCurvature: number, beta = 0): number {
  return todo("stabilityLimit: 2 (1 + b)/((1 − b) λ)");
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

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) main();
