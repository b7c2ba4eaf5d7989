import { quote, refusal } from "./refusal.ts";
import type { FormatError } from "../tensor/errors.ts";

interface Field<T> {
  readonly value: T;
  /** Its position in the file. */
  readonly at: number;
}

export interface NpyHeader {
  readonly descr: Field<string>;
  readonly fortran_order: Field<boolean>;
  readonly shape: Field<number[]>;
}

const names = ["descr", "fortran_order", "shape"] as const;
const mostAxes = 64;

const quoted = /'[^'\\]*'|"[^"\\]*"/y;
const bool = /(?:True|False)\b/y;
/** Python 2 wrote long integers with an L. */
const whole = /(?:0|[1-9][0-9]*)(?=L?\b)/y;

/**
 * Reads the dict literal of a .npy header, and nothing else that Python could evaluate: strings without escapes, True,
 * False, and tuples of whole numbers. `start` is its position in the file.
 */
export function readNpyDict(header: Uint8Array, file: string, start: number): NpyHeader {
  const cursor = new DictCursor(header, file, start);
  const fields: { -readonly [name in keyof NpyHeader]?: NpyHeader[name] } = {};
  cursor.need("{", "header");
  while (!cursor.take("}")) {
    const before = cursor.place();
    const name = cursor.token(quoted, "header", "a name in quotes").slice(1, -1);
    const known = names.find((one) => one === name && fields[one] === undefined);
    if (known === undefined)
      throw cursor.refusal(before, `header: expected ${names.join(", ")}, each once, found ${quote(name)}`);
    cursor.need(":", known);
    const at = cursor.place();
    if (known === "descr") {
      const value = cursor.token(quoted, known, "one type in quotes (structured types are not read)");
      fields.descr = { value: value.slice(1, -1), at };
    } else if (known === "fortran_order")
      fields.fortran_order = { value: cursor.token(bool, known, "True or False") === "True", at };
    else fields.shape = { value: tuple(cursor, known), at };
    if (!cursor.take(",")) {
      cursor.need("}", "header");
      break;
    }
  }
  cursor.end("header");
  const { descr, fortran_order, shape } = fields;
  if (descr === undefined || fortran_order === undefined || shape === undefined)
    throw refusal(
      file,
      start,
      `header: expected ${names.join(", ")}, found no ${names.find((name) => fields[name] === undefined)}`,
    );
  return { descr, fortran_order, shape };
}

function tuple(cursor: DictCursor, field: string): number[] {
  const counts: number[] = [];
  cursor.need("(", field);
  while (!cursor.take(")")) {
    const at = cursor.place();
    const count = Number(cursor.token(whole, field, "a whole number from 0 to 2^53 − 1"));
    cursor.take("L");
    if (!Number.isSafeInteger(count) || counts.push(count) > mostAxes)
      throw cursor.refusal(at, `${field}: expected at most ${mostAxes} numbers below 2^53, found ${count}`);
    // "(3)" is a number in brackets, not a tuple.
    if (cursor.take(",")) continue;
    if (counts.length === 1) cursor.need(",", field);
    cursor.need(")", field);
    break;
  }
  return counts;
}

class DictCursor {
  readonly #text: string;
  readonly #file: string;
  readonly #start: number;
  #at = 0;

  constructor(header: Uint8Array, file: string, start: number) {
    // One character per byte, so that positions in the text are positions in the file.
    this.#text = Array.from(header, (byte) => String.fromCharCode(byte)).join("");
    this.#file = file;
    this.#start = start;
  }

  /** The position of the next token in the file. */
  place(): number {
    while (" \t\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
    return this.#start + this.#at;
  }

  take(character: string): boolean {
    this.place();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  need(character: string, field: string): void {
    if (!this.take(character)) throw this.#unexpected(field, `"${character}"`);
  }

  token(pattern: RegExp, field: string, expected: string): string {
    this.place();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#unexpected(field, expected);
    this.#at += match[0].length;
    return match[0];
  }

  end(field: string): void {
    this.place();
    if (this.#at < this.#text.length) throw this.#unexpected(field, "nothing after the dict");
  }

  refusal(at: number, problem: string): FormatError {
    return refusal(this.#file, at, problem);
  }

  #unexpected(field: string, expected: string): FormatError {
    const at = this.place();
    const found = this.#text.slice(this.#at, this.#at + 20).trimEnd();
    return this.refusal(
      at,
      `${field}: expected ${expected}, found ${found === "" ? "the end" : quote(found)}`,
    );
  }
}
