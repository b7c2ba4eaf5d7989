/** The rows that a source gives, from before the split until they are numbers. */
import type { Dataset } from "../data/dataset.ts";
import { applyPlan, keptRows } from "../data/table/apply.ts";
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
  /** In words, a class with a single row, which cannot be in two parts. */
  readonly single?: string;
  /** The numbers; means that fill gaps and the scaling of the target are fitted to these rows. */
  fit(train: Int32Array): EncodedRows;
}

/** What a source gives: rows that are planned, split and fitted, or encoded by a plan that was kept. */
export interface SourceRows {
  plan(settings: DataSettings): UnsplitRows;
  encode(plan: Plan, dtype: "float32" | "float64"): EncodedRows;
}

/** Rows that are numbers already. */
export function numberRows(rows: NumberRows): SourceRows {
  const { data } = rows;
  const labels = data.targets.dtype === "int32" ? { labels: data.targets.data } : {};
  return {
    plan: () => ({ count: data.length, ...labels, fit: () => rows }),
    encode: () => rows,
  };
}

/** Tables as they were read; `test` is a test set of its own. */
export interface Tables {
  readonly table: Table;
  readonly test: Table | null;
}

/** The rows of tables, which a plan makes numbers of. */
export function tableRows(tables: Tables): SourceRows {
  return {
    plan: (settings) => planTable(tables, settings),
    encode: (plan, dtype) => encodeTables(tables, plan, dtype),
  };
}

function encodeTables({ table, test }: Tables, plan: Plan, dtype: "float32" | "float64"): EncodedRows {
  return {
    data: applyPlan(plan, table, { dtype }),
    test: test && applyPlan(plan, test, { dtype }),
    plan,
    rows: keptRows(plan, table),
    ...(test && { testRows: keptRows(plan, test) }),
  };
}

function planTable(tables: Tables, settings: DataSettings): UnsplitRows {
  const { table } = tables;
  const { target, features, drop, task, missing, dtype, scale } = settings;
  const options: PlanOptions = {
    target: target ?? undefined,
    features: features ?? undefined,
    drop,
    task: task ?? undefined,
    missing,
    targetScaling: scale === "none" ? "none" : "standard",
  };
  const outline = planColumns(table, options);
  const rows = keptRows(outline, table);
  // classes without filled gaps are the same numbers whichever rows train
  const fitted = outline.task === "regression" || outline.missing === "mean";
  const whole = outline.task === "classification" ? encodeTables(tables, outline, dtype) : undefined;
  return {
    count: rows.length,
    ...(whole && { labels: whole.data.targets.data, single: singleRow(table, whole.data, rows) }),
    fit(train) {
      const plan = planColumns(table, { ...options, rows: train.map((row) => rows[row]) });
      return whole && !fitted ? { ...whole, plan } : encodeTables(tables, plan, dtype);
    },
  };
}

/** A class that has a single row, with the row's line. */
function singleRow(table: Table, { targets, info }: Dataset, rows: Int32Array): string | undefined {
  const classNames = info.classNames ?? [];
  const counts = new Uint32Array(classNames.length);
  for (const label of targets.data) counts[label]++;
  const single = counts.indexOf(1);
  if (single < 0) return undefined;
  const line = table.lines[rows[targets.data.indexOf(single)]];
  return `${table.name}: line ${line}: the class ${JSON.stringify(classNames[single])} has this one row`;
}
