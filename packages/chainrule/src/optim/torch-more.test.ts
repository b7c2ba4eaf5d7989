/** NAdam, RAdam, Adadelta and three schedules against PyTorch's numbers, and compiled against eager. */
import { describe, expect, test } from "vitest";
import fixture from "../../../../test/fixtures/optim/torch-more.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import { Parameter, compile, tensor } from "../index.ts";
import { wasm } from "../wasm/index.ts";
import * as optim from "./index.ts";
import type { Optimizer, Scheduled } from "./index.ts";

type Options = Record<string, unknown>;
type Rule = new (parameters: Parameter[], options: Options) => Optimizer;
const close = within({ abs: 1e-13, rel: 1e-11 });
const bowl = (w: Parameter) =>
  w
    .mul(w)
    .mul(tensor([0.25, 5], { dtype: w.dtype }))
    .sum();

describe.each(fixture.optimizers)("$name $options", ({ name, options, path }) => {
  const make = (dtype: "float32" | "float64"): [Parameter, () => void] => {
    const w = new Parameter(tensor([-4, 1], { dtype }));
    const optimizer = new (optim as unknown as Record<string, Rule>)[name]([w], options);
    const step = (): void => {
      optimizer.zeroGrad();
      bowl(w).backward();
      optimizer.step();
    };
    return [w, step];
  };

  test("is PyTorch's", () => {
    const [w, step] = make("float64");
    for (const point of path) {
      step();
      close(w, point);
    }
  });

  test("compiled equals eager, to the bit", async () => {
    const [[w, step], [v, other]] = [make("float32"), make("float32")];
    using device = await wasm({ strict: true });
    const compiled = compile(
      () => {
        other();
        return v.sum();
      },
      { device },
    );
    for (let i = 0; i < 12; i++) {
      step();
      compiled();
      expect(v.toArray()).toEqual(w.toArray());
    }
    compiled.dispose();
  });
});

test.each(fixture.schedules)("$name $options is PyTorch's", ({ name, options, rates }) => {
  const optimizer = new optim.SGD([new Parameter(tensor([1]))], { lr: 0.8 });
  type Class = new (optimizer: Scheduled, options: Options) => optim.Schedule;
  const schedule = new (optim as unknown as Record<string, Class>)[name](optimizer, options as Options);
  rates.forEach((rate, i) => {
    schedule.afterEpoch(i + 1);
    expect(optimizer.paramGroups[0].lr).toBeCloseTo(rate, 14);
  });
});

test("a schedule's milestones ascend", () => {
  const optimizer = new optim.SGD([new Parameter(tensor([1]))], { lr: 1 });
  expect(() => new optim.MultiStepLR(optimizer, { milestones: [3, 2] })).toThrow(
    "each milestone must be a number, at least 3",
  );
});
