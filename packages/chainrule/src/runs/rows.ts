/** The rows of a source: planned, split, fitted to the training part and encoded as numbers. */
import type { Dataset } from "../data/dataset.ts";
import { applyPlan, keptRows } from "../data/table/apply.ts";
import type { ApplyOptions } from "../data/table/apply.ts";
import type { TableAdvice } from "../data/table/advice.ts";
import { planColumns } from "../data/table/plan.ts";
import type { Plan, PlanOptions } from "../data/table/plan.ts";
import type { Table } from "../data/table/table.ts";
import type { DataSettings } from "./settings/table.ts";
import type { NumberRows } from "./sources.ts";

/** Rows as numbers, before they are split and scaled. */
export interface EncodedRows extends NumberRows {
  /** For tables: the plan by which columns became numbers, and the number of each row in its file. */
  readonly plan?: Plan;
  readonly rows?: Int32Array;
  readonly testRows?: Int32Array;
}

/** Rows that can be split before anything is fitted to the training part. */
export interface UnsplitRows {
  readonly count: number;
  /** The class of each row, for a split in proportion. */
  readonly labels?: ArrayLike<number>;
  /** A sentence about a class with a single row, which cannot be in two parts. */
  readonly single?: string;
  /** The numbers; means that fill gaps and the scaling of the target are fitted to these rows. */
  fit(train: Int32Array): EncodedRows;
}

/** The rows of a source. A new run plans, splits and fits them; a saved run encodes them by its own plan. */
export interface SourceRows {
  /** Plans how the rows become numbers. */
  plan(settings: DataSettings): UnsplitRows;
  /** Encodes the rows by a plan that was kept. */
  encode(plan: Plan, dtype: "float32" | "float64"): EncodedRows;
}

/** Rows that were read as numbers. */
export function numberRows(rows: NumberRows): SourceRows {
  const { data } = rows;
  const labels = data.targets.dtype === "int32" ? { labels: data.targets.data } : {};
  return {
    plan: () => ({ count: data.length, ...labels, fit: () => rows }),
    encode: () => rows,
  };
}

/** A table, and a second one where the test set has a file of its own. */
export interface Tables {
  readonly table: Table;
  readonly test: Table | null;
}

/** The rows of tables. A plan says how their columns become numbers. */
export function tableRows(tables: Tables): SourceRows {
  return {
    plan: (settings) => planTable(tables, settings),
    encode: (plan, dtype) => encodeTables(tables, plan, { fits: dtype }),
  };
}

/** What errors about a table advise a user of flags to try. */
export const flagAdvice: Partial<TableAdvice> = {
  drop: "--drop",
  dropRows: "--missing drop",
  dropOrFill: "--missing drop or mean",
  otherTarget: "choose another with --target",
  float64: "use --dtype float64",
  text: "--text",
  dates: "--dates",
  na: "--na",
};

/** The numbers keep the digits of the file, float64, until they are scaled. */
function encodeTables({ table, test }: Tables, plan: Plan, given: Omit<ApplyOptions, "dtype">): EncodedRows {
  const options: ApplyOptions = { ...given, dtype: "float64" };
  return {
    data: applyPlan(plan, table, options),
    test: test && applyPlan(plan, test, options),
    plan,
    rows: keptRows(plan, table),
    ...(test && { testRows: keptRows(plan, test) }),
  };
}

function planTable(tables: Tables, settings: DataSettings): UnsplitRows {
  const { table } = tables;
  const { target, features, drop, task, missing, dtype, scale, text, dates } = settings;
  const options: PlanOptions = {
    target: target ?? undefined,
    features: features ?? undefined,
    drop,
    text,
    dates,
    task: task ?? undefined,
    missing,
    targetScaling: scale === "none" ? "none" : "standard",
    advice: flagAdvice,
  };
  const encoded = (plan: Plan): EncodedRows =>
    encodeTables(tables, plan, { fits: dtype, advice: flagAdvice });
  const outline = planColumns(table, options);
  const rows = keptRows(outline, table, { advice: flagAdvice });
  // Only filled gaps and scaled targets depend on which rows train.
  const fitted = outline.task === "regression" || outline.missing === "mean";
  const whole = outline.task === "classification" ? encoded(outline) : undefined;
  return {
    count: rows.length,
    ...(whole && { labels: whole.data.targets.data, single: singleRow(table, whole.data, rows) }),
    fit(train) {
      const plan = planColumns(table, { ...options, rows: train.map((row) => rows[row]) });
      return whole && !fitted ? { ...whole, plan } : encoded(plan);
    },
  };
}

/** The first class with a single row, in words with the line of that row. */
function singleRow(table: Table, { targets, info }: Dataset, rows: Int32Array): string | undefined {
  const classNames = info.classNames ?? [];
  const counts = new Uint32Array(classNames.length);
  for (const label of targets.data) counts[label]++;
  const single = counts.indexOf(1);
  if (single < 0) return undefined;
  const line = table.lines[rows[targets.data.indexOf(single)]];
  return `${table.name}: line ${line}: the class ${JSON.stringify(classNames[single])} has this one row`;
}
