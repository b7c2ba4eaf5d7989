/** Decision regions: the plane of two inputs, coloured by the most probable class, with points on top. */
import { ShapeError } from "../tensor/errors.ts";
import { axes, axisName } from "./axes.ts";
import type { Axis } from "./axes.ts";
import { drawKinds } from "./cells.ts";
import { contourLines } from "./contours.ts";
import { figure } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import { gridEnds } from "./heat-map.ts";
import type { Grid } from "./heat-map.ts";
import { describePoints, drawPoints, pointItems, pointNotes, pointsOf } from "./points.ts";
import type { PointOptions } from "./points.ts";
import { equalHeight } from "./scatter.ts";
import { element } from "./svg.ts";
import { formatNumber, list, oneLine } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface RegionsOptions extends FigureOptions, Omit<PointOptions, "classNames"> {
  readonly x: Axis;
  readonly y: Axis;
  readonly classNames: readonly string[];
  /** The probabilities of all classes, cell by cell: x fastest, from the smallest y on. */
  readonly probabilities: ArrayLike<number>;
  readonly columns: Grid;
  readonly rows: Grid;
  /** Whether one unit of y is as long as one of x; default true. */
  readonly equal?: boolean;
  /** The height of the inside if units are not equal; default 260. */
  readonly height?: number;
}

/** The number of opacity steps between an unsure and a certain class. */
const steps = 4;

/**
 * Decision regions of several classes, as SVG text: each cell has the colour of its most probable class, stronger for a
 * larger probability. Lines show where two classes are equally probable.
 * @throws ShapeError unless there are rows × columns × classes probabilities
 * @example
 * const grid = { from: 0, to: 1, count: 2 };
 * const [x, y] = [{ label: "x₁" }, { label: "x₂" }];
 * const probabilities = [1, 0, 0, 1, 1, 0, 0, 1];
 * regions({ title: "R", x, y, columns: grid, rows: grid, probabilities, classNames: ["a", "b"], sets: [] }).includes("a 50 %"); // true
 */
export function regions(options: RegionsOptions): string {
  const { x, y, classNames, probabilities, columns, rows } = options;
  const [xEnds, yEnds] = [gridEnds("regions", "columns", x, columns), gridEnds("regions", "rows", y, rows)];
  const [cells, classes] = [rows.count * columns.count, classNames.length];
  if (probabilities.length !== cells * classes || classes === 0)
    throw new ShapeError(
      "regions",
      [[probabilities.length], [rows.count, columns.count, classes]],
      `${probabilities.length} probabilities are not ${rows.count} rows × ${columns.count} columns × ${classes} classes`,
    );
  const winner = Int32Array.from({ length: cells }, (_, cell) => winnerOf(probabilities, cell, classes));
  const points = pointsOf("regions", options, x, y);
  const height = (options.equal ?? true) ? equalHeight(xEnds, yEnds) : () => options.height ?? 260;
  const draw = (top: number, width: number) =>
    axes({ x: xEnds, y: yEnds, top, width, height, grid: false }, (inside) => {
      const kindOf = (cell: number) => {
        const one = winner[cell];
        if (one < 0) return -1;
        const sure = (probabilities[cell * classes + one] - 1 / classes) / (1 - 1 / classes || 1);
        return one * steps + Math.min(steps - 1, Math.max(0, Math.floor(sure * steps)));
      };
      const paint = (kind: number) =>
        kind < 0
          ? filled("missing")
          : {
              ...filled(Math.floor(kind / steps)),
              "fill-opacity": (0.12 + 0.08 * (kind % steps)).toFixed(2),
            };
      const box = { rows: rows.count, columns: columns.count, ramp: "soft", low: 0, high: 1 } as const;
      const lines = classNames
        .map((_, k) => contourLines({ ...box, values: lead(probabilities, k, classes) }, 0, inside))
        .join("");
      return (
        drawKinds(rows.count, columns.count, kindOf, inside, true, paint) +
        (lines === ""
          ? ""
          : element("path", { ...stroked("ink", 1.4), "stroke-linejoin": "round", d: lines })) +
        drawPoints(points, inside)
      );
    });
  return figure(options, {
    kind: "regions",
    description: describe(options, winner, describePoints(points)),
    legend: pointItems(points),
    notes: pointNotes(points, false),
    draw,
  });
}

/** The index of the largest number, the first of equal ones; −1 if any is NaN. */
function winnerOf(probabilities: ArrayLike<number>, cell: number, classes: number): number {
  let best = 0;
  for (let k = 0; k < classes; k++) {
    const value = probabilities[cell * classes + k];
    if (!Number.isFinite(value)) return -1;
    if (value > probabilities[cell * classes + best]) best = k;
  }
  return best;
}

/** For each cell the probability of a class minus the best probability of the others. */
function lead(probabilities: ArrayLike<number>, k: number, classes: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, cell) => {
    let other = -Infinity;
    for (let c = 0; c < classes; c++) if (c !== k) other = Math.max(other, probabilities[cell * classes + c]);
    return probabilities[cell * classes + k] - other;
  });
}

function describe({ x, y, classNames }: RegionsOptions, winner: Int32Array, points: string): string {
  const shares = classNames.map((name, k) => {
    const share = winner.reduce((sum, one) => sum + (one === k ? 1 : 0), 0) / winner.length;
    return `${oneLine(name)} ${formatNumber(Math.round(100 * share))} %`;
  });
  return `Decision regions over ${axisName(x)} and ${axisName(y)}: ${list(shares)} of the plane. ${points}`;
}
