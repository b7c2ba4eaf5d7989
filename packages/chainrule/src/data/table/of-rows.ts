/** A table of rows that a program has, such as those of a request. */
import { quote } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import { missingWords } from "./cells.ts";
import type { IsMissing } from "./cells.ts";
import { TextBuilder } from "./columns.ts";
import { quoteAll, refuseAt, refuseLacking } from "./refuse.ts";
import type { Column, ColumnType, MissingCells, NumberColumn, Table } from "./table.ts";

/** A column that rows must have. For text, `categories` are the known ones. */
export interface RowColumn {
  readonly name: string;
  readonly type: ColumnType | "date";
  readonly categories?: readonly string[];
}

/** The values of a row by the names of the columns, or in the order of the columns. */
export type RowValues = Readonly<Record<string, unknown>> | ArrayLike<unknown>;

/**
 * Makes a table of rows. A number is a finite JavaScript number and a text a string; `null`, an empty text and texts such as
 * "NA" are missing values, as they are in CSV. Values that no column asks for are passed over. Rows count from 0.
 *
 * @throws FormatError naming the row and the column, for a column that a row lacks and a value of another kind
 * @example
 * const columns = [{ name: "width", type: "number" }] as const;
 * tableOfRows([{ width: 1.5, colour: "red" }, [2]], columns).columns[0]; // { name: 'width', type: 'number', values: Float64Array(2) [ 1.5, 2 ], missing: { count: 0 } }
 * tableOfRows([{ width: NaN }], columns); // throws FormatError
 */
export function tableOfRows(
  rows: readonly RowValues[],
  columns: readonly RowColumn[],
  { name = "the rows", na }: { readonly name?: string; readonly na?: readonly string[] | undefined } = {},
): Table {
  const places = { name, places: "row" } as const;
  const isMissing = missingWords(na);
  rows.forEach((row, i) => requireColumns(row, columns, `${name}: row ${i}`));
  const valueAt = (row: RowValues, { name: column }: RowColumn, i: number): unknown =>
    isList(row) ? row[i] : row[column];
  return {
    ...places,
    rows: rows.length,
    columns: columns.map((column, i) => {
      const refused = (row: number, problem: string): FormatError =>
        refuseAt(places, row, problem, column.name);
      const values = rows.map((row) => valueAt(row, column, i));
      return column.type === "number"
        ? numbers(column, values, refused, isMissing)
        : texts(column, values, refused, name, isMissing);
    }),
    lines: Int32Array.from(rows.keys()),
    separator: ",",
    header: true,
    notes: [],
  };
}

/** Whether a row holds its values in the order of the columns. */
export function isList(row: RowValues): row is ArrayLike<unknown> {
  return Array.isArray(row) || ArrayBuffer.isView(row);
}

function requireColumns(row: unknown, columns: readonly RowColumn[], where: string): void {
  if (typeof row !== "object" || row === null)
    throw new FormatError(`${where}: expected an object with the values by column name, found ${shown(row)}`);
  if (isList(row as RowValues)) {
    const { length } = row as ArrayLike<unknown>;
    if (length !== columns.length)
      throw new FormatError(
        `${where}: expected ${columns.length} values, one for each column, found ${length}`,
      );
    return;
  }
  const values = row as Readonly<Record<string, unknown>>;
  const isGiven = (name: string): boolean => Object.hasOwn(values, name) && values[name] !== undefined;
  const lacking = columns.map(({ name }) => name).filter((name) => !isGiven(name));
  if (lacking.length > 0) throw refuseLacking(where, lacking, Object.keys(values).filter(isGiven));
}

type Refused = (row: number, problem: string) => FormatError;

function numbers(
  { name }: RowColumn,
  values: readonly unknown[],
  refused: Refused,
  isMissing: IsMissing,
): NumberColumn {
  let missing: MissingCells = { count: 0 };
  const found = values.map((value, row) => {
    if (isGap(value, isMissing)) {
      const { count, firstLine = row, firstText = shown(value) } = missing;
      missing = { count: count + 1, firstLine, firstText };
      return NaN;
    }
    if (Number.isFinite(value)) return value as number;
    throw refused(row, `expected a number, found ${shown(value)}; a value that is missing is null`);
  });
  return { name, type: "number", values: Float64Array.from(found), missing };
}

function texts(
  { name, categories = [] }: RowColumn,
  values: readonly unknown[],
  refused: Refused,
  file: string,
  isMissing: IsMissing,
): Column {
  const builder = new TextBuilder(name, file, values.length, isMissing);
  values.forEach((value, row) => {
    if (typeof value !== "string" && !isGap(value, isMissing))
      throw refused(row, `expected a text, found ${shown(value)}; known: ${quoteAll(categories)}`);
    builder.add((value as string | null) ?? "", row);
  });
  const column = builder.finish();
  const { count, firstLine } = column.missing;
  if (count === 0) return column;
  return { ...column, missing: { ...column.missing, firstText: shown(values[firstLine!]) } };
}

/** Whether a value is missing, by the rules of CSV for texts. */
function isGap(value: unknown, isMissing: IsMissing): boolean {
  return value === null || (typeof value === "string" && isMissing(value.trim()));
}

/** A value in a message. */
function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null
    ? "an object"
    : typeof value === "function"
      ? "a function"
      : String(value);
}
