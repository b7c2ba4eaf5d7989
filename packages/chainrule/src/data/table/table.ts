/** A table in columns, as the reader understood a file: plain data, so that it can come from anywhere. */

/** What is missing in a column: how many cells, and the first of them. */
export interface MissingCells {
  readonly count: number;
  readonly firstLine?: number;
  /** What stood there: nothing, NA, NaN, ? … */
  readonly firstText?: string;
}

/** Numbers in float64; a missing one is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  readonly values: Float64Array;
  readonly missing: MissingCells;
}

/** Texts as indices into the different ones, in the order of their first appearance; a missing one is −1. */
export interface TextColumn {
  readonly name: string;
  readonly type: "text";
  readonly codes: Int32Array;
  readonly categories: readonly string[];
  readonly missing: MissingCells;
}

export type Column = NumberColumn | TextColumn;
export type ColumnType = Column["type"];

export interface Table {
  /** What error messages call it: the path of its file. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The line of the file in which each row begins, from 1. */
  readonly lines: Int32Array;
  readonly separator: string;
  /** Whether the first line holds the columns' names. */
  readonly header: boolean;
  /** The names of the classes 0, 1, … of the last column, where the first line gives them (see `notes`). */
  readonly classNames?: readonly string[];
  /** What was understood that is not plain to see, in sentences. */
  readonly notes: readonly string[];
}
