import { describe, expect, test } from "vitest";
import { Generator, Parameter, ShapeError, ValueError, zeros } from "../index.ts";
import type { Tensor } from "../index.ts";
import { BatchNorm1d, Linear, Sequential, Tanh, init, initializeLinear } from "./index.ts";

const generator = (): Generator => new Generator(6);
const weight = (): Parameter => new Parameter(zeros([300, 200], { dtype: "float64" }));
const largest = (t: Tensor): number => t.abs().max().item();
const std = (t: Tensor): number => Math.sqrt(t.variance().item());

describe("the rules have the spread that their formulas say", () => {
  // 60,000 numbers: a standard deviation is known to 0.3 %
  test.each<[string, (w: Parameter) => Parameter, number]>([
    ["xavierUniform", (w) => init.xavierUniform(w, { generator: generator() }), Math.sqrt(2 / 500)],
    [
      "xavierUniform, gain 2",
      (w) => init.xavierUniform(w, { gain: 2, generator: generator() }),
      Math.sqrt(8 / 500),
    ],
    ["xavierNormal", (w) => init.xavierNormal(w, { generator: generator() }), Math.sqrt(2 / 500)],
    ["kaimingUniform", (w) => init.kaimingUniform(w, { generator: generator() }), Math.sqrt(2 / 200)],
    [
      "kaimingUniform, a = √5: PyTorch's Linear",
      (w) => init.kaimingUniform(w, { a: Math.sqrt(5), generator: generator() }),
      1 / Math.sqrt(3 * 200),
    ],
    [
      "kaimingNormal, fanOut, tanh",
      (w) => init.kaimingNormal(w, { mode: "fanOut", nonlinearity: "tanh", generator: generator() }),
      5 / 3 / Math.sqrt(300),
    ],
    ["normal", (w) => init.normal(w, { std: 0.3, generator: generator() }), 0.3],
    ["uniform", (w) => init.uniform(w, { generator: generator() }), 1 / Math.sqrt(12)],
  ])("%s", (_name, rule, expected) => {
    const w = weight();
    expect(rule(w), "the cell comes back").toBe(w);
    expect(Math.abs(std(w) / expected - 1)).toBeLessThan(0.015);
    const again = rule(weight());
    expect(again.data, "and the generator decides").toEqual(w.data);
  });

  test("bounds of the uniform ones are met and not passed", () => {
    const bound = Math.sqrt(6 / 500);
    const found = largest(init.xavierUniform(weight(), { generator: generator() }));
    expect(found).toBeLessThanOrEqual(bound);
    expect(found).toBeGreaterThan(0.999 * bound);
  });

  test("constants, means and float32", () => {
    expect(init.ones(weight()).mean().item()).toBe(1);
    expect(init.zeros(init.ones(weight())).sum().item()).toBe(0);
    expect(init.constant(weight(), 0.1).max().item()).toBe(0.1);
    const single = init.normal(new Parameter(zeros([300, 200])), {
      mean: 2,
      std: 0.1,
      generator: generator(),
    });
    expect(single.dtype).toBe("float32");
    expect(single.mean().item()).toBeCloseTo(2, 2);
    expect(single.requiresGrad).toBe(true);
  });
});

test("gains are PyTorch's", () => {
  expect([init.gain("linear"), init.gain("sigmoid"), init.gain("tanh"), init.gain("relu")]).toEqual([
    1,
    1,
    5 / 3,
    Math.SQRT2,
  ]);
  expect(init.gain("leakyRelu", 1)).toBe(1);
  expect(init.fans([8, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 200 });
});

test("a bias has no fans, a standard deviation is not negative", () => {
  const bias = new Parameter(zeros([3]));
  expect(() => init.xavierNormal(bias)).toThrow(ShapeError);
  expect(() => init.xavierNormal(bias)).toThrow("fans: a weight has at least two axes, [out,in], not [3]");
  expect(() => init.normal(bias, { std: -1 })).toThrow(ValueError);
});

test("initializeLinear reaches the dense layers alone, and sets biases to 0 by default", () => {
  const made = (): Sequential =>
    new Sequential(new Linear(2, 10), new BatchNorm1d(10), new Tanh(), new Sequential(new Linear(10, 2)));
  const net = made();
  const random = generator();
  initializeLinear(net, { weight: (w) => init.normal(w, { std: 0.3, generator: random }) });
  const drawn = new Generator(6).fillNormal(new Float32Array(40), 0, 0.3);
  const dict = net.stateDict();
  expect([...dict.get("0.weight")!.data, ...dict.get("3.0.weight")!.data]).toEqual([...drawn]);
  expect([...dict.get("0.bias")!.data, ...dict.get("3.0.bias")!.data]).toEqual(new Array(12).fill(0));
  expect(dict.get("1.weight")!.toArray()).toEqual(new Array(10).fill(1));
  const other = made();
  initializeLinear(other, { weight: init.zeros, bias: init.ones });
  expect(other.stateDict().get("3.0.bias")!.toArray()).toEqual([1, 1]);
});
