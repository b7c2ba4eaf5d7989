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
  const paths = new Map<number, string>();
  const xAt = (column: number) => px(box.left + (box.width * column) / columns);
  const yAt = (row: number) => px(box.top + (box.height * row) / rows);
  for (let row = 0; row < rows; row++) {
    const place = upwards ? rows - 1 - row : row;
    const level = (column: number) => levelOf(values[row * columns + column], low, high) ?? -1;
    for (let from = 0, to = 0; from < columns; from = to) {
      const one = level(from);
      for (to = from + 1; to < columns && level(to) === one;) to++;
      const d = `M${xAt(from)},${yAt(place)}H${xAt(to)}V${yAt(place + 1)}H${xAt(from)}z`;
      paths.set(one, (paths.get(one) ?? "") + d);
    }
  }
  return element(
    "g",
    { "shape-rendering": "crispEdges" },
    ...[...paths]
      .sort(([a], [b]) => a - b)
      .map(([one, d]) => element("path", { ...(one < 0 ? filled("missing") : filledLevel(ramp, one)), d })),
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
