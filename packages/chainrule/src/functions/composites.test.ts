/** Every composite, driven by its examples: first and second derivatives, and its own gradient rule where it has one. */
import { describe, expect, test } from "vitest";
import { differences, expectClose } from "../../../../test/differences.ts";
import { gradients } from "../graph/gradients.ts";
import type { CompositeRecord } from "../ops/composite.ts";
import { composites } from "../ops/composite.ts";
import type { Example } from "../ops/define.ts";
import { noGrad } from "../ops/emit.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { Generator } from "../tensor/random/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { sizeOf } from "../tensor/shape.ts";
import { atom } from "../tensor/tex.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import "./index.ts";

const names =
  "batchNorm binaryCrossEntropy binaryCrossEntropyWithLogits crossEntropy dropout einsum embedding gelu hingeLoss " +
  "huberLoss l1Loss layerNorm leakyRelu linear logSoftmax mseLoss multiMarginLoss nllLoss probabilityHingeLoss silu " +
  "softmax squaredError";

function draw(shape: Shape, [low, high]: readonly [number, number], random: Generator): Tensor {
  return fromValues(random.fillUniform(new Float64Array(sizeOf(shape)), low, high), shape, "float64");
}

/** The example's tensors in float64, drawn from the composite's domain. */
function inputsOf({ domain = [[-2, 2]] }: CompositeRecord, { inputs }: Example, random: Generator): Tensor[] {
  return inputs.map((input, i) => {
    if ("dtype" in input) return fromValues(Int32Array.from(input.values), input.shape, input.dtype);
    const x = draw(input, domain[Math.min(i, domain.length - 1)], random);
    x.requiresGrad = true;
    return x;
  });
}

/** Σ w · t over several tensors: one number that every element moves. */
function weighed(tensors: readonly Tensor[], weights: readonly Tensor[]): Tensor {
  return tensors.map((t, i) => t.mul(weights[i]).sum()).reduce((a, b) => a.add(b));
}

/**
 * Compares gradients with differences. A kink nearby spoils the differences, not the gradient: such a draw is passed
 * over, and the caller draws another one.
 */
function agrees(f: () => Tensor, leaves: readonly Tensor[], what: string): boolean {
  const value = f();
  const found = value.requiresGrad
    ? gradients(value, leaves).map((g) => g.data)
    : leaves.map((leaf) => new Float64Array(leaf.size));
  const expected = differences(
    () => f().item(),
    leaves.map((leaf) => leaf.data as Float64Array),
  );
  if (expected.kinked) return false;
  found.forEach((g, i) => expectClose(g, expected.slopes[i], 1e-7, `${what} by input ${i}`));
  return true;
}

const every = names.split(" ").flatMap((name) => {
  const record = composites.get(name);
  if (!record) throw new Error(`${name} is no composite`);
  return record.examples.map((example, i) => ({ name, number: i + 1, record, example }));
});

describe.each(every)("$name, example $number", ({ record, example }) => {
  const args = example.args ?? [];
  const cases = Array.from({ length: 8 }, (_, seed) => {
    const random = new Generator(seed);
    const inputs = inputsOf(record, example, random);
    const y = noGrad(() => record.body(...inputs, ...args));
    return {
      random,
      inputs,
      leaves: inputs.filter((x) => x.requiresGrad),
      g: draw(y.shape, [-1, 1], random),
    };
  });

  test("has the derivative that finite differences find", () => {
    const smooth = cases.filter(({ inputs, leaves, g }) =>
      agrees(() => weighed([record.body(...inputs, ...args)], [g]), leaves, "first order"),
    );
    expect(smooth.length).toBeGreaterThan(1);
  });

  test("has the second derivative that finite differences find", () => {
    const smooth = cases.filter(({ inputs, leaves, g, random }) => {
      const weights = leaves.map((leaf) => draw(leaf.shape, [-1, 1], random));
      const pulled = (): Tensor => {
        const y = weighed([record.body(...inputs, ...args)], [g]);
        return weighed(gradients(y, leaves, { createGraph: true }), weights);
      };
      return agrees(pulled, leaves, "second order");
    });
    expect(smooth.length).toBeGreaterThan(1);
  });

  if (record.vjp)
    test("has a gradient rule equal to its body's derivative, which derives alike", () => {
      for (const { inputs, leaves, g, random } of cases.slice(0, 3)) {
        const weights = leaves.map((leaf) => draw(leaf.shape, [-1, 1], random));
        g.requiresGrad = true;
        const y = record.body(...inputs, ...args);
        const own = inputs.flatMap((x, i) => {
          if (!x.requiresGrad) return [];
          const rule = record.vjp?.[i];
          if (!rule) throw new Error(`no rule for input ${i}`);
          return [rule(g, y, inputs, args)];
        });
        const body = gradients(y, leaves, { upstream: g, createGraph: true });
        own.forEach((found, i) => {
          expect(found.shape).toEqual(leaves[i].shape);
          expectClose(found.data, body[i].data, 1e-12, `the rule for leaf ${i}`);
        });
        const second = (pulled: readonly Tensor[]): Values[] =>
          gradients(weighed(pulled, weights), [g, ...leaves]).map((t) => t.data);
        const expected = second(body);
        second(own).forEach((found, i) => expectClose(found, expected[i], 1e-10, `second order ${i}`));
        g.requiresGrad = false;
      }
    });

  test("writes itself as LaTeX", () => {
    const symbols = example.inputs.map((_, i) => atom("abcde"[i]));
    const { text } = record.tex(symbols, args);
    expect(text).not.toMatch(/undefined|\[object/);
    expect(text.split("{").length).toBe(text.split("}").length);
  });

  test("keeps float32", () => {
    const [{ inputs }] = cases;
    const single = inputs.map((x) => (isFloat(x.dtype) ? x.to("float32") : x));
    expect(record.body(...single, ...args).dtype).toBe("float32");
  });
});
