/** Columns that grow cell by cell: numbers go straight into a Float64Array, texts into indices. */
import { quote } from "../../formats/refusal.ts";
import { isMissing, numberIn, oddity } from "./cells.ts";
import type { IsMissing } from "./cells.ts";
import { markIn, markWords } from "./marks.ts";
import { refuse } from "./refuse.ts";
import type { Column, MissingCells } from "./table.ts";

/** A column under construction; `room` is the expected number of rows. */
export abstract class ColumnBuilder {
  readonly name: string;
  readonly file: string;
  protected readonly isGap: IsMissing;
  #missing: MissingCells = { count: 0 };

  constructor(name: string, file: string, isGap: IsMissing = isMissing) {
    this.name = name;
    this.file = file;
    this.isGap = isGap;
  }

  abstract add(cell: string, line: number): void;
  abstract finish(): Column;

  get missing(): MissingCells {
    return this.#missing;
  }

  protected addMissing(text: string, line: number): void {
    const { count, firstLine = line, firstText = text } = this.#missing;
    this.#missing = { count: count + 1, firstLine, firstText };
  }
}

export class NumberBuilder extends ColumnBuilder {
  readonly #values: Growing<Float64Array<ArrayBuffer>>;
  /** Whether the caller's words for missing values may be numbers, such as -999. */
  readonly #numericGaps: boolean;

  constructor(name: string, file: string, room: number, isGap: IsMissing = isMissing) {
    super(name, file, isGap);
    this.#numericGaps = isGap !== isMissing;
    this.#values = new Growing(Float64Array, room);
  }

  /** @throws FormatError for a cell that is neither a number nor missing */
  add(cell: string, line: number): void {
    const isGap = this.#numericGaps && this.isGap(cell.trim());
    const value = isGap ? NaN : numberIn(cell);
    if (Number.isNaN(value)) this.#addOther(cell.trim(), line);
    this.#values.push(value);
  }

  finish(): Column {
    return { name: this.name, type: "number", values: this.#values.finish(), missing: this.missing };
  }

  /** The number of rows while no number was found yet; the column may still turn out to hold text. */
  get emptyRows(): number | undefined {
    return this.missing.count === this.#values.length ? this.#values.length : undefined;
  }

  #addOther(text: string, line: number): void {
    if (this.isGap(text)) return this.addMissing(text, line);
    const mark = markIn(text);
    const problem =
      oddity(text) ??
      `stands among numbers${mark === undefined ? "" : ` and is ${markWords(mark)}`}; correct it, leave it empty if it is missing, or read the column as text`;
    throw refuse(this.file, line, `${quote(text)} ${problem}`, this.name);
  }
}

export class TextBuilder extends ColumnBuilder {
  readonly #codes: Growing<Int32Array<ArrayBuffer>>;
  readonly #categories = new Map<string, number>();

  constructor(name: string, file: string, room: number, isGap: IsMissing = isMissing) {
    super(name, file, isGap);
    this.#codes = new Growing(Int32Array, room);
  }

  add(cell: string, line: number): void {
    const text = cell.trim();
    if (this.isGap(text)) {
      this.addMissing(text, line);
      this.#codes.push(-1);
      return;
    }
    let code = this.#categories.get(text);
    if (code === undefined) {
      code = this.#categories.size;
      this.#categories.set(text, code);
    }
    this.#codes.push(code);
  }

  finish(): Column {
    const categories = [...this.#categories.keys()];
    return { name: this.name, type: "text", codes: this.#codes.finish(), categories, missing: this.missing };
  }
}

type GrowingArray = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** An array that doubles its capacity when it is full. */
class Growing<A extends GrowingArray> {
  length = 0;
  readonly #make: new (length: number) => A;
  #room: A;

  constructor(make: new (length: number) => A, room: number) {
    this.#make = make;
    this.#room = new make(Math.max(16, room));
  }

  push(value: number): void {
    if (this.length === this.#room.length) {
      const wider = new this.#make(2 * this.length);
      wider.set(this.#room);
      this.#room = wider;
    }
    this.#room[this.length++] = value;
  }

  /** The pushed values. They are copied into a smaller buffer where much capacity is unused. */
  finish(): A {
    const used = this.#room.subarray(0, this.length) as A;
    return (this.length < 0.8 * this.#room.length ? used.slice() : used) as A;
  }
}

/** The line number of each row, growing like a column. */
export class LineNumbers {
  readonly #lines: Growing<Int32Array<ArrayBuffer>>;

  constructor(room: number) {
    this.#lines = new Growing(Int32Array, room);
  }

  add(line: number): void {
    this.#lines.push(line);
  }

  get count(): number {
    return this.#lines.length;
  }

  finish(): Int32Array {
    return this.#lines.finish();
  }
}
