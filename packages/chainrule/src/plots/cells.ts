/** Grids of coloured cells: runs of one level are one rectangle, and all rectangles of a level one path. */
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

/** Draws a grid, its first row at the top, or at the bottom when `upwards`; cells without a finite value are grey. */
export function drawCells(cells: Cells, box: Box, upwards = false): string {
  const { values, rows, columns, ramp, low, high } = cells;
  const kindOf = (cell: number) => levelOf(values[cell], low, high) ?? -1;
  return drawKinds(rows, columns, kindOf, box, upwards, (level) =>
    level < 0 ? filled("missing") : filledLevel(ramp, level),
  );
}

/** Draws a grid of cells that have a kind each, a whole number; `paint` says how a kind looks. */
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
  // In units of cells, which are short to write: images of many pixels are most of what a report weighs.
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

/** The ends of the finite values, and how many are not; 0 and 0 where there are none. */
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
