/** The figures that compare runs: boxes, means with bands, maps of settings, trajectories, parallel coordinates. */
import { describe, expect, test } from "vitest";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { named, parseXml, textOf, withClass } from "../../../../test/xml.ts";
import { boxPlot, line, meanSeries, parallelCoordinates, settingsMap, trajectories } from "./index.ts";

const texts = (svg: string) => named(parseXml(svg), "text").map(textOf);
const desc = (svg: string) => textOf(named(parseXml(svg), "desc")[0]);
const moves = (d: string) => (d.match(/M/g) ?? []).length;

describe("boxPlot", () => {
  const value = { label: "accuracy" };
  const box = (values: number[], more = {}) =>
    boxPlot({ title: "t", value, groups: [{ name: "a", values }], ...more });
  const dots = (svg: string) =>
    withClass(parseXml(svg), "cr-boxes").flatMap((g) =>
      named(g, "path").filter(({ attributes }) => attributes.d.includes("a")),
    );

  test("takes quartiles as NumPy does", () => {
    // numpy.quantile([1, 2, 3, 4, 10, 11], [.25, .5, .75])
    expect(desc(box([11, 10, 4, 3, 2, 1]))).toContain(
      "a: 6 values, median 3.5, middle half 2.25 to 8.5, all 1 to 11.",
    );
    expect(desc(box([5]))).toContain("a: 1 value, median 5, middle half 5 to 5, all 5 to 5.");
  });

  test("shows each value of small groups, and of large ones those beyond the whiskers", () => {
    const few = [1, 2, 3, 4, 5, 30];
    expect(moves(dots(box(few))[0].attributes.d)).toBe(6);
    expect(moves(dots(box(few, { most: 5 }))[0].attributes.d)).toBe(1);
    expect(dots(box([1, 2, 3, 4, 5, 6], { most: 5 }))).toEqual([]);
  });

  test("says what is not drawn", () => {
    expect(texts(box([1, NaN, 2]))).toContain("1 value is not finite and is not drawn.");
    expect(texts(box([]))).toContain("No data.");
    expect(desc(box([0, 1, 10], { value: { label: "l", scale: "log" } }))).toContain("2 values");
  });
});

describe("meanSeries", () => {
  test("is the mean with one sample standard deviation on either side", () => {
    const { y, low, high } = meanSeries("a", [
      [1, 10],
      [2, 10],
      [6, 10],
    ]);
    expect(y).toEqual([3, 10]);
    // s² = ((1 − 3)² + (2 − 3)² + (6 − 3)²) / 2 = 7
    expect(low).toEqual([3 - Math.sqrt(7), 10]);
    expect(high).toEqual([3 + Math.sqrt(7), 10]);
  });

  test("has no band for one curve, and a gap where one of several breaks off", () => {
    expect(meanSeries("a", [[1, 2]], [0, 5])).toEqual({ name: "a", x: [0, 5], y: [1, 2] });
    const broken = meanSeries("a", [
      [1, 2, NaN],
      [1, 2, 3],
    ]);
    const svg = line({ title: "t", x: { label: "x" }, y: { label: "y" }, series: [broken] });
    expect(texts(svg)).toContain("1 value is not finite and is not drawn.");
  });

  test("refuses curves of different lengths", () => {
    expect(() => meanSeries("a", [[1], [1, 2]])).toThrow(ShapeError);
    expect(() => meanSeries("a", [])).toThrow(ValueError);
  });
});

describe("settingsMap", () => {
  const [x, y] = [
    { label: "lr", values: [0.1, 1, 10] },
    { label: "batch", values: ["10", "full"] },
  ];
  const map = (values: number[][], more = {}) =>
    settingsMap({ title: "t", x, y, values, valueLabel: "accuracy", ...more });

  test("writes each value in its cell, all with the same decimals", () => {
    const svg = map(
      [
        [0.5, 0.75, 1],
        [0.125, 0, 0.25],
      ],
      {
        errors: [
          [0.1, 0, 0],
          [0, 0, 0],
        ],
      },
    );
    expect(texts(svg)).toEqual(expect.arrayContaining(["0.500", "0.750", "1.000", "0.125", "± 0.100"]));
    expect(texts(svg)).toEqual(expect.arrayContaining(["0.1", "1", "10", "full", "lr →", "batch ↓"]));
  });

  test("names the best pair, by the smallest value where that is wanted", () => {
    const values = [
      [3, 2, 1],
      [6, 5, 4],
    ];
    expect(desc(map(values, { best: "largest" }))).toContain("best 6 at lr 0.1, batch full.");
    expect(desc(map(values, { best: "smallest" }))).toContain("best 1 at lr 10, batch 10.");
    expect(texts(map(values))).not.toContain("best");
  });

  test("leaves pairs that were not tried grey, and says so", () => {
    const svg = map([
      [1, NaN, 2],
      [1, 1, 1],
    ]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["–", "1 of 6 pairs have no finite value (grey)."]));
    expect(() => map([[1, 2, 3]])).toThrow(ShapeError);
    expect(() =>
      map([
        [1, 2, 3],
        [1, 2],
      ]),
    ).toThrow(ShapeError);
  });

  test("says when cells are too narrow for values", () => {
    const many = { label: "lr", values: Array.from({ length: 60 }, (_, i) => i) };
    const svg = settingsMap({
      title: "t",
      width: 400,
      x: many,
      y,
      values: [many.values, many.values],
      valueLabel: "a",
    });
    expect(desc(svg)).toContain("The cells are too narrow for their values; a wider figure shows them.");
  });
});

describe("trajectories", () => {
  const plane = { x: { label: "u", domain: [-2, 2] as const }, y: { label: "v", domain: [-1, 1] as const } };
  const surface = (u: number, v: number) => u * u + 4 * v * v;
  const draw = (us: number[], vs: number[], more = {}) =>
    trajectories({ title: "t", ...plane, surface, paths: [{ name: "SGD", x: us, y: vs }], ...more });

  test("tells where a path goes, and how high it is there", () => {
    expect(desc(draw([1, 0.5, 0], [0.5, 0, 0]))).toContain(
      "SGD: 2 steps from (1, 0.5), loss 2, to (0, 0), loss 0.",
    );
  });

  test("marks each step, and the minimum", () => {
    const svg = draw([1, 0.5, 0], [0.5, 0, 0], { minimum: [0, 0] });
    const [path] = withClass(parseXml(svg), "cr-path");
    const marks = named(path, "path").map(({ attributes }) => attributes.d);
    expect(moves(marks[3])).toBe(2);
    expect(texts(svg)).toContain("minimum");
  });

  test("says when a path leaves the picture or is no longer finite", () => {
    const svg = draw([1, -1.5, 3, NaN, 0], [0, 0, 0, 0, 0]);
    expect(texts(svg)).toContain("SGD leaves the picture at step 2.");
    expect(texts(svg)).toContain("SGD is not finite from step 3 on.");
    expect(desc(svg)).toContain("SGD: 2 steps");
  });

  test("puts even rings on a bowl", () => {
    const rings = /10 contours of loss, ([\d.]+) to ([\d.]+)/.exec(texts(draw([], [])).join(" "))!;
    // The outermost is at (9.5 / 10)² of the height in the middle of the outermost of 80 cells: 0.9025 · 8 · (79 / 80)² = 7.04.
    expect(rings.slice(1)).toEqual(["0.021", "7"]);
    expect(() => draw([1], [1, 2])).toThrow(ShapeError);
    expect(() => draw([], [], { x: { label: "u", domain: [1, 1] } })).toThrow(ValueError);
    expect(() => draw([], [], { x: { label: "u", scale: "log", domain: [1, 2] } })).toThrow(ValueError);
  });
});

describe("parallelCoordinates", () => {
  const axes = [
    { label: "optimizer", names: ["sgd", "adam"] },
    { label: "lr", scale: "log" as const },
    { label: "accuracy" },
  ];
  const runs = (lines: (readonly (number | string)[])[], highlighted = false) =>
    parallelCoordinates({
      title: "t",
      axes,
      lines: lines.map((values, i) => ({ name: `run ${i}`, values, highlighted })),
    });

  test("draws a line per run from the first axis to the last", () => {
    const svg = runs([
      ["sgd", 0.1, 0.9],
      ["adam", 0.01, 0.95],
    ]);
    const lines = withClass(parseXml(svg), "cr-lines").flatMap((g) => named(g, "path"));
    expect(lines.map(({ attributes }) => attributes.d.match(/[ML]/g)?.length)).toEqual([3, 3]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["sgd", "adam", "optimizer", "lr", "accuracy"]));
  });

  test("names the lines that stand out", () => {
    const svg = runs([["sgd", 0.1, 0.9]], true);
    expect(texts(svg)).toContain("run 0");
    expect(desc(svg)).toContain("run 0: optimizer sgd, lr 0.1, accuracy 0.9.");
    expect(() =>
      runs(
        Array.from({ length: 9 }, () => ["sgd", 1, 1]),
        true,
      ),
    ).toThrow(/at most 8/);
  });

  test("leaves out what cannot be drawn, and refuses what has no place", () => {
    const svg = runs([
      ["sgd", 0.1, NaN],
      ["sgd", 0, 0.9],
      ["sgd", 1, 0.9],
    ]);
    expect(desc(svg)).toContain("2 of 3 lines have a value that cannot be drawn, and are missing.");
    expect(() => runs([["sgd", 0.1]])).toThrow(ShapeError);
    expect(() => runs([["rmsprop", 0.1, 0.9]])).toThrow(/"rmsprop" of the line "run 0" is not on the axis/);
    expect(() => runs([["sgd", "fast", 0.9]])).toThrow(ValueError);
  });
});
