/** Heat maps with contours and points on top: decision boundaries, loss surfaces. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { axes, axisName, domainOf } from "./axes.ts";
import type { Axis, Ends } from "./axes.ts";
import { drawCells, finiteEnds, greyNote } from "./cells.ts";
import { contourLines } from "./contours.ts";
import { figure } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import { rampItem } from "./legend.ts";
import type { LegendItem } from "./legend.ts";
import { describePoints, drawPoints, pointItems, pointNotes, pointsOf } from "./points.ts";
import type { PointOptions } from "./points.ts";
import { equalHeight } from "./scatter.ts";
import { element, px } from "./svg.ts";
import { formatNumber, list, oneLine } from "./text.ts";
import { stroked } from "./theme.ts";
import type { RampName } from "./theme.ts";

/** The centres of the first and the last cell along an axis, and the number of cells. */
export interface Grid {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface HeatMapOptions extends FigureOptions, Partial<PointOptions> {
  readonly x: Axis;
  readonly y: Axis;
  /** The values row by row, x fastest, from the smallest y on. */
  readonly values: ArrayLike<number>;
  /** The cells along x. */
  readonly columns: Grid;
  /** The cells along y. */
  readonly rows: Grid;
  /** The meaning of the colours, such as "P(class 1)". */
  readonly valueLabel: string;
  /**
   * The values at the ends of the colour ramp; default: the smallest and the largest. Values outside have the colour of
   * the nearer end.
   */
  readonly range?: readonly [number, number];
  /** `diverging` for values with a middle, such as a probability; default `sequential`. */
  readonly colors?: "diverging" | "sequential";
  /** The values of contour lines, such as [0.5]. */
  readonly contours?: readonly number[];
  /** Whether one unit of y is as long as one of x; default true. */
  readonly equal?: boolean;
  /** The height of the inside if units are not equal; default 260. */
  readonly height?: number;
}

/**
 * A heat map of values on a grid, with contour lines and points on top, as SVG text.
 * @throws ShapeError unless there are rows × columns values
 * @throws ValueError for a grid or a range without extent
 * @example
 * const grid = { from: -1, to: 1, count: 2 };
 * const [x, y] = [{ label: "x₁" }, { label: "x₂" }];
 * heatMap({ title: "P", x, y, values: [0, 0, 1, 1], columns: grid, rows: grid, valueLabel: "P(class 1)", contours: [0.5] })
 *   .includes("contour at 0.5"); // true
 */
export function heatMap(options: HeatMapOptions): string {
  const { x, y, values, columns, rows, colors = "diverging", contours = [], equal = true } = options;
  const [xEnds, yEnds] = [gridEnds("heatMap", "columns", x, columns), gridEnds("heatMap", "rows", y, rows)];
  if (values.length !== rows.count * columns.count)
    throw new ShapeError(
      "heatMap",
      [[values.length], [rows.count, columns.count]],
      `${values.length} values do not fill ${rows.count} rows × ${columns.count} columns`,
    );
  const found = finiteEnds(values);
  const [low, high] = options.range ?? [found.low, found.high];
  if (!(low <= high) || !Number.isFinite(low) || !Number.isFinite(high))
    throw new ValueError("heatMap", `range [${low}, ${high}] must be two finite numbers, the smaller first`);
  const points = pointsOf("heatMap", { ...options, sets: options.sets ?? [] }, x, y);
  const ramp: RampName = colors === "diverging" && points.drawn > 0 ? "soft" : colors;
  const legend: LegendItem[] = [
    rampItem(ramp, oneLine(options.valueLabel), [low, high], [found.low, found.high]),
    ...(contours.length > 0 ? [contourItem(contours)] : []),
    ...pointItems(points),
  ];
  return figure(options, {
    kind: "heat-map",
    description: describe(options, found.low, found.high, describePoints(points)),
    legend,
    notes: [...greyNote(found.missing), ...pointNotes(points, false)],
    draw: (top, width) => {
      const height = equal ? equalHeight(xEnds, yEnds) : () => options.height ?? 260;
      return axes({ x: xEnds, y: yEnds, top, width, height, grid: false }, (inside) => {
        const cells = { values, rows: rows.count, columns: columns.count, ramp, low, high };
        const lines = contours.map((value) => contourLines(cells, value, inside)).join("");
        return (
          drawCells(cells, inside, true) +
          // A wide line in the paper's colour below the thin one keeps it visible on any colour.
          (lines === ""
            ? ""
            : element("path", { ...stroked("paper", 3.6), "stroke-opacity": "0.8", d: lines }) +
              element("path", { ...stroked("ink", 1.6), "stroke-linejoin": "round", d: lines })) +
          drawPoints(points, inside)
        );
      });
    },
  });
}

/** The ends of an axis along a grid; cells reach half a step beyond their centres. */
export function gridEnds(where: string, name: string, axis: Axis, { from, to, count }: Grid): Ends {
  if (!Number.isInteger(count) || count < 1 || !Number.isFinite(to - from) || !(count === 1 || from < to))
    throw new ValueError(
      where,
      `${name} must go up from a number to a larger one, not ${count} from ${from} to ${to}`,
    );
  if (axis.scale === "log")
    throw new ValueError(
      where,
      "cells are evenly spaced, so the axes are linear; give x and y in logarithms",
    );
  const half = count === 1 ? 0.5 : (to - from) / (count - 1) / 2;
  return {
    exact: true,
    axis: { ...axis, domain: undefined },
    domain: domainOf(where, { ...axis, domain: [from - half, to + half] }, []),
  };
}

function contourItem(contours: readonly number[]): LegendItem {
  const values = list(contours.map((value) => formatNumber(value, 3)));
  return {
    name: `${contours.length === 1 ? "contour" : "contours"} at ${values}`,
    width: 22,
    draw: (x, y) => element("path", { ...stroked("ink", 1.6), d: `M${px(x - 11)},${px(y)}h22` }),
  };
}

function describe(options: HeatMapOptions, low: number, high: number, points: string): string {
  const { x, y, rows, columns, contours = [], sets = [] } = options;
  const along = (name: string, { from, to }: Grid) =>
    `${name} from ${formatNumber(from)} to ${formatNumber(to)}`;
  return [
    `Heat map of ${oneLine(options.valueLabel)} over ${along(axisName(x), columns)} and ${along(axisName(y), rows)},`,
    `with values from ${formatNumber(low)} to ${formatNumber(high)}.`,
    ...(contours.length > 0
      ? [`Lines follow the values ${list(contours.map((value) => formatNumber(value)))}.`]
      : []),
    ...(sets.length > 0 ? [points] : []),
  ].join(" ");
}
