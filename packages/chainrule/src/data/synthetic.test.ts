import fc from "fast-check";
import { describe, expect, test } from "vitest";
import circlesGolden from "../../../../test/fixtures/golden/circles_data.json" with { type: "json" };
import bumpGolden from "../../../../test/fixtures/golden/ewa_series.json" with { type: "json" };
import conicGolden from "../../../../test/fixtures/golden/vu_synth.json" with { type: "json" };
import shapes from "../../../../test/fixtures/synthetic/shapes.json" with { type: "json" };
import { ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import * as synthetic from "./synthetic.ts";
import type { LabelledPoints, MeasuredPoints, SyntheticOptions } from "./synthetic.ts";

const { blobs, bump, bumpCourse, circles, circlesCourse, ellipse, ellipseCourse, line, moons, spirals, xor } =
  synthetic;
const { ELLIPSE, HYPERBOLA } = synthetic;

const fresh = (seed = 0): Generator => new Generator(seed).stream("data");
const clean = (samples: number): SyntheticOptions => ({ samples, noise: 0, generator: fresh() });

interface Tolerance {
  abs: number;
  rel: number;
}
function expectClose(got: ArrayLike<number>, expected: readonly number[], { abs, rel }: Tolerance): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(got[i] - expected[i])).toBeLessThanOrEqual(abs + rel * Math.abs(expected[i]));
}
/**
 * The angles of two libraries, up to 2π, may differ by their last bit, 8.9e-16; values computed from them, by a
 * rounding or two more.
 */
const rounding = { abs: 1.5e-15, rel: 0 };

/** Mean and standard deviation of f over the examples with the label. */
function moments(
  points: LabelledPoints,
  label: number,
  f: (x: number, y: number) => number,
): [number, number] {
  const values: number[] = [];
  for (const [i, each] of points.labels.entries())
    if (each === label) values.push(f(points.features[2 * i], points.features[2 * i + 1]));
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length)];
}

describe("the numbers of the courses", () => {
  test("circles: the 200 + 200 points of the course's stand-in", () => {
    const { train, test: held } = circlesCourse(circlesGolden.seed);
    expectClose(train.features, circlesGolden.Xtrain.flat(), { abs: 1e-14, rel: 0 });
    expectClose(held.features, circlesGolden.Xtest.flat(), { abs: 1e-14, rel: 0 });
    expect([...train.labels]).toEqual(Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1)));
    expect(held.labels).toEqual(train.labels);
    expect(train.classCount).toBe(2);
  });

  test.each(conicGolden.cases)("ellipse: $name", ({ inputs, expected }) => {
    const { tolerance } = conicGolden;
    const [[a, b], [c, d]] = inputs.quad;
    const matrix = inputs.quad[0][1] < 0 ? ELLIPSE : HYPERBOLA;
    expect(matrix).toEqual([
      [a, b],
      [c, d],
    ]);
    const { train, validation } = ellipseCourse({ seed: inputs.seed, matrix, threshold: inputs.threshold });
    expect([train.labels.length, validation.labels.length]).toEqual([inputs.num_train, inputs.num_val]);
    expectClose(train.features.subarray(0, 40), expected.x_first20.flat(), tolerance);
    expect([...train.labels.subarray(0, 20)]).toEqual(expected.y_first20);
    expectClose(validation.features.subarray(0, 10), expected.x_val_first5.flat(), tolerance);
    expect([...validation.labels.subarray(0, 5)]).toEqual(expected.y_val_first5);
    const ones = (points: LabelledPoints): number => points.labels.reduce((sum, label) => sum + label, 0);
    expect(ones(train)).toBe(expected.train_count_class1);
    expect(ones(validation)).toBe(expected.val_count_class1);
    for (const k of [0, 1]) {
      const column = train.features.filter((_, i) => i % 2 === k);
      const range = column.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [0, 0]);
      expectClose(range, [expected.train_min[k], expected.train_max[k]], tolerance);
    }
  });

  test("bump: the series of the averages", () => {
    const { features, targets } = bumpCourse(bumpGolden.seed);
    expectClose(features, bumpGolden.series.x, bumpGolden.tolerance);
    expectClose(targets, bumpGolden.series.y, bumpGolden.tolerance);
  });
});

describe("the shapes without noise", () => {
  test("moons and circles are scikit-learn's", () => {
    // Where a count is odd, both give the extra example to the first class.
    for (const { options, features, labels } of shapes.moons) {
      const points = moons(clean(options.n_samples[0] + options.n_samples[1]));
      expectClose(points.features, features.flat(), rounding);
      expect([...points.labels]).toEqual(labels);
    }
    for (const { options, features, labels } of shapes.circles) {
      const points = circles(clean(options.n_samples[0] + options.n_samples[1]));
      expectClose(points.features, features.flat(), rounding);
      expect([...points.labels]).toEqual(labels);
    }
  });

  test("circles take any radii", () => {
    const points = circles({ ...clean(9), radii: [3, 2, 1] });
    expect([...points.labels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    for (let i = 0; i < 9; i++)
      expect(Math.hypot(points.features[2 * i], points.features[2 * i + 1])).toBeCloseTo(
        3 - points.labels[i],
        14,
      );
  });

  test("spirals turn and grow evenly, and one arm is the other one rotated", () => {
    const { features, labels } = spirals(clean(80));
    for (let i = 0; i < 40; i++) {
      expect([labels[i], labels[40 + i]]).toEqual([0, 1]);
      const [x, y] = features.subarray(2 * i, 2 * i + 2);
      expect(Math.hypot(x, y)).toBeCloseTo((5 * (i + 1)) / 40, 13);
      expectClose(features.subarray(80 + 2 * i, 82 + 2 * i), [-x, -y], { abs: 1e-14, rel: 0 });
    }
    // 1.75 turns from the y axis clockwise end at −x.
    expectClose(features.subarray(78, 80), [-5, 0], { abs: 1e-14, rel: 0 });
    // With seven points, each is a quarter turn further than the last.
    const quarter = spirals({ ...clean(7), turns: 1.75, radius: 7, classes: 1 }).features;
    expectClose(quarter.subarray(0, 4), [1, 0, 0, -2], { abs: 1e-14, rel: 0 });
    expect(spirals({ ...clean(10), classes: 3 }).labels.join("")).toBe("0000111222");
  });

  test("blobs sit on their centres", () => {
    const root3 = Math.sqrt(3);
    expectClose(blobs(clean(3)).features, [2, 0, -1, root3, -1, -root3], { abs: 1e-15, rel: 0 });
    const points = blobs({
      ...clean(3),
      centers: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect([...points.features]).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6]);
    expect([points.featureCount, points.classCount]).toEqual([3, 2]);
    expect(blobs({ ...clean(8), classes: 4 }).labels.join("")).toBe("00112233");
  });

  test("xor is the truth table, again and again", () => {
    const { features, labels } = xor(clean(5));
    expect([...features]).toEqual([-1, -1, -1, 1, 1, -1, 1, 1, -1, -1]);
    expect([...labels]).toEqual([0, 1, 1, 0, 0]);
  });

  test("line and bump lie on their curves", () => {
    const straight = line({ ...clean(20), slope: -3, intercept: 0.5 });
    expectClose(
      straight.targets,
      [...straight.features].map((x) => -3 * x + 0.5),
      rounding,
    );
    const bell = bump(clean(5));
    expect([...bell.features]).toEqual([0, 2.5, 5, 7.5, 10]);
    expectClose(
      bell.targets,
      [1 + Math.exp(-6.25), 1 + Math.exp(-1.5625), 2, 1 + Math.exp(-1.5625), 1 + Math.exp(-6.25)],
      rounding,
    );
    expect([...bump(clean(1)).features]).toEqual([0]);
  });

  test("the ellipse's classes are those of its form", () => {
    const { features, labels } = ellipse({ samples: 500, generator: fresh() });
    for (let i = 0; i < 500; i++) {
      const [x, y] = features.subarray(2 * i, 2 * i + 2);
      expect(labels[i]).toBe(x * x + 0.95 * x * y + 0.4 * y * y > 0.6 ? 1 : 0);
    }
    expect(ellipse({ ...clean(50), threshold: -1 }).labels.every((label) => label === 1)).toBe(true);
    expect(ellipse({ ...clean(50), matrix: HYPERBOLA }).labels).not.toEqual(ellipse(clean(50)).labels);
  });
});

describe("noise, with fixed seeds", () => {
  const samples = 20_000;
  const generator = (): Generator => fresh(5);

  test("circles: noise 0.2 along and across the rings", () => {
    const points = circles({ samples, generator: generator() });
    const quiet = circles({ samples, noise: 0, generator: generator() });
    const noise = points.features.map((x, i) => x - quiet.features[i]);
    for (const label of [0, 1]) {
      const [mean, std] = moments({ ...points, features: noise }, label, (x) => x);
      expect(Math.abs(mean)).toBeLessThan(0.006);
      expect(Math.abs(std - 0.2)).toBeLessThan(0.0045);
    }
    // E √((1 + 0.2 z₁)² + (0.2 z₂)²) ≈ 1 + 0.2² / 2.
    expect(moments(points, 0, Math.hypot)[0]).toBeCloseTo(1.02, 2);
  });

  test.each([
    ["moons", moons, 0.2],
    ["spirals", spirals, 0.2],
    ["blobs", blobs, 0.5],
    ["xor", xor, 0.3],
  ] as const)("%s: the default noise", (_, draw, std) => {
    const noisy = draw({ samples, generator: generator() });
    const quiet = draw({ samples, noise: 0, generator: generator() });
    const sum = noisy.features.reduce(
      (total, x, i) => total + (x - quiet.features[i]) * (x - quiet.features[i]),
      0,
    );
    // The standard error of a standard deviation from 40,000 numbers is 0.35 %.
    expect(Math.abs(Math.sqrt(sum / noisy.features.length) / std - 1)).toBeLessThan(0.011);
    expect(noisy.labels).toEqual(quiet.labels);
  });

  test.each([
    ["line", line, 0.1],
    ["bump", bump, 0.25],
  ] as const)("%s: the default noise", (_, draw, std) => {
    const noisy = draw({ samples, generator: generator() });
    const quiet = draw({ samples, noise: 0, generator: generator() });
    const sum = noisy.targets.reduce(
      (total, y, i) => total + (y - quiet.targets[i]) * (y - quiet.targets[i]),
      0,
    );
    expect(Math.abs(Math.sqrt(sum / samples) / std - 1)).toBeLessThan(0.015);
    expect(noisy.features).toEqual(quiet.features);
  });

  test("ellipse: 56 % of class 1, and noise that moves points, not classes", () => {
    const quiet = ellipse({ samples, generator: generator() });
    const share = quiet.labels.reduce((sum, label) => sum + label, 0) / samples;
    // 0.55823 is the share of 60,000 other points: three standard errors of the difference.
    expect(Math.abs(share - 0.55823)).toBeLessThan(0.0122);
    const noisy = ellipse({ samples, noise: 0.1, generator: generator() });
    expect(noisy.labels).toEqual(quiet.labels);
    const sum = noisy.features.reduce(
      (total, x, i) => total + (x - quiet.features[i]) * (x - quiet.features[i]),
      0,
    );
    expect(Math.sqrt(sum / noisy.features.length)).toBeCloseTo(0.1, 2);
  });
});

const all: Record<string, (options: SyntheticOptions) => LabelledPoints | MeasuredPoints> = {
  circles,
  moons,
  spirals,
  blobs,
  xor,
  ellipse,
  line,
  bump,
};
describe.each(Object.entries(all))("%s", (name, draw) => {
  test("has the documented sizes and balanced classes, and changes with its generator only", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 40 }), (seed, samples) => {
        const generator = fresh(seed);
        const points = draw({ samples, generator });
        expect(draw({ samples, generator: fresh(seed) })).toEqual(points);
        expect(generator.state.counter).toBeGreaterThanOrEqual(samples);
        expect(points.features.length).toBe(samples * points.featureCount);
        expect(points.features.every(Number.isFinite)).toBe(true);
        const second = draw({ samples, generator });
        if ("targets" in points) {
          expect(points.targets.length).toBe(samples);
          expect(second).not.toEqual(points);
          return;
        }
        expect(second.features).not.toEqual(points.features);
        const counts = new Int32Array(points.classCount);
        for (const label of points.labels) counts[label]++;
        expect(points.labels.length).toBe(samples);
        if (name === "ellipse") return;
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    { samples: 0 },
    { samples: 2.5 },
    { samples: NaN },
    { noise: -0.1 },
    { noise: NaN },
    { noise: Infinity },
  ])("refuses %o by name", (bad) => {
    const refused = (): unknown => draw({ samples: 10, generator: fresh(), ...bad });
    expect(refused).toThrow(ValueError);
    expect(refused).toThrow(new RegExp(`^${name}: ${Object.keys(bad)[0]} .*${Object.values(bad)[0]}`));
  });
});

test("refuses other bad options", () => {
  expect(() => circles({ ...clean(4), radii: [1, NaN] })).toThrow("circles: radii[1]");
  expect(() => circles({ ...clean(4), radii: [] })).toThrow("number of radii");
  expect(() => spirals({ ...clean(4), classes: 0 })).toThrow("spirals: classes");
  expect(() => spirals({ ...clean(4), turns: Infinity })).toThrow("spirals: turns");
  expect(() => blobs({ ...clean(4), classes: 1.5 })).toThrow("blobs: classes");
  expect(() => blobs({ ...clean(4), centers: [] })).toThrow("number of centers");
  expect(() => blobs({ ...clean(4), centers: [[1], [1, 2]] })).toThrow("centers[1] has 2");
  expect(() => blobs({ ...clean(4), centers: [[1], [NaN]] })).toThrow("centers[1][0]");
  expect(() => blobs({ ...clean(4), classes: 3, centers: [[1], [2]] })).toThrow("drop one of the two");
  expect(() => line({ ...clean(4), slope: NaN })).toThrow("line: slope");
  expect(() => ellipse({ ...clean(4), threshold: NaN })).toThrow("ellipse: threshold");
  expect(() => ellipseCourse({ train: 0 })).toThrow("ellipseCourse: train");
  expect(() => bumpCourse(0, -1)).toThrow("bumpCourse: samples");
  expect(() => circlesCourse(-1)).toThrow(ValueError);
});
