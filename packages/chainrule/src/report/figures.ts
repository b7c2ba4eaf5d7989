/** The kinds of plots as figures of a page. Each makes its data table from the drawn data, so the two cannot differ. */
import { axisName } from "../plots/axes.ts";
import { bar } from "../plots/bar.ts";
import type { BarOptions } from "../plots/bar.ts";
import { finiteEnds } from "../plots/cells.ts";
import { confusionMatrix } from "../plots/confusion-matrix.ts";
import type { ConfusionMatrixOptions } from "../plots/confusion-matrix.ts";
import { heatMap } from "../plots/heat-map.ts";
import type { Grid, HeatMapOptions } from "../plots/heat-map.ts";
import { imageGrid } from "../plots/image-grid.ts";
import type { ImageGridOptions } from "../plots/image-grid.ts";
import { line } from "../plots/line.ts";
import type { LineOptions } from "../plots/line.ts";
import type { PointOptions } from "../plots/points.ts";
import { regions } from "../plots/regions.ts";
import type { RegionsOptions } from "../plots/regions.ts";
import { scatter } from "../plots/scatter.ts";
import type { ScatterOptions } from "../plots/scatter.ts";
import { formatNumber } from "../plots/text.ts";
import { figure, mostRows } from "./figure.ts";
import type { FigureText } from "./figure.ts";
import type { Html } from "./html.ts";
import { thinned } from "./table.ts";
import type { Cell, TableOptions } from "./table.ts";

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? i;

/**
 * Curves. The table has a column per series if the series share their x, else a row per point.
 * @example
 * const series = [{ name: "training", y: [2, 1] }];
 * lineFigure({ title: "Loss", x: { label: "epoch" }, y: { label: "loss" }, series }).markup.includes("Data table"); // true
 */
export function lineFigure(options: LineOptions, text: FigureText = {}): Html {
  return figure({ ...text, svg: line(options), data: lineTable(options) });
}

function lineTable({ title, x, y, series }: LineOptions): TableOptions {
  const columns = series.flatMap(({ name, low, high }) => [
    name,
    ...(low ? [`${name}, low`] : []),
    ...(high ? [`${name}, high`] : []),
  ]);
  const [first] = series;
  if (first !== undefined && series.every((one) => one.x === first.x && one.y.length === first.y.length)) {
    // Of a million updates only two hundred rows are made.
    const { indices, note } = thinned(first.y.length, mostRows);
    const rows = indices.map((i): Cell[] => [
      at(first.x, i),
      ...series.flatMap(({ y: ys, low, high }) =>
        [ys, low, high].flatMap((values) => (values ? [values[i]] : [])),
      ),
    ]);
    return { caption: title + note, columns: [axisName(x), ...columns], rows };
  }
  const maps = series.map(({ x: xs, y: ys }) => new Map(Array.from(ys, (_, i) => [at(xs, i), i])));
  if (series.some(({ y: ys }, k) => maps[k].size < ys.length)) {
    // If a series has the same x twice, each row is a point.
    const rows = series.flatMap(({ name, x: xs, y: ys }) =>
      Array.from(ys, (value, i): Cell[] => [name, at(xs, i), value]),
    );
    return { caption: title, columns: ["series", axisName(x), axisName(y)], rows };
  }
  const places = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
  const rows = places.map((place) => [
    place,
    ...series.flatMap(({ y: ys, low, high }, k): Cell[] =>
      [ys, low, high].flatMap((values): Cell[] => {
        const i = maps[k].get(place);
        return values ? [i === undefined ? null : values[i]] : [];
      }),
    ),
  ]);
  return { caption: title, columns: [axisName(x), ...columns], rows };
}

/** Points. The table has a row per point, then the points of the curves. */
export function scatterFigure(options: ScatterOptions, text: FigureText = {}): Html {
  return figure({ ...text, svg: scatter(options), data: pointTable(options) });
}

function pointTable(
  options: PointOptions & Pick<ScatterOptions, "title" | "x" | "y" | "curves">,
): TableOptions {
  const { title, x, y, sets, classNames, curves = [] } = options;
  const named = sets.some((set) => set.classes);
  const nameOf = (kind: number | undefined) =>
    kind === undefined ? null : (classNames?.[kind] ?? `class ${kind}`);
  const points = sets.flatMap(({ name, x: xs, y: ys, classes }) =>
    Array.from(xs, (value, i) => [name || "points", ...(named ? [nameOf(classes?.[i])] : []), value, ys[i]]),
  );
  const lines = curves.flatMap(({ name, x: xs, y: ys }) =>
    Array.from(xs, (value, i) => [name, ...(named ? [null] : []), value, ys[i]]).filter((_, i) =>
      Number.isFinite(ys[i]),
    ),
  );
  const columns = ["set", ...(named ? ["class"] : []), axisName(x), axisName(y)];
  return { caption: title, columns, rows: [...points, ...lines] };
}

/** Decision regions; the table has the winning class at up to eleven places along each axis. */
export function regionsFigure(options: RegionsOptions, text: FigureText = {}): Html {
  const { probabilities, classNames } = options;
  const data = gridTable(options, "most probable class", (cell) => {
    const own = classNames.map((_, k) => probabilities[cell * classNames.length + k]);
    return classNames[own.indexOf(Math.max(...own))] ?? "";
  });
  return figure({ ...text, svg: regions(options), data });
}

/** A heat map; its table has the values at up to eleven places along each axis. */
export function heatMapFigure(options: HeatMapOptions, text: FigureText = {}): Html {
  const { values, valueLabel } = options;
  const data = gridTable(options, valueLabel, (cell) => Number(values[cell].toPrecision(3)));
  return figure({ ...text, svg: heatMap(options), data });
}

function gridTable(
  { title, x, y, columns, rows }: Pick<HeatMapOptions, "title" | "x" | "y" | "columns" | "rows">,
  what: string,
  cellAt: (cell: number) => Cell,
): TableOptions {
  const places = ({ from, to, count }: Grid) => {
    const step = Math.max(1, Math.ceil((count - 1) / 10));
    return Array.from({ length: count }, (_, i) => ({
      i,
      value: count === 1 ? from : from + ((to - from) * i) / (count - 1),
    })).filter(({ i }) => i % step === 0);
  };
  const [across, down] = [places(columns), places(rows)];
  return {
    caption: `${title}: ${what}, ${axisName(y)} downwards and ${axisName(x)} across`,
    columns: [`${axisName(y)} \\ ${axisName(x)}`, ...across.map(({ value }) => formatNumber(value, 3))],
    rows: down
      .toReversed()
      .map(({ i, value }) => [
        formatNumber(value, 3),
        ...across.map(({ i: column }) => cellAt(i * columns.count + column)),
      ]),
  };
}

/** Images. The default table has a row per image with its caption and the range of its values. */
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
  const data = text.data ?? { caption: options.title, columns, rows };
  return figure({ ...text, svg: imageGrid(options), data });
}

/** Bars. The table has a row per label. */
export function barFigure(options: BarOptions, text: FigureText = {}): Html {
  const { title, labels, series } = options;
  const columns = ["bar", ...series.flatMap(({ name, errors }) => [name, ...(errors ? [`± ${name}`] : [])])];
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

/** A confusion matrix; true classes are rows. */
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
