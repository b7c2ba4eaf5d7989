/**
 * Reads JSON of a known form token by token. `JSON.parse` is unsafe for files of others: of two members with one name
 * it keeps the last, it rounds big numbers, and it nests without limit.
 */
import { quote, refusal } from "./refusal.ts";
import type { FormatError } from "../tensor/errors.ts";

const encoder = new TextEncoder();
const backslash = 0x5c;

export class JsonCursor {
  readonly #text: string;
  readonly #file: string;
  readonly #start: number;
  #at = 0;

  /** `start` is the position in the file where the text begins. */
  constructor(text: string, file: string, start: number) {
    this.#text = text;
    this.#file = file;
    this.#start = start;
  }

  /** The position of the next token, for a later `refusal`. */
  place(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return this.#at;
      this.#at++;
    }
  }

  /** An error at a position, converted from characters of the text to bytes of the file. */
  refusal(place: number, problem: string): FormatError {
    const at = this.#start + encoder.encode(this.#text.slice(0, place)).length;
    return refusal(this.#file, at, problem);
  }

  /** The members of an object: yields each name, and the caller reads the value before asking for the next. */
  *members(field: string): Generator<string, void, void> {
    this.#expect("{", field);
    const seen = new Set<string>();
    if (this.#take("}")) return;
    do {
      const place = this.place();
      const name = this.string(`${field}: a name`);
      if (seen.has(name)) throw this.refusal(place, `${field}: the name ${quote(name)} appears twice`);
      seen.add(name);
      this.#expect(":", `${field}: after the name ${quote(name)}`);
      yield name;
    } while (this.#take(","));
    this.#expect("}", field);
  }

  string(field: string): string {
    const begin = this.place();
    if (this.#text[begin] !== '"') throw this.#unexpected("a string", field);
    let end = begin + 1;
    let plain = true;
    for (; end < this.#text.length && this.#text[end] !== '"'; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === backslash) end++;
      if (code === backslash || code < 0x20) plain = false;
    }
    if (end >= this.#text.length) throw this.refusal(begin, `${field}: the string is not closed`);
    this.#at = end + 1;
    if (plain) return this.#text.slice(begin + 1, end);
    let text: unknown;
    try {
      text = JSON.parse(this.#text.slice(begin, end + 1));
    } catch {
      throw this.refusal(begin, `${field}: the string has a control character or a wrong escape in it`);
    }
    if (typeof text !== "string" || !text.isWellFormed())
      throw this.refusal(begin, `${field}: the string has half of a surrogate pair in it`);
    return text;
  }

  /** A list of whole numbers ≥ 0, at most `most` of them. */
  counts(field: string, most: number): number[] {
    const counts: number[] = [];
    const begin = this.place();
    this.#expect("[", field);
    if (this.#take("]")) return counts;
    do {
      if (counts.length === most) throw this.refusal(begin, `${field}: more than ${most} numbers`);
      counts.push(this.#count(field));
    } while (this.#take(","));
    this.#expect("]", field);
    return counts;
  }

  /** Refuses anything but white space up to the end. */
  end(field: string): void {
    if (this.place() < this.#text.length) throw this.#unexpected("nothing more", field);
  }

  #count(field: string): number {
    const begin = this.place();
    const token = /[-+\w.]*/y;
    token.lastIndex = begin;
    const [text] = token.exec(this.#text)!;
    const value = Number(text);
    if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value))
      throw this.#unexpected("a whole number from 0 to 2^53 − 1", field);
    this.#at = begin + text.length;
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.place()] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string, field: string): void {
    if (!this.#take(character)) throw this.#unexpected(`"${character}"`, field);
  }

  #unexpected(expected: string, field: string): FormatError {
    const begin = this.place();
    const found = /^(?:[-+\w.]{1,24}|"[^"]{0,20}"?|[\s\S])/u.exec(this.#text.slice(begin, begin + 24));
    return this.refusal(
      begin,
      `${field}: expected ${expected}, found ${found === null ? "the end" : quote(found[0])}`,
    );
  }
}
