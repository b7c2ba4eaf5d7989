/** The functions and operators of the language on values. */
import { softmax } from "../functions/softmax.ts";
import { where } from "../ops/arithmetic.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { functionRow, slope } from "./functions.ts";
import type { CallExpression, Comparison, Operator } from "./syntax.ts";
import { entries, mapped, product, reducedValue } from "./values.ts";
import type { Value } from "./values.ts";

/** A binary operator; `@` is the matrix product. */
export function applyOperator(operator: Operator, a: Value, b: Value): Value {
  if (operator === "@") return product(a, b);
  return entries(operator === "⊙" ? "*" : operator, a, b);
}

const comparisons: Readonly<Record<Comparison, (a: Tensor, b: Tensor) => Tensor>> = {
  "<": (a, b) => a.lt(b),
  "≤": (a, b) => a.le(b),
  ">": (a, b) => a.gt(b),
  "≥": (a, b) => a.ge(b),
};

export function applyComparison(operator: Comparison, a: Value, b: Value): Value {
  return entries(comparisons[operator], a, b);
}

type WholeFunctionName = "softmax" | "sum" | "mean" | "max" | "min" | "norm";

const wholeFunctions: Readonly<Record<WholeFunctionName, (x: Value) => Value>> = {
  softmax: (x) => mapped(x, (tensor) => softmax(tensor)),
  sum: (x) => reducedValue(x, (tensor, ...axis) => tensor.sum(...axis)),
  mean: (x) => reducedValue(x, (tensor, ...axis) => tensor.mean(...axis)),
  max: (x) => reducedValue(x, (tensor, ...axis) => tensor.max(...axis)),
  min: (x) => reducedValue(x, (tensor, ...axis) => tensor.min(...axis)),
  norm: (x) =>
    reducedValue(x, (tensor, ...axis) =>
      tensor
        .mul(tensor)
        .sum(...axis)
        .sqrt(),
    ),
};

/**
 * A function of values; a derivative where the call has a prime.
 * @throws ValueError for a function without a definition
 */
export function applyFunction({ callee, prime }: CallExpression, args: readonly Value[]): Value {
  const row = functionRow(callee);
  if (row === undefined)
    throw new ValueError("equations", `the function ${callee} has no definition, so it cannot be computed`, {
      advice: "use tanh, sigmoid or another function of the language",
    });
  const [first, second, third] = args;
  if (row.gives === "entries") return mapped(first, (x) => (prime ? slope(row, x) : row.compute(x)));
  if (row.gives === "where") {
    const chosen = entries((x, y) => where(first.tensor, x, y), second, third);
    return { ...chosen, varies: chosen.varies || first.varies };
  }
  return args.length === 2
    ? entries(callee as "max" | "min", first, second)
    : wholeFunctions[callee as WholeFunctionName](first);
}
