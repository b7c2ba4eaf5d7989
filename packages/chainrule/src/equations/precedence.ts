/** How tightly the parts of an expression bind: one table for the parser and the printer. */
import type { Expression } from "./syntax.ts";

/** Larger numbers bind more tightly: postfix > product > sign > entries > sum > comparison. */
export const binding = {
  comparison: 0,
  sum: 1,
  entries: 2,
  sign: 3,
  product: 4,
  postfix: 5,
  primary: 6,
} as const;

export type Binding = (typeof binding)[keyof typeof binding];

/** How tightly an expression holds together. */
export function bindingOf(expression: Expression): Binding {
  switch (expression.kind) {
    case "compare":
      return binding.comparison;
    case "binary":
      if (expression.operator === "+" || expression.operator === "-") return binding.sum;
      return expression.operator === "@" ? binding.product : binding.entries;
    case "negate":
      return binding.sign;
    case "index-sum":
      // it reaches to the end of its term
      return binding.entries;
    case "transpose":
    case "power":
    case "entry":
      return binding.postfix;
    case "number":
      return expression.text.includes("/") ? binding.entries : binding.primary;
    case "name":
    case "ones":
    case "call":
      return binding.primary;
  }
}
