/** Scatter plots: data in classes, training beside test points, predictions against true values. */
import { line as lineOf } from "d3-shape";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { axes, axisName, domainOf, shows } from "./axes.ts";
import type { Axis, Ends } from "./axes.ts";
import { figure } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { describePoints, drawPoints, pointItems, pointNotes, pointsOf } from "./points.ts";
import type { PointOptions } from "./points.ts";
import { element, px } from "./svg.ts";
import { formatNumber, list, oneLine } from "./text.ts";
import { stroked } from "./theme.ts";

/** A line over the points, in the text colour: a fitted curve or a margin of error. */
export interface ScatterCurve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  /** The y values; NaN and infinite values leave gaps. */
  readonly y: ArrayLike<number>;
  readonly style: CurveStyle;
}

export type CurveStyle = "solid" | "dashed" | "dotted";

const curveStyles: Record<CurveStyle, Record<string, string>> = {
  solid: stroked("ink", 2),
  dashed: { ...stroked("ink", 1.2), "stroke-dasharray": "5 3" },
  dotted: { ...stroked("ink", 1.4), "stroke-dasharray": "1.5 3" },
};

export interface ScatterOptions extends FigureOptions, PointOptions {
  readonly x: Axis;
  readonly y: Axis;
  /** Whether the line y = x is drawn, on which good predictions lie. */
  readonly diagonal?: boolean;
  /** Draws also y = x ± band, dotted, such as an error of predictions. */
  readonly band?: number;
  /** Lines over the points, named in the legend. */
  readonly curves?: readonly ScatterCurve[];
  /** Whether one unit of y is as long as one of x, so that circles are round. */
  readonly equal?: boolean;
  /** The height of the inside; default 240, ignored if `equal`. */
  readonly height?: number;
}

function curveItem({ name, style }: Pick<ScatterCurve, "name" | "style">): LegendItem {
  return {
    name: oneLine(name),
    width: 24,
    draw: (x, y) => element("path", { ...curveStyles[style], d: `M${px(x - 12)},${px(y)}h24` }),
  };
}

/**
 * A scatter plot, as SVG text. Classes differ by colour and by shape, sets by how the shapes are filled.
 * @throws ShapeError when the arrays of a set or a curve differ in length
 * @throws ValueError for more than three sets, classes that are not whole numbers, or a band that is not above 0
 * @example
 * const train = { name: "train", x: [0, 1], y: [1, 0], classes: [0, 1] };
 * scatter({ title: "Data", x: { label: "x₁" }, y: { label: "x₂" }, sets: [train] }).includes("class 1"); // true
 */
export function scatter(options: ScatterOptions): string {
  const { x, y, diagonal = false, band, curves = [], equal = false } = options;
  if (band !== undefined && !(band > 0 && band < Infinity))
    throw new ValueError("scatter", `the band must be a number above 0, not ${band}`);
  for (const { name, x: xs, y: ys } of curves)
    if (xs.length !== ys.length)
      throw new ShapeError(
        "scatter",
        [[xs.length], [ys.length]],
        `the curve "${name}" has ${xs.length} x and ${ys.length} y; give as many of each`,
      );
  const points = pointsOf("scatter", options, x, y);
  const all = points.groups.flatMap((group) => group.points);
  const fitted = curves.map((curve): Line => ({ ...curve, places: placesOf(curve, x, y) }));
  const inCurves = fitted.flatMap(({ places }) => places.filter((place) => place !== undefined));
  const xs = [...all, ...inCurves].map((point) => point[0]);
  const ys = [...all, ...inCurves].map((point) => point[1]);
  // With a diagonal both axes have the same domain.
  const both = diagonal ? [...xs, ...ys] : undefined;
  const ends = (axis: Axis, values: number[]): Ends => ({
    axis,
    domain: domainOf("scatter", axis, both ?? values),
  });
  const [xEnds, yEnds] = [ends(x, xs), ends(y, ys)];
  const log = [x, y].some((axis) => axis.scale === "log");
  const parallel = (offset: number): Place[] => {
    const low = Math.max(xEnds.domain[0], yEnds.domain[0] - offset);
    const high = Math.min(xEnds.domain[1], yEnds.domain[1] - offset);
    return low < high ? [low, high].map((at) => [at, at + offset] as const) : [];
  };
  const straight: Line[] = [];
  if (diagonal) straight.push({ name: "y = x", style: "dashed", places: parallel(0) });
  if (band !== undefined)
    straight.push({
      name: `y = x ± ${formatNumber(band, 3)}`,
      style: "dotted",
      places: [...parallel(band), undefined, ...parallel(-band)],
    });
  const lines = [...straight, ...fitted];
  return figure(options, {
    kind: "scatter",
    description: [
      `Scatter plot of ${axisName(y)} against ${axisName(x)}. ${describePoints(points)}`,
      ...(lines.length > 0 ? [`Lines: ${list(lines.map(({ name }) => oneLine(name)))}.`] : []),
    ].join(" "),
    legend: [...pointItems(points), ...lines.map(curveItem)],
    notes: pointNotes(points, log),
    draw: (top, width) => {
      const height = equal ? equalHeight(xEnds, yEnds) : () => options.height ?? 240;
      return axes({ x: xEnds, y: yEnds, top, width, height }, (inside) =>
        [
          drawPoints(points, inside),
          ...lines.map(({ places, style }) => {
            const d = lineOf<Place | undefined>()
              .defined((place) => place !== undefined)
              .x((place) => inside.x(place![0]))
              .y((place) => inside.y(place![1]))
              .digits(1)([...places]);
            return d === null || d === "" ? "" : element("path", { ...curveStyles[style], d });
          }),
        ].join(""),
      );
    },
  });
}

type Place = readonly [number, number];

interface Line extends Pick<ScatterCurve, "name" | "style"> {
  /** `undefined` makes a gap. */
  readonly places: readonly (Place | undefined)[];
}

/** The coordinates of a curve, `undefined` for points that the axes cannot show. */
function placesOf({ x: xs, y: ys }: ScatterCurve, x: Axis, y: Axis): (Place | undefined)[] {
  return Array.from(xs, (at, i) => (shows(x, at) && shows(y, ys[i]) ? ([at, ys[i]] as const) : undefined));
}

/** The height that makes units equal, within limits. */
export function equalHeight(x: Ends, y: Ends): (width: number) => number {
  const ratio = (y.domain[1] / 2 - y.domain[0] / 2) / (x.domain[1] / 2 - x.domain[0] / 2);
  return (width) => Math.min(Math.max(width * ratio, 60), 2 * width);
}
