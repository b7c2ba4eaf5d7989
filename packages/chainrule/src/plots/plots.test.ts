import { describe, expect, test } from "vitest";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { named, parseXml, textOf, withClass } from "../../../../test/xml.ts";
import type { XmlElement } from "../../../../test/xml.ts";
import { domainOf } from "./axes.ts";
import { contourLines } from "./contours.ts";
import { bar, confusionMatrix, heatMap, imageGrid, line, regions, scatter } from "./index.ts";
import { levels, levelOf, contrast, palette, rampShade, shade } from "./theme.ts";
import { cut, formatNumber, textWidth, wrap } from "./text.ts";

const [x, y] = [{ label: "epoch" }, { label: "loss" }];
const texts = (svg: string) => named(parseXml(svg), "text").map(textOf);
const ticks = (svg: string, axis: "x" | "y") =>
  withClass(parseXml(svg), `cr-${axis}`).flatMap((g) => named(g, "text").map(textOf));
const desc = (svg: string) => textOf(named(parseXml(svg), "desc")[0]);
const moves = (one: XmlElement) => (one.attributes.d.match(/M/g) ?? []).length;
const attribute = (svg: string, key: string) =>
  new Set([...svg.matchAll(new RegExp(` ${key}="([^"]*)"`, "g"))].map((match) => match[1]));

describe("line", () => {
  const curve = (ys: number[], more = {}) =>
    line({ title: "t", x, y, series: [{ name: "a", y: ys }], ...more });
  const paths = (svg: string) =>
    withClass(parseXml(svg), "cr-series").map((g) => named(g, "path")[0].attributes.d);

  test("draws a line per series, each with its own dashes and marks", () => {
    const series = ["a", "b", "c"].map((name) => ({ name, y: [1, 2, 3] }));
    const svg = line({ title: "t", x, y, series });
    expect(withClass(parseXml(svg), "cr-series")).toHaveLength(3);
    expect(attribute(svg, "stroke-dasharray").size).toBe(2);
    expect(texts(svg)).toEqual(expect.arrayContaining(["a", "b", "c", "t", "epoch", "loss"]));
  });

  test("leaves gaps where values are not finite, and says so", () => {
    const svg = curve([1, 2, NaN, 3, 4, Infinity, 5]);
    expect(paths(svg)[0].match(/M/g)).toHaveLength(3);
    expect(texts(svg)).toContain("2 values are not finite and are not drawn.");
    expect(desc(svg)).toContain("5 values from 1 at 0 to 5 at 6");
  });

  test("shows whole epochs only, and powers of ten on a log axis", () => {
    expect(ticks(curve([1, 2, 3]), "x")).toEqual(["0", "1", "2"]);
    const log = curve([1e-3, 1, 1e3], { y: { label: "loss", scale: "log" } });
    expect(ticks(log, "y")).toEqual(expect.arrayContaining(["0.01", "1", "100"]));
    expect(ticks(curve([1e-9, 1e-5], { y: { label: "loss", scale: "log" } }), "y")).toContain("10⁻⁸");
    expect(desc(curve([0, -1, 1], { y: { label: "loss", scale: "log" } }))).toContain(
      "2 values are not finite, or not above 0 on a log axis, and are not drawn.",
    );
  });

  test("keeps the extremes of long series, in a file that stays small", () => {
    const ys = Array.from({ length: 100_000 }, (_, i) =>
      i === 54_321 ? 9 : i === 77_777 ? -9 : Math.sin(i),
    );
    const svg = curve(ys);
    expect(svg.length).toBeLessThan(60_000);
    const heights = [...paths(svg)[0].matchAll(/,([\d.]+)/g)].map((match) => Number(match[1]));
    const sorted = heights.toSorted((a, b) => a - b);
    expect(sorted[1] - sorted[0]).toBeGreaterThan(50);
    expect(sorted.at(-1)! - sorted.at(-2)!).toBeGreaterThan(50);
  });

  test("keeps to a given domain", () => {
    expect(ticks(curve([0.2, 0.9], { y: { label: "accuracy", domain: [0, 1] } }), "y")).toEqual([
      "0.0",
      "0.2",
      "0.4",
      "0.6",
      "0.8",
      "1.0",
    ]);
    expect(() => curve([1], { y: { label: "l", domain: [1, 1] } })).toThrow(ValueError);
    expect(() => curve([1], { y: { label: "l", scale: "log", domain: [0, 1] } })).toThrow(/both > 0/);
    expect(() => curve([1], { width: 10 })).toThrow(ValueError);
  });

  test("refuses arrays of different lengths", () => {
    const series = [{ name: "a", x: [1], y: [1, 2] }];
    expect(() => line({ title: "t", x, y, series })).toThrow(ShapeError);
  });
});

test("a faint series is pale, thin and without marks, but for points between gaps", () => {
  const ys = [1, 2, NaN, 3, NaN, 4, 5];
  const series = [
    { name: "batch", y: ys, faint: true },
    { name: "mean", y: ys },
  ];
  const root = parseXml(line({ title: "t", x, y, series }));
  const [faint, plain] = withClass(root, "cr-series").map((g) => named(g, "path")[0].attributes);
  expect(faint["stroke-opacity"]).toBe("0.55");
  expect(Number(faint["stroke-width"])).toBeLessThan(Number(plain["stroke-width"]));
  // The marks of a series lie in one path, outlined in paper; those of the legend come first.
  const marks = withClass(root, "cr-s-paper").map((path) => [path.attributes.fill, moves(path)]);
  expect(marks).toEqual([
    [palette[1].light, 1],
    [palette[0].light, 1],
    [palette[1].light, 5],
  ]);
});

describe("scatter", () => {
  const set = (name: string, n: number, classes = 2) => ({
    name,
    x: Array.from({ length: n }, (_, i) => i),
    y: Array.from({ length: n }, (_, i) => (i * 7) % 11),
    classes: Array.from({ length: n }, (_, i) => i % classes),
  });
  const inside = (svg: string) => named(named(parseXml(svg), "svg")[1], "path");

  test("draws a mark per point, in a group for each class of each set", () => {
    const groups = inside(scatter({ title: "t", x, y, sets: [set("train", 10), set("test", 6)] }));
    expect(groups.map(moves)).toEqual([5, 5, 3, 3]);
    expect(groups[0].attributes.fill).toBe(groups[2].attributes.stroke);
    expect(groups[2].attributes.fill).toBe(shade("paper").light);
    // Circles and squares differ without colour.
    expect(groups[0].attributes.d).toContain("a");
    expect(groups[1].attributes.d).not.toContain("a");
  });

  test("names classes and sets", () => {
    const svg = scatter({
      title: "t",
      x,
      y,
      sets: [set("train", 4), set("test", 4)],
      classNames: ["no", "yes"],
    });
    expect(texts(svg)).toEqual(expect.arrayContaining(["no", "yes", "train", "test"]));
    expect(desc(svg)).toContain("train: 2 no and 2 yes; test: 2 no and 2 yes.");
  });

  test("thins what is too much, evenly, and says so", () => {
    const svg = scatter({ title: "t", x, y, sets: [set("all", 70_000)] });
    const drawn = inside(svg).reduce((sum, path) => sum + moves(path), 0);
    expect(drawn).toBeLessThanOrEqual(3002);
    expect(drawn).toBeGreaterThan(2500);
    expect(desc(svg)).toContain(`${drawn} of 70000 points`);
    expect(svg.length).toBeLessThan(200_000);
  });

  test("draws lines over the points, y = x first, with gaps where a number is missing", () => {
    const curves = [
      { name: "fit", style: "solid", x: [0, 10], y: [20, 30] },
      { name: "± 1", style: "dotted", x: [0, 1, NaN, 0, 1], y: [1, 2, NaN, 3, 4] },
    ] as const;
    const svg = scatter({ title: "t", x, y, sets: [set("a", 3)], diagonal: true, curves });
    const lines = inside(svg).slice(-3);
    expect(lines.map(moves)).toEqual([1, 1, 2]);
    expect(lines.map(({ attributes }) => attributes["stroke-dasharray"])).toEqual([
      "5 3",
      undefined,
      "1.5 3",
    ]);
    expect(texts(svg)).toEqual(expect.arrayContaining(["y = x", "fit", "± 1"]));
    expect(desc(svg)).toContain("Lines: y = x, fit and ± 1.");
    // The axis reaches as far as the curve.
    expect(ticks(svg, "y")).toContain("30");
    const short = { name: "short", style: "solid", x: [0], y: [] } as const;
    expect(() => scatter({ title: "t", x, y, sets: [], curves: [short] })).toThrow(ShapeError);
  });

  test("counts points that have no place", () => {
    const svg = scatter({ title: "t", x, y, sets: [{ name: "a", x: [1, NaN], y: [1, 2] }] });
    expect(texts(svg)).toContain("1 point has a coordinate not finite: not drawn.");
  });

  test("refuses four sets, and classes that are none", () => {
    const four = ["a", "b", "c", "d"].map((name) => set(name, 1));
    expect(() => scatter({ title: "t", x, y, sets: four })).toThrow(ValueError);
    expect(() =>
      scatter({ title: "t", x, y, sets: [{ name: "a", x: [1], y: [1], classes: [0.5] }] }),
    ).toThrow(ValueError);
  });
});

describe("heat map", () => {
  const grid = { from: -1, to: 1, count: 21 };
  const at = (i: number) => -1 + i / 10;
  const values = Array.from({ length: 441 }, (_, i) => at(i % 21));
  const options = { title: "t", x, y, values, columns: grid, rows: grid, valueLabel: "P" };

  test("covers the plane with cells, one path per level", () => {
    const svg = heatMap({ ...options, range: [-1, 1] });
    const cells = withClass(parseXml(svg), "chainrule-heat-map").flatMap((one) =>
      named(named(one, "svg")[1], "path"),
    );
    // 21 columns of one value each, in 21 rows.
    expect(cells.reduce((sum, path) => sum + moves(path), 0)).toBe(441);
    expect(cells).toHaveLength(21);
  });

  test("a contour runs where the value is, and not along the border", () => {
    const cells = { values, rows: 21, columns: 21, ramp: "diverging", low: -1, high: 1 } as const;
    const box = { left: 0, top: 0, width: 210, height: 210 };
    const d = contourLines(cells, 0.25, box);
    const points = [...d.matchAll(/([\d.-]+),([\d.-]+)/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);
    expect(moves({ attributes: { d } } as unknown as XmlElement)).toBe(1);
    // Column 12.5 has the value 0.25; columns are 10 wide, and their middles 5 from their left.
    for (const [u] of points) expect(u).toBeCloseTo(130, 0);
    expect(points.map(([, v]) => v).toSorted((a, b) => a - b)).toEqual(expect.arrayContaining([0, 210]));
    expect(contourLines(cells, 5, box)).toBe("");
    expect(contourLines(cells, NaN, box)).toBe("");
  });

  test("rows go upwards", () => {
    const two = { from: 0, to: 1, count: 2 };
    const svg = heatMap({ ...options, values: [0, 0, 1, 1], columns: two, rows: two });
    const [low, high] = named(named(parseXml(svg), "svg")[1], "path").map((path) =>
      Number(/,([\d.]+)/.exec(path.attributes.d)![1]),
    );
    expect(low).toBeGreaterThan(high);
  });

  test("says when values lie beyond the ramp's ends or are missing", () => {
    const svg = heatMap({
      ...options,
      values: values.map((v, i) => (i === 0 ? NaN : v)),
      range: [-0.5, 0.5],
    });
    expect(texts(svg)).toEqual(
      expect.arrayContaining(["≤ −0.5", "≥ 0.5", "1 cell has no finite value and is grey."]),
    );
  });

  test("refuses values that do not fill the grid", () => {
    expect(() => heatMap({ ...options, values: [1] })).toThrow(ShapeError);
    expect(() => heatMap({ ...options, columns: { from: 1, to: 0, count: 21 } })).toThrow(ValueError);
  });
});

describe("regions", () => {
  const two = { from: 0, to: 1, count: 2 };
  const options = { title: "t", x, y, columns: two, rows: two, sets: [], classNames: ["a", "b", "c"] };
  const probabilities = [0.5, 0.3, 0.2, 0, 1, 0, 0, 1, 0, 0, 0, 1];

  test("give each cell the colour of its winner, stronger where that is surer", () => {
    const svg = regions({ ...options, probabilities });
    const cells = withClass(parseXml(svg), "chainrule-regions").flatMap((one) =>
      named(named(one, "svg")[1], "path").filter((path) => "fill-opacity" in path.attributes),
    );
    const kinds = cells.map(({ attributes }) => [attributes.class, attributes["fill-opacity"], attributes.d]);
    expect(kinds).toEqual([
      // a is hardly the winner of the cell at the bottom left; b is sure of two cells, c of the one at the top right
      ["cr-f-1", "0.20", "M0,1h1v1h-1z"],
      ["cr-f-2", "0.36", "M1,1h1v1h-1zM0,0h1v1h-1z"],
      ["cr-f-3", "0.36", "M1,0h1v1h-1z"],
    ]);
    expect(desc(svg)).toBe(
      "Decision regions over epoch and loss: a 25 %, b 50 % and c 25 % of the plane. No points.",
    );
  });

  test("leave cells grey that have no number, and refuse what does not fill the grid", () => {
    const svg = regions({ ...options, probabilities: [NaN, ...probabilities.slice(1)] });
    expect(withClass(parseXml(svg), "cr-f-missing")).toHaveLength(1);
    expect(() => regions({ ...options, probabilities: [1] })).toThrow(ShapeError);
    expect(() => regions({ ...options, probabilities, columns: { ...two, to: 0 } })).toThrow(ValueError);
  });
});

describe("image grid", () => {
  test("draws each image with its caption and marks wrong ones", () => {
    const images = [0, 1, 2].map((i) => ({ values: [0, 1, 1, 0], caption: `${i}`, wrong: i === 2 }));
    const svg = imageGrid({ title: "t", images, size: [2, 2] });
    expect(withClass(parseXml(svg), "cr-image")).toHaveLength(3);
    expect(texts(svg)).toEqual(expect.arrayContaining(["0", "1", "✗ 2"]));
    expect(desc(svg)).toContain("1 marked as wrong");
  });

  test("signed images are neutral at 0 and carry a minus below", () => {
    const svg = imageGrid({
      title: "t",
      images: [{ values: [-1, 0, 0.5, 1] }],
      size: [2, 2],
      colors: "signed",
    });
    const image = withClass(parseXml(svg), "cr-image")[0];
    expect(withClass(image, `cr-diverging-${(levels - 1) / 2}`)).toHaveLength(1);
    expect(withClass(image, "cr-s-ink").map(moves)).toEqual([1]);
  });

  test("refuses images of another size", () => {
    expect(() => imageGrid({ title: "t", images: [{ values: [1] }], size: [2, 2] })).toThrow(ShapeError);
    expect(() => imageGrid({ title: "t", images: [], size: [0, 2] })).toThrow(ValueError);
  });
});

describe("bar", () => {
  const bars = (svg: string) => named(withClass(parseXml(svg), "cr-bars")[0], "rect");

  test("draws a bar per value, from 0 to it", () => {
    const svg = bar({
      title: "t",
      value: { label: "w" },
      labels: ["a", "b", "c"],
      series: [{ name: "w", values: [2, -1, NaN] }],
    });
    const [up, down] = bars(svg).map(({ attributes }) => ({
      from: Number(attributes.x),
      length: Number(attributes.width),
    }));
    expect(bars(svg)).toHaveLength(2);
    expect(up.length / down.length).toBeCloseTo(2, 1);
    expect(down.from + down.length).toBeCloseTo(up.from, 0);
    expect(texts(svg)).toEqual(expect.arrayContaining(["a", "b", "c", "2", "−1", "NaN"]));
  });

  test("refuses lengths that differ and log axes", () => {
    const series = [{ name: "w", values: [1] }];
    expect(() => bar({ title: "t", value: { label: "w" }, labels: [], series })).toThrow(ShapeError);
    expect(() => bar({ title: "t", value: { label: "w", scale: "log" }, labels: ["a"], series })).toThrow(
      ValueError,
    );
  });
});

describe("confusion matrix", () => {
  test("shows counts and says what is confused", () => {
    const svg = confusionMatrix({
      title: "t",
      counts: [
        [8, 2, 0],
        [0, 10, 0],
        [1, 0, 9],
      ],
      classNames: ["a", "b", "c"],
    });
    expect(texts(svg)).toEqual(expect.arrayContaining(["8", "2", "10", "1", "9", "a", "b", "c"]));
    expect(desc(svg)).toBe(
      "Confusion matrix of 3 classes: 27 of 30 are right, 90 %. Most often confused: a taken for b (2) and c taken for a (1).",
    );
  });

  test("grows with the classes, and stays legible", () => {
    const counts = Array.from({ length: 26 }, (_, t) =>
      Array.from({ length: 26 }, (__, p) => (t === p ? 90 : 1)),
    );
    const svg = confusionMatrix({ title: "t", counts });
    expect(texts(svg).filter((text) => text === "90")).toHaveLength(26);
  });

  test("refuses what is not square or negative", () => {
    expect(() => confusionMatrix({ title: "t", counts: [[1, 2]] })).toThrow(ShapeError);
    expect(() => confusionMatrix({ title: "t", counts: [[-1]] })).toThrow(ValueError);
    expect(() => confusionMatrix({ title: "t", counts: [[1]], classNames: [] })).toThrow(ShapeError);
  });
});

describe("themes", () => {
  test.each(["light", "dark"] as const)(
    "%s: marks have a contrast of 3, texts of 4.5 to the paper",
    (theme) => {
      const paper = shade("paper")[theme];
      for (const colour of palette) expect(contrast(colour[theme], paper)).toBeGreaterThanOrEqual(3);
      for (const role of ["ink", "muted", "wrong"] as const)
        expect(contrast(shade(role)[theme], paper)).toBeGreaterThanOrEqual(4.5);
      for (const { [theme]: colour } of Array.from({ length: levels }, (_, level) =>
        rampShade("counts", level),
      ))
        expect(Math.max(contrast(colour, "#000000"), contrast(colour, "#ffffff"))).toBeGreaterThan(4.5);
    },
  );

  test("the middle of a diverging ramp is its middle level, and its ends hold what is beyond", () => {
    expect(levelOf(0, -1, 1)).toBe((levels - 1) / 2);
    expect([levelOf(-9, -1, 1), levelOf(9, -1, 1), levelOf(NaN, -1, 1)]).toEqual([0, levels - 1, undefined]);
    expect(levelOf(0, -Number.MAX_VALUE, Number.MAX_VALUE)).toBe((levels - 1) / 2);
  });

  test("a figure carries both, and a page may set its own", () => {
    const svg = line({ title: "t", x, y, series: [] });
    expect(svg).toContain("@media screen and (prefers-color-scheme:dark)");
    expect(svg).toContain(".dark .chainrule-plot{--cr-paper:var(--chainrule-paper,#16181d)");
    expect(svg).toContain("var(--chainrule-ink,#1b1f24)");
  });
});

describe("texts", () => {
  test.each([
    [0, "0"],
    [-0, "0"],
    [-1.5, "−1.5"],
    [0.30000000000000004, "0.3"],
    [123456, "123500"],
    [1e6, "10⁶"],
    [-2.5e-7, "−2.5×10⁻⁷"],
    [1e300, "10³⁰⁰"],
    [Infinity, "∞"],
    [NaN, "NaN"],
    [999999.9, "10⁶"],
  ])("formats %d", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test("cuts and breaks to a width", () => {
    expect(textWidth(cut("a rather long name", 60))).toBeLessThanOrEqual(60);
    expect(cut("short", 60)).toBe("short");
    expect(wrap("one two three four", 60, 13)).toEqual(["one two", "three", "four"]);
    expect(wrap("one two three four", 60, 13, false, 2)).toEqual(["one two", "three f…"]);
    expect(wrap("", 60, 13)).toEqual([]);
  });

  test("domains are never empty", () => {
    for (const values of [[], [NaN], [3], [0, 0], [1e308, -1e308], [5e-324], [1, 1 + 1e-16]])
      for (const scale of ["linear", "log"] as const) {
        const [low, high] = domainOf("t", { label: "l", scale }, values);
        expect(low).toBeLessThan(high);
        expect(Number.isFinite(high - low)).toBe(true);
      }
  });
});
