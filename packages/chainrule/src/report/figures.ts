/** The kinds of plots as figures of a page: each makes its data table from what it draws, so that the two cannot differ. */
import { axisName } from "../plots/axes.ts";
import { bar } from "../plots/bar.ts";
import type { BarOptions } from "../plots/bar.ts";
import { finiteEnds } from "../plots/cells.ts";
import { confusionMatrix } from "../plots/confusion-matrix.ts";
import type { ConfusionMatrixOptions } from "../plots/confusion-matrix.ts";
import { heatMap } from "../plots/heat-map.ts";
import type { HeatMapOptions } from "../plots/heat-map.ts";
import { imageGrid } from "../plots/image-grid.ts";
import type { ImageGridOptions } from "../plots/image-grid.ts";
import { line } from "../plots/line.ts";
import type { LineOptions, Series } from "../plots/line.ts";
import { scatter } from "../plots/scatter.ts";
import type { ScatterOptions } from "../plots/scatter.ts";
import { formatNumber } from "../plots/text.ts";
import { figure, mostRows } from "./figure.ts";
import type { FigureText } from "./figure.ts";
import type { Html } from "./html.ts";
import type { Cell, TableOptions } from "./table.ts";

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? i;

/**
 * Curves, with a column per series where they share their x, else a row per point.
 * @example
 * const series = [{ name: "training", y: [2, 1] }];
 * lineFigure({ title: "Loss", x: { label: "epoch" }, y: { label: "loss" }, series }).markup.includes("Data table"); // true
 */
export function lineFigure(options: LineOptions, text: FigureText = {}): Html {
  return figure({ ...text, svg: line(options), data: lineTable(options) });
}

function lineTable({ title, x, y, series }: LineOptions): TableOptions {
  const xOf = ({ x: xs, y: ys }: Series) => Array.from(ys, (_, i) => at(xs, i));
  const first = series[0] === undefined ? [] : xOf(series[0]);
  const shared = series.every((one) => xOf(one).join() === first.join());
  const bands = ({ low, high }: Series, i: number): Cell[] => [
    ...(low ? [low[i]] : []),
    ...(high ? [high[i]] : []),
  ];
  if (shared)
    return {
      caption: title,
      columns: [
        axisName(x),
        ...series.flatMap(({ name, low, high }) => [
          name,
          ...(low ? [`${name}, low`] : []),
          ...(high ? [`${name}, high`] : []),
        ]),
      ],
      rows: first.map((value, i) => [value, ...series.flatMap((one) => [one.y[i], ...bands(one, i)])]),
    };
  const rows = series.flatMap((one) => xOf(one).map((value, i): Cell[] => [one.name, value, one.y[i]]));
  return { caption: title, columns: ["series", axisName(x), axisName(y)], rows };
}

/** Points, a row for each. */
export function scatterFigure(options: ScatterOptions, text: FigureText = {}): Html {
  const { title, x, y } = options;
  const columns = [
    "set",
    ...(options.sets.some((set) => set.classes) ? ["class"] : []),
    axisName(x),
    axisName(y),
  ];
  return figure({
    ...text,
    svg: scatter(options),
    data: { caption: title, columns, rows: pointRows(options) },
  });
}

function pointRows({ sets, classNames }: Pick<ScatterOptions, "sets" | "classNames">): Cell[][] {
  const named = sets.some((set) => set.classes);
  const nameOf = (kind: number | undefined) =>
    kind === undefined ? "" : (classNames?.[kind] ?? `class ${kind}`);
  return sets.flatMap(({ name, x, y, classes }) =>
    Array.from(x, (value, i) => [name || "points", ...(named ? [nameOf(classes?.[i])] : []), value, y[i]]),
  );
}

/** A heat map; its table has the values at up to eleven places along each axis. */
export function heatMapFigure(options: HeatMapOptions, text: FigureText = {}): Html {
  const { title, x, y, values, columns, rows, valueLabel } = options;
  const places = ({ from, to, count }: HeatMapOptions["rows"]) => {
    const step = Math.max(1, Math.ceil((count - 1) / 10));
    return Array.from({ length: count }, (_, i) => ({
      i,
      value: count === 1 ? from : from + ((to - from) * i) / (count - 1),
    })).filter(({ i }) => i % step === 0);
  };
  const [across, down] = [places(columns), places(rows)];
  const data: TableOptions = {
    caption: `${title}: ${valueLabel}, ${axisName(y)} downwards and ${axisName(x)} across`,
    columns: [`${axisName(y)} \\ ${axisName(x)}`, ...across.map(({ value }) => formatNumber(value, 3))],
    rows: down
      .toReversed()
      .map(({ i, value }) => [
        formatNumber(value, 3),
        ...across.map(({ i: column }) => Number(values[i * columns.count + column].toPrecision(3))),
      ]),
  };
  return figure({ ...text, svg: heatMap(options), data });
}

/** Images, a row for each with its caption and the range of its values, unless the maker gives a better table. */
export function imageGridFigure(
  options: ImageGridOptions,
  text: FigureText & { readonly data?: TableOptions } = {},
): Html {
  const rows = options.images.map(({ values, caption = "", wrong = false }, i): Cell[] => {
    const { low, high } = finiteEnds(values);
    const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    return [`${i + 1}`, caption + (wrong ? " (wrong)" : ""), low, mean, high];
  });
  const columns = ["image", "caption", "smallest value", "mean", "largest value"];
  return figure({
    caption: text.caption,
    svg: imageGrid(options),
    data: text.data ?? { caption: options.title, columns, rows },
  });
}

/** Bars, a row per label. */
export function barFigure(options: BarOptions, text: FigureText = {}): Html {
  const { title, labels, series } = options;
  const columns = ["", ...series.flatMap(({ name, errors }) => [name, ...(errors ? [`± ${name}`] : [])])];
  const rows = labels.map((label, i) => [
    label,
    ...series.flatMap(({ values, errors }) => [values[i], ...(errors ? [errors[i]] : [])]),
  ]);
  return figure({
    ...text,
    svg: bar(options),
    data: { caption: title, columns, rows, most: Math.max(mostRows, 500) },
  });
}

/** A confusion matrix, true classes downwards. */
export function confusionFigure(options: ConfusionMatrixOptions, text: FigureText = {}): Html {
  const { title, counts, classNames } = options;
  const names = counts.map((_, i) => classNames?.[i] ?? String(i));
  const data: TableOptions = {
    caption: `${title}: true classes downwards, predicted ones across`,
    columns: ["true class", ...names],
    rows: counts.map((row, i) => [names[i], ...Array.from(row)]),
  };
  return figure({ ...text, svg: confusionMatrix(options), data });
}
