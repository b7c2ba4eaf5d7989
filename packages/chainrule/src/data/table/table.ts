/** A table in columns. It is plain data, so that it can come from the CSV reader or from anywhere else. */
import type { Encoding } from "./text-bytes.ts";

/** The missing cells of a column: their number, and the first of them. */
export interface MissingCells {
  readonly count: number;
  readonly firstLine?: number;
  /** The text of the cell: empty, NA, NaN, ? … */
  readonly firstText?: string;
}

/** Numbers in float64; a missing one is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  readonly values: Float64Array;
  readonly missing: MissingCells;
}

/** Texts as indices into the list of different texts, in order of first appearance; −1 is missing. */
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
  /** The name in error messages: the path of the file. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The line of the file in which each row begins, from 1; the number of the row, from 0, where `places` says so. */
  readonly lines: Int32Array;
  /** What `lines` counts: lines of a file unless a program gave the rows. */
  readonly places?: "line" | "row";
  readonly separator: string;
  /** Whether the first line holds the columns' names. */
  readonly header: boolean;
  /** The number of lines above the names that were skipped, if any. */
  readonly skippedLines?: number;
  /** The encoding of the file where it is not UTF-8. */
  readonly encoding?: Encoding;
  /** The names of the classes 0, 1, … of the last column, where the first line gives them (see `notes`). */
  readonly classNames?: readonly string[];
  /** Decisions of the reader that a user may not expect, in sentences. */
  readonly notes: readonly string[];
}
