/** The names of a text: what each stands for, and which free ones are parameters. */
import { nearest } from "../tensor/options.ts";
import { Dim, freeDims, numberDims, one, transposed } from "./dims.ts";
import type { Dims } from "./dims.ts";
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import type { FlatStatement, Sizes } from "./expand.ts";
import { functionNames } from "./functions.ts";
import type {
  DeclaredShape,
  EquationStatement,
  Expression,
  InitText,
  InputStatement,
  Length,
  NameExpression,
  TargetStatement,
} from "./syntax.ts";
import { nameBehind, namesIn, partsOf } from "./walk.ts";

/** What a name stands for. */
export type Symbol =
  | { readonly kind: "input"; readonly dims: Dims; readonly from: InputStatement }
  | { readonly kind: "target"; readonly dims: Dims; readonly from: TargetStatement }
  | { readonly kind: "size"; readonly dims: Dims; readonly length: Dim }
  | ParameterSymbol
  | { readonly kind: "value"; readonly dims: Dims; readonly from: EquationStatement };

export interface ParameterSymbol {
  readonly kind: "parameter";
  readonly dims: Dims;
  readonly at: Span;
  /** Found as a factor or a summand, or declared by `param`. */
  readonly origin: "factor" | "summand" | "declared";
  /** Whether it is kept as a matrix; else as a vector or a number. */
  readonly matrix: boolean;
  readonly init: InitText | null;
}

/** The names of a text, and the classes of its targets. */
export interface Symbols {
  readonly text: string;
  readonly byKey: ReadonlyMap<string, Symbol>;
  /** The target whose class an index names. */
  readonly classes: ReadonlyMap<string, TargetStatement>;
  readonly functions: ReadonlySet<string>;
  readonly equations: readonly EquationStatement[];
}

/** The letters that a parameter's name begins with, the letter alone. */
const parameterLetters = new Set(["W", "V", "w", "U", "b", "c"]);

/**
 * Gives every name its meaning.
 * @throws EquationError for a name that is defined twice, or nowhere, or used before its line
 */
export function symbolsOf(text: string, statements: readonly FlatStatement[], sizes: Sizes): Symbols {
  const byKey = new Map<string, Symbol>();
  const classes = new Map<string, TargetStatement>();
  const functions = new Set<string>();
  const equations: EquationStatement[] = [];
  const rows = statements.some(({ kind }) => kind === "rows");
  const declare = (name: NameExpression, symbol: Symbol): void => {
    if (byKey.has(name.key) || classes.has(name.key))
      throw new EquationError(text, name, `${name.key} is defined twice`, "give each step a name of its own");
    if (functionNames.has(name.key) || functions.has(name.key))
      throw new EquationError(
        text,
        name,
        `${name.key} is a function and cannot be defined`,
        "take another name",
      );
    byKey.set(name.key, symbol);
  };
  const size = (key: string): Dim => {
    const known = byKey.get(key);
    if (known?.kind === "size") return known.length;
    const length = new Dim(sizes.get(key) ?? null, key);
    byKey.set(key, { kind: "size", dims: numberDims(), length });
    return length;
  };
  const lengthOf = (length: Length | null): Dim => {
    if (length === null) return new Dim();
    return "value" in length ? new Dim(length.value) : size(length.key);
  };
  const dimsOf = (shape: DeclaredShape): Dims => {
    if (shape.kind === "number") return numberDims();
    if (shape.kind === "matrix") return { rows: lengthOf(shape.rows), cols: lengthOf(shape.cols) };
    const column: Dims = { rows: lengthOf(shape.length), cols: one() };
    return shape.row || rows ? transposed(column) : column;
  };
  for (const name of sizes.keys()) size(name);

  for (const statement of statements)
    switch (statement.kind) {
      case "input":
        declare(statement.name, { kind: "input", dims: dimsOf(statement.shape), from: statement });
        break;
      case "target": {
        const column: Dims = { rows: lengthOf(statement.length), cols: one() };
        const dims = statement.row || rows ? transposed(column) : column;
        declare(statement.name, { kind: "target", dims, from: statement });
        if (statement.classIndex !== null) classes.set(statement.classIndex, statement);
        break;
      }
      case "param":
        for (const name of statement.names) {
          const { shape, init } = statement;
          const matrix = shape.kind === "matrix";
          declare(name, {
            kind: "parameter",
            dims: dimsOf(shape),
            at: name,
            origin: "declared",
            matrix,
            init,
          });
        }
        break;
      case "size":
        statement.shape.forEach(lengthOf);
        break;
      case "function":
        for (const { key } of statement.names) functions.add(key);
        break;
      case "equation":
        equations.push(statement);
        declare(statement.name, { kind: "value", dims: freeDims(), from: statement });
        break;
      case "rows":
      case "predict":
      case "minimize":
        break;
    }
  const symbols: Symbols = { text, byKey, classes, functions, equations };
  for (const { value } of equations) findParameters(value, symbols, byKey);
  requireOrder(symbols);
  return symbols;
}

/** Adds the free names that stand where a parameter stands: as a factor, or as a summand. */
function findParameters(expression: Expression, symbols: Symbols, byKey: Map<string, Symbol>): void {
  const place = (part: Expression, sibling: Expression, origin: "factor" | "summand"): void => {
    const name = nameBehind(part);
    if (name === null || byKey.has(name.key) || !isParameterName(name) || symbols.classes.has(name.key))
      return;
    const beside = nameBehind(sibling);
    const besideFree = beside !== null && !byKey.has(beside.key);
    if (origin === "summand" && besideFree) return;
    const spaced = splitName(name, symbols, true);
    if (spaced !== null) throw unknown(name, symbols);
    const dims = freeDims();
    byKey.set(name.key, {
      kind: "parameter",
      dims,
      at: name,
      origin,
      matrix: origin === "factor",
      init: null,
    });
  };
  if (expression.kind === "binary") {
    const { operator, left, right } = expression;
    if (operator === "@") {
      place(left, right, "factor");
      place(right, left, "factor");
    } else if (operator === "+" || operator === "-") {
      place(left, right, "summand");
      place(right, left, "summand");
    }
  }
  for (const part of partsOf(expression)) findParameters(part, symbols, byKey);
}

function isParameterName({ base }: NameExpression): boolean {
  return parameterLetters.has(base);
}

/** Every name must be defined, and before the line that uses it. */
function requireOrder(symbols: Symbols): void {
  const { text, byKey, equations } = symbols;
  const defined = new Set<string>();
  for (const { name, value } of equations) {
    for (const used of namesIn(value)) {
      const symbol = byKey.get(used.key);
      if (symbol === undefined) throw unknown(used, symbols);
      if (symbol.kind !== "value" || defined.has(used.key)) continue;
      const problem =
        used.key === name.key ? `${used.key} is defined by itself` : `${used.key} is used before its line`;
      throw new EquationError(text, used, problem, "put each equation after those that it uses");
    }
    defined.add(name.key);
  }
}

/** The error for a name that is defined nowhere, with what was probably meant. */
function unknown(name: NameExpression, symbols: Symbols): EquationError {
  const { text, byKey } = symbols;
  const follows = text[name.end] === "(";
  if (follows) {
    const near = nearest(name.key, [...functionNames, ...symbols.functions]);
    const known = `the functions are ${[...functionNames].join(" ")}`;
    const advice = near === undefined ? known : `did you mean ${near}(…)?`;
    return new EquationError(text, name, `${name.key} is neither a function nor a defined name`, advice);
  }
  const typed = text.slice(name.start, name.end);
  const subscript = typed.startsWith(`${name.key}_`) ? typed.slice(name.key.length + 1) : "";
  if (subscript !== "" && byKey.has(typed))
    return new EquationError(
      text,
      name,
      `${subscript} is an index here and a subscript of ${typed}`,
      "take another letter for one of them",
    );
  const alike = [...byKey.keys()].find((key) => bareKey(key) === bareKey(name.key));
  const spaced = alike === undefined ? splitName(name, symbols, false) : null;
  const near = alike ?? nearest(name.key, [...byKey.keys()]);
  const advice =
    spaced !== null
      ? `a product needs a space: did you mean ${spaced}?`
      : near !== undefined
        ? `did you mean ${near}?`
        : isParameterName(name)
          ? `declare it: param ${name.key}: 4×2`
          : `declare it as input, target, size or param, or define it: ${name.key} = …`;
  return new EquationError(text, name, `${name.key} is not defined`, advice);
}

function bareKey(key: string): string {
  return key.toLowerCase().replace(/[_{}]/g, "");
}

/**
 * `W_h x` for the name W_hx, where its end is a known name. With `strict`, what is before the end must be known as well.
 */
function splitName(name: NameExpression, { text, byKey }: Symbols, strict: boolean): string | null {
  const typed = text.slice(name.start, name.end);
  for (let at = 1; at < typed.length; at++) {
    const [before, after] = [typed.slice(0, at), typed.slice(at)];
    if (before.endsWith("_") || !byKey.has(after)) continue;
    const known = byKey.has(before) || (!strict && parameterLetters.has(before.replace(/_.*$/, "")));
    if (known) return `${before} ${after}`;
  }
  return null;
}
