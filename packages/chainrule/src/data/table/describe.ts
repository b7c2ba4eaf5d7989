/** Describes a table for people, before anything is trained on it. */
import { seenInText } from "./observe.ts";
import type { SeenInText } from "./observe.ts";
import type { Column, ColumnType, MissingCells, NumberColumn, Table, TextColumn } from "./table.ts";

/**
 * Up to this many different values are listed. Where there are more, text columns list the most frequent; number
 * columns list none.
 */
const mostListed = 20;

export interface ValueCount {
  readonly value: string | number;
  readonly count: number;
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: MissingCells;
  /** The number of different values, without missing ones. */
  readonly distinct: number;
  /** For a column of numbers with at least one value. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** For a column of numbers: whether all are whole. */
  readonly whole?: boolean;
  /** The different values with their counts: numbers ascending, texts by frequency. */
  readonly values?: readonly ValueCount[];
  /** For a column of text: whether its texts are dates, or numbers with a mark around them. */
  readonly seen?: SeenInText;
}

export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly separator: string;
  readonly header: boolean;
  readonly skippedLines?: number;
  readonly encoding?: Table["encoding"];
  readonly columns: readonly ColumnDescription[];
  readonly classNames?: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Describes a table: its rows, and for each column type, range, mean, missing cells and different values.
 *
 * @example
 * const { columns } = describeTable(readTable("width,kind\n1,a\n2,b\n6,a\n"));
 * [columns[0].min, columns[0].max, columns[0].mean]; // [ 1, 6, 3 ]
 * columns[1].values; // [ { value: 'a', count: 2 }, { value: 'b', count: 1 } ]
 */
export function describeTable(table: Table): TableDescription {
  const { name, rows, separator, header, classNames, notes } = table;
  const columns = table.columns.map(describeColumn);
  const { skippedLines, encoding } = table;
  const layout = { ...(skippedLines && { skippedLines }), ...(encoding && { encoding }) };
  return { name, rows, separator, header, ...layout, columns, ...(classNames && { classNames }), notes };
}

export function describeColumn(column: Column): ColumnDescription {
  return column.type === "number" ? describeNumbers(column) : describeTexts(column);
}

function describeNumbers({ name, type, values, missing }: NumberColumn): ColumnDescription {
  const count = values.length - missing.count;
  if (count === 0) return { name, type, missing, distinct: 0 };
  // Sorting puts NaN last, so that the values come first.
  const sorted = values.toSorted().subarray(0, count);
  const listed: { value: number; count: number }[] = [];
  let [distinct, whole] = [0, true];
  for (let i = 0; i < count; i++) {
    const value = sorted[i];
    whole &&= Number.isInteger(value);
    if (i > 0 && value === sorted[i - 1]) {
      if (distinct <= mostListed) listed[distinct - 1].count++;
    } else if (++distinct <= mostListed) listed.push({ value: value + 0, count: 1 });
  }
  return {
    name,
    type,
    missing,
    distinct,
    min: sorted[0],
    max: sorted[count - 1],
    mean: meanOf(sorted),
    whole,
    ...(distinct <= mostListed && { values: listed }),
  };
}

function describeTexts(column: TextColumn): ColumnDescription {
  const { name, type, codes, categories, missing } = column;
  const seen = seenInText(column);
  const counts = new Float64Array(categories.length);
  for (const code of codes) if (code >= 0) counts[code]++;
  const values = categories
    .map((value, code) => ({ value, count: counts[code] }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostListed);
  const { length: distinct } = categories;
  return { name, type, missing, distinct, values, ...(Object.keys(seen).length > 0 && { seen }) };
}

/** The mean of the values that are not missing (0 where all are), over all rows or some. */
export function meanOf(values: Float64Array, rows?: ArrayLike<number>): number {
  let [sum, scaled, count] = [0, 0, 0];
  const length = rows?.length ?? values.length;
  for (let i = 0; i < length; i++) {
    const value = values[rows ? rows[i] : i];
    if (Number.isNaN(value)) continue;
    sum += value;
    scaled += value / length;
    count++;
  }
  if (count === 0) return 0;
  // Only a sum of numbers near 1e308 overflows.
  return Number.isFinite(sum) ? sum / count : scaled * (length / count);
}
