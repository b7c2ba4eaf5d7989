/** The checks of each function: short series and steps that can be followed with a pencil, and the properties of the rules. */
import { holds, same } from "../practical/compare.ts";
import { checksOf } from "../practical/practical.ts";
import type { Check } from "../practical/practical.ts";
import * as right from "./solution.ts";
import type { Rule, Step } from "./solution.ts";

const check = checksOf<typeof right>();

const series = [7, 2, 4, -1, 3, 8];
/** The gradient of ½ (½ w₁² + 10 w₂²) */
const slope = (w: readonly number[]): number[] => [0.5 * w[0], 10 * w[1]];

/** Checks the weights after each of `steps` steps on the bowl against those of the right rule. */
function sameSteps<Memory, Settings>(
  own: Rule<Memory, Settings>,
  expected: Rule<Memory, Settings>,
  settings: Settings,
  steps = 4,
): void {
  let got: Step<Memory | null> = { w: [-4, 1], memory: null };
  let wanted = got;
  for (let k = 1; k <= steps; k++) {
    // each with its own memory: the student may keep any memory, as long as the steps are right
    got = own(got.w, slope(got.w), got.memory, settings);
    wanted = expected(wanted.w, slope(wanted.w), wanted.memory, settings);
    same(`w after step ${k}`, got?.w, wanted.w);
  }
}

/** Checks that a rule leaves its arguments unchanged. */
function leavesAlone<Memory, Settings>(own: Rule<Memory, Settings>, settings: Settings): void {
  const [w, g] = [
    [1, 2],
    [3, 4],
  ];
  const first = own(w, g, null, settings);
  const kept = JSON.stringify(first.memory);
  own(w, g, first.memory, settings);
  same("w that was given", w, [1, 2]);
  same("g that was given", g, [3, 4]);
  holds(JSON.stringify(first.memory) === kept, "the memory that was given has changed; make a new one");
}

export const checks: readonly Check[] = [
  check("ewa", "starts at 0 and leaves out y₀", (own) => {
    same("ewa([0, 8, 8, 8], 0.5)", own([0, 8, 8, 8], 0.5), [0, 4, 6, 7]);
    same("ewa with another y₀", own([99, ...series.slice(1)], 0.8), right.ewa(series, 0.8));
  }),
  check("ewa", "follows the recursion for other β, and has the length of y", (own) => {
    for (const beta of [0, 0.5, 0.9, 0.99])
      same(`ewa with β = ${beta}`, own(series, beta), right.ewa(series, beta));
    same("ewa of one value", own([5], 0.9), [0]);
  }),
  check("biasCorrected", "divides vₜ by 1 − βᵗ and leaves v₀ at 0", (own) => {
    same("biasCorrected([0, 4, 6, 7], 0.5)", own([0, 4, 6, 7], 0.5), [0, 8, 8, 8]);
  }),
  check("biasCorrected", "gives a constant signal back", (own) => {
    const constant = new Array<number>(9).fill(5);
    same(
      "the corrected average of 5, 5, 5 …",
      own(right.ewa(constant, 0.9), 0.9).slice(1),
      constant.slice(1),
    );
  }),
  check("unrolledWeights", "gives (1 − β) βᵗ⁻ⁱ for i = 1 … t, the newest last", (own) => {
    same("unrolledWeights(0.5, 3)", own(0.5, 3), [0.125, 0.25, 0.5]);
    const sum = own(0.8, 5).reduce((total, weight, i) => total + weight * series[i + 1], 0);
    same("Σ weight · y, against v₅", sum, right.ewa(series, 0.8)[5]);
  }),
  check("effectiveWindow", "is 1/(1 − β)", (own) => {
    same("effectiveWindow(0.9)", own(0.9), 10);
    same("effectiveWindow(0.999)", own(0.999), 1000);
  }),
  check("halfLife", "is ln ½ / ln β", (own) => {
    same("halfLife(0.5)", own(0.5), 1);
    same("halfLife(0.9)", own(0.9), 6.578813478960585);
  }),
  check("gradientDescent", "is w − lr · g in each coordinate", (own) => {
    sameSteps(own, right.gradientDescent, { lr: 0.15 });
    leavesAlone(own, { lr: 0.1 });
  }),
  check("momentum", "averages: the first step is (1 − b) of plain descent's", (own) => {
    same("w after one step", own([0, 0], [10, -2], null, { lr: 0.1, beta: 0.9 })?.w, [-0.1, 0.02], {
      factors: [{ value: 10, reason: "PyTorch's sum, without 1 − b before the gradient?" }],
    });
  }),
  check("momentum", "follows the rule for several steps", (own) => {
    sameSteps(own, right.momentum, { lr: 0.15, beta: 0.9 });
    leavesAlone(own, { lr: 0.1, beta: 0.9 });
  }),
  check("momentumTorch", "sums: the first step is plain descent's", (own) => {
    same("w after one step", own([0, 0], [10, -2], null, { lr: 0.1, momentum: 0.9 })?.w, [-1, 0.2], {
      factors: [{ value: 1 / 10, reason: "the lecture's average, with 1 − μ before the gradient?" }],
    });
  }),
  check("momentumTorch", "follows the rule for several steps, with dampening and Nesterov too", (own) => {
    sameSteps(own, right.momentumTorch, { lr: 0.15, momentum: 0.9 });
    sameSteps(own, right.momentumTorch, { lr: 0.15, momentum: 0.9, dampening: 0.1 });
    sameSteps(own, right.momentumTorch, { lr: 0.05, momentum: 0.9, nesterov: true });
  }),
  check(
    "rmsprop",
    "moves every coordinate by a/√(1 − b) in the first step, whatever the size of the gradient",
    (own) => {
      const { w } = own([0, 0], [1e-3, -300], null, { lr: 0.15, beta: 0.9, eps: 0 });
      same("w after one step without ε", w, [-0.15 / Math.sqrt(0.1), 0.15 / Math.sqrt(0.1)]);
    },
  ),
  check("rmsprop", "leaves a weight where its gradient is 0: ε keeps 0/0 away", (own) => {
    const { w } = own([1, 2], [0, 3], null, { lr: 0.1, beta: 0.9, eps: 1e-8 });
    holds(!w.some(Number.isNaN), "a gradient of 0 gives NaN; ε is missing in the denominator");
    same("w", w, right.rmsprop([1, 2], [0, 3], null, { lr: 0.1, beta: 0.9, eps: 1e-8 }).w);
  }),
  check("rmsprop", "follows the rule for several steps, ε outside the root", (own) => {
    sameSteps(own, right.rmsprop, { lr: 0.15, beta: 0.9, eps: 1e-8 });
    sameSteps(own, right.rmsprop, { lr: 0.15, beta: 0.9, eps: 0.3 });
    leavesAlone(own, { lr: 0.1, beta: 0.9, eps: 1e-8 });
  }),
  check("adam", "moves every coordinate by a in the first step: both averages are corrected", (own) => {
    const { w } = own([0, 0], [1e-3, -300], null, { lr: 0.15, betas: [0.9, 0.999], eps: 0 });
    same("w after one step without ε", w, [-0.15, 0.15]);
  }),
  check("adam", "has ε outside the root", (own) => {
    const settings = { lr: 1, betas: [0.9, 0.999], eps: 1e-8 } as const;
    // √(1e-12) + 1e-8 against √(1e-12 + 1e-8): a factor of a hundred
    const [w] = own([0], [1e-6], null, settings)?.w ?? [];
    const inside = -1e-6 / Math.sqrt(1e-12 + 1e-8);
    holds(
      !(Math.abs(w - inside) < 1e-6),
      "a gradient of 1e-6 moves w by 0.01 and not by 0.99: ε is inside the root, as the transcript has it",
    );
    same("w after a gradient of 1e-6", w, right.adam([0], [1e-6], null, settings).w[0]);
  }),
  check("adam", "follows the rule for several steps", (own) => {
    sameSteps(own, right.adam, { lr: 0.15, betas: [0.9, 0.999], eps: 1e-8 }, 8);
    leavesAlone(own, { lr: 0.1, betas: [0.9, 0.999], eps: 1e-8 });
  }),
  check("trajectory", "is the start and a point per step, and hands the memory on", (own) => {
    const settings = { lr: 0.15, beta: 0.9 };
    const got = own(right.momentum, slope, [-4, 1], settings, 5);
    same("the path of momentum", got, right.trajectory(right.momentum, slope, [-4, 1], settings, 5));
    same("no steps", own(right.momentum, slope, [-4, 1], settings, 0), [[-4, 1]]);
  }),
  check("stabilityLimit", "is 2 (1 + b)/((1 − b) λ)", (own) => {
    same("stabilityLimit(10)", own(10), 0.2);
    same("stabilityLimit(10, 0.9)", own(10, 0.9), 3.8);
  }),
];
