/** The checks of each function: the sheet's numbers, and others that reveal any slip. */
import { holds, same } from "../practical/compare.ts";
import { halfOfLoss } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import type { Activation, Chain, ExamplePass, Mode, Weights } from "./solution.ts";

const check = checksOf<typeof right>();

const all: readonly Activation[] = ["sigmoid", "tanh", "relu", "identity"];
const chains: readonly Chain[] = [
  { x: 0.5, target: 1, W1: 0.8, W2: -0.4, Wout: 1.2, f1: "sigmoid", f2: "tanh", f3: "identity" },
  { x: 2, target: -1, W1: -0.7, W2: 0.9, Wout: 0.3, f1: "tanh", f2: "sigmoid", f3: "tanh" },
  { x: 1.5, target: 2, W1: 0.7, W2: 0.9, Wout: 0.3, f1: "relu", f2: "identity", f3: "sigmoid" },
];

/** The sheet's network and data. */
export const sheet = {
  weights: {
    W: [
      [0.6, 0.7, 0],
      [0.01, 0.43, 0.88],
    ],
    w: [0.02, 0.03, 0.09],
  },
  X: [
    [0.75, 0.8],
    [0.2, 0.05],
    [-0.75, 0.8],
    [0.2, -0.05],
  ],
  y: [1, 1, -1, -1],
} as const satisfies { weights: Weights; X: readonly (readonly number[])[]; y: readonly number[] };

function samePass(what: string, got: ExamplePass | undefined, expected: ExamplePass): void {
  for (const name of ["s", "z", "sOut", "yOut", "loss", "deltaOut", "delta", "dW", "dw"] as const)
    same(`${name}${what}`, got?.[name], expected[name]);
}

function sameIterations(own: typeof right.iterate, mode: Mode, alpha: number): void {
  let weights: Weights = sheet.weights;
  for (let k = 1; k <= 3; k++) {
    const [got, expected] = [own, right.iterate].map((one) => one(weights, sheet.X, sheet.y, alpha, mode));
    same(`the loss sum of iteration ${k}`, got?.lossSum, expected.lossSum);
    same(`W after iteration ${k}`, got?.after?.W, expected.after.W);
    same(`w after iteration ${k}`, got?.after?.w, expected.after.w);
    expected.passes.forEach((pass, n) =>
      samePass(` of example ${n} in iteration ${k}`, got?.passes?.[n], pass),
    );
    weights = expected.after;
  }
}

const o = [0.5, -1, 2, 0.1];

export const checks: readonly Check[] = [
  check("activate", "gives sigmoid, tanh, relu and identity, without NaN at ±1000", (own) => {
    for (const f of all)
      for (const s of [-1000, -1.3, 0, 0.7, 1000]) same(`${f}(${s})`, own(f, s), right.activate(f, s));
  }),
  check("slope", "gives the derivatives, and 0 for relu at 0", (own) => {
    for (const f of all) for (const s of [-1.3, 0, 0.7]) same(`${f}′(${s})`, own(f, s), right.slope(f, s));
  }),
  check("chainForward", "gives s₁, z₁, s₂, z₂, sOut, y and the loss with its ½", (own) => {
    for (const chain of chains) {
      const [got, expected] = [own(chain), right.chainForward(chain)];
      for (const name of ["s1", "z1", "s2", "z2", "sOut", "y", "loss"] as const)
        same(name, got?.[name], expected[name], { factors: name === "loss" ? halfOfLoss : [] });
    }
  }),
  check("chainBackward", "gives three δ by the recursion and the three gradients", (own) => {
    for (const chain of chains) {
      const values = right.chainForward(chain);
      const [got, expected] = [own(chain, values), right.chainBackward(chain, values)];
      for (const name of ["deltaOut", "delta2", "delta1", "dWout", "dW2", "dW1"] as const)
        same(name, got?.[name], expected[name]);
    }
  }),
  check("deltaOfUnit", "sums over the successors first, then multiplies by the derivative", (own) => {
    const got = own([2, -1, 0.5], [3, 4, 8], 0.25);
    same("propagated", got?.propagated, 6);
    same("delta", got?.delta, 1.5);
  }),
  check("examplePass", "gives the sheet's first numbers for all four examples", (own) => {
    sheet.X.forEach((x, n) =>
      samePass(
        ` of example ${n}`,
        own(sheet.weights, x, sheet.y[n]),
        right.examplePass(sheet.weights, x, sheet.y[n]),
      ),
    );
  }),
  check("examplePass", "works for other sizes", (own) => {
    const weights = {
      W: [
        [0.3, -0.2],
        [0.5, 0.4],
        [-0.6, 0.1],
      ],
      w: [0.7, -0.9],
    };
    samePass("", own(weights, [1, -2, 0.5], 0.3), right.examplePass(weights, [1, -2, 0.5], 0.3));
  }),
  check("iterate", "makes three steps down the sum of the losses", (own) => {
    sameIterations(own, "sum", 1);
  }),
  check("iterate", "makes steps down the mean, a quarter as long for four examples", (own) => {
    sameIterations(own, "mean", 0.5);
  }),
  check("iterate", "works online: a step after each example, computed at the current weights", (own) => {
    sameIterations(own, "online", 0.1);
  }),
  check("softmax", "gives probabilities, also for scores of ±1000", (own) => {
    same("softmax([0.5, −1, 2, 0.1])", own(o), right.softmax(o));
    same("softmax([1000, 999, −1000])", own([1000, 999, -1000]), right.softmax([1000, 999, -1000]));
  }),
  check("softmaxJacobian", "is the full matrix diag(p) − p pᵀ, whose rows add up to 0", (own) => {
    const p = right.softmax(o);
    const J = own(p);
    same("the Jacobian", J, right.softmaxJacobian(p));
    J.forEach((row, i) =>
      same(
        `the sum of row ${i}`,
        row.reduce((sum, value) => sum + value, 0),
        0,
      ),
    );
  }),
  check("probabilityHinge", "gives p, active, loss, dp and dO for several margins", (own) => {
    for (const [y, margin] of [
      [0, 0.5],
      [2, 0.2],
      [2, 0.6],
      [1, 1],
      [3, 0.05],
    ] as const) {
      const [got, expected] = [own(o, y, margin), right.probabilityHinge(o, y, margin)];
      const where = ` for class ${y} and margin ${margin}`;
      for (const name of ["p", "active", "loss", "dp", "dO"] as const)
        same(`${name}${where}`, got?.[name], expected[name]);
    }
  }),
  check("probabilityHinge", "is 0 with gradient 0 where the true class leads by the margin", (own) => {
    const got = own([3, 0, -1], 0, 0.2);
    same("the loss", got?.loss, 0);
    same("dO", got?.dO, [0, 0, 0]);
  }),
  check("probabilityHinge", "counts a class whose shortfall is exactly 0 as inactive", (own) => {
    same("active for equal scores and margin 0", own([1, 1], 0, 0)?.active, [false, false]);
  }),
  check("memoryOf", "counts parameters, gradients and what the backward pass reads, in bytes", (own) => {
    const sizes = [784, 300, 10];
    const [got, expected] = [own(sizes, 100), right.memoryOf(sizes, 100)];
    for (const name of ["parameters", "gradients", "activations", "total"] as const)
      same(name, got?.[name], expected[name]);
    same("activations with 8 bytes a number", own(sizes, 100, { bytes: 8 })?.activations, 875200);
  }),
  check("memoryOf", "keeps only every k-th input, and counts the largest group that is recomputed", (own) => {
    const even = new Array<number>(17).fill(64);
    for (const every of [1, 2, 3, 4, 8, 16])
      same(
        `activations with every = ${every}`,
        own(even, 32, { every })?.activations,
        right.memoryOf(even, 32, { every }).activations,
      );
    const uneven = [10, 50, 5, 80, 20, 3];
    same("activations of 10-50-5-80-20-3, every = 2", own(uneven, 1, { every: 2 })?.activations, 472);
    holds(
      own(even, 32, { every: 4 }).activations < own(even, 32).activations / 2,
      "sixteen layers with every = 4 should need less than half",
    );
  }),
];
