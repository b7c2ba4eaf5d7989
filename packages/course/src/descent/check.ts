/** The checks of each function: batches and orders in full, three gradients that agree, and how often each multiplies. */
import { Generator } from "chainrule";
import { holds, same } from "../practical/compare.ts";
import { batchOf, halfOfLoss } from "chainrule/grade";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import { Tally } from "./solution.ts";

type Solution = typeof right;
type GradientOf = Solution["gradientByBackprop"];
const check = checksOf<Solution>();

interface Example {
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Dense layers and an example for them, the same at every call. */
export function example(sizes: readonly number[]): Example {
  const random = new Generator(3);
  const list = (size: number): number[] => Array.from({ length: size }, () => 0.5 * random.normal());
  return {
    weights: sizes.slice(1).map((to, l) => Array.from({ length: sizes[l] }, () => list(to))),
    x: list(sizes[0]),
    y: list(sizes[sizes.length - 1]),
  };
}

/** `layers` layers of `width` units. */
export const stack = (layers: number, width: number): number[] => new Array<number>(layers + 1).fill(width);

/** The number of multiplications that a way to the gradient needs. */
export function countOf(own: GradientOf, { weights, x, y }: Example): number {
  const tally = new Tally();
  own(weights, x, y, tally);
  return tally.multiplications;
}

function sameGradient(own: GradientOf, tolerance = {}): void {
  for (const sizes of [[3, 2], [2, 4, 3, 1], stack(5, 3)]) {
    const { weights, x, y } = example(sizes);
    const got = own(weights, x, y, new Tally());
    const expected = right.gradientByBackprop(weights, x, y, new Tally());
    holds(Array.isArray(got), "it must return a list with one gradient for each layer");
    expected.forEach((dW, l) =>
      same(`the gradient of layer ${l} of ${sizes.join("-")}`, got[l], dW, tolerance),
    );
  }
}

const orders = Array.from({ length: 10 }, (_, i) => i);

export const checks: readonly Check[] = [
  check("batchesOf", "cuts in order and keeps a smaller last batch", (own) => {
    same(
      "the sizes of batches of 4 from 10",
      own(orders, 4).map((batch) => batch.length),
      [4, 4, 2],
    );
    same("all of them, in order", own(orders, 4).flat(), orders);
    same("one batch of 10", own(orders, 10), [orders]);
    same(
      "ten batches of 1",
      own(orders, 1),
      orders.map((i) => [i]),
    );
  }),
  check("batchesOf", "drops a smaller last batch if dropLast is true, and never a whole one", (own) => {
    same("batches of 4 from 10", own(orders, 4, true), [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    same("batches of 5 from 10", own(orders, 5, true).length, 2);
  }),
  check("shuffled", "swaps from the end, each place with one at or before it", (own) => {
    const numbers = [0.9, 0.1, 0.5, 0.7, 0.3, 0.99, 0, 0.6, 0.2];
    let [mine, theirs] = [0, 0];
    const expected = right.shuffled(orders, () => numbers[mine++]);
    same(
      "the order",
      own(orders, () => numbers[theirs++]),
      expected,
    );
  }),
  check("shuffled", "keeps every entry and leaves the list that was given", (own) => {
    const random = new Generator(1);
    const before = [...orders];
    const got = own(before, () => random.uniform());
    same(
      "the entries, sorted",
      [...got].sort((a, b) => a - b),
      orders,
    );
    same("the list that was given", before, orders);
  }),
  check("stepsPerEpoch", "rounds up, or down when a last batch is dropped", (own) => {
    same("200 examples in tens", own(200, 10), 20);
    same("205 examples in tens", own(205, 10), 21);
    same("205 in tens, dropping", own(205, 10, true), 20);
  }),
  check(
    "descend",
    "makes a step down the mean gradient of each batch, computed at the current weights",
    (own) => {
      const targets = [3, -1, 4, 1];
      // the loss ½ (w − target)², and a second weight that is a mean as well
      const gradient = ([w, v]: readonly number[], n: number): number[] => [
        w - targets[n],
        2 * (v + targets[n]),
      ];
      for (const batches of [
        [[0, 1, 2, 3]],
        [
          [0, 1],
          [2, 3],
        ],
        [[3], [1], [0], [2]],
      ])
        same(
          `w after batches of ${batches[0].length}`,
          own([0, 1], gradient, batches, 0.1),
          right.descend([0, 1], gradient, batches, 0.1),
        );
      same("one full step from 0 at rate 1", own([0, 0], gradient, [[0, 1, 2, 3]], 1), [1.75, -3.5], {
        factors: batchOf(4),
      });
    },
  ),
  check("forward", "gives x and the output of every layer", (own) => {
    const { weights, x } = example([2, 4, 3, 1]);
    same("a", own(weights, x, new Tally()), right.forward(weights, x, new Tally()) as number[][]);
  }),
  check("lossOf", "is half the sum of the squares", (own) => {
    same("the loss", own([[9], [1, 4]], [2, 2], new Tally()), 2.5, { factors: halfOfLoss });
  }),
  check("gradientByDifferences", "agrees with backpropagation to seven digits", (own) => {
    sameGradient(own as GradientOf, { abs: 1e-8, rel: 1e-6 });
  }),
  check("gradientByDifferences", "counts two forward passes and losses for each weight", (own) => {
    const one = example([2, 4, 3, 1]);
    const count = countOf(own as GradientOf, one);
    same("the multiplications of 2-4-3-1", count, 2 * 23 * (23 + 1));
  }),
  check("gradientByNaiveChain", "agrees with backpropagation", (own) => {
    sameGradient(own);
  }),
  check(
    "gradientByNaiveChain",
    "starts from the loss again for every layer: its cost grows with the square",
    (own) => {
      for (const layers of [1, 2, 5, 10]) {
        const one = example(stack(layers, 3));
        same(
          `the multiplications of ${layers} layers`,
          countOf(own, one),
          countOf(right.gradientByNaiveChain, one),
        );
      }
    },
  ),
  check("gradientByBackprop", "agrees with differences of the loss", (own) => {
    for (const sizes of [
      [3, 2],
      [2, 4, 3, 1],
    ]) {
      const { weights, x, y } = example(sizes);
      const got = own(weights, x, y, new Tally());
      holds(Array.isArray(got), "it must return a list with one gradient for each layer");
      right
        .gradientByDifferences(weights, x, y, new Tally())
        .forEach((dW, l) =>
          same(`the gradient of layer ${l} of ${sizes.join("-")}`, got[l], dW, { abs: 1e-8, rel: 1e-6 }),
        );
    }
  }),
  check(
    "gradientByBackprop",
    "uses each δ for the next one: its cost grows with the number of layers",
    (own) => {
      for (const layers of [1, 2, 5, 10]) {
        const one = example(stack(layers, 3));
        same(
          `the multiplications of ${layers} layers`,
          countOf(own, one),
          countOf(right.gradientByBackprop, one),
        );
      }
    },
  ),
];
