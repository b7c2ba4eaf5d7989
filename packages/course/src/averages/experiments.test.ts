/** The experiments of the page, and the page. */
import { describe, expect, it } from "vitest";
import { reportOf, runScript } from "../../../../test/course/pages.ts";
import seriesGolden from "../../../../test/fixtures/golden/ewa_series.json" with { type: "json" };
import { bell, bowls, firstSteps, height, pathsOn, race, steepAfter } from "./experiments.ts";
import {
  biasCorrected,
  effectiveWindow,
  ewa,
  halfLife,
  stabilityLimit,
  unrolledWeights,
} from "./solution.ts";

it("D-5: the noisy bell is the lecture's", () => {
  const { x, y } = bell();
  x.forEach((one, i) => expect(one).toBeCloseTo(seriesGolden.series.x[i], 12));
  y.forEach((one, i) => expect(one).toBeCloseTo(seriesGolden.series.y[i], 12));
});

it("E-28: 1/(1 − β) is the window, and a value weighs half much sooner", () => {
  expect([effectiveWindow(0.9), effectiveWindow(0.999)].map(Math.round)).toEqual([10, 1000]);
  expect(halfLife(0.9)).toBeCloseTo(6.58, 2);
  expect(Math.round(halfLife(0.999))).toBe(693);
  const weights = unrolledWeights(0.9, 100).reverse();
  expect(weights[7] / weights[0]).toBeLessThan(0.5);
  expect(weights[6] / weights[0]).toBeGreaterThan(0.5);
});

describe("LH-15, F-7: paths on a round and on a stretched bowl", () => {
  const ends = (bowl: (typeof bowls)["round"]): Record<string, number> =>
    Object.fromEntries(
      pathsOn(bowl).map(({ name, points }) => [name.split(",")[0], height(bowl, points[40])]),
    );

  it("descent is straight on the round bowl and zig-zags on the stretched one", () => {
    const [round, stretched] = [bowls.round, bowls.stretched].map((bowl) => pathsOn(bowl)[0].points);
    for (const [w1, w2] of round.slice(0, 10)) expect(w2 / w1).toBeCloseTo(2.5 / -4, 9);
    for (let k = 1; k < 20; k++) expect(Math.sign(stretched[k][1])).toBe(-Math.sign(stretched[k - 1][1]));
  });

  it("all rules come down; the noisy one stays where the noise keeps it", () => {
    const { "mini-batches": noisy, ...others } = ends(bowls.stretched);
    for (const one of Object.values(others)) expect(one).toBeLessThan(0.1);
    expect(noisy).toBeGreaterThan(Math.min(...Object.values(others)));
    expect(noisy).toBeLessThan(height(bowls.stretched, bowls.stretched.start));
  });
});

it("LH-14: the steep coordinate falls below the limit and grows above it, for both rules", () => {
  for (const beta of [0, 0.9]) {
    const limit = stabilityLimit(10, beta);
    const [below, above] = steepAfter(400, [0.9 * limit, 1.1 * limit], beta);
    expect(below).toBeLessThan(1e-3);
    expect(above).toBeGreaterThan(1e3);
  }
});

it("E-22: the place of ε matters for tiny gradients alone", () => {
  const { outside, inside } = firstSteps([1, 1e-4, 1e-6], 1e-8);
  expect(outside[0] / inside[0]).toBeCloseTo(1, 6);
  expect(outside[1] / inside[1]).toBeCloseTo(Math.SQRT2, 3);
  expect(outside[2] / inside[2]).toBeGreaterThan(90);
});

it("R-9: the race is over seeds, and every rule has the best of its rates", async () => {
  const results = await race({ epochs: 1, seeds: [0, 1] });
  expect(results.map(({ name }) => name)).toEqual(["descent", "momentum (average)", "RMSProp", "Adam"]);
  for (const { losses, validation, test } of results) {
    expect(losses).toHaveLength(2);
    for (const [before, after] of losses) expect(after).toBeLessThan(before);
    for (const accuracy of [...validation, ...test]) expect(accuracy).toBeGreaterThan(0.6);
    // the rows that choose are not the rows that judge
    expect(validation).not.toEqual(test);
  }
});

describe("F-8: the page", () => {
  it("has its figures and the slider's script", async () => {
    const { titles, figures, markup, scripts } = await reportOf("averages");
    expect(titles).toEqual([
      "Averages of a noisy bell",
      "Paths on a round and on a stretched bowl",
      "Where each rule is stable",
      "The first step",
      "Where ε stands",
      "A race on a real network",
    ]);
    expect(figures).toBe(10);
    expect(markup["Averages of a noisy bell"]).toContain('min="0.5" max="0.99" step="0.01"');
    expect(scripts).toHaveLength(1);
  });

  it("redraws the average for the β that is chosen", async () => {
    const { scripts } = await reportOf("averages");
    const { elements, input } = runScript(scripts[0], {});
    input("ewa-beta", "0.8");
    expect(elements["ewa-value"].textContent).toBe("0.80");
    expect(elements["ewa-window"].textContent).toBe("5.0");
    const heights = (id: string): number[] =>
      [...elements[id].attributes.d.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
    const { y } = bell();
    const v = ewa(y, 0.8);
    const up = (value: number): number => 300 - 34 - (value / 3) * (300 - 12 - 34);
    heights("ewa-plain").forEach((one, t) => expect(one).toBeCloseTo(up(v[t]), 0));
    const right = biasCorrected(v, 0.8);
    heights("ewa-right").forEach((one, t) => expect(one).toBeCloseTo(up(right[t + 1]), 0));
    expect(heights("ewa-right")).toHaveLength(99);
  });
});
