import type { Grid } from "../../plots/heat-map.ts";

/** Whether two axes have similar extents, so that a picture with equal units is neither flat nor tall. */
export function alike(columns: Grid, rows: Grid): boolean {
  const ratio = (rows.to - rows.from) / (columns.to - columns.from);
  return ratio > 0.4 && ratio < 2.5;
}
