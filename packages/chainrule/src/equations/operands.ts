/** What kind of operand an expression is, where shapes alone do not decide. */
import type { ParameterSymbol, Symbols } from "./symbols.ts";
import type { Expression } from "./syntax.ts";
import { namesIn, within } from "./walk.ts";

/** The parameter behind transposes and signs. */
function parameterBehind(expression: Expression, symbols: Symbols): ParameterSymbol | null {
  if (expression.kind === "transpose" || expression.kind === "negate")
    return parameterBehind(expression.of, symbols);
  const symbol = expression.kind === "name" ? symbols.byKey.get(expression.key) : undefined;
  return symbol?.kind === "parameter" ? symbol : null;
}

/** Whether it is a parameter that was found as a summand, at the place where it was found. */
export function isFoundSummand(expression: Expression, symbols: Symbols): boolean {
  if (expression.kind === "transpose" || expression.kind === "negate")
    return isFoundSummand(expression.of, symbols);
  const found = parameterBehind(expression, symbols);
  return found?.origin === "summand" && found.at.start === expression.start;
}

/** Whether it is a parameter that is kept as a matrix. */
export function isMatrixParameter(expression: Expression, symbols: Symbols): boolean {
  return expression.kind !== "negate" && parameterBehind(expression, symbols)?.matrix === true;
}

/** Whether one of two operands is a target and the other follows from the inputs. */
export function meetsTarget(left: Expression, right: Expression, { byKey }: Symbols): boolean {
  const isTarget = (of: Expression): boolean =>
    of.kind === "transpose" || of.kind === "negate"
      ? isTarget(of.of)
      : of.kind === "name" && byKey.get(of.key)?.kind === "target";
  const follows = (of: Expression): boolean =>
    [...namesIn(of)].some(({ key }) => ["value", "input"].includes(byKey.get(key)!.kind));
  return (isTarget(left) && follows(right)) || (isTarget(right) && follows(left));
}

/** Whether it is a number that depends neither on data nor on parameters. */
export function isConstant(expression: Expression, { byKey }: Symbols): boolean {
  return [...within(expression)].every(
    (part) =>
      part.kind === "number" ||
      (part.kind === "name" && byKey.get(part.key)?.kind === "size") ||
      ["negate", "power", "binary"].includes(part.kind),
  );
}
