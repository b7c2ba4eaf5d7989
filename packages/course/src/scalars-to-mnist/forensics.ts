/**
 * The published report's slips, one function each, so that each can be switched on alone. Nothing here is right; the
 * right code is in solution.ts.
 */
import { tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { backwardNumbers } from "./solution.ts";
import type { Activations, Forward, Gradients, Lists, Network, NetworkGradients } from "./solution.ts";

/** E-30: prediction and target swapped in the call, so −Σ ŷᵢ ln(yᵢ + ε): ε's logarithm times the wrong class's probability. */
export function swappedLoss(y: readonly number[], target: number, eps = 1e-10): number {
  return -y.reduce((sum, yi, i) => sum + yi * Math.log((i === target ? 1 : 0) + eps), 0);
}

/** What a printed loss of E-30 stands for: the wrong class's probability p, and the loss −ln(1 − p) that it should have been. */
export function decodeSwapped(
  printed: number,
  eps = 1e-10,
): { readonly wrong: number; readonly loss: number } {
  const wrong = printed / Math.log(1 / eps);
  return { wrong, loss: -Math.log(1 - wrong) };
}

/** E-32: the gradient of b reported as dl/dh. Right is dl/dk = dl/dh · h (1 − h). */
export function backwardWithDhForB(
  network: Lists,
  x: readonly number[],
  pass: Forward,
  target: number,
): Gradients {
  const gradients = backwardNumbers(network, x, pass, target);
  return { ...gradients, db: gradients.dh };
}

/** E-37: the softmax's backward pass with class 0 written into it. */
export function backwardForClassZero(network: Lists, x: readonly number[], pass: Forward): Gradients {
  return backwardNumbers(network, x, pass, 0);
}

/**
 * E-33: the batch's accumulators are used as if they were the current example's errors, so that an example's error counts
 * again for each later one. Row n of the output error becomes the sum over rows 0 … n; the hidden error, made of these, is
 * summed up once more; b gets the last hidden sum (E-32 again: without the sigmoid's slope). Only dc, the last sum, is right.
 */
export function backwardRunningSum(
  { V }: Network,
  X: Tensor,
  { h, y }: Activations,
  targets: Tensor,
): NetworkGradients {
  const [B, classes] = y.shape;
  const upTo = lowerOnes(B, y.dtype === "float64" ? "float64" : "float32");
  const error = y.sub(targets.oneHot(classes));
  const outputSums = upTo.matmul(error);
  const hidden = outputSums.matmul(V, { transposeB: true });
  const hiddenSums = upTo.matmul(hidden);
  return {
    dW: X.matmul(hiddenSums.mul(h).mul(h.neg().add(1)), { transposeA: true }).div(B),
    db: hidden.sum(0).div(B),
    dV: h.matmul(outputSums, { transposeA: true }).div(B),
    dc: error.sum(0).div(B),
  };
}

/** L[n, m] = 1 for m ≤ n, so that L D holds running sums of D's rows. */
function lowerOnes(size: number, dtype: "float32" | "float64"): Tensor {
  const ones = Array.from({ length: size * size }, (_, i) => (i % size <= Math.floor(i / size) ? 1 : 0));
  return tensor(ones, { shape: [size, size], dtype });
}
