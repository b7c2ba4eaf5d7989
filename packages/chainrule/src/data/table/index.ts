/** Tables: a user's own data, read from CSV, described, and made into data sets by a plan that can be saved. */
import "../../graph/eager.ts";

export { readTable } from "./read.ts";
export type { ReadTableOptions } from "./read.ts";
export { tableOfRows } from "./of-rows.ts";
export type { RowColumn, RowValues } from "./of-rows.ts";
export { readTables } from "./stream.ts";
export type { Column, ColumnType, MissingCells, NumberColumn, Table, TextColumn } from "./table.ts";
export { describeTable } from "./describe.ts";
export type { ColumnDescription, TableDescription, ValueCount } from "./describe.ts";
export { inputNames, planColumns } from "./plan.ts";
export type { MissingPolicy, Plan, PlannedFeature, PlannedTarget, PlanOptions, Task } from "./plan.ts";
export type { SeenInText, SeenTexts } from "./observe.ts";
export type { NumberMark } from "./marks.ts";
export type { DateForm } from "./dates.ts";
export { encodings } from "./text-bytes.ts";
export type { Encoding } from "./text-bytes.ts";
export { parsePlan } from "./plan-json.ts";
export { applyFeatures, applyPlan, keptRows, unscaleTarget } from "./apply.ts";
export { typedName } from "./advice.ts";
export type { TableAdvice } from "./advice.ts";
export type { ApplyOptions } from "./apply.ts";
