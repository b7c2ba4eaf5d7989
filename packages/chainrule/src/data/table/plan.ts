/**
 * A plan says which columns of a table are inputs, which column is the target, and how both become numbers. It is plain
 * data.
 */
import { classNotes, leakNotes } from "./notes.ts";
import { quote } from "../../formats/refusal.ts";
import { FormatError, ValueError } from "../../tensor/errors.ts";
import { squareUnit } from "../scale.ts";
import { adviceOf } from "./advice.ts";
import type { TableAdvice } from "./advice.ts";
import { describeColumn, meanOf } from "./describe.ts";
import type { ColumnDescription } from "./describe.ts";
import type { DateForm } from "./dates.ts";
import { monthNames, weekdayNames } from "./dates.ts";
import { noteUnseen, planFeature, refuseMarks, shownName } from "./plan-feature.ts";
import type { Planning } from "./plan-feature.ts";
import { counted, quoteAll, refuseAt } from "./refuse.ts";
import type { Column, NumberColumn, Table } from "./table.ts";

export type Task = "classification" | "regression";
/**
 * How missing values are treated: refuse throws an error, drop leaves out their rows, mean fills in the mean (of texts:
 * the most frequent one).
 */
export type MissingPolicy = "refuse" | "drop" | "mean";

/**
 * A column of numbers is one input. A column of text is one input per category: 1 where the row holds the category,
 * else 0. A column of dates is the number of days since `origin` (a day since 1970-01-01), then one input per month and
 * one per weekday; `fill` is a day as well.
 */
export type PlannedFeature =
  | { readonly name: string; readonly type: "number"; readonly fill?: number }
  | {
      readonly name: string;
      readonly type: "text";
      readonly categories: readonly string[];
      readonly fill?: string;
    }
  | {
      readonly name: string;
      readonly type: "date";
      readonly form: DateForm;
      readonly origin: number;
      readonly fill?: number;
    };

/** Class k is named `classNames[k]`. In the table it is written as that text, or as the number `values[k]`. */
export type PlannedTarget =
  | { readonly name: string; readonly type: "text"; readonly classNames: readonly string[] }
  | {
      readonly name: string;
      readonly type: "number";
      readonly classNames: readonly string[];
      readonly values: readonly number[];
    }
  /** A number to predict, scaled to (value − offset)/scale. */
  | { readonly name: string; readonly type: "number"; readonly offset: number; readonly scale: number };

export interface Plan {
  readonly task: Task;
  /** The reason for the choice of task, in words. */
  readonly reason: string;
  readonly target: PlannedTarget;
  readonly features: readonly PlannedFeature[];
  readonly missing: MissingPolicy;
  /** Warnings, such as a class with a single row or a text column with very many values. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** The column to predict. Default: the last column that is neither dropped nor a feature. */
  readonly target?: string;
  /** The inputs in this order. Default: all columns but the target. */
  readonly features?: readonly string[];
  readonly drop?: readonly string[];
  /** Columns of text whose numbers with marks, such as 12%, are meant as text. */
  readonly text?: readonly string[];
  /** Inputs that are dates. */
  readonly dates?: readonly string[];
  /** Default: classification for a target of text or of few whole numbers, else regression. */
  readonly task?: Task;
  readonly missing?: MissingPolicy;
  /** Shifts and scales a target of numbers to mean 0 and deviation 1. */
  readonly targetScaling?: "none" | "standard";
  /** The rows from which means and scaling are computed: the rows to train on. Default: all rows. */
  readonly rows?: ArrayLike<number>;
  /** How errors name the options to try. */
  readonly advice?: Partial<TableAdvice>;
}

/** Up to this many different whole numbers are taken for classes, if each occurs twice on average. */
const mostNumberClasses = 20;
const mostClasses = 1000;
/**
 * Plans how a table becomes a data set.
 *
 * @throws ValueError for names that the table lacks or that contradict each other; FormatError for columns that cannot
 * be used and for missing values to refuse, by column and line
 * @example
 * const plan = planColumns(readTable("width,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n"));
 * plan.reason; // 'kind holds text (2 different values)'
 * inputNames(plan); // [ 'width', 'colour=blue', 'colour=red' ]
 */
export function planColumns(table: Table, options: PlanOptions = {}): Plan {
  const notes: string[] = [];
  const advice = adviceOf(options.advice);
  const { target: targetColumn, features } = chooseColumns(table, options);
  const missing = options.missing ?? "refuse";
  const used = [...features, targetColumn];
  for (const column of used)
    if (column.missing.count === table.rows)
      throw new FormatError(
        `${table.name}: column ${quote(column.name)}: missing in every row; leave the column out (${advice.drop})`,
      );
  refuseMissing(
    table,
    missing === "refuse" ? used : missing === "mean" ? [targetColumn] : [],
    missing,
    advice,
  );
  const { text = [], dates = [] } = options;
  for (const column of used) refuseMarks(table, column, text, advice);
  const description = describeColumn(targetColumn);
  const { task, reason } = chooseTask(table, description, options.task, advice);
  const rows = options.rows ?? allRows(table.rows);
  notes.push(...leakNotes(features, targetColumn, task, advice));
  return {
    task,
    reason,
    target:
      task === "regression"
        ? planNumber(table, targetColumn as NumberColumn, rows, options.targetScaling)
        : planClasses(table, targetColumn, description, { rows, notes, advice }),
    features: features.map((column) => planFeature(table, column, missing, { rows, notes, advice, dates })),
    missing,
    notes,
  };
}

/**
 * The names of the inputs that a plan makes, in order: the column's name for numbers, `column=category` for text, and
 * `column (days)`, `column=Jan`, …, `column=Sat` for dates.
 */
export function inputNames(plan: Pick<Plan, "features">): string[] {
  return plan.features.flatMap((feature) => {
    const { name, type } = feature;
    if (type === "number") return [name];
    const categories = type === "date" ? [...monthNames, ...weekdayNames] : feature.categories;
    return [
      ...(type === "date" ? [`${name} (days)`] : []),
      ...categories.map((category) => `${name}=${category}`),
    ];
  });
}

function chooseColumns(table: Table, options: PlanOptions): { target: Column; features: Column[] } {
  const { drop = [], features } = options;
  for (const name of drop) findColumn(table, name, "drop");
  for (const name of options.text ?? []) findColumn(table, name, "text");
  for (const name of options.dates ?? []) findColumn(table, name, "dates");
  const target =
    options.target !== undefined
      ? findColumn(table, options.target, "target")
      : table.columns.findLast(({ name }) => !drop.includes(name) && !features?.includes(name));
  if (target === undefined)
    throw new ValueError("planColumns", "no column is left to predict; name a target, or fewer features");
  if (drop.includes(target.name))
    throw new ValueError("planColumns", `the target ${quote(target.name)} is among the columns to drop`);
  if (options.dates?.includes(target.name))
    throw new ValueError(
      "planColumns",
      `the target ${quote(target.name)} is among the dates, which are inputs`,
    );
  if (features?.includes(target.name))
    throw new ValueError("planColumns", `the target ${quote(target.name)} is among the features`);
  const twice = features?.find((name, i) => features.indexOf(name) < i);
  if (twice !== undefined) throw new ValueError("planColumns", `the feature ${quote(twice)} is named twice`);
  const both = features?.find((name) => drop.includes(name));
  if (both !== undefined)
    throw new ValueError("planColumns", `${quote(both)} is both a feature and a column to drop`);
  const chosen =
    features?.map((name) => findColumn(table, name, "feature")) ??
    table.columns.filter((column) => column !== target && !drop.includes(column.name));
  if (chosen.length === 0)
    throw new ValueError("planColumns", `no features are left beside the target ${quote(target.name)}`);
  return { target, features: chosen };
}

function findColumn(table: Table, name: string, role: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  throw new ValueError(
    "planColumns",
    `${role}: ${table.name} has no column ${quote(name)}; its columns are ${quoteAll(table.columns.map((column) => column.name))}`,
  );
}

/** Refuses the first missing value in these columns and names its line. */
export function refuseMissing(
  table: Table,
  columns: readonly Column[],
  policy: MissingPolicy,
  { gap, dropRows, na }: TableAdvice,
): void {
  for (const { name, missing } of columns) {
    if (missing.count === 0) continue;
    const ofCell = missing.firstText ? `the cell holds ${quote(missing.firstText)}` : "the cell is empty";
    const found = table.places === "row" ? `it is ${missing.firstText}` : ofCell;
    const isWord = /^(?:na|none|null)$/i.test(missing.firstText ?? "") && table.places !== "row";
    const other = isWord
      ? `; if ${quote(missing.firstText!)} is a value, name the words that mean missing without it (${na})`
      : "";
    const advice =
      policy === "refuse" ? gap : `a target cannot be filled in; leave such rows out (${dropRows})`;
    throw refuseAt(
      table,
      missing.firstLine ?? 1,
      `the value is missing (${found}); ${counted(missing.count, "row")} ${missing.count === 1 ? "lacks" : "lack"} it; ${advice}${other}`,
      name,
    );
  }
}

function chooseTask(
  table: Table,
  target: ColumnDescription,
  wanted: Task | undefined,
  { otherTarget }: TableAdvice,
): { task: Task; reason: string } {
  const { type, distinct, whole } = target;
  const name = shownName(target.name);
  if (wanted === "regression" && type === "text")
    throw new FormatError(
      `${table.name}: column ${quote(target.name)}: regression needs numbers to predict, this column holds text; ${otherTarget}, or classification`,
    );
  if (wanted) return { task: wanted, reason: `asked for` };
  if (type === "text")
    return { task: "classification", reason: `${name} holds text (${distinct} different values)` };
  const named = table.classNames !== undefined && table.columns.at(-1)!.name === target.name;
  if (named) return { task: "classification", reason: `the first line names ${name}'s classes` };
  const filled = table.rows - target.missing.count;
  if (whole && distinct <= mostNumberClasses && 2 * distinct <= filled)
    return { task: "classification", reason: `${name} holds ${counted(distinct, "different whole number")}` };
  const kind = whole ? "whole number" : "number";
  return { task: "regression", reason: `${name} holds ${counted(distinct, `different ${kind}`)}` };
}

function planClasses(
  table: Table,
  column: Column,
  { distinct, values: listed }: ColumnDescription,
  { rows, notes, advice }: Omit<Planning, "dates">,
): PlannedTarget {
  const { name } = column;
  if (distinct > mostClasses)
    throw new FormatError(
      `${table.name}: column ${quote(name)}: ${distinct} different values are too many for classes (at most ${mostClasses}); ${advice.otherTarget}, or regression`,
    );
  if (distinct < 2)
    throw new FormatError(
      `${table.name}: column ${quote(name)}: one class only (${quote(String(listed![0].value))} in every row), so there is nothing to tell apart; ${advice.otherTarget}`,
    );
  notes.push(...classNotes(column));
  noteUnseen(column, rows, notes);
  if (column.type === "text") return { name, type: "text", classNames: column.categories.toSorted() };
  if (table.classNames && table.columns.at(-1) === column)
    return { name, type: "number", classNames: table.classNames, values: [...table.classNames.keys()] };
  const values = [...new Set(column.values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return { name, type: "number", classNames: values.map(String), values };
}

function planNumber(
  table: Table,
  { name, values }: NumberColumn,
  rows: ArrayLike<number>,
  scaling: "none" | "standard" = "none",
): PlannedTarget {
  if (scaling === "none") return { name, type: "number", offset: 0, scale: 1 };
  const offset = meanOf(values, rows);
  const away = values.map((value) => value - offset);
  let farthest = 0;
  for (let i = 0; i < rows.length; i++)
    if (Math.abs(away[rows[i]]) > farthest) farthest = Math.abs(away[rows[i]]);
  if (farthest === Infinity)
    throw new FormatError(
      `${table.name}: column ${quote(name)}: the range of its numbers overflows; write them in a larger unit`,
    );
  const unit = squareUnit(farthest);
  const squares = away.map((value) => (value / unit) * (value / unit));
  return { name, type: "number", offset, scale: Math.sqrt(meanOf(squares, rows)) * unit || 1 };
}

export function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
