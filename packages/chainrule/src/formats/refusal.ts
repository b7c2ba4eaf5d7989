import { FormatError } from "../tensor/errors.ts";

/** The options of the readers of files. */
export interface ReadOptions {
  /** The name in error messages: the path of the file. */
  readonly name?: string;
}

/**
 * The error for bytes that break their format. It names the file, the position, the field, and what was expected and
 * found.
 */
export function refusal(file: string, at: number, problem: string, options?: ErrorOptions): FormatError {
  return new FormatError(`${file}: at byte ${at}: ${problem}`, options);
}

/** A name from a file for use in a message: short, in quotes, without terminal control characters. */
export function quote(text: string): string {
  if (/^[\w./-]{0,60}$/.test(text)) return `"${text}"`;
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return JSON.stringify(short.toWellFormed()).replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
