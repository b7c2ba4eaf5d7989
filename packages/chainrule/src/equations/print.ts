/** Writes what was read as text again: reading it gives the same statements. */
import { requireItems, requireObject } from "../tensor/options.ts";
import type { Name } from "./letters.ts";
import { binding, bindingOf } from "./precedence.ts";
import type { Binding } from "./precedence.ts";
import type {
  Bound,
  DeclaredShape,
  EquationText,
  Expression,
  Length,
  Statement,
  TargetStatement,
} from "./syntax.ts";

/**
 * The text of statements, in the one spelling of each name and sign.
 * @example
 * print(parse("h~ = W_h*2 x")); // h̃ = W_h * 2 x
 */
export function print(text: EquationText): string {
  requireObject("print", "the equations", text, "parse(text) makes them");
  const statements = requireItems("print", "the statements", text.statements);
  return statements.map((statement) => `${printStatement(statement)}\n`).join("");
}

function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case "input": {
      const { shape, name } = statement;
      const open = shape.kind === "vector" && !shape.row && shape.length === null;
      return open ? `input ${name.key}` : `input ${name.key}: ${printShape(shape)}`;
    }
    case "target":
      return `target ${statement.name.key}: ${printTarget(statement)}`;
    case "size": {
      const lengths = statement.shape.map(printLength).join("×");
      if (statement.of === "size") return `size ${statement.name.key} = ${lengths}`;
      return `size ${statement.name.key}: ${lengths === "" ? "number" : lengths}`;
    }
    case "param": {
      const { names, shape, init } = statement;
      const begins = init === null ? "" : ` init ${init}`;
      return `param ${keysOf(names)}: ${printShape(shape)}${begins}`;
    }
    case "function":
      return `function ${keysOf(statement.names)}`;
    case "predict":
    case "minimize":
      return `${statement.kind} ${statement.name.key}`;
    case "rows":
      return "rows";
    case "equation":
      return `${statement.name.key} = ${printExpression(statement.value)}`;
    case "repeat": {
      const { letter, from, to, body } = statement;
      const lines = body.map((inner) => `  ${printStatement(inner)}\n`).join("");
      return `repeat ${letter} = ${printBound(from)}..${printBound(to)} {\n${lines}}`;
    }
  }
}

function keysOf(names: readonly (Name & { readonly key: string })[]): string {
  return names.map(({ key }) => key).join(", ");
}

function printLength(length: Length): string {
  return "value" in length ? String(length.value) : length.key;
}

function printShape(shape: DeclaredShape): string {
  if (shape.kind === "number") return "number";
  if (shape.kind === "matrix") return `${printLength(shape.rows)}×${printLength(shape.cols)}`;
  const length = shape.length ? printLength(shape.length) : "";
  return shape.row ? `row ${length}`.trimEnd() : length;
}

function printTarget({ form, row, classIndex, length }: TargetStatement): string {
  const kind = classIndex === null ? form : `class ${classIndex} of`;
  return [row ? "row" : "", kind, length ? printLength(length) : ""].filter((part) => part !== "").join(" ");
}

function printBound({ size, offset }: Bound): string {
  if (size === null) return String(offset);
  return offset === 0 ? size : `${size}${offset > 0 ? "+" : "-"}${Math.abs(offset)}`;
}

/** The text of an expression. `last` says that nothing follows it within its term. */
export function printExpression(expression: Expression, last = true): string {
  /** An operand, in parentheses where it binds less tightly than its place needs. */
  const operand = (of: Expression, least: Binding, atEnd: boolean): string => {
    // the body of an index sum reaches to the end of its term
    const holds = of.kind === "index-sum" ? atEnd : bindingOf(of) >= least;
    return holds ? printExpression(of, atEnd) : `(${printExpression(of)})`;
  };
  switch (expression.kind) {
    case "number":
      return expression.text;
    case "name":
      return expression.key;
    case "ones":
      return "𝟏";
    case "call":
      return printCall(expression.callee, expression.prime, expression.args);
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "+" || operator === "-")
        return `${operand(left, binding.sum, true)} ${operator} ${operand(right, binding.entries, last)}`;
      if (operator !== "@")
        return `${operand(left, binding.entries, false)} ${operator} ${operand(right, operator === "/" ? binding.postfix : binding.sign, last)}`;
      const fraction = left.kind === "number" ? left.text : null;
      return `${fraction ?? operand(left, binding.product, false)} ${operand(right, binding.postfix, last)}`;
    }
    case "negate":
      return `-${operand(expression.of, binding.sign, last)}`;
    case "transpose":
      return `${operand(expression.of, binding.postfix, false)}ᵀ`;
    case "power": {
      const exponent = printExpression(expression.exponent);
      return `${operand(expression.of, binding.postfix, false)}^${exponent}`;
    }
    case "entry":
      return `${operand(expression.of, binding.postfix, false)}[${expression.indices.join(", ")}]`;
    case "index-sum": {
      const { letter, except, body } = expression;
      const index = except === "" ? letter : `{${letter}≠${except}}`;
      return `sum_${index} ${operand(body, binding.entries, last)}`;
    }
    case "compare":
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
  }
}

const bars: Readonly<Record<string, string>> = { abs: "|", norm: "‖" };

function printCall(callee: string, prime: boolean, args: readonly Expression[]): string {
  const inside = args.map((arg) => printExpression(arg)).join(", ");
  const bar = bars[callee];
  if (bar !== undefined && !inside.includes(bar)) return `${bar}${inside}${bar}`;
  return `${callee}${prime ? "′" : ""}(${inside})`;
}
