/** Pages: self-contained HTML with figures, tables and prose, as text. */
import "../graph/eager.ts";

export {
  code,
  columns,
  facts,
  folded,
  formula,
  keyMetrics,
  list,
  note,
  prose,
  steps,
  subsection,
} from "./blocks.ts";
export type { KeyMetric } from "./blocks.ts";
export { figure } from "./figure.ts";
export type { FigureBlock, FigureText } from "./figure.ts";
export {
  barFigure,
  confusionFigure,
  heatMapFigure,
  imageGridFigure,
  lineFigure,
  regionsFigure,
  scatterFigure,
} from "./figures.ts";
export { html } from "./html.ts";
export type { Child, Html } from "./html.ts";
export { page } from "./page.ts";
export type { PageOptions, Section } from "./page.ts";
export { worstMistakes } from "./run/outcome-observations.ts";
export type {
  ClassOutcome,
  FactGroup,
  Fit,
  Mistake,
  NumberOutcome,
  Plane,
  PlanePoints,
  RunRecord,
  Weights,
} from "./run/record.ts";
export { runReport } from "./run/report.ts";
export { table } from "./table.ts";
export type { Cell, TableOptions } from "./table.ts";
