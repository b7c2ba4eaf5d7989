/** What holds for figures of every kind, whatever the data. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectWhole, placeFaults } from "../../../../test/figure-checks.ts";
import { named, parseXml, textOf } from "../../../../test/xml.ts";
import {
  bar,
  boxPlot,
  confusionMatrix,
  heatMap,
  imageGrid,
  line,
  meanSeries,
  parallelCoordinates,
  regions,
  scatter,
  settingsMap,
  trajectories,
} from "./index.ts";

interface Input {
  readonly title: string;
  readonly label: string;
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly width: number;
}

/** Every kind as a function of the same few things. */
const kinds: Record<string, (input: Input) => string> = {
  line: ({ title, label, names, values, width }) =>
    line({
      title,
      width,
      x: { label },
      y: { label, unit: label },
      series: names.map((name, i) => ({
        name,
        y: values.map((v) => v * (i + 1)),
        low: values,
        faint: i === 1,
      })),
      guides: names.slice(0, 1).map((name) => ({ x: 1, name })),
    }),
  "line on log axes": ({ title, label, names, values, width }) =>
    line({
      title,
      width,
      x: { label, scale: "log" },
      y: { label, scale: "log" },
      series: names.map((name) => ({ name, x: values.map(Math.abs), y: values })),
    }),
  scatter: ({ title, label, names, values, width }) =>
    scatter({
      title,
      subtitle: label,
      width,
      x: { label },
      y: { label },
      classNames: names,
      diagonal: true,
      curves: names.map((name, i) => ({
        name,
        style: (["solid", "dashed", "dotted"] as const)[i % 3],
        x: values,
        y: values.map((v) => v + i),
      })),
      sets: names.slice(0, 3).map((name, i) => ({
        name,
        x: values,
        y: values.toReversed(),
        classes: values.map((_, k) => (k + i) % 9),
      })),
    }),
  "heat map": ({ title, label, names, values, width }) =>
    heatMap({
      title,
      width,
      x: { label },
      y: { label },
      values,
      columns: { from: -1, to: 1, count: values.length },
      rows: { from: 0, to: 0, count: 1 },
      equal: false,
      valueLabel: label,
      contours: values.slice(0, 2),
      sets: names.slice(0, 1).map((name) => ({ name, x: values, y: values })),
    }),
  regions: ({ title, label, names, values, width }) =>
    regions({
      title,
      width,
      x: { label },
      y: { label },
      classNames: names.length === 0 ? ["one"] : names,
      probabilities: Array.from(
        { length: values.length * Math.max(names.length, 1) },
        (_, i) => values[(3 * i) % values.length],
      ),
      columns: { from: -1, to: 1, count: values.length },
      rows: { from: 0, to: 0, count: 1 },
      sets: names.slice(0, 1).map((name) => ({ name, x: values, y: values })),
    }),
  "image grid": ({ title, label, names, values, width }) =>
    imageGrid({
      title,
      width,
      valueLabel: label,
      colors: "signed",
      size: [1, values.length],
      images: names.map((caption, i) => ({ values, caption, wrong: i % 2 === 0 })),
    }),
  bar: ({ title, label, names, values, width }) =>
    bar({
      title,
      width,
      value: { label },
      labels: values.map((_, i) => names[i] ?? label),
      series: names.slice(0, 2).map((name) => ({ name, values, errors: values })),
    }),
  "mean with a band": ({ title, label, names, values, width }) =>
    line({
      title,
      width,
      x: { label },
      y: { label },
      series: names.map((name, i) =>
        meanSeries(name, [values, values.map((v) => v * i), values.toReversed()]),
      ),
    }),
  "box plot": ({ title, label, names, values, width }) =>
    boxPlot({
      title,
      width,
      value: { label },
      groups: names.map((name, i) => ({ name, values: values.map((v) => v + i) })),
    }),
  "box plot on a log axis": ({ title, label, names, values, width }) =>
    boxPlot({
      title,
      width,
      most: 5,
      value: { label, scale: "log" },
      groups: names.map((name, i) => ({ name, values: [...values, ...values].map((v) => v * i) })),
    }),
  "settings map": ({ title, label, names, values, width }) =>
    settingsMap({
      title,
      width,
      x: { label, values: names },
      y: { label, values: values.slice(0, 8) },
      values: values.slice(0, 8).map((v) => names.map((_, i) => v * i)),
      errors: values.slice(0, 8).map((v) => names.map(() => v)),
      valueLabel: label,
      best: "smallest",
    }),
  trajectories: ({ title, label, names, values, width }) =>
    trajectories({
      title,
      width,
      resolution: 12,
      x: { label, domain: [-1, 1] },
      y: { label, domain: [-3, 0.5] },
      surface: (u, v) => values[Math.floor(Math.abs(100 * u + 10 * v)) % values.length],
      valueLabel: label,
      paths: names.map((name) => ({ name, x: values, y: values.toReversed() })),
      minimum: [values[0], 0],
    }),
  "parallel coordinates": ({ title, label, names, values, width }) =>
    parallelCoordinates({
      title,
      width,
      axes: [{ label }, { label, names: [...new Set(names)] }, { label, scale: "log" }, { label }],
      lines: names.map((name, i) => {
        const value = values[i % values.length];
        return { name, values: [value, name, value, -value], highlighted: i < 3 };
      }),
    }),
  "confusion matrix": ({ title, names, values, width }) =>
    confusionMatrix({
      title,
      width,
      classNames: names,
      counts: names.map((_, t) => names.map((__, p) => Math.abs(values[(t + p) % values.length] ?? 3))),
    }),
};

const awkward = `<script>alert("1 & '2'")</script>`;
const plain: Input = {
  title: "Loss",
  label: "epoch",
  names: ["training", "test"],
  values: [0.7, 0.4, 0.3, 0.25],
  width: 400,
};

const value = fc.oneof(
  fc.double(),
  fc.double({ min: -2, max: 2 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324),
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(awkward, "", " ", "\ud800", "loss\n(nats)"),
);
const inputs: fc.Arbitrary<Input> = fc.record({
  title: text,
  label: text,
  names: fc.array(text, { maxLength: 10 }),
  values: fc.array(value, { minLength: 1, maxLength: 30 }),
  width: fc.integer({ min: 300, max: 900 }),
});

describe.each(Object.entries(kinds))("%s", (_kind, draw) => {
  test("is whole for ordinary data, and the same bytes each time", () => {
    expectWhole(draw(plain));
    expect(draw(plain)).toBe(draw(structuredClone(plain)));
  });

  test.each([300, 360, 400, 1200])("keeps its texts apart at a width of %i", (width) => {
    const names = Array.from({ length: 10 }, (_, i) => `class number ${i}`);
    expectWhole(draw({ ...plain, title: "A title of some length ".repeat(6), names, width }));
  });

  test("is whole for whatever comes", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expectWhole(draw(input));
      }),
      { numRuns: 60 },
    );
  });

  test("escapes all texts", () => {
    const svg = draw({ ...plain, title: awkward, label: awkward, names: [awkward, awkward], width: 900 });
    expect(svg).not.toContain("<script");
    const root = expectWhole(svg);
    expect(textOf(named(root, "title")[0])).toBe(awkward);
    expect(named(root, "text").map(textOf)).toContain(awkward);
  });

  test("stands for no, one, equal and missing values", () => {
    for (const values of [[0.5], [0, 0, 0], [7, 7], [NaN], [Infinity, NaN, 1], [-1e308, 1e308], [1e-320]])
      expectWhole(draw({ ...plain, values }));
    expectWhole(draw({ ...plain, names: [] }));
  });
});

test("the checker of places finds texts that touch or stick out", () => {
  const root = (inside: string) =>
    parseXml(`<svg viewBox="0 0 100 50"><g font-size="10">${inside}</g></svg>`);
  expect(placeFaults(root(`<text x="0" y="10">abc</text><text x="10" y="12">d</text>`))).toHaveLength(1);
  expect(placeFaults(root(`<text x="95" y="10">abc</text>`))).toHaveLength(1);
  expect(placeFaults(root(`<text x="0" y="10">abc</text><text x="0" y="30">abc</text>`))).toEqual([]);
});

test.each([
  ["an open tag", "<svg><g></svg>"],
  ["a stray &", "<svg>a & b</svg>"],
  ["an attribute twice", `<svg a="1" a="2"/>`],
  ["a control character", "<svg>\u0001</svg>"],
  ["two roots", "<svg/><svg/>"],
])("the reader of XML refuses %s", (_what, xml) => {
  expect(() => parseXml(xml)).toThrow();
});
