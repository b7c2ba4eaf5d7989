/** Losses, activations, layer functions and einsum against PyTorch's numbers, in float64: values and gradients. */
import { describe, expect, test } from "vitest";
import activationsFile from "../../../../test/fixtures/networks/activations.json" with { type: "json" };
import einsumFile from "../../../../test/fixtures/networks/einsum.json" with { type: "json" };
import layersFile from "../../../../test/fixtures/networks/layers.json" with { type: "json" };
import lossesFile from "../../../../test/fixtures/networks/losses.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import { gradients, ops, tensor } from "../index.ts";
import type { Tensor, TensorData } from "../index.ts";
import * as functions from "./index.ts";

interface Case {
  name: string;
  function: string;
  inputs: Record<string, TensorData>;
  options: Record<string, unknown>;
  value: Numbers;
  upstream: TensorData;
  grads: Record<string, Numbers>;
}

const close = within({ abs: 1e-12, rel: 1e-10 });

/** The inputs as float64 leaves; indices, which have no gradient in the fixture, as int32. */
function leaves({ inputs, grads }: Case): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, data]) => [
      name,
      name in grads
        ? tensor(data, { dtype: "float64", requiresGrad: true })
        : tensor(data, { dtype: name === "indices" || name === "target" ? "int32" : "float64" }),
    ]),
  );
}

function compare(one: Case, run: (...inputs: Tensor[]) => Tensor): void {
  const inputs = leaves(one);
  const y = run(...Object.values(inputs));
  close(y, one.value, "value");
  const names = Object.keys(one.grads);
  const upstream = tensor(one.upstream, { dtype: "float64" });
  const found = gradients(
    y,
    names.map((name) => inputs[name]),
    { upstream },
  );
  names.forEach((name, i) => close(found[i], one.grads[name], `gradient of ${name}`));
}

const cases = (file: { cases: readonly unknown[] }): Case[] => file.cases as Case[];

describe("losses", () => {
  type Loss = (output: Tensor, target: Tensor, options: Record<string, unknown>) => Tensor;
  const all = { ...functions } as unknown as Record<string, Loss>;
  test.each(cases(lossesFile))("$function, $name", (one) => {
    const { weight, ...options } = one.options;
    const loss = all[one.function];
    const settings = weight
      ? { ...options, weight: tensor(weight as number[], { dtype: "float64" }) }
      : options;
    compare(one, (output, target) => loss(output, target, settings));
  });

  test("every loss is there", () => {
    const found = new Set(cases(lossesFile).map((one) => one.function));
    expect([...found].sort()).toEqual([
      "binaryCrossEntropy",
      "binaryCrossEntropyWithLogits",
      "crossEntropy",
      "huberLoss",
      "l1Loss",
      "mseLoss",
      "multiMarginLoss",
      "nllLoss",
    ]);
  });
});

describe("activations", () => {
  const all = { ...ops, ...functions } as unknown as Record<string, (x: Tensor, arg?: unknown) => Tensor>;
  test.each(cases(activationsFile))("$name", (one) => {
    const args = "arg" in one.options ? [one.options.arg] : [];
    compare(one, (x) => all[one.function](x, ...args));
  });
});

describe("layer functions", () => {
  test.each(cases(layersFile))("$function, $name", (one) => {
    compare(one, (x, weight, bias) => {
      if (one.function === "linear") return functions.linear(x, weight, bias);
      if (one.function === "embedding") return functions.embedding(x, weight);
      const { shape, eps } = one.options as { shape: number[]; eps: number };
      return functions.layerNorm(x, shape, { weight, bias, eps });
    });
  });
});

describe("einsum", () => {
  test.each(cases(einsumFile))("$name", (one) => {
    compare(one, (...operands) => functions.einsum(one.name, ...operands));
  });
});
