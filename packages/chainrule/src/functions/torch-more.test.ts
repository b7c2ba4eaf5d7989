/** The functions of functions_more.py: PyTorch's values and gradients, and compiled steps with eager's bits. */
import { describe, expect, test } from "vitest";
import fixture from "../../../../test/fixtures/networks/torch-more.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import { compile, gradients, tensor } from "../index.ts";
import type { Tensor, TensorData } from "../index.ts";
import { wasm } from "../wasm/index.ts";
import * as functions from "./index.ts";

interface Case {
  readonly function: string;
  readonly inputs: readonly TensorData[];
  readonly args: readonly unknown[];
  readonly value: Numbers;
  readonly upstream: TensorData;
  readonly grads: readonly Numbers[];
}

const close = within({ abs: 1e-13, rel: 1e-11 });
const cases = fixture.cases as unknown as readonly Case[];

/** The function with its arguments; options that are weights become tensors. */
function callOf(
  { function: name, args }: Case,
  dtype: "float32" | "float64",
): (...inputs: Tensor[]) => Tensor {
  const given = args.map((arg) => {
    if (typeof arg !== "object" || arg === null || Array.isArray(arg)) return arg;
    const weights = Object.entries(arg).filter(([, value]) => Array.isArray(value));
    return {
      ...arg,
      ...Object.fromEntries(weights.map(([key, value]) => [key, tensor(value as number[], { dtype })])),
    };
  });
  const run = (functions as unknown as Record<string, (...all: unknown[]) => Tensor>)[name];
  return (...inputs) => run(...inputs, ...given);
}

function inputsOf(one: Case, dtype: "float32" | "float64"): Tensor[] {
  const indices = ["crossEntropy", "nllLoss"].includes(one.function);
  return one.inputs.map((data, i) =>
    indices && i === 1 ? tensor(data, { dtype: "int32" }) : tensor(data, { dtype, requiresGrad: true }),
  );
}

describe.each(cases.map((one) => [`${one.function} ${JSON.stringify(one.args).slice(0, 60)}`, one] as const))(
  "%s",
  (_name, one) => {
    test("has PyTorch's value and gradients", () => {
      const inputs = inputsOf(one, "float64");
      const y = callOf(one, "float64")(...inputs);
      close(y, one.value, "value");
      const wanted = inputs.filter((input) => input.requiresGrad);
      const upstream = tensor(one.upstream, { dtype: "float64" });
      const grads = gradients(y, wanted, { upstream });
      one.grads.forEach((grad, i) => close(grads[i], grad, `gradient ${i}`));
    });

    test("compiled equals eager, to the bit", async () => {
      const inputs = inputsOf(one, "float32");
      const step = (...given: Tensor[]): { y: Tensor; slope: Tensor } => {
        const x = given[0].detach();
        x.requiresGrad = true;
        const y = callOf(one, "float32")(x, ...given.slice(1));
        return { y: y.detach(), slope: gradients(y.sum(), [x])[0] };
      };
      using device = await wasm({ strict: true });
      const compiled = compile(step, { device });
      const [eager, fast] = [step(...inputs), compiled(...inputs)];
      expect(fast.y.toArray()).toEqual(eager.y.toArray());
      expect(fast.slope.toArray()).toEqual(eager.slope.toArray());
      compiled.dispose();
    });
  },
);
