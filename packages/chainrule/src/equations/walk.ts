/** Walks over expressions. */
import { spelled } from "./letters.ts";
import type { Layer } from "./letters.ts";
import type { Expression, NameExpression } from "./syntax.ts";

/** The parts of an expression, from left to right. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "number":
    case "name":
    case "ones":
      return [];
    case "call":
      return expression.args;
    case "binary":
    case "compare":
      return [expression.left, expression.right];
    case "power":
      return [expression.of, expression.exponent];
    case "index-sum":
      return [expression.body];
    case "negate":
    case "transpose":
    case "entry":
      return [expression.of];
  }
}

/** The expression with each of its parts replaced. */
export function withParts(expression: Expression, replace: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case "number":
    case "name":
    case "ones":
      return expression;
    case "call":
      return { ...expression, args: expression.args.map(replace) };
    case "binary":
    case "compare":
      return { ...expression, left: replace(expression.left), right: replace(expression.right) };
    case "power":
      return {
        ...expression,
        of: replace(expression.of),
        exponent: replace(expression.exponent) as typeof expression.exponent,
      };
    case "index-sum":
      return { ...expression, body: replace(expression.body) };
    case "negate":
    case "transpose":
    case "entry":
      return { ...expression, of: replace(expression.of) };
  }
}

/** The expression and everything in it, outermost first. */
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* within(part);
}

/** The names in an expression, from left to right. */
export function* namesIn(expression: Expression): Generator<NameExpression> {
  for (const part of within(expression)) if (part.kind === "name") yield part;
}

/** The name behind transposes and signs; null for anything else. */
export function nameBehind(expression: Expression): NameExpression | null {
  if (expression.kind === "name") return expression;
  return expression.kind === "transpose" || expression.kind === "negate" ? nameBehind(expression.of) : null;
}

/** The expression with the layer of each name replaced. */
export function withLayers(
  expression: Expression,
  replace: (name: NameExpression) => Layer | null,
): Expression {
  if (expression.kind === "name") return withLayer(expression, replace(expression));
  return withParts(expression, (part) => withLayers(part, replace));
}

export function withLayer(name: NameExpression, layer: Layer | null): NameExpression {
  return { ...name, layer, key: spelled({ ...name, layer }) };
}

/** Whether two expressions say the same. */
export function same(a: Expression, b: Expression): boolean {
  if (a.kind !== b.kind) return false;
  const [partsA, partsB] = [partsOf(a), partsOf(b)];
  if (partsA.length !== partsB.length || !partsA.every((part, i) => same(part, partsB[i]))) return false;
  return headOf(a) === headOf(b);
}

/** What an expression says beside its parts. */
function headOf(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "name":
      return expression.key;
    case "call":
      return `${expression.callee}${expression.prime ? "′" : ""}`;
    case "binary":
    case "compare":
      return expression.operator;
    case "entry":
      return expression.indices.join(",");
    case "index-sum":
      return `${expression.letter}≠${expression.except}`;
    case "ones":
    case "negate":
    case "transpose":
    case "power":
      return "";
  }
}
