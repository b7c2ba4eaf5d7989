/** Batches, orders and the three ways to a gradient. */
import { Generator } from "chainrule";
import { describe, expect, it } from "vitest";
import { countOf, example, stack } from "./check.ts";
import {
  Tally,
  batchesOf,
  descend,
  forward,
  gradientByBackprop,
  gradientByDifferences,
  gradientByNaiveChain,
  shuffled,
  stepsPerEpoch,
} from "./solution.ts";

describe("AN-5, E-14: what a gradient costs, counted", () => {
  const layers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const width = 6;
  const parameters = (L: number): number => L * width * width;
  const forwards = layers.map((L) => {
    const { weights, x } = example(stack(L, width));
    const tally = new Tally();
    forward(weights, x, tally);
    return tally.multiplications;
  });
  const counts = (way: typeof gradientByBackprop): number[] =>
    layers.map((L) => countOf(way, example(stack(L, width))));

  it("a forward pass multiplies once for each weight", () => {
    expect(forwards).toEqual(layers.map(parameters));
  });

  it("differences need two forward passes for each weight: quadratic in the layers, and in the width twice that", () => {
    const twice = layers.map((L, i) => 2 * parameters(L) * (forwards[i] + width));
    expect(counts(gradientByDifferences)).toEqual(twice);
  });

  it("the naive chain rule is quadratic in the layers, backpropagation linear", () => {
    const second = (values: number[]): number[] =>
      values.slice(2).map((value, i) => value - 2 * values[i + 1] + values[i]);
    // a constant second difference above 0 is a parabola, none at all a line
    expect(new Set(second(counts(gradientByNaiveChain)))).toEqual(new Set([width * width + 2 * width]));
    expect(new Set(second(counts(gradientByBackprop)))).toEqual(new Set([0]));
  });

  it("with its forward pass backpropagation costs about three forward passes, not two", () => {
    const ratio = counts(gradientByBackprop).map((count, i) => count / forwards[i]);
    expect(ratio[0]).toBeGreaterThan(2);
    expect(ratio.at(-1)).toBeGreaterThan(2.8);
    expect(ratio.at(-1)).toBeLessThan(3.4);
  });

  it("all three give the same gradient", () => {
    const { weights, x, y } = example([3, 5, 4, 2]);
    const [differences, naive, backprop] = [
      gradientByDifferences,
      gradientByNaiveChain,
      gradientByBackprop,
    ].map((way) => way(weights, x, y, new Tally()).flat(2));
    backprop.forEach((d, i) => {
      expect(naive[i]).toBeCloseTo(d, 14);
      expect(differences[i]).toBeCloseTo(d, 9);
    });
  });
});

describe("TP-8: classic, mini-batch and online descent are one loop", () => {
  const random = new Generator(2);
  const y = Array.from({ length: 12 }, () => random.normal());
  const gradient = ([w]: readonly number[], n: number): number[] => [w - y[n]];
  const order = y.map((_, n) => n);

  it("one batch of everything makes one step an epoch, batches of one as many as there are examples", () => {
    expect([12, 4, 1].map((size) => batchesOf(order, size).length)).toEqual([1, 3, 12]);
    expect([12, 5, 1].map((size) => stepsPerEpoch(12, size))).toEqual([1, 3, 12]);
  });

  it("classic descent goes straight to the mean; online descent depends on the order", () => {
    const mean = y.reduce((sum, one) => sum + one, 0) / y.length;
    expect(descend([0], gradient, batchesOf(order, 12), 1)[0]).toBeCloseTo(mean, 12);
    const [first, second] = [order, shuffled(order, () => random.uniform())].map(
      (one) => descend([0], gradient, batchesOf(one, 1), 0.5)[0],
    );
    expect(Math.abs(first - second)).toBeGreaterThan(1e-3);
  });
});
