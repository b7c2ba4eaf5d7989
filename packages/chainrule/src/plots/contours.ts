/** Contour lines of a grid: d3-contour's rings without their stretches along the grid's border. */
import { contours as ringsOf } from "d3-contour";
import type { Box, Cells } from "./cells.ts";
import { px } from "./svg.ts";

type Place = readonly number[];

/**
 * The lines along which values on a grid equal `value`, as path data; row 0 lies at the bottom of the box.
 *
 * d3-contour outlines the areas of larger values, so its rings close along the border of the grid, which is not a
 * contour. These stretches are left out, and lines near the border continue straight to it.
 */
export function contourLines({ values, rows, columns }: Cells, value: number, box: Box): string {
  if (!Number.isFinite(value)) return "";
  const { coordinates } = ringsOf().size([columns, rows]).contour(Array.from(values), value);
  const x = (u: number) => px(box.left + (box.width * u) / columns);
  const y = (v: number) => px(box.top + box.height * (1 - v / rows));
  const onBorder = ([u, v]: Place) => u <= 0 || v <= 0 || u >= columns || v >= rows;
  /**
   * The point at which a line that ends in the middle of an outermost cell reaches the border: straight on, at most a
   * cell to the side.
   */
  const meet = ([u, v]: Place, [du, dv]: Place): Place => {
    const aside = (along: number, across: number) =>
      across === 0 ? 0 : Math.max(-1, Math.min(1, (0.5 * along) / Math.abs(across)));
    const inside = (at: number, most: number) => Math.max(0, Math.min(most, at));
    if (v === 0.5 || v === rows - 0.5) return [inside(u + aside(du, dv), columns), v === 0.5 ? 0 : rows];
    return [u === 0.5 ? 0 : columns, inside(v + aside(dv, du), rows)];
  };
  const onward = (end: Place, before: Place = end): Place =>
    meet(end, [end[0] - before[0], end[1] - before[1]]);
  let d = "";
  for (const ring of coordinates.flat()) {
    const open = ring.slice(0, -1);
    const first = open.findIndex(onBorder);
    if (first < 0) {
      d += `M${open.map(([u, v]) => `${x(u)},${y(v)}`).join("L")}z`;
      continue;
    }
    // Walks the ring from a point on the border; its stretches inside the grid are the lines.
    const turned = [...open.slice(first), ...open.slice(0, first), open[first]];
    let run: Place[] = [];
    for (const place of turned) {
      if (!onBorder(place)) {
        run.push(place);
      } else if (run.length > 0) {
        run = [onward(run[0], run[1]), ...run, onward(run.at(-1)!, run.at(-2))];
        d += `M${run.map(([u, v]) => `${x(u)},${y(v)}`).join("L")}`;
        run = [];
      }
    }
  }
  return d;
}
