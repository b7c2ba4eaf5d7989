/** Applies a plan to a table: finds its columns by name and makes them into tensors. */
import { quote } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import { fromValues } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Dataset } from "../dataset.ts";
import { adviceOf } from "./advice.ts";
import type { TableAdvice } from "./advice.ts";
import { allRows, inputNames, refuseMissing } from "./plan.ts";
import type { Plan, PlannedFeature, PlannedTarget } from "./plan.ts";
import { quoteAll, refuseAt, refuseLacking } from "./refuse.ts";
import { monthNames, weekdayNames } from "./dates.ts";
import { daysOf } from "./plan-feature.ts";
import type { Column, ColumnType, NumberColumn, Table, TextColumn } from "./table.ts";

export interface ApplyOptions {
  /** The type of inputs and numeric targets; default float32. Large numbers keep their digits in float64 alone. */
  readonly dtype?: "float32" | "float64";
  /** Numbers that this type cannot hold are refused; default: `dtype`. */
  readonly fits?: "float32" | "float64";
  /** How errors name the options to try. */
  readonly advice?: Partial<TableAdvice>;
}

/**
 * Makes a table into a data set by a plan, which may come from another table: columns are found by name, in any order,
 * and columns that the plan does not name are ignored. Inputs [N, F]; targets [N] (int32 class indices) or [N, 1]
 * (numbers). Where the plan drops rows with missing values, `keptRows` says which rows the data set holds.
 *
 * @throws FormatError for columns that are missing or of another type, categories and classes that the plan does not
 * know, and missing values that the plan refuses; each message names column and line
 * @example
 * const table = readTable("width,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n");
 * const { inputs, targets } = applyPlan(planColumns(table), table);
 * inputs.toArray(); // [ [ 1, 0, 1 ], [ 2, 1, 0 ], [ 3, 0, 1 ] ]
 * targets.toArray(); // [ 0, 1, 0 ]
 */
export function applyPlan(plan: Plan, table: Table, options: ApplyOptions = {}): Dataset {
  const applied = filledIn(options);
  const { advice } = applied;
  const columns = findColumns([...plan.features, plan.target], table, advice);
  const [features, target] = [columns.slice(0, -1), columns.at(-1)!];
  const rows = rowsOfData(plan, table, columns, advice);
  return new Dataset(
    inputTensor(plan, table, features, rows, applied),
    targetTensor(plan.target, table, target, rows, applied),
    {
      featureNames: inputNames(plan),
      ...("classNames" in plan.target
        ? { classNames: plan.target.classNames }
        : { targetNames: [plan.target.name] }),
    },
  );
}

/**
 * The inputs [N, F] of a table that may lack the target. It holds the rows that `keptRows(plan, table, { target: false
 * })` lists, possibly none.
 */
export function applyFeatures(plan: Plan, table: Table, options: ApplyOptions = {}): Tensor {
  const applied = filledIn(options);
  const { advice } = applied;
  const features = findColumns(plan.features, table, advice);
  return inputTensor(plan, table, features, rowsWithout(plan, table, features, advice), applied);
}

type Applied = ReturnType<typeof filledIn>;

function filledIn({ dtype = "float32", fits = dtype, advice }: ApplyOptions) {
  const held = (value: number): boolean => Number.isFinite(fits === "float32" ? Math.fround(value) : value);
  return { dtype, held, advice: adviceOf(advice) };
}

/** The rows of the table that its data set holds, in order: all, or those without missing values where the plan drops them. */
export function keptRows(
  plan: Plan,
  table: Table,
  { target = true, ...options }: Pick<ApplyOptions, "advice"> & { readonly target?: boolean } = {},
): Int32Array {
  const advice = adviceOf(options.advice);
  if (!target) return rowsWithout(plan, table, findColumns(plan.features, table, advice), advice);
  return rowsOfData(plan, table, findColumns([...plan.features, plan.target], table, advice), advice);
}

/** Undoes the target scaling of a plan: y ↦ y · scale + offset. Other targets are returned unchanged. */
export function unscaleTarget({ target }: Pick<Plan, "target">, values: ArrayLike<number>): Float64Array {
  if (!("scale" in target)) return Float64Array.from(values);
  return Float64Array.from(values, (value) => value * target.scale + target.offset);
}

type Planned = PlannedFeature | PlannedTarget;

/** The type that a planned column has in a table: dates are read as text. */
export function columnType({ type }: Planned): ColumnType {
  return type === "number" ? "number" : "text";
}

function findColumns(planned: readonly Planned[], table: Table, advice: TableAdvice): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const lacking = planned.map(({ name }) => name).filter((name) => !byName.has(name));
  if (lacking.length > 0)
    throw refuseLacking(table.name, lacking, [...byName.keys()], {
      named: table.header,
      advice: advice.column,
    });
  return planned.map((one) => {
    const column = byName.get(one.name)!;
    if (column.type === columnType(one) || column.missing.count === table.rows) return column;
    return columnType(one) === "text"
      ? refuseNumbers(one, column as NumberColumn, table)
      : refuseText(column, table);
  });
}

function refuseText(column: Column, table: Table): never {
  const { name, codes, categories } = column as TextColumn;
  // The first category is the first text, so its row is the first that is not missing.
  const row = codes.findIndex((code) => code >= 0);
  throw refuseAt(table, table.lines[row], `expected a number, found ${quote(categories[0])}`, name);
}

/** Reads texts that look like numbers, such as house numbers and codes, as numbers. */
function refuseNumbers({ name }: Planned, { values }: NumberColumn, table: Table): never {
  const row = values.findIndex((value) => !Number.isNaN(value));
  throw refuseAt(
    table,
    table.lines[row],
    `expected text, found the number ${values[row]}; if numbers are among its categories, read the table with the plan's types`,
    name,
  );
}

function rowsWithout(plan: Plan, table: Table, columns: readonly Column[], advice: TableAdvice): Int32Array {
  if (plan.missing === "refuse") refuseMissing(table, columns, "refuse", advice);
  if (plan.missing === "mean")
    refuseMissing(
      table,
      columns.filter(({ name }) => name === plan.target.name),
      "mean",
      advice,
    );
  const incomplete = columns.filter(({ missing }) => missing.count > 0);
  if (plan.missing !== "drop" || incomplete.length === 0) return allRows(table.rows);
  return allRows(table.rows).filter((row) => !incomplete.some((column) => isMissingAt(column, row)));
}

/** Like `rowsWithout`, but throws when no row is left, since a data set has at least one. */
function rowsOfData(plan: Plan, table: Table, columns: readonly Column[], advice: TableAdvice): Int32Array {
  const rows = rowsWithout(plan, table, columns, advice);
  if (rows.length > 0 || table.rows === 0) return rows;
  const incomplete = columns.filter(({ missing }) => missing.count > 0).map(({ name }) => name);
  throw new FormatError(
    `${table.name}: every row lacks a value (columns ${quoteAll(incomplete)}), so dropping them leaves none; leave a column out (${advice.drop})`,
  );
}

function isMissingAt(column: Column, row: number): boolean {
  return column.type === "number" ? Number.isNaN(column.values[row]) : column.codes[row] < 0;
}

function inputTensor(
  plan: Plan,
  table: Table,
  columns: readonly Column[],
  rows: Int32Array,
  { dtype, held, advice }: Applied,
): Tensor {
  const width = inputNames(plan).length;
  const length = rows.length * width;
  const out = dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  plan.features.forEach((feature, i) => {
    const column = columns[i];
    if (feature.type === "number") {
      const { fill = NaN } = feature;
      const values = column.type === "number" ? column.values : new Float64Array(table.rows).fill(NaN);
      for (let r = 0; r < rows.length; r++) {
        const value = values[rows[r]];
        out[r * width + at] = Number.isNaN(value) ? fill : value;
        if (!held(out[r * width + at])) throw tooLarge(column, table, rows[r], advice);
      }
      at += 1;
    } else if (feature.type === "date") {
      const days = column.type === "text" ? daysOf(table, column, feature.form) : undefined;
      for (let r = 0; r < rows.length; r++) {
        const found = days?.[rows[r]] ?? NaN;
        const day = Number.isNaN(found) ? (feature.fill ?? feature.origin) : found;
        const start = r * width + at;
        out[start] = day - feature.origin;
        out[start + 1 + new Date(day * msPerDay).getUTCMonth()] = 1;
        out[start + 1 + monthNames.length + new Date(day * msPerDay).getUTCDay()] = 1;
      }
      at += 1 + monthNames.length + weekdayNames.length;
    } else {
      const indices = categoryIndices(column, feature.categories, rows, table, "category");
      const fill = feature.fill === undefined ? -1 : feature.categories.indexOf(feature.fill);
      for (let r = 0; r < rows.length; r++) {
        const index = indices[r] < 0 ? fill : indices[r];
        if (index >= 0) out[r * width + at + index] = 1;
      }
      at += feature.categories.length;
    }
  });
  return fromValues(out, [rows.length, width], dtype);
}

const msPerDay = 86_400_000;

/** The category index of each row, −1 where the value is missing. */
function categoryIndices(
  column: Column,
  categories: readonly string[],
  rows: Int32Array,
  table: Table,
  noun: string,
): Int32Array {
  if (column.type === "number") return new Int32Array(rows.length).fill(-1);
  const known = new Map(categories.map((category, i) => [category, i]));
  const places = column.categories.map((category) => known.get(category) ?? -2);
  return rows.map((row) => {
    const code = column.codes[row];
    if (code < 0) return -1;
    if (places[code] >= 0) return places[code];
    throw refuseAt(
      table,
      table.lines[row],
      `unknown ${noun} ${quote(column.categories[code])}; known: ${quoteAll(categories)}`,
      column.name,
    );
  });
}

function targetTensor(
  target: PlannedTarget,
  table: Table,
  column: Column,
  rows: Int32Array,
  { dtype, held, advice }: Applied,
): Tensor {
  if (target.type === "text")
    return fromValues(
      categoryIndices(column, target.classNames, rows, table, "class"),
      [rows.length],
      "int32",
    );
  const { values } = column as NumberColumn;
  if ("values" in target) {
    const known = new Map(target.values.map((value, i) => [value, i]));
    const classes = rows.map((row) => {
      const found = known.get(values[row]);
      if (found !== undefined) return found;
      const problem = `unknown class ${values[row]}; known: ${quoteAll(target.values.map(String))}`;
      throw refuseAt(table, table.lines[row], problem, column.name);
    });
    return fromValues(classes, [rows.length], "int32");
  }
  const out = dtype === "float64" ? new Float64Array(rows.length) : new Float32Array(rows.length);
  for (let r = 0; r < rows.length; r++) {
    out[r] = (values[rows[r]] - target.offset) / target.scale;
    if (!held(out[r])) throw tooLarge(column, table, rows[r], advice);
  }
  return fromValues(out, [rows.length, 1], dtype);
}

function tooLarge(column: Column, table: Table, row: number, advice: TableAdvice): FormatError {
  return refuseAt(
    table,
    table.lines[row],
    `${(column as NumberColumn).values[row]} overflows float32; ${advice.float64}, or leave the column out (${advice.drop})`,
    column.name,
  );
}
