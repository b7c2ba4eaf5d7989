/**
 * A support vector machine, trained by sequential minimal optimisation (Platt 1998; the most violating pair, Keerthi 2001).
 *
 *     minimise  ½ Σᵢⱼ αᵢ αⱼ yᵢ yⱼ k(xᵢ, xⱼ) − Σᵢ αᵢ    with  0 ≤ αᵢ ≤ C  and  Σᵢ yᵢ αᵢ = 0,    yᵢ = ±1
 *     decide    f(x) = Σᵢ αᵢ yᵢ k(xᵢ, x) + b
 */
import type { Tensor } from "chainrule";

/** k of every row of a with every row of b: [M, N] and [P, N] give [M, P]. */
export type Kernel = (a: Tensor, b: Tensor) => Tensor;

const dot: Kernel = (a, b) => a.matmul(b, { transposeB: true });

export const kernels = {
  /** k = x · z */
  linear: dot,
  /** k = (γ x · z)^degree */
  polynomial:
    (degree: number, gamma: number): Kernel =>
    (a, b) =>
      dot(a, b).mul(gamma).pow(degree),
  /** k = exp(−γ ‖x − z‖²) */
  rbf:
    (gamma: number): Kernel =>
    (a, b) => {
      const square = (x: Tensor): Tensor => x.mul(x).sum(1, true);
      return dot(a, b).mul(-2).add(square(a)).add(square(b).transpose()).mul(-gamma).exp();
    },
};

/** scikit-learn's γ = "scale": 1/(N · variance of all numbers of X). */
export function scaleGamma(X: Tensor): number {
  const variance = X.sub(X.mean()).pow(2).mean().item();
  return 1 / (X.shape[1] * variance);
}

export interface Svm {
  /** f of each row; its sign is the class. */
  decide(X: Tensor): number[];
  /** How many αᵢ are not 0. */
  readonly supportVectors: number;
  readonly steps: number;
}

/** Trains on rows X with classes ±1. */
export function trainSvm(
  X: Tensor,
  y: readonly number[],
  kernel: Kernel,
  { C = 1, tolerance = 1e-3, most = 100_000 } = {},
): Svm {
  const n = y.length;
  const K = kernel(X, X).data;
  const alpha = new Float64Array(n);
  // −yᵢ ∂/∂αᵢ of the objective: at the optimum, none that may go up is above one that may go down
  const score = Float64Array.from(y);
  const mayGoUp = (i: number): boolean => (y[i] > 0 ? alpha[i] < C : alpha[i] > 0);
  const mayGoDown = (i: number): boolean => (y[i] > 0 ? alpha[i] > 0 : alpha[i] < C);
  let steps = 0;
  let [i, j] = [0, 0];
  for (; steps < most; steps++) {
    [i, j] = [-1, -1];
    for (let t = 0; t < n; t++) {
      if (mayGoUp(t) && (i < 0 || score[t] > score[i])) i = t;
      if (mayGoDown(t) && (j < 0 || score[t] < score[j])) j = t;
    }
    if (score[i] - score[j] < tolerance) break;
    // along αᵢ yᵢ + d, αⱼ yⱼ − d the objective is a parabola of this curvature; its minimum, or the edge of the box
    const curvature = Math.max(K[i * n + i] + K[j * n + j] - 2 * K[i * n + j], 1e-12);
    const roomUp = y[i] > 0 ? C - alpha[i] : alpha[i];
    const roomDown = y[j] > 0 ? alpha[j] : C - alpha[j];
    const d = Math.min((score[i] - score[j]) / curvature, roomUp, roomDown);
    alpha[i] += y[i] * d;
    alpha[j] -= y[j] * d;
    for (let t = 0; t < n; t++) score[t] -= d * (K[i * n + t] - K[j * n + t]);
  }
  const b = (score[i] + score[j]) / 2;
  return {
    decide(rows) {
      const k = kernel(rows, X);
      const weights = Float64Array.from(alpha, (a, t) => a * y[t]);
      return Array.from({ length: rows.shape[0] }, (_, r) => {
        const row = k.data.subarray(r * n, (r + 1) * n) as Float64Array;
        return weights.reduce((sum, weight, t) => sum + weight * row[t], b);
      });
    },
    supportVectors: alpha.filter((a) => a > 0).length,
    steps,
  };
}
