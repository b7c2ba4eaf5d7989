/** The checks of each function: the printed network, asymmetric ones that reveal any slip, and agreement of the three levels. */
import { Generator, randn, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { holds, same } from "../practical/compare.ts";
import type { Comparison } from "chainrule/grade";
import { batchOf, outputsOf } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import { networkOf, printed, wide } from "./networks.ts";
import * as right from "./solution.ts";
import type { Gradients, Lists, Network, NetworkGradients } from "./solution.ts";

type Solution = typeof right;
const check = checksOf<Solution>();
const classes = (data: number[]): Tensor => tensor(data, { dtype: "int32" });
const names = ["dW", "db", "dV", "dc"] as const;

/** The same sizes without any symmetry. */
const asymmetric: Lists = {
  W: [
    [0.5, -1.2, 0.7],
    [0.1, 0.4, -0.9],
  ],
  b: [0.1, -0.2, 0.3],
  V: [
    [1, -2],
    [0.5, 1],
    [-1.5, 0.25],
  ],
  c: [0.2, -0.1],
};
/** Sizes that all differ, so that nothing fits by chance. */
const wider: Lists = {
  W: [
    [0.2, -0.5],
    [0.4, 0.1],
    [-0.3, 0.6],
  ],
  b: [0.05, -0.1],
  V: [
    [0.7, -0.2, 0.1, 0.3],
    [-0.4, 0.5, 0.2, -0.6],
  ],
  c: [0.1, 0, -0.1, 0.2],
};
const examples = [
  { network: printed, x: [1, -1], target: 0 },
  { network: asymmetric, x: [0.3, 2], target: 1 },
  { network: asymmetric, x: [1, -1], target: 0 },
  { network: wider, x: [0.4, -1.1, 0.9], target: 2 },
];

function sameGradients(got: Gradients | undefined, expected: Gradients): void {
  for (const name of ["dy", "dO", "dh", "dk", "dW", "db", "dV", "dc"] as const)
    same(name, got?.[name], expected[name]);
}

/** A 4-5-3 network and a batch of six for it, the same at every call. */
function batch(): { network: Network; X: Tensor; targets: Tensor } {
  const generator = new Generator(7);
  const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
  const network = { W: draw(4, 5), b: draw(5), V: draw(5, 3), c: draw(3) };
  return { network, X: draw(6, 4), targets: classes([0, 2, 1, 1, 0, 2]) };
}

function sameNetworkGradients(
  got: NetworkGradients | undefined,
  expected: NetworkGradients,
  comparison?: Comparison,
): void {
  for (const name of names) same(name, got?.[name], expected[name], comparison);
}

export const checks: readonly Check[] = [
  check("sigmoid", "is 1/(1 + exp(−k)), also at ±1000", (own) => {
    for (const k of [-1000, -2, 0, 0.5, 1000]) same(`sigmoid(${k})`, own(k), right.sigmoid(k));
  }),
  check("softmaxOfList", "gives probabilities, also for scores of ±1000", (own) => {
    for (const o of [
      [1, 2, -1],
      [1000, 999, -1000],
    ])
      same(`softmax of ${o.join(", ")}`, own(o), right.softmaxOfList(o));
  }),
  check("forwardNumbers", "gives k, h, o and y", (own) => {
    for (const { network, x } of examples) {
      const [got, expected] = [own(network, x), right.forwardNumbers(network, x)];
      for (const name of ["k", "h", "o", "y"] as const) same(name, got?.[name], expected[name]);
    }
  }),
  check("lossNumbers", "is −ln of the target's probability", (own) => {
    same("the loss of (0.5, 0.5)", own([0.5, 0.5], 0), 0.6931471805599453);
    same("the loss of (0.9, 0.1) for class 1", own([0.9, 0.1], 1), 2.302585092994046);
  }),
  check("softmaxJacobian", "is yᵢ (δᵢⱼ − yⱼ)", (own) => {
    same("the Jacobian at (0.5, 0.5)", own([0.5, 0.5]), [
      [0.25, -0.25],
      [-0.25, 0.25],
    ]);
    same("the Jacobian", own([0.2, 0.5, 0.3]), right.softmaxJacobian([0.2, 0.5, 0.3]));
  }),
  check("backwardNumbers", "gives the report's numbers for its symmetric network", (own) => {
    const [{ network, x, target }] = examples;
    const pass = right.forwardNumbers(network, x);
    sameGradients(own(network, x, pass, target), right.backwardNumbers(network, x, pass, target));
  }),
  check("backwardNumbers", "is right where the network is not symmetric: db is dk, and not dh", (own) => {
    for (const { network, x, target } of examples.slice(1)) {
      const pass = right.forwardNumbers(network, x);
      const [got, expected] = [own, right.backwardNumbers].map((one) => one(network, x, pass, target));
      const isDh = got?.db?.every((d, j) => Math.abs(d - expected.dh[j]) < 1e-9) ?? false;
      holds(!isDh, "db is dl/dh; b is added before the sigmoid, so multiply by h (1 − h)");
      sameGradients(got, expected);
    }
  }),
  check("sgdNumbers", "gives p − rate · dp for all four", (own) => {
    const { network, x, target } = examples[1];
    const gradients = right.backwardNumbers(network, x, right.forwardNumbers(network, x), target);
    const [got, expected] = [own, right.sgdNumbers].map((one) => one(network, gradients, 0.5));
    for (const name of ["W", "b", "V", "c"] as const) same(name, got?.[name], expected[name]);
  }),
  check("labelOf", "is 1 outside of the ellipse", (own) => {
    for (const x of [
      [1.764, 0.4],
      [0.1, 0.41],
      [0.5, 0.5],
      [-0.6, -0.5],
      [0.6, -0.7],
      [-2, 2.5],
    ])
      same(`the label of (${x.join(", ")})`, own(x), right.labelOf(x));
  }),
  // compared with a run of the student's own passes, so that a slip there costs no points here
  check(
    "trainOnline",
    "makes a step per example, in order, with losses from before each step",
    (own, module) => {
      const X = [
        [0.3, 2],
        [1, -1],
        [-0.5, 0.2],
      ];
      const targets = [1, 0, 0];
      const got = own(asymmetric, X, targets, [2, 0, 1], 0.1);
      let network: Lists = asymmetric;
      const losses = [2, 0, 1].map((n) => {
        const pass = module.forwardNumbers(network, X[n]);
        const gradients = module.backwardNumbers(network, X[n], pass, targets[n]);
        network = module.sgdNumbers(network, gradients, 0.1);
        return module.lossNumbers(pass.y, targets[n]);
      });
      same("the losses", got?.losses, losses);
      for (const name of ["W", "b", "V", "c"] as const) same(name, got?.network?.[name], network[name]);
    },
  ),
  check("forwardVector", "gives the same k, h, o and y as forwardNumbers, as vectors", (own) => {
    for (const { network, x } of examples) {
      const [got, expected] = [own(networkOf(network), wide(x)), right.forwardNumbers(network, x)];
      for (const name of ["k", "h", "o", "y"] as const) same(name, got?.[name], expected[name]);
    }
  }),
  check("backwardVector", "gives the same gradients as backwardNumbers, as vectors and matrices", (own) => {
    for (const { network, x, target } of examples) {
      const [tensors, vector] = [networkOf(network), wide(x)];
      const got = own(tensors, vector, right.forwardVector(tensors, vector), target);
      const expected = right.backwardNumbers(network, x, right.forwardNumbers(network, x), target);
      for (const name of names) same(name, got?.[name], expected[name]);
    }
  }),
  check("forwardBatch", "gives k, h, o and y with a row for each example", (own) => {
    const { network, X } = batch();
    const [got, expected] = [own(network, X), right.forwardBatch(network, X)];
    for (const name of ["k", "h", "o", "y"] as const) same(name, got?.[name], expected[name]);
  }),
  check("lossBatch", "is the mean of −ln y_target", (own) => {
    const { network, X, targets } = batch();
    const { o } = right.forwardBatch(network, X);
    same("the loss", own(o, targets), right.lossBatch(o, targets), {
      factors: [...batchOf(6), ...outputsOf(3)],
    });
  }),
  check("lossBatch", "stays finite where a probability is 0: take it from the scores", (own) => {
    same("the loss of scores (0, 800) for class 0", own(wide([[0, 800]]), classes([0])), 800);
  }),
  check("backwardBatch", "gives the gradient of the mean loss", (own) => {
    const { network, X, targets } = batch();
    const pass = right.forwardBatch(network, X);
    const got = own(network, X, pass, targets);
    sameNetworkGradients(got, right.backwardBatch(network, X, pass, targets), {
      factors: [...batchOf(6), ...outputsOf(3)],
    });
  }),
  check("backwardBatch", "is that of one example for a batch of one", (own) => {
    for (const { network, x, target } of examples) {
      const [tensors, X] = [networkOf(network), wide([x])];
      const got = own(tensors, X, right.forwardBatch(tensors, X), classes([target]));
      const vector = wide(x);
      const pass = right.forwardVector(tensors, vector);
      sameNetworkGradients(got, right.backwardVector(tensors, vector, pass, target));
    }
  }),
  check("sgdBatch", "gives p − rate · dp for all four", (own) => {
    const { network, X, targets } = batch();
    const gradients = right.backwardBatch(network, X, right.forwardBatch(network, X), targets);
    const [got, expected] = [own, right.sgdBatch].map((one) => one(network, gradients, 0.5));
    for (const name of ["W", "b", "V", "c"] as const) same(name, got?.[name], expected[name]);
  }),
  check("acrossRuns", "gives mean and standard deviation across runs at each step", (own) => {
    const got = own([
      [1, 2, 5],
      [3, 2, 6],
      [5, 2, 10],
    ]);
    same("the mean", got?.mean, [3, 2, 7]);
    same("the deviation, divided by runs − 1", got?.deviation, [2, 0, Math.sqrt(7)]);
  }),
  check("chooseRate", "takes the rate with the best mean over the runs", (own) => {
    const results = [
      { rate: 0.1, validationAccuracies: [0.9, 0.92] },
      { rate: 0.5, validationAccuracies: [0.91, 0.93] },
      { rate: 0.3, validationAccuracies: [0.99, 0.5] },
    ];
    same("the rate", own(results), 0.5);
  }),
];
