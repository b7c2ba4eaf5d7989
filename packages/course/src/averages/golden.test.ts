/** The solution against the course's golden vectors, at the tolerance of each file. */
import { describe, expect, it, test } from "vitest";
import ewaGolden from "../../../../test/fixtures/golden/ewa.json" with { type: "json" };
import seriesGolden from "../../../../test/fixtures/golden/ewa_series.json" with { type: "json" };
import bowlGolden from "../../../../test/fixtures/golden/optimizers_quadratic.json" with { type: "json" };
import pathGolden from "../../../../test/fixtures/golden/trajectories.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import {
  adam,
  biasCorrected,
  effectiveWindow,
  ewa,
  gradientDescent,
  momentum,
  momentumTorch,
  rmsprop,
  stabilityLimit,
  trajectory,
  unrolledWeights,
} from "./solution.ts";

const close = within(ewaGolden.tolerance);
interface AverageCase {
  readonly name: string;
  readonly inputs: { readonly beta: number; readonly y?: readonly number[]; readonly i?: readonly number[] };
  readonly expected: Readonly<Record<string, Numbers>>;
}
const averages = ewaGolden.cases as unknown as readonly AverageCase[];
const { y } = seriesGolden.series;

describe("LH-11, LH-12: the averages of the lecture", () => {
  test.each(averages.filter(({ expected }) => "v" in expected))("$name", ({ inputs, expected }) => {
    const signal = inputs.y ?? y;
    close(ewa(signal, inputs.beta), expected.v);
    close(biasCorrected(ewa(signal, inputs.beta), inputs.beta), expected.v_corrected);
    if ("effective_window" in expected) close(effectiveWindow(inputs.beta), expected.effective_window);
  });

  it("the unrolled sum is the recursion, and y₀ has no part in it (E-25)", () => {
    const v = ewa(y, 0.9);
    for (const t of [1, 2, 10, 99]) {
      const sum = unrolledWeights(0.9, t).reduce((total, weight, i) => total + weight * y[i + 1], 0);
      close(sum, v[t], `v[${t}]`);
    }
    close(ewa([1e6, ...y.slice(1)], 0.9), v);
    // the notebook writes y_t for y_i in the sum: that is another number
    const printed = unrolledWeights(0.9, 99).reduce((total, weight) => total + weight * y[99], 0);
    expect(Math.abs(printed - v[99])).toBeGreaterThan(0.01);
  });

  it("the weight curve is 0.7^i", () => {
    const curve = averages.find(({ expected }) => "w" in expected)!;
    const places = curve.inputs.i!;
    // the weights of whole ages are those of the unrolled sum; the curve joins them
    const weights = unrolledWeights(0.7, 11).reverse();
    weights.forEach((weight, age) => close(weight / (1 - 0.7), 0.7 ** age));
    close(
      places.map((age) => 0.7 ** age),
      curve.expected.w,
    );
  });

  it("LH-13: a constant comes back with correction, and starts at (1 − β) of it without", () => {
    const constant = new Array<number>(11).fill(5);
    biasCorrected(ewa(constant, 0.9), 0.9)
      .slice(1)
      .forEach((v) => close(v, 5));
    close(ewa(constant, 0.9)[1], 0.1 * 5);
  });
});

const { a, b } = bowlGolden.function;
const slope = (w: readonly number[]): number[] => [a * w[0], b * w[1]];
const height = (w: readonly number[]): number => 0.5 * (a * w[0] * w[0] + b * w[1] * w[1]);
const closeOnBowl = within(bowlGolden.tolerance);

interface Hyper {
  readonly lr: number;
  readonly beta?: number;
  readonly alpha?: number;
  readonly eps?: number;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly betas?: readonly number[];
}
type Stepper = (
  w: readonly number[],
  g: readonly number[],
  memory: never,
) => { w: readonly number[]; memory: unknown };

/** The rules of the practical that a case speaks of; what goes beyond them, the library's optimizers are held to. */
function ruleOf(name: string, hyper: Hyper): Stepper | undefined {
  const known = ["lr", "beta", "alpha", "eps", "momentum", "dampening", "nesterov", "betas"];
  if (Object.keys(hyper).some((key) => !known.includes(key))) return undefined;
  const { lr, beta = 0.9, alpha, eps, ...rest } = hyper;
  const betas = [hyper.betas?.[0] ?? 0.9, hyper.betas?.[1] ?? 0.999] as const;
  switch (name) {
    case "sgd":
      return (w, g) => gradientDescent(w, g, null, { lr });
    case "momentum_ewa":
      return (w, g, memory) => momentum(w, g, memory, { lr, beta });
    case "torch_sgd":
      return (w, g, memory) => momentumTorch(w, g, memory, { ...rest, lr, momentum: rest.momentum ?? 0 });
    case "rmsprop_slides":
      return (w, g, memory) => rmsprop(w, g, memory, { lr, beta, eps: eps ?? 0 });
    case "rmsprop_torch":
      return rest.momentum === undefined
        ? (w, g, memory) => rmsprop(w, g, memory, { lr, beta: alpha ?? 0.99, eps: eps ?? 1e-8 })
        : undefined;
    case "adam":
      return (w, g, memory) => adam(w, g, memory, { lr, betas, eps: eps ?? 1e-8 });
    default:
      return undefined;
  }
}

interface BowlStep {
  readonly f_before: number;
  readonly grad: readonly number[];
  readonly w: readonly number[];
  readonly buffer?: readonly number[];
  readonly square_avg?: readonly number[];
  readonly m?: readonly number[];
  readonly v?: readonly number[];
}

describe("LH 4.5: the rules on the stretched bowl", () => {
  const own = bowlGolden.cases.flatMap((one) => {
    const rule = ruleOf(one.optimizer, one.hyper);
    return rule ? [{ ...one, rule }] : [];
  });
  it("knows which cases are the practical's and which the library's (optim/golden.test.ts)", () => {
    expect(own.map(({ name }) => name)).toHaveLength(13);
    const others = bowlGolden.cases.filter(({ name }) => !own.some((one) => one.name === name));
    expect([...new Set(others.map(({ optimizer }) => optimizer))].sort()).toEqual(
      [
        "adagrad",
        "adam",
        "adam_eps_inside",
        "adamw",
        "momentum_ewa",
        "rmsprop_torch",
        "sgd",
        "torch_sgd",
      ].sort(),
    );
  });

  test.each(own)("$name", ({ rule, inputs, expected }) => {
    if ("w_after_1_step" in expected) {
      closeOnBowl(
        rule(inputs.w0, inputs.grad!, null as never).w as Numbers,
        expected.w_after_1_step as Numbers,
      );
      return;
    }
    let [w, memory]: [readonly number[], unknown] = [inputs.w0, null];
    for (const step of expected.steps as readonly BowlStep[]) {
      closeOnBowl(height(w), step.f_before);
      closeOnBowl(slope(w), step.grad);
      ({ w, memory } = rule(w, slope(w), memory as never));
      closeOnBowl(w, step.w);
      for (const kept of [step.buffer, step.square_avg])
        if (kept !== undefined) closeOnBowl(memory as Numbers, kept);
      if (step.m) closeOnBowl((memory as { V: Numbers }).V, step.m);
      if (step.v) closeOnBowl((memory as { S: Numbers }).S, step.v);
    }
    closeOnBowl(height(w), expected.f_final!);
  });
});

describe("LH-14: around the stability limit", () => {
  const closeOnPath = within(pathGolden.tolerance);
  test.each(pathGolden.cases)("$name", ({ inputs, expected }) => {
    const settings = inputs.hyper ?? { lr: inputs.lr! };
    const rule = ruleOf(inputs.optimizer ?? "sgd", settings as Hyper)!;
    const points = trajectory(
      (w, g, memory) => rule(w, g, memory as never) as { w: readonly number[]; memory: unknown },
      slope,
      [-4, 1],
      settings,
      40,
    );
    for (const [step, point] of Object.entries(expected.w_at)) closeOnPath(points[Number(step)], point);
    closeOnPath(height(points[40]), expected.f_at_40);
    if ("stable" in expected) expect(settings.lr < stabilityLimit(b)).toBe(expected.stable);
  });

  it("descent flips between ±1 at the limit 2/λ, falls below it and explodes above", () => {
    const end = (lr: number): number =>
      Math.abs(trajectory(gradientDescent, slope, [-4, 1], { lr }, 2000)[2000][1]);
    const limit = stabilityLimit(b);
    expect(limit).toBe(0.2);
    expect(end(limit * 0.99)).toBeLessThan(1e-6);
    expect(end(limit)).toBeCloseTo(1, 9);
    expect(end(limit * 1.01)).toBeGreaterThan(1e6);
  });

  it("the lecture's momentum bears 2 (1 + b)/((1 − b) λ) = 3.8", () => {
    const end = (lr: number): number =>
      Math.abs(trajectory(momentum, slope, [-4, 1], { lr, beta: 0.9 }, 4000)[4000][1]);
    const limit = stabilityLimit(b, 0.9);
    expect(limit).toBeCloseTo(3.8, 12);
    expect(end(0.5)).toBeLessThan(1e-6);
    expect(end(limit - 0.01)).toBeLessThan(1e-2);
    expect(end(limit + 0.01)).toBeGreaterThan(1e2);
  });
});

describe("LH-16: the first step", () => {
  const gradient = [-2, 10, 1e-3, -300];
  const zero = gradient.map(() => 0);
  it("of RMSProp is a/√(1 − b) long in every coordinate, of Adam a", () => {
    const far = rmsprop(zero, gradient, null, { lr: 0.15, beta: 0.9, eps: 0 }).w;
    const near = adam(zero, gradient, null, { lr: 0.15, betas: [0.9, 0.999], eps: 0 }).w;
    gradient.forEach((g, i) => {
      expect(far[i] / (-Math.sign(g) * (0.15 / Math.sqrt(0.1)))).toBeCloseTo(1, 12);
      expect(near[i] / (-Math.sign(g) * 0.15)).toBeCloseTo(1, 12);
    });
  });

  it("of the lecture's momentum is (1 − b) of descent's (E-24), and its rate is PyTorch's over (1 − b)", () => {
    const plain = gradientDescent(zero, gradient, null, { lr: 0.15 }).w;
    const averaged = momentum(zero, gradient, null, { lr: 0.15, beta: 0.9 }).w;
    averaged.forEach((w, i) => expect(w / plain[i]).toBeCloseTo(0.1, 12));
    // with an older buffer the two forms agree
    const buffer = [1, 2, -3, 4];
    const lecture = momentum(
      zero,
      gradient,
      buffer.map((v) => 0.1 * v),
      { lr: 1.5, beta: 0.9 },
    ).w;
    const torch = momentumTorch(zero, gradient, buffer, { lr: 0.15, momentum: 0.9 }).w;
    lecture.forEach((w, i) => expect(w).toBeCloseTo(torch[i], 12));
  });
});
