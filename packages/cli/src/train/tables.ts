/** A user's own rows: from CSV files to the numbers of a run, by a plan that is kept with the model. */
import { resolve } from "node:path";
import { ChainruleError, FormatError, ValueError } from "chainrule";
import type { Dataset } from "chainrule/data";
import { applyPlan, keptRows, planColumns, readTable } from "chainrule/data/table";
import type { MissingPolicy, Plan, PlanOptions, ReadTableOptions, Table, Task } from "chainrule/data/table";
import { readBytes } from "chainrule/node";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import type { DataSettings } from "./data.ts";
import { visible } from "./display.ts";
import type { Preprocess } from "./preprocess.ts";
import type { Places, Raw } from "./sources.ts";

/** Tables as they were read; `test` is that of `--test FILE`. */
export interface Tables {
  readonly table: Table;
  readonly test: Table | null;
}

/** What the user says of the columns. */
export interface ColumnSettings {
  readonly target: string | null;
  readonly features: readonly string[] | null;
  readonly drop: readonly string[];
  readonly task: Task | null;
  readonly missing: MissingPolicy;
}

/** Reads the tables in `places.file` and `places.testFile`; the second with the types of the first. */
export function readFiles({ file, testFile }: Places, options: ReadTableOptions = {}): Tables {
  const read = (path: string, types?: ReadTableOptions["types"]): Table =>
    readTable(readBytes(path), { name: path, ...options, ...(types && { types }) });
  const table = read(file!);
  return {
    table,
    test: testFile === undefined ? null : read(testFile, options.types ?? table.columns),
  };
}

/** The rows of a table as numbers, by a plan that is given. */
export function encode({ table, test }: Tables, plan: Plan, dtype: "float32" | "float64"): Raw {
  return {
    data: applyPlan(plan, table, { dtype }),
    test: test && applyPlan(plan, test, { dtype }),
    plan,
    rows: keptRows(plan, table),
    ...(test && { testRows: keptRows(plan, test) }),
  };
}

/** How a table is read once a plan says what its columns are. */
export function byPlan({ plan, ofTable }: Pick<Preprocess, "plan" | "ofTable">): ReadTableOptions {
  return {
    types: [...plan.features, plan.target],
    // where the file has no line of names
    names(width) {
      const known = plan.features.map(({ name }) => name);
      // the run's data were no table: its features in their order, with or without what is predicted
      if (!ofTable && width >= known.length && width <= known.length + 1)
        return [...known, plan.target.name].slice(0, width);
      const names = Array.from({ length: width }, (_, i) => `x${i + 1}`);
      // they were one without names, too: the same, with or without its last column, y
      const whole = plan.target.name !== "y" || !known.includes(`x${width}`);
      return whole ? names.with(-1, "y") : names;
    },
  };
}

/** Rows that can be split before anything is fitted to the training part. */
export interface PlannedRows {
  readonly count: number;
  readonly labels?: ArrayLike<number>;
  /** In words, where a class has one row and so cannot be split. */
  readonly single?: string;
  /** The numbers; means and scaling of the target are taken from the training rows alone. */
  fit(train: Int32Array): Raw;
}

/** Plans the columns of a table by what the user says of them. */
export function planRows(tables: Tables, settings: DataSettings): PlannedRows {
  const { table } = tables;
  const { target, features, drop, task, missing, dtype, scale } = settings;
  checkNames(table, settings);
  const options: PlanOptions = {
    target: target ?? undefined,
    features: features ?? undefined,
    drop,
    task: task ?? undefined,
    missing,
    targetScaling: scale === "none" ? "none" : "standard",
  };
  return inFlags(() => {
    const outline = planColumns(table, options);
    const rows = keptRows(outline, table);
    // without fitting no number could come out differently
    const fitted = outline.task === "regression" || outline.missing === "mean";
    const whole = outline.task === "classification" ? encode(tables, outline, dtype) : undefined;
    return {
      count: rows.length,
      ...(whole && { labels: whole.data.targets.data, single: singleRow(table, whole.data, rows) }),
      fit: (train) =>
        inFlags(() => {
          const plan = planColumns(table, { ...options, rows: train.map((row) => rows[row]) });
          return whole && !fitted ? { ...whole, plan } : encode(tables, plan, dtype);
        }),
    };
  });
}

/** The class of one row, with its line. */
function singleRow(table: Table, { targets, info }: Dataset, rows: Int32Array): string | undefined {
  const classNames = info.classNames ?? [];
  const counts = new Uint32Array(classNames.length);
  for (const label of targets.data) counts[label]++;
  const single = counts.indexOf(1);
  if (single < 0) return undefined;
  const line = table.lines[rows[targets.data.indexOf(single)]];
  return `${table.name}: line ${line}: the class ${JSON.stringify(classNames[single])} has this one row`;
}

/** Columns that the table lacks are refused by flag, with the nearest that it has. */
function checkNames(table: Table, { target, features, drop }: ColumnSettings): void {
  const known = table.columns.map(({ name }) => name);
  const named = { "--target": target === null ? [] : [target], "--features": features ?? [], "--drop": drop };
  for (const [flag, names] of Object.entries(named))
    for (const name of names) {
      if (known.includes(name)) continue;
      const near = suggestion(name, known);
      const list = known.slice(0, 12).map((one) => JSON.stringify(one));
      if (known.length > list.length) list.push("…");
      throw new UsageError(
        `${flag}: ${table.name} has no column ${JSON.stringify(name)}${near || `; its columns are ${list.join(", ")}`}`,
      );
    }
}

/** Says what planning refuses in the words of the command line. */
export function inFlags<T>(plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    const message = error.message
      .replace(/^planColumns: /, "")
      .replace('(missing: "drop" or "mean")', "(--missing drop or mean)")
      .replace('(missing: "drop")', "(--missing drop)")
      .replace("(drop)", "(--drop)")
      .replace("choose another target", "choose another with --target")
      .replace("; use float64,", "; use --dtype float64,");
    if (error instanceof ValueError) throw new UsageError(message);
    throw error instanceof FormatError ? new FormatError(message, { cause: error }) : error;
  }
}

/** What was understood, in sentences for the start of a run. */
export function tableNotes({ table, test }: Tables, { plan, data }: Raw, asked: ColumnSettings): string[] {
  if (plan === undefined) return [];
  const last = table.columns.at(-1)!.name;
  const why = plan.features.some(({ name }) => name === last) ? "is a feature" : "is left out";
  const choice = last === plan.target.name ? "the last column" : `since the last column, ${last}, ${why}`;
  const target = asked.target === null ? `, ${choice}; another with --target` : "";
  const reason = asked.task === null ? `, since ${plan.reason}; --task changes it` : "";
  const left = table.rows - data.length;
  const filled = plan.missing === "mean" ? gaps(table, plan) : [];
  return [
    `target: ${plan.target.name}${target}`,
    `task: ${plan.task}${reason}`,
    ...("scale" in plan.target && plan.target.scale !== 1
      ? [`note: ${plan.target.name} is scaled to train on, and so is the loss; rmse is in its own units`]
      : []),
    ...[...table.notes, ...plan.notes].map((note) => `note: ${note}`),
    ...(left > 0 ? [`note: ${left} of ${table.rows} rows lack a value and are left out`] : []),
    ...(filled.length > 0 ? [`note: missing values are filled in: ${filled.join(", ")}`] : []),
    ...(test !== null && resolve(test.name) === resolve(table.name)
      ? ["note: the test rows are the training rows, so the test figures say nothing of new rows"]
      : []),
  ].map(visible);
}

function gaps(table: Table, plan: Plan): string[] {
  return plan.features.flatMap((feature) => {
    const missing = table.columns.find(({ name }) => name === feature.name)?.missing.count ?? 0;
    if (missing === 0) return [];
    const fill = typeof feature.fill === "number" ? Number(feature.fill.toPrecision(4)) : feature.fill;
    return [`${missing} of ${feature.name} by ${fill}`];
  });
}
