/** The solution and the published slips against the golden vectors, at the tolerance of each file. */
import { Generator, randn, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { ELLIPSE, HYPERBOLA, ellipseCourse } from "chainrule/data";
import { gradcheck } from "chainrule";
import { describe, expect, it, test } from "vitest";
import forensicsGolden from "../../../../test/fixtures/golden/vu_forensics.json" with { type: "json" };
import networkGolden from "../../../../test/fixtures/golden/vu_network.json" with { type: "json" };
import synthGolden from "../../../../test/fixtures/golden/vu_synth.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import {
  backwardForClassZero,
  backwardRunningSum,
  backwardWithDhForB,
  decodeSwapped,
  swappedLoss,
} from "./forensics.ts";
import {
  acrossRuns,
  backwardBatch,
  backwardNumbers,
  backwardVector,
  chooseRate,
  forwardBatch,
  forwardNumbers,
  forwardVector,
  labelOf,
  lossBatch,
  lossNumbers,
  sgdBatch,
  sgdNumbers,
  softmaxJacobian,
  trainOnline,
} from "./solution.ts";
import type { Lists, Network } from "./solution.ts";

const close = within(networkGolden.tolerance);
const real = (values: Numbers): Tensor => tensor(values as number[], { dtype: "float64" });
const networkOf = ({ W, b, V, c }: Lists): Network => ({
  W: real(W),
  b: real(b),
  V: real(V),
  c: real(c),
});

describe("VU-1 … VU-3: the network in numbers, in vectors, in a batch of one", () => {
  it("has the cases that are known", () => expect(networkGolden.cases).toHaveLength(5));

  test.each(networkGolden.cases)("$name", ({ inputs: { x, target }, params, expected, ...rest }) => {
    const pass = forwardNumbers(params, x);
    close([pass.k, pass.h], [expected.k, expected.h]);
    close([pass.o, pass.y], [expected.o, expected.y]);
    close(lossNumbers(pass.y, target), expected.loss);
    close(softmaxJacobian(pass.y), expected.softmax_jacobian);
    const found = backwardNumbers(params, x, pass, target);
    close([found.dy, found.dO], [expected.dl_dy, expected.dl_do]);
    close([found.dh, found.dk, found.db], [expected.dl_dh, expected.dl_dk, expected.db]);
    close(found.dW, expected.dW);
    close(found.dV, expected.dV);
    close(found.dc, expected.dc);

    const network = networkOf(params);
    const vector = forwardVector(network, real(x));
    close(vector.y, expected.y);
    const byVector = backwardVector(network, real(x), vector, target);
    const X = real([x]);
    const batch = forwardBatch(network, X);
    const targets = tensor([target], { dtype: "int32" });
    close(lossBatch(batch.o, targets), expected.loss);
    const byBatch = backwardBatch(network, X, batch, targets);
    for (const name of ["dW", "db", "dV", "dc"] as const) {
      close(byVector[name], expected[name]);
      close(byBatch[name], expected[name]);
    }

    const { sgd } = rest as { sgd?: { lr: number; steps: readonly (Lists & { loss_before: number })[] } };
    let [lists, tensors]: [Lists, Network] = [params, network];
    for (const step of sgd?.steps ?? []) {
      const own = forwardNumbers(lists, x);
      close(lossNumbers(own.y, target), step.loss_before);
      lists = sgdNumbers(lists, backwardNumbers(lists, x, own, target), sgd!.lr);
      const all = forwardBatch(tensors, X);
      tensors = sgdBatch(tensors, backwardBatch(tensors, X, all, targets), sgd!.lr);
      for (const name of ["W", "b", "V", "c"] as const) {
        close(lists[name] as Numbers, step[name] as Numbers);
        close(tensors[name], step[name] as Numbers);
      }
    }
  });

  it("VU-2: the closed form y − onehot needs no division by a probability that is 0", () => {
    const scores = { W: [[0]], b: [0], V: [[0, 0]], c: [300 * Math.LN10, 0] };
    const tiny = forwardNumbers(scores, [0]);
    expect(tiny.y[1] / 1e-300).toBeCloseTo(1, 11);
    // dl/dy = −1/y is −1e300 and still comes back to −1; where y is rounded to 0 it is 0 · ∞
    const { dy, dO } = backwardNumbers(scores, [0], tiny, 1);
    expect(dy[1] / -1e300).toBeCloseTo(1, 11);
    expect(dO[1]).toBeCloseTo(-1, 12);
    const none = { W: [[0]], b: [0], V: [[0, 0]], c: [800, 0] };
    expect(backwardNumbers(none, [0], forwardNumbers(none, [0]), 1).dO[1]).toBeNaN();
    const closed = backwardVector(networkOf(none), real([0]), forwardVector(networkOf(none), real([0])), 1);
    expect(closed.dc.toArray()).toEqual([1, -1]);
  });

  it("E-38: dl/do_j sums over i, the softmax's outputs: −t_j + y_j Σ t_i", () => {
    const y = [0.2, 0.5, 0.3];
    const t = [0.1, 0.6, 0.3];
    const J = softmaxJacobian(y);
    const dy = t.map((ti, i) => -ti / y[i]);
    close(
      y.map((_, j) => dy.reduce((sum, d, i) => sum + d * J[i][j], 0)),
      y.map((yj, j) => -t[j] + yj * t.reduce((a, b) => a + b)),
    );
  });

  it("VU-6: a batch is the mean of its examples, and the gradient passes the check by differences", () => {
    const generator = new Generator(3).stream("weights");
    const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
    const network = { W: draw(4, 5), b: draw(5), V: draw(5, 3), c: draw(3) };
    const X = draw(6, 4);
    const targets = tensor([0, 2, 1, 1, 0, 2], { dtype: "int32" });
    const found = backwardBatch(network, X, forwardBatch(network, X), targets);
    const each = [0, 1, 2, 3, 4, 5].map((n) => {
      const x = X.slice([[n, n + 1]]).reshape([4]);
      return backwardVector(network, x, forwardVector(network, x), targets.data[n]);
    });
    for (const name of ["dW", "db", "dV", "dc"] as const) {
      const mean = each
        .map((one) => one[name])
        .reduce((sum, one) => sum.add(one))
        .div(6);
      close(found[name], mean.toArray() as Numbers);
    }
    const { W, b, V, c } = network;
    const report = gradcheck(
      (...[W, b, V, c]: Tensor[]) => lossBatch(forwardBatch({ W, b, V, c }, X).o, targets),
      [W, b, V, c],
    );
    expect(report.ok).toBe(true);
  });
});

describe("VU-4, D-2: the synthetic data", () => {
  const closeSynth = within(synthGolden.tolerance);
  test.each(synthGolden.cases)("$name", ({ inputs, expected }) => {
    const [[a], [, d]] = inputs.quad;
    const matrix = [inputs.quad[0], inputs.quad[1]] as unknown as typeof ELLIPSE;
    expect(matrix).toEqual(expected.boundary === "ellipse" ? ELLIPSE : HYPERBOLA);
    const { train, validation } = ellipseCourse({ matrix });
    const rows = (features: Float64Array | Float32Array, count: number): number[][] =>
      Array.from({ length: count }, (_, n) => [features[2 * n], features[2 * n + 1]]);
    const first = rows(train.features, 20);
    closeSynth(first, expected.x_first20);
    closeSynth(rows(validation.features, 5), expected.x_val_first5);
    const mixed = expected.quadratic_form["x1*x2"];
    closeSynth(
      first.map(([x1, x2]) => a * x1 * x1 + mixed * x1 * x2 + d * x2 * x2),
      expected.q_first20,
    );
    expect(Array.from(train.labels.subarray(0, 20))).toEqual(expected.y_first20);
    expect(Array.from(validation.labels.subarray(0, 5))).toEqual(expected.y_val_first5);
    const ones = (labels: Int32Array): number => labels.reduce((sum, label) => sum + label, 0);
    expect([ones(train.labels), ones(validation.labels)]).toEqual([
      expected.train_count_class1,
      expected.val_count_class1,
    ]);
    closeSynth(
      [ones(train.labels) / 60000, ones(validation.labels) / 10000],
      [expected.train_fraction_class1, expected.val_fraction_class1],
    );
    const least = (axis: number, of: (...values: number[]) => number): number =>
      rows(train.features, 60000).reduce((best, row) => of(best, row[axis]), row0(axis));
    const row0 = (axis: number): number => train.features[axis];
    closeSynth([least(0, Math.min), least(1, Math.min)], expected.train_min);
    closeSynth([least(0, Math.max), least(1, Math.max)], expected.train_max);

    // the symmetric matrix's eigenvalues say which conic it is
    const half = mixed / 2;
    closeSynth(a * d - half * half, expected.det_symmetric);
    const [middle, spread] = [(a + d) / 2, Math.sqrt(((a - d) / 2) ** 2 + half * half)];
    closeSynth([middle - spread, middle + spread], expected.eigenvalues);
    if (expected.semi_axes) {
      closeSynth(
        [middle - spread, middle + spread].map((value) => Math.sqrt(inputs.threshold / value)),
        expected.semi_axes,
      );
      first.forEach((x, n) => expect(labelOf(x)).toBe(expected.y_first20[n]));
    }
  });

  it("online descent learns it: a part of an epoch at 0.03 beats the class prior clearly", () => {
    const { train } = ellipseCourse({ train: 6000, validation: 1 });
    const X = Array.from({ length: 6000 }, (_, n) => [train.features[2 * n], train.features[2 * n + 1]]);
    const generator = new Generator(1).stream("weights");
    const draw = (count: number): number[] => Array.from({ length: count }, () => generator.normal());
    const start: Lists = { W: [draw(3), draw(3)], b: [0, 0, 0], V: [draw(2), draw(2), draw(2)], c: [0, 0] };
    const order = X.map((_, n) => n);
    const { network } = trainOnline(start, X, Array.from(train.labels), order, 0.03);
    const { losses } = trainOnline(network, X, Array.from(train.labels), order, 0.03);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean).toBeLessThan(0.6);
  });
});

const forensics = Object.fromEntries(forensicsGolden.cases.map((one) => [one.name, one]));

describe("VU-12: what was published, decoded and reproduced by the slip alone", () => {
  const closeF = within(forensicsGolden.tolerance);
  it("has the cases that are known", () => expect(forensicsGolden.cases).toHaveLength(5));

  it("E-31: the printed network has learnt the class prior and nothing else", () => {
    const { params, expected } = forensics["Q4 network as printed in the course text"];
    const { w1, b1, w2, b2 } = params as unknown as Record<"w1" | "w2", number[][]> &
      Record<"b1" | "b2", number[]>;
    const network: Lists = { W: w1, b: b1, V: w2, c: b2 };
    const at = (x: number[]): readonly number[] => forwardNumbers(network, x).y;
    const { p_at, true_ce_class0_at_centre, true_ce_class1_at_centre } = expected as unknown as {
      p_at: Record<string, number[]>;
      true_ce_class0_at_centre: number;
      true_ce_class1_at_centre: number;
    };
    for (const [place, p] of Object.entries(p_at)) {
      const x = place.match(/[\d.]+/g)!.map(Number);
      closeF([...at(x)], p, place);
    }
    closeF(
      [0, 1].map((target) => lossNumbers(at([0.5, 0.5]), target)),
      [true_ce_class0_at_centre, true_ce_class1_at_centre],
    );
    // the same everywhere to four digits: the data's share of class 1 is 0.558
    expect(at([0, 0])[1]).toBeCloseTo(at([1, 1])[1], 4);
  });

  it("E-30: the printed losses 13.4 … 9.7 are 23.03 times the wrong class's probability", () => {
    const { inputs, expected } = forensics["Q4 printed losses decoded"] as unknown as {
      inputs: { printed_losses_epochs_97_100: number[]; eps: number; ln_1_over_eps: number };
      expected: { probability_of_the_WRONG_class: number[]; true_cross_entropy: number[] };
    };
    closeF(Math.log(1 / inputs.eps), inputs.ln_1_over_eps);
    const decoded = inputs.printed_losses_epochs_97_100.map((printed) => decodeSwapped(printed, inputs.eps));
    closeF(
      decoded.map(({ wrong }) => wrong),
      expected.probability_of_the_WRONG_class,
    );
    closeF(
      decoded.map(({ loss }) => loss),
      expected.true_cross_entropy,
    );
    // forwards: the slip alone makes such a loss of such a probability, up to ε in the other term
    inputs.printed_losses_epochs_97_100.forEach((printed, i) =>
      expect(swappedLoss([1 - decoded[i].wrong, decoded[i].wrong], 0, inputs.eps)).toBeCloseTo(printed, 8),
    );
  });

  it("E-36: the 'average loss' 7.64e-05 is one example's loss over the number of examples, worse than chance", () => {
    const { inputs, expected } = forensics["Q7.3 'avg. loss' decoded"] as unknown as {
      inputs: { printed: number };
      expected: { times_60000: number; times_55000: number; chance_level_ln10: number };
    };
    closeF([inputs.printed * 60000, inputs.printed * 55000], [expected.times_60000, expected.times_55000]);
    closeF(Math.log(10), expected.chance_level_ln10);
    expect(expected.times_55000).toBeGreaterThan(expected.chance_level_ln10);
  });

  it("E-33, E-35: all printed batch losses are above ln 10; their spread within an epoch says nothing of runs", () => {
    const { inputs, expected } = forensics["Q5/6 printed batch losses"] as unknown as {
      inputs: { printed: number[] };
      expected: { chance_level_ln10: number; all_worse_than_chance: boolean };
    };
    expect(inputs.printed.every((loss) => loss > Math.log(10))).toBe(expected.all_worse_than_chance);
  });

  it("E-33: the running sum makes the wrong gradient of the golden case, and nothing else does", () => {
    const { inputs, params, expected, wrong } = forensicsGolden.cases[4] as unknown as {
      inputs: { X: number[][]; Y: number[][] };
      params: Lists;
      expected: Record<"dW" | "db" | "dV" | "dc", number[]>;
      wrong: Record<"dW" | "db" | "dV" | "dc", number[]>;
    };
    const [network, X] = [networkOf(params), real(inputs.X)];
    const targets = tensor(
      inputs.Y.map((row) => row.indexOf(1)),
      { dtype: "int32" },
    );
    const pass = forwardBatch(network, X);
    const [right, slipped] = [backwardBatch, backwardRunningSum].map((one) => one(network, X, pass, targets));
    for (const name of ["dW", "db", "dV", "dc"] as const) {
      closeF(right[name], expected[name], name);
      closeF(slipped[name], wrong[name], name);
    }
  });

  it("E-32: dl/dh for the gradient of b is invisible in the printed case and wrong in the asymmetric ones", () => {
    const [printed, , asymmetric] = networkGolden.cases;
    for (const [{ inputs, params, expected }, seen] of [
      [printed, false],
      [asymmetric, true],
    ] as const) {
      const pass = forwardNumbers(params, inputs.x);
      const { db } = backwardWithDhForB(params, inputs.x, pass, inputs.target);
      const off = Math.max(...db.map((d, j) => Math.abs(d - expected.db[j])));
      expect(off > 0.1).toBe(seen);
      close(db as Numbers, expected.dl_dh);
    }
  });

  it("E-37: a backward pass with class 0 written into it is right for class 0 and wrong for class 1", () => {
    for (const { inputs, params, expected } of networkGolden.cases.slice(2, 4)) {
      const { dc } = backwardForClassZero(params, inputs.x, forwardNumbers(params, inputs.x));
      const off = Math.max(...dc.map((d, j) => Math.abs(d - expected.dc[j])));
      expect(off > 0.1).toBe(inputs.target !== 0);
    }
  });
});

describe("VU-9 … VU-11: several runs and the choice", () => {
  it("mean and standard deviation are across runs, step by step", () => {
    const { mean, deviation } = acrossRuns([
      [1, 2],
      [3, 2],
      [5, 2],
    ]);
    expect([mean, deviation]).toEqual([
      [3, 2],
      [2, 0],
    ]);
  });

  it("the rate is chosen by the mean over the runs, not by the best single run", () => {
    const results = [
      { rate: 0.1, validationAccuracies: [0.9, 0.92] },
      { rate: 0.3, validationAccuracies: [0.99, 0.5] },
      { rate: 0.5, validationAccuracies: [0.91, 0.93] },
    ];
    expect(chooseRate(results)).toBe(0.5);
  });
});
