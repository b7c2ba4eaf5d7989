/** Scatter plots: data in classes, training beside test points, predictions against what was measured. */
import { axes, axisName, domainOf } from "./axes.ts";
import type { Axis, Ends } from "./axes.ts";
import { figure } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { describePoints, drawPoints, pointItems, pointNotes, pointsOf } from "./points.ts";
import type { PointOptions } from "./points.ts";
import { ValueError } from "../tensor/errors.ts";
import { element, px } from "./svg.ts";
import { formatNumber } from "./text.ts";
import { stroked } from "./theme.ts";

export interface ScatterOptions extends FigureOptions, PointOptions {
  readonly x: Axis;
  readonly y: Axis;
  /** Draws y = x, which good predictions lie on. */
  readonly diagonal?: boolean;
  /** Draws y = x ± band too, dotted, such as an error of predictions. */
  readonly band?: number;
  /** One unit of y is as long as one of x, so that circles are round. */
  readonly equal?: boolean;
  /** The height of the inside; 240 unless given or `equal`. */
  readonly height?: number;
}

const diagonalItem: LegendItem = {
  name: "y = x",
  width: 24,
  draw: (x, y) =>
    element("path", { ...stroked("ink", 1.2), "stroke-dasharray": "5 3", d: `M${px(x - 12)},${px(y)}h24` }),
};

const bandItem = (band: number): LegendItem => ({
  name: `y = x ± ${formatNumber(band, 3)}`,
  width: 24,
  draw: (x, y) => element("path", { ...stroked("ink", 1.2), ...dotted, d: `M${px(x - 12)},${px(y)}h24` }),
});
const dotted = { "stroke-dasharray": "1 4", "stroke-linecap": "round" };

/**
 * A scatter plot, as SVG text. Classes differ by colour and by shape, sets by how the shapes are filled.
 * @throws ShapeError when the arrays of a set differ in length
 * @throws ValueError for more than three sets, classes that are no whole numbers, or a band that is not above 0
 * @example
 * const train = { name: "train", x: [0, 1], y: [1, 0], classes: [0, 1] };
 * scatter({ title: "Data", x: { label: "x₁" }, y: { label: "x₂" }, sets: [train] }).includes("class 1"); // true
 */
export function scatter(options: ScatterOptions): string {
  const { x, y, diagonal = false, equal = false, band } = options;
  if (band !== undefined && !(band > 0 && band < Infinity))
    throw new ValueError("scatter", `the band must be a number above 0, not ${band}`);
  const points = pointsOf("scatter", options, x, y);
  const all = points.groups.flatMap((group) => group.points);
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  // With a diagonal both axes show the same stretch.
  const both = diagonal ? [...xs, ...ys] : undefined;
  const ends = (axis: Axis, values: number[]): Ends => ({
    axis,
    domain: domainOf("scatter", axis, both ?? values),
  });
  const [xEnds, yEnds] = [ends(x, xs), ends(y, ys)];
  const log = [x, y].some((axis) => axis.scale === "log");
  return figure(options, {
    kind: "scatter",
    description: `Scatter plot of ${axisName(y)} against ${axisName(x)}. ${describePoints(points)}`,
    legend: [
      ...pointItems(points),
      ...(diagonal ? [diagonalItem] : []),
      ...(band === undefined ? [] : [bandItem(band)]),
    ],
    notes: pointNotes(points, log),
    draw: (top, width) => {
      const height = equal ? equalHeight(xEnds, yEnds) : () => options.height ?? 240;
      return axes({ x: xEnds, y: yEnds, top, width, height }, (inside) => {
        const parallel = (offset: number, style: Record<string, string>): string => {
          const low = Math.max(xEnds.domain[0], yEnds.domain[0] - offset);
          const high = Math.min(xEnds.domain[1], yEnds.domain[1] - offset);
          if (!(low < high)) return "";
          const at = (value: number): string => `${px(inside.x(value))},${px(inside.y(value + offset))}`;
          return element("path", { ...stroked("ink", 1.2), ...style, d: `M${at(low)}L${at(high)}` });
        };
        return (
          drawPoints(points, inside) +
          (diagonal ? parallel(0, { "stroke-dasharray": "5 3" }) : "") +
          (band === undefined ? "" : parallel(band, dotted) + parallel(-band, dotted))
        );
      });
    },
  });
}

/** The height that makes units equal, within reason. */
export function equalHeight(x: Ends, y: Ends): (width: number) => number {
  const ratio = (y.domain[1] / 2 - y.domain[0] / 2) / (x.domain[1] / 2 - x.domain[0] / 2);
  return (width) => Math.min(Math.max(width * ratio, 60), 2 * width);
}
