/** A place among the tokens of a text, and the means to read on from there. */
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import { spelled } from "./letters.ts";
import type { MarkToken, NameToken, Token } from "./lexer.ts";
import type { NameExpression } from "./syntax.ts";

/** The most numbers, names and marks of a statement. */
const longest = 2_000;

export class Reader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** How many brackets are open. */
  #brackets = 0;
  /** Where the present statement began. */
  #began = 0;
  /** The functions that the text declares. */
  readonly declared = new Set<string>();

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  /** The next token. Inside of brackets the ends of lines are skipped. */
  peek(ahead = 0): Token {
    while (this.#brackets > 0 && isLineEnd(this.#tokens[this.#at])) this.#at++;
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
  }

  /** Says that a statement begins here. */
  begin(): void {
    this.#began = this.#at;
  }

  next(): Token {
    const token = this.peek();
    if (this.#at - this.#began > longest)
      throw this.refused(
        token,
        `the statement has more than ${longest} parts`,
        "give its steps names of their own",
      );
    this.#at++;
    return token;
  }

  /** Whether the next token is this mark. */
  sees(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "mark" && token.text === mark;
  }

  /** Reads this mark if it is next. */
  takes(mark: string): boolean {
    if (!this.sees(mark)) return false;
    this.#at++;
    return true;
  }

  /** Reads this mark, which must be next. */
  needs(mark: string, why: string): MarkToken {
    if (this.sees(mark)) return this.next() as MarkToken;
    throw this.refused(this.peek(), `${shown(this.peek())} stands where ${why} needs ${mark}`);
  }

  /** Reads what stands between brackets, where a line may end. */
  protected bracketed<T>(read: () => T): T {
    this.#brackets++;
    const inside = read();
    this.peek();
    this.#brackets--;
    return inside;
  }

  refused(span: Span, problem: string, advice?: string): EquationError {
    return new EquationError(this.text, span, problem, advice);
  }

  /** The span from one place to another, or to the last token that was read. */
  protected from(start: Span, end: Span = this.#tokens[this.#at - 1]): Span {
    return { start: start.start, end: end.end };
  }
}

function isLineEnd(token: Token | undefined): boolean {
  return token?.kind === "mark" && token.text === "\n";
}

export function nameOf({ base, sub, layer, start, end }: NameToken): NameExpression {
  return { kind: "name", base, sub, layer, key: spelled({ base, sub, layer }), start, end };
}

/** A token as a message shows it. */
export function shown(token: Token): string {
  if (token.kind === "name") return `"${spelled(token)}"`;
  if (token.kind === "number") return `the number ${token.text}`;
  return token.text === "" ? "the end of the text" : token.text === "\n" ? "the end of the line" : token.text;
}
