/**
 * Grids of coloured cells. A run of cells of one level is one rectangle, and all rectangles of a level are one path.
 */
import { element, px } from "./svg.ts";
import { filled, filledLevel, levelOf } from "./theme.ts";
import type { RampName } from "./theme.ts";

export interface Cells {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly ramp: RampName;
  readonly low: number;
  readonly high: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Draws a grid with its first row at the top, or at the bottom if `upwards`. Cells without a finite value are grey. */
export function drawCells(cells: Cells, box: Box, upwards = false): string {
  const { values, rows, columns, ramp, low, high } = cells;
  const kindOf = (cell: number) => levelOf(values[cell], low, high) ?? -1;
  return drawKinds(rows, columns, kindOf, box, upwards, (level) =>
    level < 0 ? filled("missing") : filledLevel(ramp, level),
  );
}

/** Draws a grid of cells; each cell has a kind, a whole number, and `paint` gives the attributes of a kind. */
export function drawKinds(
  rows: number,
  columns: number,
  kindOf: (cell: number) => number,
  box: Box,
  upwards: boolean,
  paint: (kind: number) => Record<string, string>,
): string {
  const paths = new Map<number, string>();
  for (let row = 0; row < rows; row++) {
    const place = upwards ? rows - 1 - row : row;
    for (let from = 0, to = 0; from < columns; from = to) {
      const kind = kindOf(row * columns + from);
      for (to = from + 1; to < columns && kindOf(row * columns + to) === kind;) to++;
      paths.set(kind, (paths.get(kind) ?? "") + `M${from},${place}h${to - from}v1h${from - to}z`);
    }
  }
  // Coordinates in units of cells are short to write. Images of many pixels are the largest part of a report.
  const scale = [box.width / columns, box.height / rows].map((one) => one.toFixed(5)).join(",");
  return element(
    "g",
    {
      "shape-rendering": "crispEdges",
      transform: `translate(${px(box.left)},${px(box.top)}) scale(${scale})`,
    },
    ...[...paths].sort(([a], [b]) => a - b).map(([kind, d]) => element("path", { ...paint(kind), d })),
  );
}

export interface Finite {
  readonly low: number;
  readonly high: number;
  readonly missing: number;
}

/** The range of the finite values (0 to 0 if there are none), and the number of values that are not finite. */
export function finiteEnds(values: ArrayLike<number>): Finite {
  let [low, high, missing] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) missing++;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low > high ? { low: 0, high: 0, missing } : { low, high, missing };
}

/** "3 cells have no finite value and are grey." */
export function greyNote(missing: number): string[] {
  if (missing === 0) return [];
  return [
    `${missing} ${missing === 1 ? "cell has no finite value and is" : "cells have no finite value and are"} grey.`,
  ];
}
