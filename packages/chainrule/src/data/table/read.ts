/** Reads a table from the bytes of a CSV file. */
import { quote } from "../../formats/refusal.ts";
import type { ReadOptions } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import { missingWords, numberIn } from "./cells.ts";
import type { IsMissing } from "./cells.ts";
import { LineNumbers, NumberBuilder, TextBuilder } from "./columns.ts";
import type { ColumnBuilder } from "./columns.ts";
import {
  countCells,
  courseLine,
  defaultNames,
  describeCourseLine,
  detectSeparator,
  firstLineFields,
  isHeader,
  separatorName,
  typeOf,
} from "./layout.ts";
import type { CourseLine, TextRecord } from "./layout.ts";
import { forEachRecord, mostColumns, tooManyColumns } from "./records.ts";
import { counted, quoteAll, refuse } from "./refuse.ts";
import { uncover } from "./preamble.ts";
import type { ColumnType, Table } from "./table.ts";
import { textBytes, utf8Bytes } from "./text-bytes.ts";
import type { Encoding } from "./text-bytes.ts";

export interface ReadTableOptions extends ReadOptions {
  /** The separator of the fields. Default: detected. */
  readonly separator?: string;
  /** Whether the first line holds names. Default: detected. */
  readonly header?: boolean;
  /** The words that stand for a missing value, beside the empty cell. Default: NA, NaN, null, None, ? and the like. */
  readonly na?: readonly string[];
  /** The encoding of the bytes. Default: UTF-8, and UTF-16 where a byte-order mark says so. */
  readonly encoding?: Encoding;
  /** The number of lines above the names. Default: detected. */
  readonly skipLines?: number;
  /** Whether messages name options of this function, or flags of the command line. */
  readonly say?: "options" | "flags";
  /**
   * Types of columns by name. Default: detected. Names that the table lacks are ignored. A plan's features have this
   * form.
   */
  readonly types?: readonly { readonly name: string; readonly type: ColumnType | "date" }[];
  /** The type of the columns that `types` does not name. Default: detected. A text column accepts any cell. */
  readonly otherwise?: ColumnType;
  /** The names of the columns where the text has no header line. Default: x1, x2, …, y. */
  readonly names?: (width: number) => readonly string[];
  /** The line of the file in which the text begins, for messages. Default 1. */
  readonly firstLine?: number;
  /** The smallest number of columns. Default 2, since a single column mostly means another separator. */
  readonly leastColumns?: number;
}

/** Types are detected from this many records, which are kept as text until then. */
const sampleSize = 1000;

/**
 * Reads CSV text, gzipped or not: separated by comma, semicolon or tab, with a header line or without (x1, x2, …, y), with
 * quoted fields, as UTF-8. A column holds numbers (written with a decimal point) or text; empty cells, NA, NaN, null
 * and ? are missing. A first line `rows,features,class names…` is recognised when the counts fit. Rows are not kept as
 * text, so a large file takes little more memory than its numbers.
 *
 * @throws FormatError naming the file, the line, the column, what was found and what to try
 * @example
 * const table = readTable("width;kind\n1.5;a\n2.5;b\n", { name: "leaves.csv" });
 * table.columns.map(({ name, type }) => `${name}: ${type}`); // [ 'width: number', 'kind: text' ]
 * readTable("a,b\n1,2\n3,0x10\n4,5\n"); // throws FormatError
 */
export function readTable(data: Uint8Array | string, options: ReadTableOptions = {}): Table {
  const file = options.name ?? "the table";
  const flags = options.say === "flags";
  const advice = flags ? "--encoding windows-1252" : undefined;
  const { bytes: utf8, encoding } = utf8Bytes(data, file, options.encoding);
  const isGap = missingWords(options.na);
  const { separator: asked, header, skipLines } = options;
  const uncovered = uncover(textBytes(utf8, file, options.firstLine, advice), file, {
    separator: asked,
    header,
    skipLines,
    firstLine: options.firstLine ?? 1,
    isGap,
    keepLines: flags ? "--skip-lines 0" : "skipLines: 0",
  });
  const { bytes, firstLine, skipped } = uncovered;
  const separator = uncovered.separator ?? detectSeparator(bytes) ?? ",";
  const fields = firstLineFields(bytes, separator, 10 * mostColumns);
  if (fields > mostColumns) throw tooManyColumns(file, firstLine, fields);

  const notes = [...uncovered.notes];
  if (encoding !== "utf-8" && options.encoding === undefined) notes.unshift("the file is read as UTF-16");
  const sample: TextRecord[] = [];
  let reader: TableReader | undefined;
  const start = (): TableReader =>
    new TableReader(bytes, { separator, encoding, skipped, notes, isGap }, sample, file, options);
  const visit = (record: readonly string[], line: number): void => {
    if (reader) return reader.add(record, line);
    sample.push({ fields: record, line });
    if (sample.length === sampleSize) reader = start();
  };
  forEachRecord(bytes, separator, file, visit, firstLine);
  // Some spaces, such as U+2028, are more than one byte.
  if (sample.length === 0)
    throw new FormatError(`${file}: the file is empty; expected a line of names and rows below it`);
  return (reader ?? start()).finish();
}

/** What was found out about a file before its records. */
interface Found {
  readonly separator: string;
  readonly encoding: Encoding;
  readonly skipped: number;
  readonly notes: string[];
  readonly isGap: IsMissing;
}

class TableReader {
  readonly #file: string;
  readonly #separator: string;
  readonly #header: boolean;
  readonly #names: readonly string[];
  readonly #columns: ColumnBuilder[];
  readonly #lines: LineNumbers;
  readonly #notes: string[];
  readonly #found: Found;
  readonly #course: CourseLine | undefined;
  readonly #first: TextRecord;
  readonly #fixed: ReadonlySet<string>;

  constructor(
    bytes: Uint8Array,
    found: Found,
    sample: readonly TextRecord[],
    file: string,
    options: ReadTableOptions,
  ) {
    const { separator, isGap, notes } = found;
    this.#file = file;
    this.#found = found;
    this.#separator = separator;
    this.#notes = notes;
    this.#first = sample[0];
    const { fields: first, line } = this.#first;
    this.#refuseFewColumns(Math.max(first.length, sample[1]?.fields.length ?? 0), options.leastColumns ?? 2);
    this.#course = options.header === undefined ? this.#findCourseLine(bytes, sample) : undefined;
    const below = sample.slice(1);
    this.#header = this.#course === undefined && (options.header ?? isHeader(first, below, isGap));
    if (options.header === undefined && this.#header && first.some((name) => !Number.isNaN(numberIn(name))))
      this.#notes.push(
        `line ${line} is read as names, though it holds numbers; ${options.say === "flags" ? "--header no" : "header: false"} reads it as a row`,
      );
    const hasData = this.#course === undefined && !this.#header;
    this.#names = this.#header
      ? this.#readNames(first, line)
      : (options.names ?? defaultNames)(hasData ? first.length : below[0].fields.length);
    const rows = hasData ? sample : below;
    if (rows.length === 0)
      throw refuse(
        file,
        line,
        `only names (${quoteAll(first)}) and no row below them; are the data missing?`,
      );

    for (const record of rows) this.#checkWidth(record.fields.length, record.line);
    const room = expectedRows(bytes, sample, file, separator);
    this.#lines = new LineNumbers(room);
    const types = new Map(options.types?.map(({ name, type }) => [name, type]));
    this.#fixed = options.otherwise === undefined ? new Set(types.keys()) : new Set(this.#names);
    this.#columns = this.#names.map((name, column) => {
      const type = types.get(name) ?? options.otherwise ?? this.#chooseType(name, column, rows);
      return type !== "number"
        ? new TextBuilder(name, file, room, isGap)
        : new NumberBuilder(name, file, room, isGap);
    });
    for (const record of rows) this.#append(record.fields, record.line);
  }

  add(fields: readonly string[], line: number): void {
    this.#checkWidth(fields.length, line);
    this.#append(fields, line);
  }

  finish(): Table {
    return {
      name: this.#file,
      rows: this.#lines.count,
      columns: this.#columns.map((column) => column.finish()),
      lines: this.#lines.finish(),
      separator: this.#separator,
      header: this.#header,
      ...(this.#found.skipped > 0 && { skippedLines: this.#found.skipped }),
      ...(this.#found.encoding !== "utf-8" && { encoding: this.#found.encoding }),
      ...(this.#course && { classNames: this.#course.classNames }),
      notes: this.#notes,
    };
  }

  #append(fields: readonly string[], line: number): void {
    this.#lines.add(line);
    for (let i = 0; i < fields.length; i++) {
      const builder = this.#columns[i];
      // A column with only missing cells so far may still hold text.
      if (builder instanceof NumberBuilder && builder.emptyRows !== undefined)
        this.#columns[i] = this.#reconsider(builder, builder.emptyRows, fields[i], line);
      this.#columns[i].add(fields[i], line);
    }
  }

  #reconsider(builder: NumberBuilder, rows: number, cell: string, line: number): ColumnBuilder {
    if (rows < sampleSize - 1 || this.#fixed.has(builder.name)) return builder;
    const { isGap } = this.#found;
    if (typeOf(countCells([{ fields: [cell], line }], 0, isGap)) !== "text") return builder;
    const text = new TextBuilder(builder.name, this.#file, 2 * rows, isGap);
    for (let i = 0; i < rows; i++) text.add(builder.missing.firstText!, builder.missing.firstLine!);
    return text;
  }

  #refuseFewColumns(width: number, least: number): void {
    if (width >= least) return;
    const { fields, line } = this.#first;
    throw refuse(
      this.#file,
      line,
      `one column (${quote(fields[0])}), expected at least ${least}; known separators are comma, semicolon and tab`,
    );
  }

  /** The line of counts and class names, if the rows below agree with it. That takes a pass over the whole file. */
  #findCourseLine(bytes: Uint8Array, [first, second]: readonly TextRecord[]): CourseLine | undefined {
    const course = courseLine(first.fields);
    if (course === undefined || second === undefined) return undefined;
    const width = second.fields.length;
    let [rows, labelled] = [-1, 0];
    forEachRecord(bytes, this.#separator, this.#file, (fields) => {
      const label = numberIn(fields.at(-1)!.trim());
      if (rows++ >= 0 && Number.isInteger(label) && label >= 0 && label < course.classNames.length)
        labelled++;
    });
    if (rows === course.rows && labelled === rows && width === course.features + 1) {
      this.#notes.push(`line ${first.line} gives ${describeCourseLine(course)}, and the rows below it fit`);
      return course;
    }
    if (first.fields.length === width) return undefined;
    const found =
      labelled < rows && width === course.features + 1 && rows === course.rows
        ? `${rows - labelled} of them end in no class 0 … ${course.classNames.length - 1}`
        : `below it stand ${counted(rows, "row")} of ${counted(width - 1, "feature")} and a class`;
    throw refuse(
      this.#file,
      first.line,
      `announces ${describeCourseLine(course)}, but ${found}; correct the line or take it away`,
    );
  }

  #readNames(fields: readonly string[], line: number): string[] {
    const seen = new Map<string, number>();
    return fields.map((field, i) => {
      const name = field.trim() || `x${i + 1}`;
      if (field.trim() === "") this.#notes.push(`column ${i + 1} has no name and is called ${name}`);
      if (name === "__proto__")
        throw refuse(this.#file, line, `${quote(name)} cannot be the name of a column; rename it`, name);
      const other = seen.get(name);
      if (other !== undefined)
        throw refuse(
          this.#file,
          line,
          `the columns ${other} and ${i + 1} have the same name; rename one`,
          name,
        );
      seen.set(name, i + 1);
      return name;
    });
  }

  #checkWidth(width: number, line: number): void {
    const expected = this.#names.length;
    if (width === expected) return;
    const hint =
      this.#separator === "," && width === 2 * expected
        ? "with decimal commas, separate fields by semicolons and write points"
        : "put a field that holds the separator in quotes, or complete the line";
    const reference = this.#header ? `as in line ${this.#first.line}` : "as in the lines above";
    throw refuse(
      this.#file,
      line,
      `${counted(width, "field")}, expected ${expected} ${reference} (separator: ${separatorName(this.#separator)}); ${hint}`,
    );
  }

  #chooseType(name: string, column: number, rows: readonly TextRecord[]): ColumnType {
    const counts = countCells(rows, column, this.#found.isGap);
    const type = typeOf(counts) ?? "number";
    if (type === "text" && counts.number > counts.text)
      this.#notes.push(
        `column ${quote(name)} is read as text: ${counts.text} of its ${counts.text + counts.number + counts.odd} first values are not numbers (${quote(counts.first!.text)} in line ${counts.first!.line})`,
      );
    return type;
  }
}

/** Estimates the number of rows from the size of the file and the mean length of the sample's rows. */
function expectedRows(
  bytes: Uint8Array,
  sample: readonly TextRecord[],
  file: string,
  separator: string,
): number {
  if (sample.length < sampleSize) return sample.length;
  const sampled = sample.reduce(
    (sum, { fields }) => sum + fields.reduce((length, field) => length + field.length + 1, 0),
    0,
  );
  if (sampled === 0) throw new FormatError(`${file}: nothing but ${separatorName(separator)}s`);
  return Math.ceil((1.02 * bytes.length * sample.length) / sampled);
}
