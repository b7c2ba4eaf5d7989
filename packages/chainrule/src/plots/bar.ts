/** Horizontal bar charts: long names fit beside the bars, and a value stands at the end of each. */
import { scaleLinear } from "d3-scale";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { axisName, domainOf } from "./axes.ts";
import type { Axis } from "./axes.ts";
import { figure, margin } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { mark } from "./marks.ts";
import { drawValueAxis, rowNames, valueAxisHeight } from "./row-names.ts";
import { element, escape, px } from "./svg.ts";
import { formatNumber, list, oneLine, sizes, textWidth } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface BarSeries {
  readonly name: string;
  /** One value per label. A value that is not finite is written without a bar. */
  readonly values: ArrayLike<number>;
  /** Half the length of the error line at the end of each bar, such as a standard deviation. */
  readonly errors?: ArrayLike<number>;
}

export interface BarOptions extends FigureOptions {
  /** The axis of the values, linear and including 0. */
  readonly value: Axis;
  /** The name of each bar, or group of bars. */
  readonly labels: readonly string[];
  readonly series: readonly BarSeries[];
}

const thickness = 18;

/**
 * A bar chart of one or several series, as SVG text. Series differ by colour and by the mark at the bar's foot.
 * @throws ShapeError for a series without exactly one value per label
 * @throws ValueError for a log axis, on which bars have no foot
 * @example
 * const series = [{ name: "test", values: [0.98, 0.91] }];
 * bar({ title: "Accuracy", value: { label: "accuracy" }, labels: ["SGD", "Adam"], series }).includes("0.98"); // true
 */
export function bar(options: BarOptions): string {
  const { value, labels, series } = options;
  if (value.scale === "log")
    throw new ValueError("bar", "bars start at 0, which a log axis does not have; plot logarithms or a line");
  for (const { name, values, errors } of series)
    for (const [what, given] of Object.entries({ values, errors }))
      if (given && given.length !== labels.length)
        throw new ShapeError(
          "bar",
          [[labels.length], [given.length]],
          `the series "${name}" has ${given.length} ${what} for ${labels.length} labels; give as many`,
        );
  const missing = series.flatMap(({ values }) => Array.from(values)).filter((one) => !Number.isFinite(one));
  const several = series.length > 1;
  return figure(options, {
    kind: "bar",
    description: describe(options),
    legend: several ? series.map((one, i) => barItem(one, i)) : [],
    notes: [
      ...(labels.length === 0 || series.length === 0 ? ["No data."] : []),
      ...(missing.length > 0
        ? [`${missing.length} ${missing.length === 1 ? "value is" : "values are"} not finite: no bar.`]
        : []),
    ],
    draw: (top, width) => drawBars(options, top, width),
  });
}

function drawBars({ value, labels, series }: BarOptions, top: number, width: number): Drawing {
  const names = rowNames(labels, width);
  const { left } = names;
  const inRow = Math.max(series.length * thickness, names.height);
  const ends = series.flatMap(({ values, errors }) =>
    Array.from(values).flatMap((one, i) => {
      const error = finite(errors?.[i]);
      return [one - error, one, one + error];
    }),
  );
  const [low, high] = domainOf("bar", value, value.domain ? [] : [0, ...ends], false);
  // Room for the numbers beyond the ends of the bars, on either side. If that leaves no room for bars, the numbers are
  // left out.
  const texts = series.flatMap(({ values }) => Array.from(values, (one) => textWidth(formatNumber(one))));
  const room = Math.max(0, ...texts) + 8;
  const [before, behind] = [low < 0 ? room : 0, high > 0 ? room : 4];
  const written = width - margin - left - before - behind >= 60;
  const x = scaleLinear()
    .domain([low, high])
    .range([left + (written ? before : 0), width - margin - (written ? behind : 4)])
    .clamp(true);
  const zero = x(Math.min(Math.max(0, low), high));
  const rowHeight = inRow + 10;
  const bottom = top + labels.length * rowHeight + 4;
  const parts = labels.map((_, row) => {
    const middle = top + row * rowHeight + 6 + inRow / 2;
    const first = middle - (series.length * thickness) / 2;
    const bars = series.map((one, i) =>
      drawBar(one, row, i, series.length, first + i * thickness, zero, x, written),
    );
    return names.draw(row, middle) + bars.join("");
  });
  const axis = { name: axisName(value), x, domain: [low, high] as const, top, bottom, width };
  const { grid, below } = drawValueAxis(axis, (count) =>
    scaleLinear()
      .domain([low, high])
      .ticks(count)
      .map((at) => ({ value: at, label: formatNumber(at) })),
  );
  const svg = [
    grid,
    element("g", { class: "cr-bars", "font-size": sizes.text }, ...parts),
    element("path", { ...stroked("muted", 1), d: `M${px(zero)},${px(top)}V${px(bottom)}` }),
    below,
  ].join("");
  return { svg, height: bottom - top + valueAxisHeight };
}

const finite = (value: number | undefined): number => (Number.isFinite(value) ? Math.abs(value!) : 0);

type Scale = (value: number) => number;

function drawBar(
  series: BarSeries,
  row: number,
  index: number,
  count: number,
  y: number,
  zero: number,
  x: Scale,
  written: boolean,
): string {
  const value = series.values[row];
  const [height, middle] = [thickness - 3, y + (thickness - 3) / 2];
  const text = formatNumber(value);
  if (!Number.isFinite(value)) {
    if (!written) return "";
    // Beside the foot, on the bar's side.
    const place = zero < x(Number.MAX_VALUE) ? { x: zero + 6 } : { x: zero - 6, "text-anchor": "end" };
    return element("text", { ...filled("muted"), ...place, y: middle + 4.5 }, escape(text));
  }
  const end = x(value);
  const error = finite(series.errors?.[row]);
  const [from, to] = [x(value - error), x(value + error)];
  const [start, length] = [Math.min(zero, end), Math.abs(end - zero)];
  // The mark of the series, if the bar is long enough for it.
  const foot = zero + (end < zero ? -9 : 9);
  const sign =
    count > 1 && length > 18
      ? element("path", { ...filled("paper"), d: mark(index, foot, middle, 3.6) })
      : "";
  const whisker = `M${px(from)},${px(middle)}H${px(to)}M${px(from)},${px(middle - 4)}v8M${px(to)},${px(middle - 4)}v8`;
  const at = value < 0 ? Math.min(end, from) - 5 : Math.max(end, to) + 5;
  return (
    element("rect", { ...filled(index), x: start, y, width: Math.max(length, 0.5), height }) +
    sign +
    (error > 0 ? element("path", { ...stroked("ink", 1.2), d: whisker }) : "") +
    (written
      ? element(
          "text",
          { ...filled("ink"), x: at, y: middle + 4.5, "text-anchor": value < 0 ? "end" : "start" },
          escape(text),
        )
      : "")
  );
}

function barItem({ name }: BarSeries, index: number): LegendItem {
  return {
    name: oneLine(name),
    width: 20,
    draw: (x, y) =>
      element("rect", { ...filled(index), x: x - 10, y: y - 7, width: 20, height: 14 }) +
      element("path", { ...filled("paper"), d: mark(index, x, y, 3.6) }),
  };
}

function describe({ value, labels, series }: BarOptions): string {
  const parts = series.map(({ name, values, errors }) => {
    const each = labels.map((label, i) => {
      const error = finite(errors?.[i]);
      return `${oneLine(label)} ${formatNumber(values[i])}${error > 0 ? ` ± ${formatNumber(error)}` : ""}`;
    });
    return `${oneLine(name)}: ${each.length > 0 ? list(each, 30) : "no values"}.`;
  });
  return [`Bar chart of ${axisName(value)}.`, ...parts].join(" ");
}
