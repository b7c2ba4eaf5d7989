/**
 * Linear and logistic regression. X is [M, N], an example a row; W is [K, N], b is [K, 1]; Y is [M, K]. All numbers
 * are float64.
 *
 *     linear     Z = X Wᵀ + bᵀ                 L = 1/(2M) Σ (Z − Y)²    dZ = (Z − Y)/M
 *     logistic   P = softmax of the rows of Z   L = −1/M Σ Y ln P        dZ = (P − Y)/M
 *     both       dW = dZᵀ X    db = column sums of dZ, as a column
 */
import { RandomState, tensor, zeros } from "chainrule";
import type { Tensor } from "chainrule";
import { softmax } from "chainrule/functions";

// ---- Warm-up ----------------------------------------------------------------------------------------------------------

/** A column of n zeros, [n, 1]. */
export function zeroColumn(n: number): Tensor {
  // solution: zeros of the shape [n, 1], in float64
  return zeros([n, 1], { dtype: "float64" }); // n rows, one column
}

/** The numbers 0, 1, …, n − 1. */
export function firstIntegers(n: number): Tensor {
  // solution: a tensor of 0, 1, …, n − 1
  return tensor(Float64Array.from({ length: n }, (_, i) => i)); // xᵢ = i
}

/** A complex matrix as a pair of real ones: re + i im. */
export interface Complex {
  readonly re: Tensor;
  readonly im: Tensor;
}

/** The Pauli matrices σ₁ = [[0, 1], [1, 0]], σ₂ = [[0, −i], [i, 0]], σ₃ = [[1, 0], [0, −1]]. */
export function pauli(): Complex[] {
  // solution: the three matrices, each as { re, im } of two tensors [2, 2]
  const matrix = (re: number[][], im: number[][]): Complex => ({
    re: tensor(re, { dtype: "float64" }),
    im: tensor(im, { dtype: "float64" }),
  });
  const none = [
    [0, 0],
    [0, 0],
  ];
  return [
    matrix(
      [
        [0, 1],
        [1, 0],
      ],
      none,
    ), // σ₁
    matrix(none, [
      [0, -1],
      [1, 0],
    ]), // σ₂
    matrix(
      [
        [1, 0],
        [0, -1],
      ],
      none,
    ), // σ₃
  ];
}

/** The product of two complex matrices. */
export function multiply(a: Complex, b: Complex): Complex {
  // solution: Re AB = Re A Re B − Im A Im B, Im AB = Re A Im B + Im A Re B
  return {
    re: a.re.matmul(b.re).sub(a.im.matmul(b.im)), // Re AB = Re A Re B − Im A Im B
    im: a.re.matmul(b.im).add(a.im.matmul(b.re)), // Im AB = Re A Im B + Im A Re B
  };
}

/** The sum of the diagonal, as real and imaginary part. */
export function trace(matrix: Complex): [number, number] {
  // solution: Σ aᵢᵢ, as [real part, imaginary part]
  const sum = (m: Tensor): number => (m.toArray() as number[][]).reduce((s, row, i) => s + row[i], 0);
  return [sum(matrix.re), sum(matrix.im)]; // tr A = Σ aᵢᵢ
}

/** The determinant of a 2 × 2 matrix, as real and imaginary part. */
export function determinant(matrix: Complex): [number, number] {
  // solution: a₁₁ a₂₂ − a₁₂ a₂₁ of complex numbers, as [real part, imaginary part]
  const [[a, b], [c, d]] = matrix.re.toArray() as number[][];
  const [[e, f], [g, h]] = matrix.im.toArray() as number[][];
  return [
    a * d - e * h - (b * c - f * g), // Re (a₁₁ a₂₂ − a₁₂ a₂₁)
    a * h + e * d - (b * g + f * c), // Im (a₁₁ a₂₂ − a₁₂ a₂₁)
  ];
}

// ---- Linear regression ------------------------------------------------------------------------------------------------

/** The predictions Z [M, K]. */
export function linregModel(W: Tensor, b: Tensor, X: Tensor): Tensor {
  // solution: Z = X Wᵀ + bᵀ
  return X.matmul(W, { transposeB: true }).add(b.transpose()); // Z = X Wᵀ + bᵀ
}

/** Half the mean squared error. */
export function linregLoss(Z: Tensor, Y: Tensor): number {
  // solution: 1/(2M) Σ (Z − Y)²
  const E = Z.sub(Y);
  return E.mul(E).sum().item() / (2 * Z.shape[0]); // L = 1/(2M) Σ (Z − Y)²
}

/** The gradients of the loss for predictions Z of the rows of X. */
export function linregGradients(Z: Tensor, X: Tensor, Y: Tensor): { dW: Tensor; db: Tensor } {
  // solution: dZ = (Z − Y)/M, dW = dZᵀ X, db = column sums of dZ as a column [K, 1]
  const dZ = Z.sub(Y).div(Z.shape[0]); // dZ = (Z − Y)/M
  return {
    dW: dZ.matmul(X, { transposeA: true }), // dW = dZᵀ X
    db: dZ.sum(0, true).transpose(), // db = column sums of dZ: a number for each output
  };
}

export interface FitOptions {
  readonly numIteration?: number;
  readonly learningRate?: number;
  /** Draws W, then b, from N(0, 1); `RandomState(20)` unless given. */
  readonly random?: RandomState;
}

export interface Fitted {
  readonly W: Tensor;
  readonly b: Tensor;
  /** The loss before each update. */
  readonly losses: readonly number[];
}

/** What the fits are made of, handed in so that a mistake is marked in one place. */
export interface Pieces {
  readonly model: typeof linregModel;
  readonly loss: typeof linregLoss;
  readonly gradients: typeof linregGradients;
}

/** Gradient descent from W and b drawn from N(0, 1). */
export function linregFit(
  X: Tensor,
  Y: Tensor,
  options: FitOptions = {},
  pieces: Pieces = { model: linregModel, loss: linregLoss, gradients: linregGradients },
): Fitted {
  // solution: draw W [K, N], then b [K, 1], by random.randn; then numIteration times model, loss, gradients, step
  const { numIteration = 1000, learningRate = 0.1, random = new RandomState(20) } = options;
  const [K, N] = [Y.shape[1], X.shape[1]];
  let W = tensor(random.randn(K, N) as Float64Array, { shape: [K, N] }); // W ~ N(0, 1)
  let b = tensor(random.randn(K, 1) as Float64Array, { shape: [K, 1] }); // b ~ N(0, 1)
  const losses: number[] = [];
  for (let i = 0; i < numIteration; i++) {
    const Z = pieces.model(W, b, X);
    losses.push(pieces.loss(Z, Y));
    const { dW, db } = pieces.gradients(Z, X, Y);
    W = W.sub(dW.mul(learningRate)); // W ← W − α dW
    b = b.sub(db.mul(learningRate)); // b ← b − α db
  }
  return { W, b, losses };
}

// ---- Logistic regression with K classes -------------------------------------------------------------------------------

/** The probabilities P [M, K] of the classes 0 … K − 1. */
export function logregModel(W: Tensor, b: Tensor, X: Tensor): Tensor {
  // solution: the softmax of the rows of X Wᵀ + bᵀ
  return softmax(X.matmul(W, { transposeB: true }).add(b.transpose())); // P = softmax of the rows of X Wᵀ + bᵀ
}

/** The mean cross-entropy; there is no ½. */
export function logregLoss(P: Tensor, Y: Tensor): number {
  // solution: −1/M Σ Y ln P
  return Y.mul(P.log()).sum().div(-P.shape[0]).item(); // L = −1/M Σ Y ln P
}

/** The gradients of the loss for probabilities P of the rows of X. */
export function logregGradients(P: Tensor, X: Tensor, Y: Tensor): { dW: Tensor; db: Tensor } {
  // solution: dZ = (P − Y)/M, dW = dZᵀ X, db = column sums of dZ as a column [K, 1]
  const dZ = P.sub(Y).div(P.shape[0]); // dZ = (P − Y)/M
  return {
    dW: dZ.matmul(X, { transposeA: true }), // dW = dZᵀ X
    db: dZ.sum(0, true).transpose(), // db = column sums of dZ
  };
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  console.log("a column:", String(zeroColumn(2)), " integers:", String(firstIntegers(4)));
  const [sigma1, sigma2, sigma3] = pauli();
  console.log("trace of σ₁ σ₂:", trace(multiply(sigma1, sigma2)), " determinant of σ₃:", determinant(sigma3));

  const random = new RandomState(0);
  const X = tensor(random.randn(200, 2) as Float64Array, { shape: [200, 2] });
  const Y = X.matmul(tensor([[2], [-1]], { dtype: "float64" })).add(0.5); // y = 2 x₁ − x₂ + ½
  const nothing = linregModel(tensor([[0, 0]], { dtype: "float64" }), zeroColumn(1), X);
  console.log(`loss of W = 0, b = 0: ${linregLoss(nothing, Y).toFixed(4)}`);
  console.log(`its gradient: ${String(linregGradients(nothing, X, Y).dW)}`);
  const { W, b, losses } = linregFit(X, Y, { numIteration: 200 });
  console.log(`loss ${losses[0].toFixed(4)} at first, ${losses[199].toExponential(1)} after 200 steps`);
  console.log(`W = ${JSON.stringify(W)}, b = ${JSON.stringify(b)}`);

  // two classes: whether y is above 0
  const classes = Y.gt(0).to("int32").reshape([200]).oneHot(2, "float64");
  let [V, c] = [tensor(new Float64Array(4), { shape: [2, 2] }), zeroColumn(2)];
  for (let k = 0; k < 200; k++) {
    const { dW, db } = logregGradients(logregModel(V, c, X), X, classes);
    [V, c] = [V.sub(dW), c.sub(db)];
  }
  console.log(`logistic regression: loss ${logregLoss(logregModel(V, c, X), classes).toFixed(4)}`);
}

if (process.argv[1] === import.meta.filename) main();
