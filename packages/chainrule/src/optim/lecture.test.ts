/** What the course says and shows about its optimizers, and where its slides are wrong. */
import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Adam, MomentumEWA, RMSprop, SGD } from "./index.ts";
import type { Optimizer } from "./index.ts";

const curvature = tensor([0.5, 10], { dtype: "float64" });
/** f(w) = ½ (½ w₁² + 10 w₂²), the "asymmetric potential" */
const bowl = (w: Tensor): Tensor => w.mul(w).mul(curvature).sum().mul(0.5);

/** The points of a descent from (−4, 1), the start among them. */
function descent(make: (w: Parameter[]) => Optimizer, steps: number): number[][] {
  const w = new Parameter(tensor([-4, 1], { dtype: "float64" }));
  const optimizer = make([w]);
  const points = [[...w.data]];
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    bowl(w).backward();
    optimizer.step();
    points.push([...w.data]);
  }
  return points;
}

/** How far one step with the given gradient moves each weight from 0. */
function firstStep(make: (w: Parameter[]) => Optimizer, gradient: number[]): number[] {
  const w = new Parameter(
    tensor(
      gradient.map(() => 0),
      { dtype: "float64" },
    ),
  );
  w.grad = tensor(gradient, { dtype: "float64" });
  make([w]).step();
  return [...w.data];
}

const gradient = [-2, 10, 1e-3, -300];
/** Both rules divide out the size of the gradient, exactly so without ε. */
const expectSigns = (steps: number[], length: number): void =>
  steps.forEach((step, i) => expect(step / (-Math.sign(gradient[i]) * length)).toBeCloseTo(1, 12));

describe("the first step", () => {
  it("of RMSProp without correction is a/√(1 − b) long in every coordinate", () => {
    for (const [a, b] of [
      [0.15, 0.9],
      [0.01, 0.99],
    ])
      expectSigns(
        firstStep((w) => new RMSprop(w, { lr: a, alpha: b, eps: 0 }), gradient),
        a / Math.sqrt(1 - b),
      );
  });

  it("of Adam is a long in every coordinate: descent by sign", () => {
    for (const a of [0.15, 0.001])
      expectSigns(
        firstStep((w) => new Adam(w, { lr: a, eps: 0 }), gradient),
        a,
      );
  });

  it("of averaged momentum is (1 − b) times too small, and right with the correction (E-24)", () => {
    const plain = firstStep((w) => new SGD(w, { lr: 0.15 }), gradient);
    const averaged = firstStep((w) => new MomentumEWA(w, { lr: 0.15, beta: 0.9 }), gradient);
    const corrected = firstStep(
      (w) => new MomentumEWA(w, { lr: 0.15, beta: 0.9, biasCorrection: true }),
      gradient,
    );
    averaged.forEach((step, i) => expect(step / plain[i]).toBeCloseTo(0.1, 12));
    corrected.forEach((step, i) => expect(step / plain[i]).toBeCloseTo(1, 12));
  });
});

describe("epsilon", () => {
  it("is missing from the printed RMSProp, which makes NaN of a zero gradient (E-23)", () => {
    const printed = firstStep((w) => new RMSprop(w, { lr: 0.1, alpha: 0.9, eps: 0 }), [0, 3]);
    expect(printed[0]).toBeNaN();
    expect(printed[1]).toBeCloseTo(-0.1 / Math.sqrt(0.1), 12);
    expect(firstStep((w) => new RMSprop(w, { lr: 0.1, alpha: 0.9 }), [0, 3])[0]).toBeCloseTo(0, 15);
  });

  it("inside Adam's root changes little but for gradients of about 1e-4 and below (E-22)", () => {
    const step = (size: number, epsInside: boolean): number =>
      firstStep((w) => new Adam(w, { lr: 1, epsInside }), [size])[0];
    const ratio = (size: number): number => step(size, true) / step(size, false);
    expect(ratio(1)).toBeCloseTo(1, 7);
    expect(ratio(1e-2)).toBeCloseTo(1, 3);
    expect(ratio(1e-4)).toBeCloseTo(Math.SQRT1_2, 3);
    expect(ratio(1e-6)).toBeCloseTo(0.01, 3);
  });
});

describe("the asymmetric potential", () => {
  const last = (points: number[][]): number => Math.abs(points[points.length - 1][1]);

  it("lets plain descent zig-zag across the steep direction and creep along the flat one", () => {
    const points = descent((w) => new SGD(w, { lr: 0.18 }), 20);
    for (let i = 1; i < points.length; i++) {
      expect(Math.sign(points[i][1])).toBe(-Math.sign(points[i - 1][1]));
      expect(points[i][0]).toBeGreaterThan(points[i - 1][0]);
      expect(points[i][0]).toBeLessThan(0);
    }
  });

  it("bounds the rate of plain descent by 2/λ = 0.2", () => {
    expect(last(descent((w) => new SGD(w, { lr: 0.199 }), 2000))).toBeLessThan(1e-6);
    expect(last(descent((w) => new SGD(w, { lr: 0.2 }), 2000))).toBeCloseTo(1, 9);
    expect(last(descent((w) => new SGD(w, { lr: 0.201 }), 2000))).toBeGreaterThan(1e6);
  });

  it("bounds the rate of averaged momentum by 2 (1 + b)/((1 − b) λ) = 3.8", () => {
    const momentum = (lr: number): number =>
      last(descent((w) => new MomentumEWA(w, { lr, beta: 0.9 }), 4000));
    expect(momentum(0.5)).toBeLessThan(1e-6);
    expect(momentum(3.79)).toBeLessThan(1e-2);
    expect(momentum(3.81)).toBeGreaterThan(1e2);
  });

  it("shows the lecture's momentum as PyTorch's with rate a (1 − b), but for the first buffer", () => {
    const lecture = descent((w) => new MomentumEWA(w, { lr: 1.5, beta: 0.9 }), 1)[1];
    const torch = descent((w) => new SGD(w, { lr: 0.15, momentum: 0.9, dampening: 0.9 }), 1)[1];
    const [start] = descent((w) => new SGD(w), 0);
    // PyTorch's first buffer is g and not (1 − d) g
    lecture.forEach((x, i) => expect(x - start[i]).toBeCloseTo(torch[i] - start[i], 12));
  });
});
