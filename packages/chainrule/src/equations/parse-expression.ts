/** Reads one expression: sums of terms, terms of products, products of factors with what follows them. */
import { functionNames } from "./functions.ts";
import { spelled } from "./letters.ts";
import type { MarkToken, NameToken, NumberToken, Token } from "./lexer.ts";
import { Reader, nameOf, shown } from "./reader.ts";
import type { CallExpression, Comparison, Expression, NameExpression, NumberExpression } from "./syntax.ts";

/** The deepest nesting of brackets and signs that is read. */
const deepest = 200;

/** What may follow a factor. */
const postfix = ["ᵀ", "'", "²", "³", "^", "["];
const comparisons = new Set(["<", "≤", ">", "≥"]);
const bars: Readonly<Record<string, string>> = { "|": "abs", "‖": "norm" };

/** Reads expressions by the rules of binding. */
export class ExpressionReader extends Reader {
  /** The letters that the sums around the present place bind. */
  readonly #bound: string[] = [];
  /** The bars that are open since the last bracket; such a bar closes, and does not open another. */
  #open: string[] = [];
  #depth = 0;
  /** Whether the next number stands to the right of /, as 3 in a / 3 / 2. */
  #divides = false;
  /** The products with @ or ·, and the expressions in brackets. */
  readonly #explicit = new WeakSet<Expression>();
  readonly #bracketed = new WeakSet<Expression>();

  /** Sums: terms joined by + and −. */
  expression(): Expression {
    if (++this.#depth > deepest)
      throw this.refused(this.peek(), `the expression is nested more than ${deepest} deep`);
    let left = this.#term();
    while (this.sees("+") || this.sees("-")) {
      const operator = (this.next() as MarkToken).text as "+" | "-";
      const right = this.#term();
      left = { kind: "binary", operator, left, right, ...this.from(left, right) };
    }
    this.#depth--;
    return left;
  }

  /** Terms: products joined by * ⊙ and /. */
  #term(): Expression {
    let left = this.#signed();
    for (;;) {
      const token = this.peek();
      if (token.kind !== "mark" || !["*", "⊙", "/"].includes(token.text)) return left;
      const operator = token.text as "*" | "⊙" | "/";
      this.next();
      this.#divides = operator === "/";
      const right = this.#signed();
      if (operator === "/")
        this.#refuseProduct(
          right,
          token,
          "the product to the right of / needs parentheses",
          "write a / (B c)",
        );
      else
        for (const side of [left, right])
          this.#refuseExplicit(side, token, `@ or · beside ${token.text} needs parentheses`);
      left = { kind: "binary", operator, left, right, ...this.from(left, right) };
    }
  }

  #refuseProduct(side: Expression, at: Token, problem: string, advice: string): void {
    if (side.kind === "binary" && side.operator === "@" && !this.#isBracketed(side))
      throw this.refused(at, problem, advice);
  }

  #refuseExplicit(side: Expression, at: Token, problem: string): void {
    if (
      side.kind === "binary" &&
      side.operator === "@" &&
      this.#explicit.has(side) &&
      !this.#isBracketed(side)
    )
      throw this.refused(at, problem, "write (A @ B) ⊙ C or A @ (B ⊙ C)");
  }

  #isBracketed(expression: Expression): boolean {
    return this.#bracketed.has(expression);
  }

  #signed(): Expression {
    const sign = this.peek();
    if (!this.sees("-") && !this.sees("+")) return this.#product(this.#factor());
    this.next();
    if (++this.#depth > deepest)
      throw this.refused(sign, `the expression is nested more than ${deepest} deep`);
    const of = this.#signed();
    this.#depth--;
    return (sign as MarkToken).text === "+" ? of : { kind: "negate", of, ...this.from(sign, of) };
  }

  /** Products: factors side by side, or joined by @ or ·. */
  #product(first: Expression): Expression {
    let left = first;
    for (;;) {
      const explicit = this.takes("@") || this.takes("·");
      if (!explicit && !this.#beginsFactor()) return left;
      const right = this.#factor();
      left = { kind: "binary", operator: "@", left, right, ...this.from(left, right) };
      if (explicit) this.#explicit.add(left);
    }
  }

  #beginsFactor(): boolean {
    const token = this.peek();
    if (token.kind !== "mark") return true;
    if (token.text in bars) return !this.#open.includes(token.text);
    return token.text === "(" || token.text === "𝟏";
  }

  /** A factor with what follows it: transposes, powers, entries. */
  #factor(): Expression {
    let factor = this.#primary();
    for (;;) {
      const token = this.peek();
      if (token.kind !== "mark") return factor;
      switch (token.text) {
        case "ᵀ":
        case "'":
          this.next();
          factor = { kind: "transpose", of: factor, ...this.from(factor) };
          break;
        case "′":
          throw this.refused(
            token,
            "the prime ′ means a derivative and stands after a function",
            "a transpose is written ᵀ or '",
          );
        case "²":
        case "³":
          this.next();
          factor = {
            kind: "power",
            of: factor,
            exponent: {
              ...token,
              kind: "number",
              ...(token.text === "²" ? { value: 2, text: "2" } : { value: 3, text: "3" }),
            },
            ...this.from(factor),
          };
          break;
        case "^":
          factor = this.#power(factor);
          break;
        case "[":
          factor = this.#entry(factor);
          break;
        default:
          return factor;
      }
    }
  }

  #power(of: Expression): Expression {
    const mark = this.next();
    const negative = this.sees("-") ? this.next() : null;
    const token = this.next();
    if (token.kind === "number") {
      const text = negative ? `-${token.text}` : token.text;
      const value = negative ? -token.value : token.value;
      const exponent: NumberExpression = { kind: "number", value, text, ...this.from(negative ?? token) };
      return { kind: "power", of, exponent, ...this.from(of) };
    }
    if (token.kind === "name" && !negative)
      return { kind: "power", of, exponent: nameOf(token), ...this.from(of) };
    const advice =
      token.kind === "mark" && token.text === "("
        ? "^(i) is not part of the language; a power is x^2, a layer is a^[2]"
        : "write x^2, x^p or a^[2]";
    throw this.refused(mark, "the power ^ is followed by a number or a name", advice);
  }

  /** `y[c]`, `b_y[i]`, `M[i,j]` */
  #entry(of: Expression): Expression {
    this.next();
    const indices: string[] = [];
    do {
      const token = this.next();
      if (token.kind === "number")
        throw this.refused(
          token,
          `the index ${token.text} is a number, and courses count from 0 or from 1`,
          "an index is a letter that a sum binds, or the class of a target",
        );
      if (token.kind !== "name") throw this.refused(token, `${shown(token)} is not an index`);
      indices.push(spelled(token));
    } while (this.takes(","));
    this.needs("]", "the index");
    return { kind: "entry", of, indices, ...this.from(of) };
  }

  #primary(): Expression {
    const token = this.next();
    const divides = this.#divides;
    this.#divides = false;
    if (token.kind === "number") return divides ? { ...token } : this.#fraction(token);
    if (token.kind === "name") return this.#afterName(token);
    switch (token.text) {
      case "𝟏":
        return { kind: "ones", start: token.start, end: token.end };
      case "(": {
        const inside = this.#inBrackets(() => this.expression());
        this.needs(")", "the bracket");
        const spanned = { ...inside, ...this.from(token) };
        this.#bracketed.add(spanned);
        return spanned;
      }
      case "|":
      case "‖":
        return this.#betweenBars(token);
      case "":
      case "\n":
      case ";":
        throw this.refused(
          token,
          "the expression is not finished",
          "a line ends an equation outside of brackets",
        );
      default:
        throw this.refused(token, `${shown(token)} cannot begin a factor`);
    }
  }

  /** `1/2`: a number over a number is one number. */
  #fraction(over: NumberToken): NumberExpression {
    const under = this.peek(1);
    if (!this.sees("/") || under.kind !== "number" || postfix.some((mark) => this.sees(mark, 2)))
      return { ...over };
    this.next();
    this.next();
    const text = `${over.text}/${under.text}`;
    return { kind: "number", value: over.value / under.value, text, ...this.from(over) };
  }

  #betweenBars(bar: MarkToken): Expression {
    this.#open.push(bar.text);
    const inside = this.expression();
    this.#open.pop();
    this.needs(bar.text, `the opening ${bar.text}`);
    return { kind: "call", callee: bars[bar.text], prime: false, args: [inside], ...this.from(bar) };
  }

  #inBrackets<T>(read: () => T): T {
    const open = this.#open;
    this.#open = [];
    const inside = this.bracketed(read);
    this.#open = open;
    return inside;
  }

  #afterName(token: NameToken): Expression {
    if (token.base === "sum" && token.sub !== "" && token.layer === null) return this.#indexSum(token);
    const name = nameOf(token);
    if (functionNames.has(name.key) || this.declared.has(name.key)) return this.#call(name);
    // letters that sums around bind make an entry of a name
    const letters = Array.from(token.sub.replaceAll(",", ""));
    if (letters.length > 0 && letters.every((letter) => this.#bound.includes(letter))) {
      const of = nameOf({ ...token, sub: "" });
      return { kind: "entry", of, indices: letters, start: token.start, end: token.end };
    }
    return name;
  }

  #call(name: NameExpression): CallExpression {
    let prime = false;
    if (this.sees("′") || this.sees("'")) {
      this.next();
      prime = true;
    }
    if (!this.sees("("))
      throw this.refused(
        name,
        `${name.key} is a function, and its argument stands in parentheses`,
        `write ${name.key}(…)`,
      );
    this.next();
    const args = this.#inBrackets(() => {
      const all = [this.#argument()];
      while (this.takes(",")) {
        all.push(this.#argument());
      }
      return all;
    });
    this.needs(")", `${name.key}(`);
    return { kind: "call", callee: name.key, prime, args, ...this.from(name) };
  }

  /** An argument: an expression, or the comparison of two. */
  #argument(): Expression {
    const left = this.expression();
    const token = this.peek();
    if (token.kind !== "mark" || !comparisons.has(token.text)) return left;
    this.next();
    const right = this.expression();
    const operator = token.text as Comparison;
    return { kind: "compare", operator, left, right, ...this.from(left, right) };
  }

  #indexSum(token: NameToken): Expression {
    const [, letter, except = ""] = /^(\p{L})(?:(?:≠|!=)(\p{L}[\p{L}\d_]*))?$/u.exec(token.sub) ?? [];
    if (letter === undefined)
      throw this.refused(
        token,
        "the index of a sum is one letter, perhaps with an index that is left out",
        "write sum_i or sum_{j≠c}",
      );
    if (this.#bound.includes(letter))
      throw this.refused(
        token,
        `the letter ${letter} is bound by a sum around this one`,
        "take another letter",
      );
    this.#bound.push(letter);
    if (++this.#depth > deepest)
      throw this.refused(token, `the expression is nested more than ${deepest} deep`);
    const body = this.#term();
    this.#depth--;
    this.#bound.pop();
    return { kind: "index-sum", letter, except, body, ...this.from(token, body) };
  }
}
