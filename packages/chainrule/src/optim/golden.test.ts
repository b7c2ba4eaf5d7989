/** Every optimizer against numbers computed elsewhere, in float64 at the files' own tolerances. */
import { describe, expect, it, test } from "vitest";
import golden from "../../../../test/fixtures/golden/optimizers_quadratic.json" with { type: "json" };
import trajectories from "../../../../test/fixtures/golden/trajectories.json" with { type: "json" };
import torch from "../../../../test/fixtures/optim/torch.json" with { type: "json" };
import { Parameter, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Adagrad, Adam, AdamW, Adamax, MomentumEWA, RMSprop, SGD } from "./index.ts";
import type { Optimizer } from "./index.ts";

const { abs, rel } = golden.tolerance;
for (const { tolerance } of [trajectories, torch]) expect(tolerance).toEqual({ abs, rel });

/** Holds numbers, or nested arrays of them, to the files' tolerance; "nan" stands for NaN. */
function expectClose(got: unknown, expected: unknown): void {
  const [a, b] = [got, expected].map((side) => [side].flat(Infinity).map(Number));
  expect(a).toHaveLength(b.length);
  a.forEach((x, i) => {
    if (Number.isNaN(b[i])) expect(x).toBeNaN();
    else expect(Math.abs(x - b[i]), `${x} for ${b[i]}`).toBeLessThanOrEqual(abs + rel * Math.abs(b[i]));
  });
}

const vector = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64" });
const curvature = vector([0.5, 10]);
/** f(w) = ½ (½ w₁² + 10 w₂²) */
const bowl = (w: Tensor): Tensor => w.mul(w).mul(curvature).sum().mul(0.5);

interface Hyper {
  readonly lr: number;
  readonly beta?: number;
  readonly eps?: number;
  readonly weight_decay?: number;
  readonly bias_correction?: boolean;
}

function optimizerOf(name: string, w: Parameter, { beta, eps, ...hyper }: Hyper): Optimizer {
  const { weight_decay, bias_correction, ...rest } = hyper;
  const options = {
    ...rest,
    ...(eps !== undefined && { eps }),
    ...(weight_decay !== undefined && { weightDecay: weight_decay }),
  };
  switch (name) {
    case "sgd":
    case "torch_sgd":
      return new SGD([w], options);
    case "momentum_ewa":
      return new MomentumEWA([w], { ...options, beta, biasCorrection: bias_correction });
    case "rmsprop_slides":
      return new RMSprop([w], { ...options, alpha: beta, eps: eps ?? 0 });
    case "rmsprop_torch":
      return new RMSprop([w], options);
    case "adagrad":
      return new Adagrad([w], options);
    case "adam":
      return new Adam([w], options);
    case "adam_eps_inside":
      return new Adam([w], { ...options, epsInside: true });
    case "adamw":
      return new AdamW([w], options);
    default:
      throw new Error(`no optimizer for ${name}`);
  }
}

/** Which cell holds what the files call by another name. */
const cells = { buffer: "V", square_avg: "S", m: "V", v: "S" } as const;

interface GoldenStep {
  readonly f_before: number;
  readonly grad: readonly number[];
  readonly w: readonly number[];
  readonly buffer?: readonly number[];
  readonly square_avg?: readonly number[];
  readonly m?: readonly number[];
  readonly v?: readonly number[];
}

describe("the course's golden vectors", () => {
  const paths = golden.cases.filter((one) => "steps" in one.expected);
  const zeros = golden.cases.filter((one) => "w_after_1_step" in one.expected);
  it("has the cases that are known", () => expect([paths.length, zeros.length]).toEqual([22, 4]));

  test.each(paths)("$name", ({ optimizer: name, hyper, inputs, expected }) => {
    const w = new Parameter(vector(inputs.w0));
    const optimizer = optimizerOf(name, w, hyper);
    for (const step of expected.steps as readonly GoldenStep[]) {
      const f = bowl(w);
      expectClose(f.item(), step.f_before);
      optimizer.zeroGrad();
      f.backward();
      expectClose(w.grad?.toArray(), step.grad);
      optimizer.step();
      expectClose(w.toArray(), step.w);
      const { tensors } = optimizer.stateDict();
      for (const [theirs, ours] of Object.entries(cells)) {
        const kept = step[theirs as keyof typeof cells];
        if (kept !== undefined) expectClose(tensors[`0.${ours}`].toArray(), kept);
      }
    }
    expectClose(bowl(w).item(), expected.f_final);
  });

  test.each(zeros)("$name", ({ optimizer: name, hyper, inputs, expected }) => {
    const w = new Parameter(vector(inputs.w0));
    w.grad = vector(inputs.grad as number[]);
    optimizerOf(name, w, hyper).step();
    expectClose(w.toArray(), expected.w_after_1_step);
  });

  test.each(trajectories.cases)("forty steps: $name", ({ inputs, expected }) => {
    const w = new Parameter(vector([-4, 1]));
    const { optimizer: name = "sgd", hyper = inputs as Hyper } = inputs;
    const optimizer = optimizerOf(name, w, hyper);
    const points: Record<string, readonly number[]> = expected.w_at;
    for (let step = 1; step <= 40; step++) {
      optimizer.zeroGrad();
      bowl(w).backward();
      optimizer.step();
      if (String(step) in points) expectClose(w.toArray(), points[step]);
    }
    expectClose(bowl(w).item(), expected.f_at_40);
    if ("stable" in expected) expect(Math.abs(w.data[1]) < 0.99).toBe(expected.stable);
  });
});

describe("torch.optim", () => {
  const classes = { SGD, RMSprop, Adagrad, Adam, AdamW, Adamax };
  const make = (name: string, w: Parameter[], options: object): Optimizer =>
    new classes[name as keyof typeof classes](w, options);

  test.each(torch.bowl)("$optimizer $options on the bowl", ({ optimizer: name, options, w: expected }) => {
    const w = new Parameter(vector([-4, 1]));
    const optimizer = make(name, [w], options);
    for (const point of expected) {
      optimizer.zeroGrad();
      bowl(w).backward();
      optimizer.step();
      expectClose(w.toArray(), point);
    }
  });

  test.each(torch.given)(
    "$optimizer $options where a parameter starts late, one pauses and a gradient is 0",
    ({ optimizer: name, options, values }) => {
      const parameters = [new Parameter(vector([1, -2])), new Parameter(vector([0.5]))];
      const optimizer = make(name, parameters, options);
      torch.rounds.forEach((round, i) => {
        parameters.forEach((w, k) => (w.grad = round[k] === null ? null : vector(round[k] as number[])));
        optimizer.step();
        expectClose(
          parameters.map((w) => w.toArray()),
          values[i],
        );
      });
    },
  );
});
