/** The solution against the golden vectors of the pen-and-paper sheet, at the tolerance of each file. */
import { describe, expect, it, test } from "vitest";
import chainGolden from "../../../../test/fixtures/golden/penpaper_chain.json" with { type: "json" };
import netGolden from "../../../../test/fixtures/golden/penpaper_net.json" with { type: "json" };
import hingeGolden from "../../../../test/fixtures/golden/softmax_hinge.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import {
  chainBackward,
  chainForward,
  deltaOfUnit,
  iterate,
  probabilityHinge,
  slope,
  softmaxJacobian,
} from "./solution.ts";
import type { Activation, Chain, Mode, Weights } from "./solution.ts";

describe("PP-1: the chain of three weights", () => {
  const close = within(chainGolden.tolerance);
  it("has the cases that are known", () => expect(chainGolden.cases).toHaveLength(16));
  test.each(chainGolden.cases)("$name", ({ inputs, params, expected }) => {
    const { x, y_gt: target, f1, f2, f3 } = inputs;
    const chain = { x, target, ...params, f1, f2, f3 } as Chain & Record<string, Activation>;
    const values = chainForward(chain);
    const { s1, z1, s2, z2, s_out, y_out, loss } = expected;
    close(
      [values.s1, values.z1, values.s2, values.z2, values.sOut, values.y, values.loss],
      [s1, z1, s2, z2, s_out, y_out, loss],
      "forward",
    );
    const found = chainBackward(chain, values);
    const { delta_out, delta2, delta1, dWout, dW2, dW1 } = expected;
    close(
      [found.deltaOut, found.delta2, found.delta1, found.dWout, found.dW2, found.dW1],
      [delta_out, delta2, delta1, dWout, dW2, dW1],
      "backward",
    );
    // PP-2: every δ is the recursion δₙ₋₁ = δₙ Wₙ f′(sₙ₋₁)
    close(deltaOfUnit([params.Wout], [delta_out], slope(f2 as Activation, s2)).delta, delta2);
    close(deltaOfUnit([params.W2], [delta2], slope(f1 as Activation, s1)).delta, delta1);
  });

  it("E-41: (y − target) f₃′(s_out) z₂ is the gradient of W_out, not of W₁", () => {
    const chain: Chain = {
      x: 0.5,
      target: 1,
      W1: 0.8,
      W2: -0.4,
      Wout: 1.2,
      f1: "tanh",
      f2: "tanh",
      f3: "tanh",
    };
    const values = chainForward(chain);
    const { dW1, dWout } = chainBackward(chain, values);
    const printed = (values.y - chain.target) * slope("tanh", values.sOut) * values.z2;
    const by = (change: Partial<Chain>): number => chainForward({ ...chain, ...change }).loss;
    const h = 1e-6;
    expect(printed).toBeCloseTo((by({ Wout: 1.2 + h }) - by({ Wout: 1.2 - h })) / (2 * h), 8);
    expect(dW1).toBeCloseTo((by({ W1: 0.8 + h }) - by({ W1: 0.8 - h })) / (2 * h), 8);
    expect(dWout).toBe(printed);
    expect(Math.abs(printed - dW1)).toBeGreaterThan(0.01);
  });
});

it("PP-2: several successors are summed first, then multiplied by the unit's own derivative", () => {
  expect(deltaOfUnit([2, -1, 0.5], [3, 4, 8], 0.25)).toEqual({ propagated: 6, delta: 1.5 });
});

describe("PP-3, D-6: the 2-3-1 network", () => {
  const close = within(netGolden.tolerance);
  const modes: Record<string, Mode> = {
    batch_sum: "sum",
    batch_mean: "mean",
    "online (sample order 1..4)": "online",
  };
  interface Recorded {
    readonly S: readonly number[][];
    readonly Z: readonly number[][];
    readonly s_out: readonly number[];
    readonly y_out: readonly number[];
    readonly loss_per_sample: readonly number[];
    readonly loss_sum: number;
    readonly delta_out: readonly number[];
    readonly delta_hidden: readonly number[][];
    readonly dW: readonly number[][];
    readonly dw: readonly number[];
    readonly W_after: readonly number[][];
    readonly w_after: readonly number[];
    readonly samples?: readonly RecordedExample[];
  }
  interface RecordedExample {
    readonly S: readonly number[];
    readonly Z: readonly number[];
    readonly s_out: number;
    readonly y_out: number;
    readonly loss: number;
    readonly delta_out: number;
    readonly delta_hidden: readonly number[];
    readonly dW: readonly number[][];
    readonly dw: readonly number[];
    readonly W_after: readonly number[][];
    readonly w_after: readonly number[];
  }

  test.each(netGolden.cases)("$name", ({ inputs, params, expected }) => {
    const { X, y, alpha } = inputs;
    const mode = modes[inputs.mode];
    let weights: Weights = params;
    expect(expected.iterations).toHaveLength(3);
    for (const recorded of expected.iterations as unknown as readonly Recorded[]) {
      const { passes, lossSum, after } = iterate(weights, X, y, alpha, mode);
      if (recorded.samples) {
        recorded.samples.forEach((sample, n) => {
          const pass = passes[n];
          close([pass.s, pass.z, pass.delta, pass.dw], [sample.S, sample.Z, sample.delta_hidden, sample.dw]);
          close(
            [pass.sOut, pass.yOut, pass.loss, pass.deltaOut],
            [sample.s_out, sample.y_out, sample.loss, sample.delta_out],
          );
          close(pass.dW, sample.dW, "dW");
        });
        const last = recorded.samples.at(-1)!;
        close(after.W, last.W_after);
        close(after.w, last.w_after);
      } else {
        close([passes.map(({ s }) => s), passes.map(({ z }) => z)], [recorded.S, recorded.Z]);
        close(
          [passes.map(({ sOut }) => sOut), passes.map(({ yOut }) => yOut), passes.map(({ loss }) => loss)],
          [recorded.s_out, recorded.y_out, recorded.loss_per_sample],
        );
        close(
          passes.map(({ deltaOut }) => deltaOut),
          recorded.delta_out,
        );
        close(
          passes.map(({ delta }) => delta),
          recorded.delta_hidden,
        );
        close(lossSum, recorded.loss_sum);
        const share = mode === "mean" ? X.length : 1;
        const summed = (pick: (pass: (typeof passes)[number]) => number): number =>
          passes.reduce((sum, pass) => sum + pick(pass), 0) / share;
        close(
          params.W.map((row, i) => row.map((_, j) => summed((pass) => pass.dW[i][j]))),
          recorded.dW,
        );
        close(
          params.w.map((_, j) => summed((pass) => pass.dw[j])),
          recorded.dw,
        );
        close(after.W, recorded.W_after);
        close(after.w, recorded.w_after);
      }
      weights = after;
    }
  });

  it("loss sums before iterations 1, 2, 3 and after, as listed with the sheet (E-44: the choice is stated)", () => {
    const [{ inputs, params }] = netGolden.cases;
    const sums = (alpha: number): number[] => {
      let weights: Weights = params;
      return [0, 1, 2, 3].map(() => {
        const { lossSum, after } = iterate(weights, inputs.X, inputs.y, alpha, "sum");
        weights = after;
        return Number(lossSum.toFixed(6));
      });
    };
    expect(sums(0.1)).toEqual([1.966645, 1.884889, 1.817841, 1.760954]);
    expect(sums(1)).toEqual([1.966645, 1.530632, 1.339278, 1.104096]);
  });

  it("E-43: W_ji stands in row i; read with j as the row, the same six numbers give another network", () => {
    const [{ inputs, params }] = netGolden.cases;
    const [x] = inputs.X;
    const printed = params.W.flat();
    const transposed = [0, 1, 2].map((j) => x[0] * printed[2 * j] + x[1] * printed[2 * j + 1]);
    const { passes } = iterate(params, [x], [1], 0.1, "sum");
    close(passes[0].s, [0.458, 0.869, 0.704]);
    transposed.forEach((s, j) => expect(Math.abs(s - passes[0].s[j])).toBeGreaterThan(0.1));
  });

  it("R-4: the weight 0.00 makes a unit with s = 0 when x₂ = 0, whose derivative is 0 by agreement", () => {
    const { params } = netGolden.cases[0];
    const { passes } = iterate(params, [[1, 0]], [1], 0.1, "sum");
    expect([passes[0].s[2], passes[0].delta[2]]).toEqual([0, -0]);
  });
});

describe("PP-4, PP-5: hinge on probabilities", () => {
  const close = within(hingeGolden.tolerance);
  test.each(hingeGolden.cases)("$name", ({ inputs, expected }) => {
    const each = inputs.o.map((o, n) => probabilityHinge(o, inputs.y[n], inputs.margin));
    close(
      each.map(({ p }) => p),
      expected.p,
    );
    expect(each.map(({ active }) => active)).toEqual(expected.active);
    close(
      each.map(({ loss }) => loss),
      expected.loss_per_sample,
    );
    const total = each.reduce((sum, { loss }) => sum + loss, 0);
    close([total, total / each.length], [expected.loss_sum, expected.loss_mean]);
    close(
      each.map(({ dp }) => dp),
      expected.dl_dp,
    );
    close(
      each.map(({ dO }) => dO),
      expected.dl_do_per_sample,
    );
    close(
      each.map(({ dO }) => dO.map((d) => d / each.length)),
      expected.dl_do_mean_loss,
    );
    close(softmaxJacobian(each[0].p), expected.jacobian_first_sample);
  });

  it("with margin 1 every class is always active and the loss is k (1 − p_y)", () => {
    for (const o of [
      [4, 0, -2],
      [0, 0, 0],
      [-9, 5, 5],
    ]) {
      const { active, p, loss } = probabilityHinge(o, 0, 1);
      expect(active).toEqual([false, true, true]);
      expect(loss).toBeCloseTo(3 * (1 - p[0]), 12);
    }
  });

  it("PP-5: the gradient in the scores is the Jacobian times the gradient in the probabilities", () => {
    const { p, dp, dO } = probabilityHinge([0.5, -1, 2, 0.1], 1, 0.2);
    const J = softmaxJacobian(p);
    close(
      dO.map((_, i) => dp.reduce((sum, g, j) => sum + g * J[j][i], 0)),
      dO,
    );
  });

  it("E-42: p is exp(oᵢ) over the sum; a sum of quotients, as printed, adds up to no probability", () => {
    const o = [1, 2, 0.5];
    const printed = o.map((oi) => o.reduce((sum, oj) => sum + Math.exp(oi) / Math.exp(oj), 0));
    expect(printed.reduce((a, b) => a + b, 0)).toBeGreaterThan(3);
  });
});
