/** The checks of each function: the notebook's printed numbers, and drawn cases with several outputs. */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { holds, same } from "../practical/compare.ts";
import type { Tolerance } from "chainrule/grade";
import { batchOf, halfOfLoss, outputsOf } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import type { Complex } from "./solution.ts";

const check = checksOf<typeof right>();

/** Printed numbers are rounded to eight places. */
const printed: Tolerance = { abs: 1e-8, rel: 2e-6 };
const normal = (random: RandomState, m: number, n: number): Tensor =>
  tensor(random.randn(m, n) as Float64Array, { shape: [m, n] });

/** A batch for K outputs. */
function example(K: number, M = 6, N = 3) {
  const random = new RandomState(11);
  const [W, b, X] = [normal(random, K, N), normal(random, K, 1), normal(random, M, N)];
  const labels = Int32Array.from({ length: M }, (_, i) => i % K);
  return { W, b, X, Y: normal(random, M, K), oneHot: tensor(labels).oneHot(K, "float64") };
}

function sameMatrix(what: string, got: Complex | undefined, expected: Complex): void {
  same(`the real part of ${what}`, got?.re, expected.re);
  same(`the imaginary part of ${what}`, got?.im, expected.im);
}

const names = ["σ₁", "σ₂", "σ₃"];
const identity: Complex = {
  re: tensor(
    [
      [1, 0],
      [0, 1],
    ],
    { dtype: "float64" },
  ),
  im: tensor(
    [
      [0, 0],
      [0, 0],
    ],
    { dtype: "float64" },
  ),
};

export const checks: readonly Check[] = [
  check("zeroColumn", "has the shapes (50, 1) and (123, 1), and zeros", (own) => {
    for (const n of [50, 123]) same(`zeroColumn(${n})`, own(n), right.zeroColumn(n));
  }),
  check("firstIntegers", "starts at 0 and ends at n − 1; for n = 10 the sum is 45", (own) => {
    same("firstIntegers(10)", own(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    same("the sum", own(10).sum(), 45);
  }),
  check("pauli", "gives the three matrices", (own) => {
    const got = own();
    right.pauli().forEach((matrix, i) => sameMatrix(names[i], got?.[i], matrix));
  }),
  check("multiply", "of a Pauli matrix with itself is the identity, and σ₁ σ₂ = i σ₃", (own) => {
    const [x, y, z] = right.pauli();
    [x, y, z].forEach((matrix, i) => sameMatrix(`${names[i]}²`, own(matrix, matrix), identity));
    sameMatrix("σ₁ σ₂", own(x, y), { re: z.im, im: z.re });
  }),
  check("trace", "of a Pauli matrix is 0, and counts real and imaginary parts", (own) => {
    right.pauli().forEach((matrix, i) => same(`the trace of ${names[i]}`, own(matrix), [0, 0]));
    const a = {
      re: tensor([
        [1, 2],
        [3, 4],
      ]),
      im: tensor([
        [5, 6],
        [7, 8],
      ]),
    };
    same("the trace of another matrix", own(a), [5, 13]);
  }),
  check("determinant", "of a Pauli matrix is −1, and is complex in general", (own) => {
    right.pauli().forEach((matrix, i) => same(`the determinant of ${names[i]}`, own(matrix), [-1, 0]));
    const a = {
      re: tensor([
        [1, 2],
        [3, 4],
      ]),
      im: tensor([
        [5, 6],
        [7, 8],
      ]),
    };
    same("the determinant of another matrix", own(a), right.determinant(a));
  }),
  check("linregModel", "gives the printed predictions of seed 10", (own) => {
    const random = new RandomState(10);
    const [W, b, X] = [normal(random, 2, 3), normal(random, 2, 1), normal(random, 4, 3)];
    const expected = [
      [-0.52286066, -0.31178875],
      [-0.41192633, -1.24161289],
      [2.64485535, 1.20166258],
      [3.17604692, 1.80736371],
    ];
    same("Z", own(W, b, X), expected, printed);
  }),
  check("linregLoss", "gives the printed loss of seed 10, with its ½", (own) => {
    const random = new RandomState(10);
    const [W, b, X, Y] = [
      normal(random, 1, 3),
      normal(random, 1, 1),
      normal(random, 4, 3),
      normal(random, 4, 1),
    ];
    same("the loss", own(right.linregModel(W, b, X), Y), 0.8586785072616031, {
      factors: [...batchOf(4), ...halfOfLoss],
    });
  }),
  check("linregLoss", "sums over the outputs and averages over the examples", (own) => {
    const { Y, oneHot } = example(2);
    same("the loss of two outputs", own(Y, oneHot), right.linregLoss(Y, oneHot), {
      factors: [...batchOf(6), ...outputsOf(2), ...halfOfLoss],
    });
  }),
  check("linregGradients", "gives the printed gradients of seed 10", (own) => {
    const random = new RandomState(10);
    const [X, Y, Z] = [normal(random, 4, 3), normal(random, 4, 1), normal(random, 4, 1)];
    const got = own(Z, X, Y);
    const comparison = { ...printed, factors: [...batchOf(4), ...halfOfLoss] };
    same("dW", got?.dW, [[0.09469632, -0.30041199, -0.23023634]], comparison);
    same("db", got?.db, [[-0.33342734193801266]], comparison);
  }),
  check("linregGradients", "has a number for each output in db: its shape is that of b", (own) => {
    const { X, Y, oneHot } = example(3);
    const [got, expected] = [own(Y, X, oneHot), right.linregGradients(Y, X, oneHot)];
    const factors = [...batchOf(6), ...outputsOf(3)];
    same("dW", got?.dW, expected.dW, { factors });
    same("db", got?.db, expected.db, { factors });
  }),
  check("linregFit", "makes the steps of gradient descent, and returns the loss before each", (own) => {
    const { X, Y } = example(2);
    const pieces = { model: right.linregModel, loss: right.linregLoss, gradients: right.linregGradients };
    const options = { numIteration: 10, learningRate: 0.1 };
    const run = (fit: typeof right.linregFit) =>
      fit(X, Y, { ...options, random: new RandomState(20) }, pieces);
    const [got, expected] = [run(own), run(right.linregFit)];
    holds(Array.isArray(got?.losses), "losses is not a list");
    same("losses", [...got.losses], [...expected.losses]);
    same("W", got.W, expected.W);
    same("b", got.b, expected.b);
  }),
  check("logregModel", "gives a distribution over K classes for each row", (own) => {
    const { W, b, X } = example(3);
    same("P", own(W, b, X), right.logregModel(W, b, X));
    same(
      "P for scores of ±1000",
      own(W.mul(0), b.mul(0).add(tensor([[1000], [0], [-1000]])), X).slice([0]),
      [1, 0, 0],
    );
  }),
  check("logregLoss", "is the mean of −ln of the right class's probability, without ½", (own) => {
    const P = tensor(
      [
        [0.5, 0.5],
        [0.2, 0.8],
      ],
      { dtype: "float64" },
    );
    same(
      "the loss",
      own(
        P,
        tensor(
          [
            [1, 0],
            [0, 1],
          ],
          { dtype: "float64" },
        ),
      ),
      0.4581453659370776,
      { factors: [...batchOf(2), ...halfOfLoss] },
    );
  }),
  check("logregGradients", "gives dW and db of the mean loss", (own) => {
    const { W, b, X, oneHot } = example(3);
    const P = right.logregModel(W, b, X);
    const [got, expected] = [own(P, X, oneHot), right.logregGradients(P, X, oneHot)];
    const factors = [...batchOf(6), ...outputsOf(3)];
    same("dW", got?.dW, expected.dW, { factors });
    same("db", got?.db, expected.db, { factors });
  }),
];
