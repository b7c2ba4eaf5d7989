/** Box plots: the spread of values, such as the test accuracies of several seeds. */
import { quantile } from "../statistics/spread.ts";
import { ValueError } from "../tensor/errors.ts";
import { axisName, domainOf, scaleOf, shows, ticksOf } from "./axes.ts";
import type { Axis, Ends } from "./axes.ts";
import { figure, margin, notDrawn } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { mark } from "./marks.ts";
import { drawValueAxis, rowNames, valueAxisHeight } from "./row-names.ts";
import { element, px } from "./svg.ts";
import { formatNumber, oneLine, sizes } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface BoxGroup {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

export interface BoxPlotOptions extends FigureOptions {
  /** The axis of the values. */
  readonly value: Axis;
  readonly groups: readonly BoxGroup[];
  /**
   * Groups of up to this many values (default 30) show every value; larger groups only the values beyond the whiskers.
   */
  readonly most?: number;
}

/** The statistics that a box shows. */
interface Summary {
  readonly name: string;
  /** The values that the axis can show, in ascending order. */
  readonly values: readonly number[];
  readonly quartiles: readonly [number, number, number];
  readonly whiskers: readonly [number, number];
}

const [boxHeight, rowHeight] = [18, 34];

/**
 * A box plot, as SVG text: per group the median, a box from the first to the third quartile, and whiskers to the
 * outermost values within 1.5 box lengths of the box. The quartile q of n values lies at position q (n − 1) of the
 * sorted values, linearly interpolated.
 *
 * Source: Tukey, Exploratory Data Analysis (1977); quartiles are definition 7 of Hyndman and Fan (1996), as NumPy's.
 * @throws ValueError for an axis whose domain has no extent
 * @example
 * const groups = [{ name: "SGD", values: [0.91, 0.93, 0.9, 0.94, 0.92] }];
 * boxPlot({ title: "Five seeds", value: { label: "accuracy" }, groups }).includes("median 0.92"); // true
 */
export function boxPlot(options: BoxPlotOptions): string {
  const { value, groups, most = 30 } = options;
  if (!(most >= 0)) throw new ValueError("boxPlot", `most must be 0 or more, not ${most}`);
  const summaries = groups.map((group) => summary(group, value));
  const shown = summaries.flatMap(({ values }) => values);
  const hidden = groups.reduce((sum, { values }) => sum + values.length, 0) - shown.length;
  const log = value.scale === "log";
  return figure(options, {
    kind: "box-plot",
    description: [
      `Box plot of ${axisName(value)}${log ? ", logarithmic" : ""}.`,
      ...summaries.slice(0, 30).map(describe),
    ].join(" "),
    legend: shown.length > 0 ? [boxItem] : [],
    notes: [
      ...(shown.length === 0 ? ["No data."] : []),
      ...notDrawn(hidden, log ? "not finite, or not above 0 on a log axis," : "not finite"),
    ],
    draw: (top, width) => drawBoxes(value, summaries, most, top, width),
  });
}

function summary({ name, values }: BoxGroup, axis: Axis): Summary {
  const ascending = Array.from(values)
    .filter((value) => shows(axis, value))
    .sort((a, b) => a - b);
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((q) => quantile(ascending, q));
  const reach = 1.5 * (q3 - q1);
  const within = ascending.filter((value) => value >= q1 - reach && value <= q3 + reach);
  // A whisker never ends inside the box.
  const whiskers = [Math.min(q1, within[0]), Math.max(q3, within[within.length - 1])] as const;
  return { name: oneLine(name), values: ascending, quartiles: [q1, median, q3], whiskers };
}

function drawBoxes(
  value: Axis,
  summaries: readonly Summary[],
  most: number,
  top: number,
  width: number,
): Drawing {
  const names = rowNames(
    summaries.map(({ name }) => name),
    width,
  );
  const ends: Ends = {
    axis: value,
    domain: domainOf(
      "boxPlot",
      value,
      summaries.flatMap(({ values }) => values),
    ),
  };
  const scale = scaleOf(ends, names.left + 4, width - margin - 12);
  const [low, high] = ends.domain;
  // marks outside of a given domain are cut off
  const x = (at: number) => scale(Math.min(Math.max(at, low), high));
  const step = Math.max(rowHeight, names.height + 6);
  const bottom = top + summaries.length * step + 4;
  const axis = { name: axisName(value), x: scale, domain: ends.domain, top, bottom, width };
  const { grid, below } = drawValueAxis(axis, (count) => ticksOf(ends, count));
  const rows = summaries.map((one, row) => {
    const middle = top + row * step + 2 + step / 2;
    return names.draw(row, middle) + drawBox(one, middle, x, ends.domain, most);
  });
  const line = `M${px(scale(low))},${px(bottom)}H${px(scale(high))}`;
  const svg = [
    grid,
    element("g", { class: "cr-boxes", "font-size": sizes.text }, ...rows),
    element("path", { ...stroked("muted", 1), d: line }),
    below,
  ].join("");
  return { svg, height: bottom - top + valueAxisHeight };
}

function drawBox(
  { values, quartiles: [q1, median, q3], whiskers }: Summary,
  y: number,
  x: (value: number) => number,
  [low, high]: readonly [number, number],
  most: number,
): string {
  if (values.length === 0) return "";
  const [left, right] = [x(q1), x(q3)];
  const [from, to] = [x(whiskers[0]), x(whiskers[1])];
  const whisker = `M${px(from)},${px(y)}H${px(left)}M${px(right)},${px(y)}H${px(to)}M${px(from)},${px(y - 4)}v8M${px(to)},${px(y - 4)}v8`;
  const all = values.length <= most;
  const box = { x: left, y: y - boxHeight / 2, width: Math.max(right - left, 0.5), height: boxHeight };
  // A golden-ratio sequence spreads any number of equal values evenly, so that they do not cover each other.
  const dots = values
    .map((value, i) => ({ value, at: y + (all ? (((i * 0.618) % 1) - 0.5) * 12 : 0) }))
    .filter(({ value }) => value >= low && value <= high)
    .filter(({ value }) => all || value < whiskers[0] || value > whiskers[1])
    .map(({ value, at }) => mark(0, x(value), at, 2.4));
  return (
    element("path", { ...stroked("ink", 1.2), d: whisker }) +
    element("rect", { ...filled("paper"), ...box }) +
    element("rect", { ...filled(0), ...box, "fill-opacity": "0.25" }) +
    element("rect", { ...stroked(0, 1.5), ...box }) +
    (dots.length === 0 ? "" : element("path", { ...stroked("paper", 0.6, "ink"), d: dots.join("") })) +
    element("path", { ...stroked(1, 2.6), d: `M${px(x(median))},${px(box.y)}v${px(boxHeight)}` })
  );
}

const boxItem: LegendItem = {
  name: "median, middle half, whiskers up to 1.5 boxes",
  width: 40,
  draw: (x, y) =>
    element("path", { ...stroked("ink", 1.2), d: `M${px(x - 20)},${px(y)}h40` }) +
    element("rect", { ...filled("paper"), x: x - 12, y: y - 6, width: 24, height: 12 }) +
    element("rect", { ...filled(0), x: x - 12, y: y - 6, width: 24, height: 12, "fill-opacity": "0.25" }) +
    element("rect", { ...stroked(0, 1.5), x: x - 12, y: y - 6, width: 24, height: 12 }) +
    element("path", { ...stroked(1, 2.6), d: `M${px(x - 2)},${px(y - 6)}v12` }),
};

function describe({ name, values, quartiles }: Summary): string {
  if (values.length === 0) return `${name}: no values.`;
  const [q1, median, q3] = quartiles.map((value) => formatNumber(value));
  const [least, most] = [values[0], values[values.length - 1]].map((value) => formatNumber(value));
  const count = `${values.length} ${values.length === 1 ? "value" : "values"}`;
  return `${name}: ${count}, median ${median}, middle half ${q1} to ${q3}, all ${least} to ${most}.`;
}
