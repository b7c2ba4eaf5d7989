/** Reads a text of equations into statements. */
import { nearest, requireText } from "../tensor/options.ts";
import type { Span } from "./error.ts";
import { functionNames } from "./functions.ts";
import { tokensOf } from "./lexer.ts";
import type { NameToken } from "./lexer.ts";
import { ExpressionReader } from "./parse-expression.ts";
import { nameOf, shown } from "./reader.ts";
import type {
  Bound,
  DeclaredShape,
  EquationText,
  Length,
  NameExpression,
  ParamStatement,
  Statement,
  TargetStatement,
} from "./syntax.ts";

/** The most statements that a text may have. */
const most = 2_000;

/**
 * Reads a text. Lines and `;` end a statement outside of brackets.
 * @throws EquationError naming line and column, with a mark under the place
 * @example
 * parse("h = tanh(W_h x)").statements.length; // 1
 */
export function parse(text: string): EquationText {
  requireText("equations", "the text", text);
  const normal = text.normalize("NFC").replace(/^\uFEFF/, "");
  const reader = new ExpressionReader(normal, tokensOf(normal));
  const statements = statementsUntil(reader, "");
  return { text: normal, statements };
}

function statementsUntil(reader: ExpressionReader, end: "" | "}"): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (reader.takes("\n") || reader.takes(";"));
    if (reader.sees(end)) return statements;
    reader.begin();
    statements.push(...statement(reader));
    if (statements.length > most)
      throw reader.refused(statements[most], `the text has more than ${most} statements`);
    if (!["\n", ";", end, ""].some((mark) => reader.sees(mark)))
      throw reader.refused(
        reader.peek(),
        `${shown(reader.peek())} stands where the statement should end`,
        "a line or ; ends a statement",
      );
  }
}

/** The statements that begin with a word of their own. */
const keywords: Readonly<Record<string, (reader: ExpressionReader, start: Span) => Statement[]>> = {
  input: inputs,
  target,
  size,
  param,
  function: functionNamesOf,
  predict: (reader, start) => [{ kind: "predict", name: name(reader, "predict"), ...since(start, reader) }],
  minimize: (reader, start) => [
    { kind: "minimize", name: name(reader, "minimize"), ...since(start, reader) },
  ],
  rows: (reader, start) => [{ kind: "rows", ...since(start, reader) }],
  repeat,
};

function statement(reader: ExpressionReader): Statement[] {
  const token = reader.peek();
  if (token.kind !== "name")
    throw reader.refused(token, `${shown(token)} cannot begin a statement`, "write NAME = …");
  const word = token.sub === "" && token.layer === null && !reader.sees("=", 1) ? token.base : "";
  if (Object.hasOwn(keywords, word)) {
    reader.next();
    return keywords[word](reader, token);
  }
  return [equation(reader, token)];
}

function equation(reader: ExpressionReader, token: NameToken): Statement {
  const left = nameOf(token);
  reader.next();
  if (!reader.sees("=")) {
    if (reader.sees("["))
      throw reader.refused(
        reader.peek(),
        "a single entry cannot be defined",
        `define the whole: ${left.key} = …`,
      );
    const near = nearest(token.base, Object.keys(keywords));
    const advice =
      near === undefined ? "an equation is NAME = …" : `did you mean "${near}"? an equation is NAME = …`;
    throw reader.refused(reader.peek(), `${shown(reader.peek())} stands where = is needed`, advice);
  }
  if (functionNames.has(left.key) || reader.declared.has(left.key))
    throw reader.refused(left, `${left.key} is a function and cannot be defined`, "take another name");
  reader.next();
  const value = reader.expression();
  if (reader.sees("="))
    throw reader.refused(reader.peek(), "a statement has one =", "give each step a line of its own");
  return { kind: "equation", name: left, value, start: left.start, end: value.end };
}

function name(reader: ExpressionReader, why: string): NameExpression {
  const token = reader.next();
  if (token.kind !== "name") throw reader.refused(token, `${shown(token)} stands where ${why} needs a name`);
  return nameOf(token);
}

/** `a, b, c` */
function names(reader: ExpressionReader, why: string): NameExpression[] {
  const all = [name(reader, why)];
  while (reader.takes(",")) all.push(name(reader, why));
  return all;
}

function since(start: Span, reader: ExpressionReader): Span {
  return { start: start.start, end: Math.max(start.end, reader.peek().start) };
}

/** Whether the next token is this word; reads it. */
function takesWord(reader: ExpressionReader, word: string): boolean {
  const token = reader.peek();
  if (token.kind !== "name" || token.base !== word || token.sub !== "" || token.layer !== null) return false;
  reader.next();
  return true;
}

/** A width: a whole number ≥ 1 or the name of a size. */
function length(reader: ExpressionReader, why: string): Length {
  const token = reader.next();
  if (token.kind === "name") return nameOf(token);
  if (token.kind !== "number" || !Number.isSafeInteger(token.value) || token.value < 1)
    throw reader.refused(
      token,
      `${shown(token)} stands where ${why} needs a width`,
      "a width is a whole number ≥ 1 or a name",
    );
  return { value: token.value, span: { start: token.start, end: token.end } };
}

/** Whether a width follows. */
function seesLength(reader: ExpressionReader): boolean {
  return reader.peek().kind !== "mark";
}

/** Whether × follows, which may be typed as the letter x: `4x2`, `n x m`. */
function takesTimes(reader: ExpressionReader): boolean {
  return reader.takes("×") || takesWord(reader, "x");
}

/** `2`, `row 2`, `4×2`, `number`, or nothing. */
function shape(reader: ExpressionReader, why: string): DeclaredShape {
  if (takesWord(reader, "number")) return { kind: "number" };
  if (takesWord(reader, "row"))
    return { kind: "vector", row: true, length: seesLength(reader) ? length(reader, why) : null };
  const first = length(reader, why);
  // 4x2 is cut into 4 and x2
  const token = reader.peek();
  if ("value" in first && token.kind === "name" && token.base === "x" && /^\d+$/.test(token.sub)) {
    reader.next();
    const cols: Length = { value: Number(token.sub), span: { start: token.start + 1, end: token.end } };
    return { kind: "matrix", rows: first, cols };
  }
  if (!takesTimes(reader)) return { kind: "vector", row: false, length: first };
  return { kind: "matrix", rows: first, cols: length(reader, why) };
}

/** `input x: 2`, `input x: 2, c: row 3`, `input x` */
function inputs(reader: ExpressionReader, start: Span): Statement[] {
  const all: Statement[] = [];
  do {
    const of = name(reader, "input");
    const declared: DeclaredShape = reader.takes(":")
      ? shape(reader, `input ${of.key}`)
      : { kind: "vector", row: false, length: null };
    all.push({ kind: "input", name: of, shape: declared, ...since(start, reader) });
  } while (reader.takes(","));
  return all;
}

/** `target y: onehot 2`, `target t: class c of K`, `target y: real 3`, `target y: row onehot 2`, `target y: 3` */
function target(reader: ExpressionReader, start: Span): Statement[] {
  const of = name(reader, "target");
  const given = { kind: "target", name: of } as const;
  const finish = (rest: Omit<TargetStatement, "kind" | "name" | "start" | "end">): Statement[] => [
    { ...given, ...rest, ...since(start, reader) },
  ];
  if (!reader.takes(":")) return finish({ form: "real", row: false, classIndex: null, length: null });
  const row = takesWord(reader, "row");
  if (takesWord(reader, "class")) {
    const classIndex = name(reader, "class").key;
    if (!takesWord(reader, "of"))
      throw reader.refused(reader.peek(), "of is missing", `write class ${classIndex} of 10`);
    return finish({ form: "onehot", row, classIndex, length: length(reader, "class") });
  }
  const form = takesWord(reader, "onehot") ? "onehot" : "real";
  if (form === "real") {
    takesWord(reader, "real");
    if (takesWord(reader, "number"))
      return finish({ form, row, classIndex: null, length: { value: 1, span: of } });
  }
  return finish({
    form,
    row,
    classIndex: null,
    length: seesLength(reader) ? length(reader, `target ${of.key}`) : null,
  });
}

/** `size n_h = 4`, `size h: 4`, `size A: 3×4`, several with commas. */
function size(reader: ExpressionReader, start: Span): Statement[] {
  const all: Statement[] = [];
  do {
    const of = name(reader, "size");
    if (reader.takes("=")) {
      const value = length(reader, `size ${of.key}`);
      all.push({ kind: "size", of: "size", name: of, shape: [value], ...since(start, reader) });
      continue;
    }
    reader.needs(":", `size ${of.key}`);
    const declared = shape(reader, `size ${of.key}`);
    const lengths =
      declared.kind === "matrix"
        ? [declared.rows, declared.cols]
        : declared.kind === "vector" && declared.length
          ? [declared.length]
          : [];
    all.push({ kind: "size", of: "value", name: of, shape: lengths, ...since(start, reader) });
  } while (reader.takes(","));
  return all;
}

/** `param W_h: 4×2 init normal:0.3`, `param w, v: number` */
function param(reader: ExpressionReader, start: Span): Statement[] {
  const of = names(reader, "param");
  reader.needs(":", `param ${of[0].key}`);
  const declared = shape(reader, `param ${of[0].key}`);
  const init = takesWord(reader, "init") ? initText(reader) : null;
  return [{ kind: "param", names: of, shape: declared, init, ...since(start, reader) }];
}

/** A number, or a scheme's name with the numbers behind it, such as `normal:0.3`. */
function initText(reader: ExpressionReader): ParamStatement["init"] {
  const negative = reader.takes("-");
  const token = reader.next();
  if (token.kind === "number") return negative ? -token.value : token.value;
  if (token.kind !== "name" || negative)
    throw reader.refused(
      token,
      `${shown(token)} is not an initialisation`,
      "write init 0.1, init xavier or init normal:0.3",
    );
  let text = nameOf(token).key;
  while (reader.takes(":")) {
    const value = reader.next();
    if (value.kind !== "number")
      throw reader.refused(value, `${shown(value)} stands where ${text}: needs a number`);
    text += `:${value.text}`;
  }
  return text;
}

/** `function f1, f2` */
function functionNamesOf(reader: ExpressionReader, start: Span): Statement[] {
  const declared = names(reader, "function");
  for (const one of declared) {
    if (functionNames.has(one.key))
      throw reader.refused(one, `${one.key} is a function of the language already`, "take another name");
    reader.declared.add(one.key);
  }
  return [{ kind: "function", names: declared, ...since(start, reader) }];
}

/** `repeat l = 1..L-1 { … }` */
function repeat(reader: ExpressionReader, start: Span): Statement[] {
  const of = name(reader, "repeat");
  if (Array.from(of.base).length !== 1 || of.sub !== "" || of.layer !== null)
    throw reader.refused(of, `${of.key} is not a letter`, "write repeat l = 1..L { … }");
  reader.needs("=", "repeat");
  const from = bound(reader);
  reader.needs("..", "repeat");
  const to = bound(reader);
  while (reader.takes("\n"));
  reader.needs("{", "repeat");
  const body = statementsUntil(reader, "}");
  reader.needs("}", "repeat");
  const inner = body.find(({ kind }) => kind === "repeat");
  if (inner)
    throw reader.refused(inner, "a repeat cannot stand inside of a repeat", "write one after the other");
  return [{ kind: "repeat", letter: of.base, from, to, body, ...since(start, reader) }];
}

/** `1`, `L`, `L-1` */
function bound(reader: ExpressionReader): Bound {
  const first = reader.next();
  const span = { start: first.start, end: first.end };
  if (first.kind === "number" && Number.isSafeInteger(first.value))
    return { size: null, offset: first.value, ...span };
  if (first.kind !== "name")
    throw reader.refused(first, `${shown(first)} is not a bound of a repeat`, "write 1..L-1");
  const size = nameOf(first).key;
  const sign = reader.takes("-") ? -1 : reader.takes("+") ? 1 : 0;
  if (sign === 0) return { size, offset: 0, ...span };
  const token = reader.next();
  if (token.kind !== "number" || !Number.isSafeInteger(token.value))
    throw reader.refused(token, `${shown(token)} stands where the bound needs a whole number`);
  return { size, offset: sign * token.value, start: first.start, end: token.end };
}
