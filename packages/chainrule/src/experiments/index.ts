/** Experiments over settings and seeds: plans as plain data, statistics across seeds, tables and figures. */
import "../graph/eager.ts";

export { exactJson, parseExactJson } from "./canonical.ts";
export type { SettingValue } from "./canonical.ts";
export { resultsOf } from "./events.ts";
export type {
  ExperimentDone,
  ExperimentEvent,
  ExperimentStart,
  Measured,
  Outcome,
  Results,
  RunEnd,
} from "./events.ts";
export { experiment, measureRun } from "./experiment.ts";
export type { Experiment, ExperimentOptions, Measure, RunOptions } from "./experiment.ts";
export { experimentFigures } from "./figures.ts";
export type { ExperimentFigure } from "./figures.ts";
export { plan } from "./plan.ts";
export type { Distribution, Plan, PlannedRun, PlanOptions, Settings, SettingsOf, Vary } from "./plan.ts";
export { bootstrapInterval, pairedComparison, tInterval } from "../statistics/inference.ts";
export type { BootstrapOptions, Interval, PairedComparison } from "../statistics/inference.ts";
export { newcombeInterval, wilsonInterval } from "../statistics/proportions.ts";
export type { Proportion } from "../statistics/proportions.ts";
export { interquartileMean, mean, quantile, standardDeviation } from "../statistics/spread.ts";
export { summarize } from "./summary.ts";
export type { MeasureSummary, RankBy, SettingSummary, Summary } from "./summary.ts";
export { formatTable, rankingTable, runTable, settingText, toCsv, toJson } from "./tables.ts";
export type { Table } from "./tables.ts";
