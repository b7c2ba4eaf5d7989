/** The experiments of the page on small budgets: what must come out whatever the machine, and what each slip does. */
import { describe, expect, it } from "vitest";
import { reportOf } from "../../../../test/course/pages.ts";
import reference from "../../../../test/fixtures/golden/reference_runs.json" with { type: "json" };
import { byHand } from "./by-hand.ts";
import {
  candidateRates,
  chosenRate,
  compareRates,
  freshNetwork,
  publishedRates,
  runImages,
  smallImages,
  testAccuracies,
} from "./experiments.ts";
import { chainedRates, singleExamples, slips, spreads } from "./forensic-runs.ts";
import { forwardNumbers, labelOf, sigmoid } from "./solution.ts";
import { drawLists, runSynthetic, syntheticData } from "./synthetic.ts";
import { Generator } from "chainrule";

const images = smallImages();
const budget = { hidden: 20, epochs: 4, seeds: [0, 1, 2], batch: 20 };
const quiet = (): void => {};
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

describe("VU-5 … VU-8, F-9, F-10: the batch code by hand learns images", () => {
  it("yields a loss per batch, and losses and accuracies per epoch", async () => {
    const { train: data, validation: held } = images;
    const run = await runImages({ rate: 0.5, seed: 0, budget, data, held });
    expect(run.batchLosses).toHaveLength(4 * Math.ceil(data.length / 20));
    expect(Math.abs(run.batchLosses[0] - Math.log(10))).toBeLessThan(0.6);
    expect(run.training).toHaveLength(4);
    expect(run.validation.at(-1)).toBeLessThan(run.validation[0]);
    expect(run.accuracies.at(-1)).toBeGreaterThan(0.7);
  });

  it("its step is the solution's: the loss of a batch falls when it is repeated", () => {
    const learner = byHand(freshNetwork(images.train, 20, 0), 0.5);
    const rows = images.train.subset(Int32Array.from({ length: 20 }, (_, n) => n));
    const losses = [1, 2, 3, 4, 5].map(() => learner.step(rows.inputs, rows.targets).loss.item());
    for (let k = 1; k < 5; k++) expect(losses[k]).toBeLessThan(losses[k - 1]);
    expect(learner.parameterCount).toBe(64 * 20 + 20 + 20 * 10 + 10);
  });
});

describe("VU-9, VU-10, VU-11, F-11, F-12: seeds, rates, the choice", () => {
  it("a seed's runs differ in the rate alone: the first batch's loss is the same", async () => {
    const results = await compareRates(
      publishedRates,
      images,
      { ...budget, epochs: 1, seeds: [0, 1] },
      quiet,
    );
    const firsts = results.map(({ runs }) => runs.map(({ batchLosses }) => batchLosses[0]));
    for (const one of firsts) expect(one).toEqual(firsts[0]);
    expect(firsts[0][0]).not.toBe(firsts[0][1]);
    // the larger of the published rates learn faster
    const ends = results.map(({ runs }) => mean(runs.map(({ validation }) => validation.at(-1)!)));
    for (let i = 1; i < ends.length; i++) expect(ends[i]).toBeLessThan(ends[i - 1]);
  });

  it("chooses on validation, then looks at the test rows once per seed", async () => {
    const results = await compareRates(candidateRates, images, { ...budget, seeds: [0, 1] }, quiet);
    const rate = chosenRate(results);
    const best = Math.max(
      ...results.map(({ runs }) => mean(runs.map(({ accuracies }) => accuracies.at(-1)!))),
    );
    const chosen = results.find((one) => one.rate === rate)!;
    expect(mean(chosen.runs.map(({ accuracies }) => accuracies.at(-1)!))).toBe(best);
    const tested = await testAccuracies(rate, images, { ...budget, seeds: [0] }, quiet);
    expect(tested).toHaveLength(1);
    expect(tested[0]).toBeGreaterThan(0.8);
  });
});

describe("VU-4, E-39, F-17: the synthetic points", () => {
  it("one epoch of all of them at rate 0.01 gives the losses measured with NumPy", () => {
    const data = syntheticData(60000, 10000);
    const { validation } = runSynthetic(data, 1, 0.01, 0);
    const measured = reference.synth_online_sgd["lr 0.01"]["after 1 epoch (3 seeds)"];
    const losses = measured.map(([, , loss]) => loss);
    expect(validation[0].loss).toBeGreaterThan(Math.min(...losses) - 0.05);
    expect(validation[0].loss).toBeLessThan(Math.max(...losses) + 0.05);
    expect(validation[0].accuracy).toBeGreaterThan(0.92);
  });

  it("squeezed into [0, 1] the same network stays at the classes' shares", () => {
    const squeezed = runSynthetic(syntheticData(60000, 10000, true), 1, 0.01, 0);
    const [[, , loss, accuracy]] =
      reference.synth_online_sgd["lr 0.01, inputs min-max scaled to [0,1] as in VU"]["after 1 epoch"];
    expect(Math.abs(squeezed.validation[0].loss - loss)).toBeLessThan(0.01);
    expect(squeezed.validation[0].accuracy).toBeCloseTo(accuracy, 2);
  });

  it("labels and boundary belong together", () => {
    const { X, targets } = syntheticData(500, 10);
    X.forEach((x, n) => expect(labelOf(x)).toBe(targets[n]));
  });
});

it("F-13: the sigmoid is flat at both ends", () => {
  const slope = (k: number): number => sigmoid(k) * (1 - sigmoid(k));
  expect(slope(0)).toBe(0.25);
  expect([-4, 4].every((k) => slope(k) < 0.02)).toBe(true);
});

describe("VU-12: each slip as a switch, with its effect", () => {
  it("E-33: running sums keep training at chance; E-34: training on bytes costs the accuracy on 0 … 1", async () => {
    const results = await slips(images, { ...budget, epochs: 12, seeds: [0] }, 16, quiet);
    const [fast, , sums, bytes, both] = results;
    expect(fast.accuracy).toBeGreaterThan(0.85);
    expect(sums.accuracy).toBeLessThan(0.25);
    expect(sums.loss).toBeGreaterThan(2.2);
    expect(bytes.accuracyOnBytes).toBeGreaterThan(0.8);
    expect(bytes.accuracy).toBeLessThan(bytes.accuracyOnBytes - 0.2);
    expect(both.accuracy).toBeLessThan(0.3);
  });

  it("E-36: on one network each rate begins where the one before ended", async () => {
    const results = await chainedRates(images, budget, 100);
    expect(results.map(({ rate }) => rate)).toEqual(publishedRates);
    for (const { lastLoss, printed } of results) expect(printed).toBe(lastLoss / images.train.length);
    // the first has no rate before it, the last has three
    expect(results[0].chainedAccuracy).toBe(results[0].freshAccuracy);
    expect(results[3].chainedAccuracy).not.toBe(results[3].freshAccuracy);
  });

  it("E-30, E-31: a hundred single examples print two levels and learn nothing", () => {
    const singles = singleExamples(syntheticData(60000, 10, true), 100, 0.01, 0);
    for (const { target, printed, network } of singles) {
      expect(printed).toBeGreaterThan(8);
      expect(printed).toBeLessThan(15);
      expect(target === 0 || target === 1).toBe(true);
      expect(forwardNumbers(network, [0.5, 0.5]).y[1]).toBeGreaterThan(0.4);
    }
    const { network } = singles[99];
    const at = (x: number[]): number => forwardNumbers(network, x).y[1];
    expect(Math.abs(at([0, 0]) - at([1, 1]))).toBeLessThan(0.01);
    expect(mean(singles.map(({ loss }) => loss))).toBeCloseTo(Math.LN2, 1);
  });

  it("E-35: the spread of an epoch's batches and the spread across runs are two things", async () => {
    const [{ runs }] = await compareRates([0.3], images, { ...budget, epochs: 2 }, quiet);
    const { within, across } = spreads(runs);
    const last = runs[0].batchLosses.slice(-Math.ceil(images.train.length / 20));
    const m = mean(last);
    const variance = last.reduce((sum, one) => sum + (one - m) * (one - m), 0) / (last.length - 1);
    expect(within).toBeCloseTo(Math.sqrt(variance), 12);
    expect(across).not.toBeCloseTo(within, 3);
  });
});

it("weights are drawn alike for a seed", () => {
  const [a, b, c] = [0, 0, 1].map((seed) => drawLists(new Generator(seed)));
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});

it("R-9: the page has every section, says which data it had, and marks the rate that was best on validation", async () => {
  const { titles, markup, figures } = await reportOf("scalars-to-mnist");
  expect(titles.slice(0, 5)).toEqual([
    "One example, in numbers",
    "The synthetic points, one example a step",
    "Images: the learning curve",
    "The four published rates, fairly",
    "Choice on validation, and the test",
  ]);
  expect(titles.slice(5)).toHaveLength(4);
  expect(figures).toBeGreaterThanOrEqual(11);
  expect(markup["Images: the learning curve"]).toContain("MNIST was not found here");
  const rows = [...markup["Choice on validation, and the test"].matchAll(/<tr><th[^>]*>.*?<\/tr>/g)].map(
    ([one]) => one,
  );
  expect(rows.filter((row) => row.includes("chosen")).length).toBe(1);
});
