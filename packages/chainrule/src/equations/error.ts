/** The error for a text of equations: what is wrong, where, and the line with a mark under the place. */
import { ChainruleError } from "../tensor/errors.ts";

/** A place in a text: from the character `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A text of equations that cannot be read, or whose shapes cannot fit. The message ends with the line at fault and a mark
 * under the place.
 */
export class EquationError extends ChainruleError {
  override name = "EquationError";
  /** The line and the column of the place, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The line at fault and a line with `^` under the place. */
  readonly excerpt: string;

  constructor(text: string, span: Span, problem: string, advice?: string) {
    const { line, column, excerpt } = placeOf(text, span);
    const hint = advice === undefined ? "" : `; ${advice}`;
    super("bad-equation", `${problem}${hint}\n${excerpt}`, { where: `line ${line}, column ${column}` });
    this.line = line;
    this.column = column;
    this.excerpt = excerpt;
  }
}

/** The longest part of a line that an excerpt shows. */
const widest = 72;

function placeOf(text: string, { start, end }: Span): { line: number; column: number; excerpt: string } {
  const at = Math.min(start, text.length);
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  const lineEnd = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
  const line = before.split("\n").length;
  const column = lettersIn(text.slice(lineStart, at)) + 1;
  const from = Math.max(lineStart, Math.min(at - 48, lineEnd - widest));
  const to = Math.min(lineEnd, from + widest);
  const shown = printable(text.slice(from, to));
  const gap = " ".repeat(lettersIn(text.slice(from, at)));
  const marks = "^".repeat(Math.max(1, lettersIn(text.slice(at, Math.min(end, to)))));
  const [cutBefore, cutAfter] = [from > lineStart ? "…" : "", to < lineEnd ? "…" : ""];
  return { line, column, excerpt: `  ${cutBefore}${shown}${cutAfter}\n  ${cutBefore && " "}${gap}${marks}` };
}

/** The number of columns of a text: combining accents take none. */
function lettersIn(text: string): number {
  return Array.from(text.replace(/\p{M}/gu, "")).length;
}

/** The text with a dot in place of each control character, so that a terminal shows it in columns. */
function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, "·");
}
