/**
 * Line charts: losses and accuracies over epochs, compared learning rates, means with bands, any function of one
 * number.
 */
import { area as bandOf, line as lineOf } from "d3-shape";
import { ShapeError } from "../tensor/errors.ts";
import { axes, axisName, domainOf, shows } from "./axes.ts";
import type { Area, Axis, Ends } from "./axes.ts";
import { figure, notDrawn } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { dash, mark } from "./marks.ts";
import { element, px } from "./svg.ts";
import { formatNumber, list, oneLine } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface Series {
  readonly name: string;
  /** The x values; default: 0, 1, 2, …. */
  readonly x?: ArrayLike<number>;
  /** The y values; NaN and infinite values leave gaps. */
  readonly y: ArrayLike<number>;
  /** The lower and upper ends of a band around the curve, such as mean ± standard deviation. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** Whether the curve is thin and pale, without marks, such as the batch losses behind a smoothed curve. */
  readonly faint?: boolean;
}

export interface LineOptions extends FigureOptions {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Vertical lines, named in the legend, such as the best epoch. */
  readonly guides?: readonly { readonly x: number; readonly name: string }[];
  /** The height of the inside; default 210. */
  readonly height?: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly drawn: boolean;
}

/**
 * A line chart of one or several series, as SVG text. Series differ by colour, dashes and marks.
 * @throws ShapeError when the arrays of a series differ in length
 * @example
 * const loss = { name: "training", y: [0.7, 0.4, 0.3] };
 * line({ title: "Loss", x: { label: "epoch" }, y: { label: "loss", unit: "nats" }, series: [loss] }).slice(0, 40); // <svg xmlns="http://www.w3.org/2000/svg"
 */
export function line(options: LineOptions): string {
  const { x, y, guides = [], height = 210 } = options;
  const series = options.series.map((one) => pointsOf(one, x, y));
  const all = series.flat();
  const drawn = all.filter((point) => point.drawn);
  const xs = [...drawn.map((point) => point.x), ...guides.map((guide) => guide.x)];
  const ys = drawn.flatMap((point) => [point.y, point.low, point.high]);
  const xEnds: Ends = {
    axis: x,
    // Curves span the whole width.
    domain: domainOf("line", x, xs, xs.length === 0),
    whole: xs.length > 0 && xs.every(Number.isInteger),
  };
  const yEnds: Ends = { axis: y, domain: domainOf("line", y, ys) };
  const hidden = all.length - drawn.length;
  const log = [x, y].some((axis) => axis.scale === "log");
  return figure(options, {
    kind: "line",
    description: describe(options, series),
    legend: [...options.series.map((one, i) => seriesItem(one, i)), ...guides.map(guideItem)],
    notes: notDrawn(hidden, log ? "not finite, or not above 0 on a log axis," : "not finite"),
    draw: (top, width) =>
      axes({ x: xEnds, y: yEnds, top, width, height: () => height }, (inside) =>
        [
          ...options.series.map((one, i) => (one.low || one.high ? band(series[i], i, inside) : "")),
          ...guides.map((guide) => guideLine(guide.x, inside, x)),
          ...series.map((points, i) => curve(points, i, options.series, inside)),
        ].join(""),
      ),
  });
}

function pointsOf(series: Series, xAxis: Axis, yAxis: Axis): Point[] {
  const { name, x, y, low, high } = series;
  for (const [what, values] of Object.entries({ x, low, high }))
    if (values && values.length !== y.length)
      throw new ShapeError(
        "line",
        [[y.length], [values.length]],
        `the series "${name}" has ${y.length} y and ${values.length} ${what}; give as many of each`,
      );
  return Array.from(y, (value, i) => {
    const at = x ? x[i] : i;
    const ends = [low ? low[i] : value, high ? high[i] : value].map((end) =>
      shows(yAxis, end) ? end : value,
    );
    return { x: at, y: value, low: ends[0], high: ends[1], drawn: shows(xAxis, at) && shows(yAxis, value) };
  });
}

/**
 * Thins a curve to at most four points per unit of width, so that ten thousand batches make a small file: the first,
 * last, smallest and largest point of each stretch, which look the same. Gaps stay.
 */
function thin(points: readonly Point[], width: number): readonly Point[] {
  const stretches = Math.ceil(width);
  if (points.length <= 4 * stretches) return points;
  const kept: Point[] = [];
  for (let k = 0; k < stretches; k++) {
    const from = Math.floor((k * points.length) / stretches);
    const to = Math.floor(((k + 1) * points.length) / stretches);
    let [least, most] = [from, from];
    const chosen = new Set([from, to - 1]);
    for (let i = from; i < to; i++) {
      if (!points[i].drawn) chosen.add(i);
      else {
        if (!(points[i].y >= points[least].y)) least = i;
        if (!(points[i].y <= points[most].y)) most = i;
      }
    }
    for (const i of [...chosen.add(least).add(most)].sort((a, b) => a - b)) kept.push(points[i]);
  }
  return kept;
}

function curve(all: readonly Point[], index: number, series: readonly Series[], inside: Area): string {
  const points = thin(all, inside.width);
  const { faint = false } = series[index];
  const path = lineOf<Point>()
    .defined((point) => point.drawn)
    .x((point) => inside.x(point.x))
    .y((point) => inside.y(point.y))
    .digits(1);
  const d = path(points) ?? "";
  const strokes = {
    ...(faint
      ? faintStroke(index)
      : stroked(index, points.length > 400 && !series.some((one) => one.faint) ? 1.2 : 2)),
    "stroke-dasharray": faint ? undefined : dash(index),
    "stroke-linejoin": "round",
  };
  const signs = faint
    ? points.filter((point, i) => point.drawn && alone(points, i))
    : marked(points, index, series.length);
  const marks = signs.map((point) => mark(index, inside.x(point.x), inside.y(point.y), 3.6));
  return (
    element("g", { class: "cr-series" }, element("path", { ...strokes, d })) +
    (marks.length > 0 ? element("path", { ...stroked("paper", 0.8, index), d: marks.join("") }) : "")
  );
}

const faintStroke = (index: number) => ({ ...stroked(index, 0.9), "stroke-opacity": "0.55" });

/** Whether a point lies between gaps, where no line would show it. */
function alone(points: readonly Point[], i: number): boolean {
  return !points[i - 1]?.drawn && !points[i + 1]?.drawn;
}

/**
 * The points with a mark: every point of short series, some of long series at places of their own, and every point
 * between gaps.
 */
function marked(points: readonly Point[], index: number, count: number): Point[] {
  // A single curve needs no marks.
  if (count === 1 && points.length > 16) return points.filter((point, i) => point.drawn && alone(points, i));
  const every = points.length <= 16 ? 1 : Math.ceil(points.length / 6);
  const offset = Math.floor((every * (index + 0.5)) / Math.max(count, 1));
  return points.filter(
    (point, i) => point.drawn && (every === 1 || i % every === offset || alone(points, i)),
  );
}

function band(points: readonly Point[], index: number, inside: Area): string {
  const path = bandOf<Point>()
    .defined((point) => point.drawn)
    .x((point) => inside.x(point.x))
    .y0((point) => inside.y(point.low))
    .y1((point) => inside.y(point.high))
    .digits(1);
  return element("path", {
    ...filled(index),
    "fill-opacity": "0.2",
    d: path(thin(points, inside.width)) ?? "",
  });
}

function guideLine(at: number, inside: Area, axis: Axis): string {
  if (!shows(axis, at)) return "";
  const d = `M${px(inside.x(at))},${px(inside.top)}v${px(inside.height)}`;
  return element("path", { ...stroked("ink", 1), "stroke-dasharray": "3 3", d });
}

function seriesItem({ name, low, high, faint = false }: Series, index: number): LegendItem {
  return {
    name: oneLine(name),
    width: 30,
    draw: (x, y) =>
      (low || high
        ? element("rect", {
            ...filled(index),
            "fill-opacity": "0.2",
            x: x - 15,
            y: y - 7,
            width: 30,
            height: 14,
          })
        : "") +
      (faint
        ? element("path", { ...faintStroke(index), d: `M${px(x - 15)},${px(y)}l5,-4l5,8l5,-8l5,8l5,-8l5,4` })
        : element("path", {
            ...stroked(index, 2),
            "stroke-dasharray": dash(index),
            d: `M${px(x - 15)},${px(y)}h30`,
          }) + element("path", { ...stroked("paper", 0.8, index), d: mark(index, x, y, 3.6) })),
  };
}

function guideItem({ name }: { readonly name: string }): LegendItem {
  return {
    name: oneLine(name),
    width: 12,
    draw: (x, y) =>
      element("path", { ...stroked("ink", 1), "stroke-dasharray": "3 3", d: `M${px(x)},${px(y - 7)}v14` }),
  };
}

function describe({ x, y, series, guides = [] }: LineOptions, points: readonly Point[][]): string {
  const logs = [x, y].filter((axis) => axis.scale === "log").map((axis) => axis.label);
  const curves = series.map(({ name }, i) => {
    const seen = points[i].filter((point) => point.drawn);
    const label = oneLine(name);
    if (seen.length === 0) return `${label}: no values.`;
    const at = (point: Point) => `${formatNumber(point.y)} at ${formatNumber(point.x)}`;
    const [first, last] = [seen[0], seen.at(-1)!];
    if (seen.length === 1) return `${label}: ${at(first)}.`;
    const least = seen.reduce((best, point) => (point.y < best.y ? point : best));
    const most = seen.reduce((best, point) => (point.y > best.y ? point : best));
    return `${label}: ${seen.length} values from ${at(first)} to ${at(last)}, smallest ${at(least)}, largest ${at(most)}.`;
  });
  const lines = guides.map(({ x: at, name }) => `${oneLine(name)} at ${formatNumber(at)}.`);
  return [
    `Line chart of ${axisName(y)} against ${axisName(x)}${logs.length > 0 ? `, logarithmic in ${list(logs)}` : ""}.`,
    ...(series.length === 0 ? ["No data."] : curves.slice(0, 12)),
    ...lines,
  ].join(" ");
}
