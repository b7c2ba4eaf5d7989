/** The checks of each function: the homework's printed numbers where they are right, and drawn cases for the rest. */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { holds, same } from "../practical/compare.ts";
import type { Comparison, Tolerance } from "chainrule/grade";
import { numericalGradient } from "chainrule/grade";
import { batchOf, outputsOf } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import type { Cache, Parameters } from "./solution.ts";

const check = checksOf<typeof right>();

/** Printed numbers are rounded to eight places. */
const printed: Tolerance = { abs: 1e-8, rel: 2e-6 };
const wide = (data: number[][]): Tensor => tensor(data, { dtype: "float64" });
const normal = (random: RandomState, m: number, n: number): Tensor =>
  tensor(random.randn(m, n) as Float64Array, { shape: [m, n] });

/** A network with weights of size 1 and biases that are not 0, data for it, and its right forward pass. */
function example(dims: readonly number[] = [3, 4, 2], M = 5) {
  const random = new RandomState(7);
  const parameters: Record<string, Tensor> = {};
  for (let l = 1; l < dims.length; l++) {
    parameters[`W${l}`] = normal(random, dims[l], dims[l - 1]);
    parameters[`b${l}`] = normal(random, dims[l], 1);
  }
  const K = dims[dims.length - 1];
  const X = normal(random, M, dims[0]);
  const Y = right.oneHot(
    Array.from({ length: M }, (_, i) => i % K),
    K,
  );
  return { parameters, X, Y, ...right.nnForward(parameters, X) };
}

function sameCaches(got: readonly Cache[] | undefined, expected: readonly Cache[]): void {
  holds(
    Array.isArray(got) && got.length === expected.length,
    `caches: one per layer is expected, ${expected.length}`,
  );
  expected.forEach((cache, i) => {
    for (const name of ["Z", "W", "a"] as const) same(`caches[${i}].${name}`, got[i]?.[name], cache[name]);
  });
}

function sameRecord(
  what: string,
  got: Parameters | undefined,
  expected: Parameters,
  comparison?: Comparison,
): void {
  for (const [name, value] of Object.entries(expected))
    same(`${what}${name}`, got?.[name], value, comparison);
}

const seeded = wide([
  [1.764052345967664, 0.4001572083672233, 0.9787379841057392],
  [2.240893199201458, 1.8675579901499675, -0.977277879876411],
]);

export const checks: readonly Check[] = [
  check("oneHot", "has a single 1 in each row, at the label, and as many columns as asked", (own) => {
    const labels = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4];
    const rows = labels.map((label) => Array.from({ length: 10 }, (_, k) => Number(k === label)));
    same("the rows of the first ten digits", own(labels), wide(rows));
    same(
      "oneHot([0, 1], 3)",
      own([0, 1], 3),
      wide([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    );
  }),
  check(
    "initializeWeights",
    "draws 0.01 · randn layer by layer: the first rows of seed 0, and zero columns",
    (own) => {
      const got = own([3, 6], new RandomState(0));
      holds(got !== undefined, "it returns nothing");
      same("W1[0]", got.W1.slice([0]), [0.01764052, 0.00400157, 0.00978738], printed);
      same("the shape of W1", [...got.W1.shape], [6, 3]);
      same("b1", got.b1, wide(Array.from({ length: 6 }, () => [0])));
      const deep = [4, 3, 5, 2];
      sameRecord("", own(deep, new RandomState(1)), right.initializeWeights(deep, new RandomState(1)));
    },
  ),
  check("linearForward", "gives the printed Z of seed 0, and the cache", (own) => {
    const W = wide([
      [0.017640523459676642, 0.004001572083672233, 0.009787379841057393],
      [0.022408931992014578, 0.018675579901499675, -0.00977277879876411],
    ]);
    const a = wide([[0.9500884175255894], [-0.1513572082976979], [-0.10321885179355784]]);
    const got = own(W, wide([[0], [0]]), a);
    same("Z", got?.Z, [[0.01514415], [0.01947252]], printed);
    sameCaches([got.cache], [{ Z: right.linearForward(W, wide([[0], [0]]), a).Z, W, a }]);
  }),
  check("linearForward", "is a matrix product and adds b to every column, also where W is square", (own) => {
    const random = new RandomState(3);
    const [W, b, a] = [normal(random, 3, 3), normal(random, 3, 1), normal(random, 3, 3)];
    same("Z", own(W, b, a)?.Z, right.linearForward(W, b, a).Z);
  }),
  check("activationForward", "is the sigmoid: the printed numbers of seed 0, and no NaN at ±1000", (own) => {
    const expected = [
      [0.85371646, 0.59872543, 0.72685773],
      [0.9038621, 0.86617546, 0.27343225],
    ];
    same("a", own(seeded), expected, printed);
    same("σ(±1000)", own(wide([[1000, -1000]])), [[1, 0]]);
  }),
  check("softmax", "is taken over each row: the printed numbers of seed 0", (own) => {
    const expected = [
      [0.58423523, 0.14936733, 0.26639744],
      [0.57854881, 0.39829292, 0.02315827],
    ];
    same("P", own(seeded), expected, printed);
  }),
  check("softmax", "gives no NaN for 1000, and does not change when a number is added to a row", (own) => {
    same("softmax([1000, 0])", own(wide([[1000, 0]])), [[1, 0]]);
    same("softmax(Z + 5)", own(seeded.add(5)), right.softmax(seeded));
  }),
  check("nnForward", "gives the printed P of seed 1, [3, 4, 2]", (own) => {
    const random = new RandomState(1);
    const parameters = right.initializeWeights([3, 4, 2], random);
    const X = normal(random, 2, 3);
    const got = own(parameters, X, right.own);
    same(
      "P",
      got?.P,
      [
        [0.49967587, 0.50032413],
        [0.49966831, 0.50033169],
      ],
      printed,
    );
  }),
  check("nnForward", "gives P and a cache per layer, for one layer and for three", (own) => {
    for (const dims of [
      [3, 2],
      [3, 5, 4, 2],
    ]) {
      const { parameters, X, P, caches } = example(dims);
      const got = own(parameters, X, right.own);
      same(`P of ${dims.join("-")}`, got?.P, P);
      sameCaches(got.caches, caches);
    }
  }),
  check("crossentropy", "is the mean over the examples of −ln of the right class's probability", (own) => {
    const P = wide([
      [0.5, 0.5],
      [0.2, 0.8],
    ]);
    same(
      "the loss",
      own(
        P,
        wide([
          [1, 0],
          [0, 1],
        ]),
      ),
      0.4581453659370776,
      { factors: batchOf(2) },
    );
    const soft = own(
      P,
      wide([
        [0.5, 0.5],
        [0, 1],
      ]),
    );
    same("the loss of a soft target", soft, 0.4581453659370776);
  }),
  check("losssoftmaxBackward", "is (P − Y)ᵀ/M: an example a column, divided by their number", (own) => {
    const { P, Y } = example();
    same("dL/dZ", own(P, Y), right.losssoftmaxBackward(P, Y), { factors: [...batchOf(5), ...outputsOf(2)] });
  }),
  check("activationBackward", "gives the printed numbers of seed 1", (own) => {
    const random = new RandomState(1);
    const Z = normal(random, 4, 2);
    const cache = { Z, W: normal(random, 4, 3), a: normal(random, 3, 2) };
    const expected = [
      [-0.01689878, -0.2133506],
      [-0.06251018, 0.10071241],
      [-0.14419048, -0.03281763],
      [-0.08698937, -0.18342292],
    ];
    same("dL/dZ", own(normal(random, 4, 2), cache), expected, printed);
  }),
  check("linearBackward", "gives dL/da, dL/dW and dL/db in the shapes of a, W and b", (own) => {
    const { caches, Y, P } = example([3, 4, 2], 6);
    const dLdZ = right.losssoftmaxBackward(P, Y);
    const [got, expected] = [own(dLdZ, caches[1]), right.linearBackward(dLdZ, caches[1])];
    for (const name of ["dLda", "dLdW", "dLdb"] as const)
      same(name, got?.[name], expected[name], { factors: batchOf(6) });
  }),
  check("nnBackward", "gives the gradients of all layers, for one layer and for three", (own) => {
    for (const dims of [
      [3, 2],
      [3, 5, 4, 2],
    ]) {
      const { X, Y, P, caches } = example(dims);
      sameRecord(`${dims.join("-")}: `, own(X, Y, P, caches, right.own), right.nnBackward(X, Y, P, caches), {
        factors: batchOf(5),
      });
    }
  }),
  check("nnBackward", "agrees with central differences of the loss", (own) => {
    const { parameters, X, Y, P, caches } = example([2, 3, 2], 4);
    const got = own(X, Y, P, caches, right.own);
    for (const [name, value] of Object.entries(parameters)) {
      const loss = (p: Tensor): number =>
        right.crossentropy(right.nnForward({ ...parameters, [name]: p }, X).P, Y);
      same(`dLd${name}`, got?.[`dLd${name}`], numericalGradient(loss, value), { abs: 1e-8, rel: 1e-5 });
    }
  }),
  check("nnTrainGd", "makes n full steps and returns the loss after each", (own) => {
    const { X, Y } = example([4, 5, 3], 8);
    const options = { nIter: 5, lr: 0.5 } as const;
    const run = (train: typeof right.nnTrainGd) =>
      train(X, Y, [4, 5, 3], { ...options, random: new RandomState(3) }, right.own);
    const [got, expected] = [run(own), run(right.nnTrainGd)];
    same("losses", [...(got?.losses ?? [])], [...expected.losses]);
    sameRecord("after five steps, ", got.parameters, expected.parameters);
  }),
  check("nnTrainSgd", "takes the batches in order without shuffling, the last one smaller", (own) => {
    const { X, Y } = example([4, 5, 3], 8);
    const run = (train: typeof right.nnTrainSgd) =>
      train(
        X,
        Y,
        [4, 5, 3],
        { batchSize: 3, epochs: 3, lr: 0.5, shuffle: false, random: new RandomState(3) },
        right.own,
      );
    const [got, expected] = [run(own), run(right.nnTrainSgd)];
    same("losses", [...(got?.losses ?? [])], [...expected.losses]);
    sameRecord("after three epochs, ", got.parameters, expected.parameters);
  }),
  check("nnTrainSgd", "shuffles by default, and takes each example once an epoch", (own) => {
    const { X, Y, parameters } = example([4, 5, 3], 9);
    const seen: number[][] = [[], []];
    for (const epoch of [0, 1])
      own(
        X,
        Y,
        [4, 5, 3],
        { batchSize: 4, epochs: 1, parameters, random: new RandomState(epoch) },
        {
          ...right.own,
          nnBackward: (Xb, ...rest) => {
            seen[epoch].push(...rowsOf(Xb, X));
            return right.nnBackward(Xb, ...rest);
          },
        },
      );
    for (const rows of seen)
      same(
        "the examples of an epoch, sorted",
        [...rows].sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
      );
    holds(seen[0].join() !== seen[1].join(), "two seeds give the same order");
  }),
];

/** The indices in X of the rows of a batch. */
function rowsOf(batch: Tensor, X: Tensor): number[] {
  const all = X.toArray() as number[][];
  return (batch.toArray() as number[][]).map((row) => all.findIndex((one) => one.join() === row.join()));
}
