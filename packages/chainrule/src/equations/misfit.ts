/** What to say where two shapes do not fit, and what would fit. */
import { dimsInWords } from "./dims.ts";
import type { Dim, Dims } from "./dims.ts";
import { isFoundSummand, meetsTarget } from "./operands.ts";
import { printExpression } from "./print.ts";
import type { Symbols } from "./symbols.ts";
import type { Expression } from "./syntax.ts";

type Operand = readonly [Expression, Dims];

/** Problem and advice for a product whose inner lengths differ. */
export function misfit([left, a]: Operand, [right, b]: Operand): [problem: string, advice?: string] {
  const [l, r] = [printExpression(left), printExpression(right)];
  const problem = `in the product ${l} ${r} the inner lengths differ: ${l} is ${dimsInWords(a)} and ${r} is ${dimsInWords(b)}`;
  if (left.kind === "name" && right.kind === "name" && equal(b.cols, a.rows))
    return [problem, `${r} ${l} would fit`];
  if (left.kind === "name" && equal(a.rows, b.rows)) return [problem, `${l}ᵀ ${r} would fit`];
  if (right.kind === "name" && equal(a.cols, b.cols)) return [problem, `${l} ${r}ᵀ would fit`];
  return [problem];
}

/** The advice for two values whose shapes differ. */
export function pairAdvice(
  at: Expression,
  [left, a]: Operand,
  [right, b]: Operand,
  symbols: Symbols,
): string | undefined {
  if (meetsTarget(left, right, symbols)) return "a target never broadcasts: give both the same length";
  if (isFoundSummand(left, symbols) || isFoundSummand(right, symbols))
    return "a parameter that is added is a vector; for a matrix write 𝟏 bᵀ";
  if (at.kind === "binary" && ["*", "⊙"].includes(at.operator) && equal(a.cols, b.rows))
    return "they fit only as a product: @";
  return equal(a.rows, b.cols) && equal(a.cols, b.rows) ? "transpose one of them" : undefined;
}

function equal(a: Dim, b: Dim): boolean {
  return a.value !== null && a.value === b.value;
}
