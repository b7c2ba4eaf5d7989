/**
 * Linear and logistic regression. X is [M, N], an example a row; W is [K, N], b is [K, 1]; Y is [M, K]. Fill in the functions
 * one after the other; README.md has the formulas. `npm start` runs this file and says what to write next, `npm run check`
 * counts the points. All numbers are float64.
 */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";

// ---- Warm-up ----------------------------------------------------------------------------------------------------------

/** A column of n zeros, [n, 1]. */
export function zeroColumn(n: number): Tensor {
  return todo("zeroColumn: zeros of the shape [n, 1], in float64");
}

/** The numbers 0, 1, …, n − 1. */
export function firstIntegers(n: number): Tensor {
  return todo("firstIntegers: a tensor of 0, 1, …, n − 1");
}

/** A complex matrix as a pair of real ones: re + i im. */
export interface Complex {
  readonly re: Tensor;
  readonly im: Tensor;
}

/** The Pauli matrices σ₁ = [[0, 1], [1, 0]], σ₂ = [[0, −i], [i, 0]], σ₃ = [[1, 0], [0, −1]]. */
export function pauli(): Complex[] {
  return todo("pauli: the three matrices, each as { re, im } of two tensors [2, 2]");
}

/** The product of two complex matrices. */
export function multiply(a: Complex, b: Complex): Complex {
  return todo("multiply: Re AB = Re A Re B − Im A Im B, Im AB = Re A Im B + Im A Re B");
}

/** The sum of the diagonal, as real and imaginary part. */
export function trace(matrix: Complex): [number, number] {
  return todo("trace: Σ aᵢᵢ, as [real part, imaginary part]");
}

/** The determinant of a 2 × 2 matrix, as real and imaginary part. */
export function determinant(matrix: Complex): [number, number] {
  return todo("determinant: a₁₁ a₂₂ − a₁₂ a₂₁ of complex numbers, as [real part, imaginary part]");
}

// ---- Linear regression ------------------------------------------------------------------------------------------------

/** The predictions Z [M, K]. */
export function linregModel(W: Tensor, b: Tensor, X: Tensor): Tensor {
  return todo("linregModel: Z = X Wᵀ + bᵀ");
}

/** Half the mean squared error. */
export function linregLoss(Z: Tensor, Y: Tensor): number {
  return todo("linregLoss: 1/(2M) Σ (Z − Y)²");
}

/** The gradients of the loss for predictions Z of the rows of X. */
export function linregGradients(Z: Tensor, X: Tensor, Y: Tensor): { dW: Tensor; db: Tensor } {
  return todo("linregGradients: dZ = (Z − Y)/M, dW = dZᵀ X, db = column sums of dZ as a column [K, 1]");
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
  return todo(
    "linregFit: draw W [K, N], then b [K, 1], by random.randn; then numIteration times model, loss, gradients, step",
  );
}

// ---- Logistic regression with K classes -------------------------------------------------------------------------------

/** The probabilities P [M, K] of the classes 0 … K − 1. */
export function logregModel(W: Tensor, b: Tensor, X: Tensor): Tensor {
  return todo("logregModel: the softmax of the rows of X Wᵀ + bᵀ");
}

/** The mean cross-entropy; there is no ½. */
export function logregLoss(P: Tensor, Y: Tensor): number {
  return todo("logregLoss: −1/M Σ Y ln P");
}

/** The gradients of the loss for probabilities P of the rows of X. */
export function logregGradients(P: Tensor, X: Tensor, Y: Tensor): { dW: Tensor; db: Tensor } {
  return todo("logregGradients: dZ = (P − Y)/M, dW = dZᵀ X, db = column sums of dZ as a column [K, 1]");
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

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) main();
