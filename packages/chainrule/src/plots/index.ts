/** Plots: pure functions that return a figure as SVG text, in Node and in a page, with a text alternative, for light and dark. */
import "../graph/eager.ts";

export type { Axis } from "./axes.ts";
export { bar } from "./bar.ts";
export type { BarOptions, BarSeries } from "./bar.ts";
export { boxPlot } from "./box-plot.ts";
export type { BoxGroup, BoxPlotOptions } from "./box-plot.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export type { ConfusionMatrixOptions } from "./confusion-matrix.ts";
export type { FigureOptions } from "./frame.ts";
export { heatMap } from "./heat-map.ts";
export type { HeatMapOptions } from "./heat-map.ts";
export { imageGrid } from "./image-grid.ts";
export type { GridImage, ImageGridOptions } from "./image-grid.ts";
export { line } from "./line.ts";
export type { LineOptions, Series } from "./line.ts";
export { meanSeries } from "./mean-series.ts";
export { parallelCoordinates } from "./parallel-coordinates.ts";
export type { Coordinate, CoordinateLine, ParallelCoordinatesOptions } from "./parallel-coordinates.ts";
export type { PointOptions, PointSet } from "./points.ts";
export { scatter } from "./scatter.ts";
export type { ScatterOptions } from "./scatter.ts";
export { settingsMap } from "./settings-map.ts";
export type { SettingAxis, SettingsMapOptions } from "./settings-map.ts";
export { sheet } from "./sheet.ts";
export { trajectories } from "./trajectories.ts";
export type { PlaneAxis, TrajectoriesOptions, Trajectory } from "./trajectories.ts";
