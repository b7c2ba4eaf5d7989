/** Parts a loss into what differs from example to example and what is added once, such as weight decay. */
import type { Network } from "./network.ts";
import type { BinaryExpression, Expression } from "./syntax.ts";
import { within } from "./walk.ts";

export interface SplitLoss {
  /** What the reduction joins over the examples; null for nothing. */
  readonly varying: Expression | null;
  /** What is added once, after the reduction; null for nothing. */
  readonly fixed: Expression | null;
}

type Parts = Pick<Network, "definitions" | "inputs" | "targets">;

/** Splits sums, through names and through factors without input or target. */
export function splitLoss(expression: Expression, network: Parts): SplitLoss {
  if (!varies(expression, network)) return { varying: null, fixed: expression };
  const whole: SplitLoss = { varying: expression, fixed: null };
  if (expression.kind === "negate")
    return through(splitLoss(expression.of, network), whole, (of) => ({ ...expression, of }));
  if (expression.kind === "binary") return splitBinary(expression, whole, network);
  const definition =
    expression.kind === "name" && network.definitions.find(({ name }) => name === expression.key);
  return definition ? through(splitLoss(definition.value, network), whole, (value) => value) : whole;
}

function splitBinary(expression: BinaryExpression, whole: SplitLoss, network: Parts): SplitLoss {
  const { operator, left, right } = expression;
  if (operator === "+" || operator === "-") {
    const [a, b] = [splitLoss(left, network), splitLoss(right, network)];
    const joined = (x: Expression | null, y: Expression | null): Expression | null => {
      if (x && y) return { ...expression, left: x, right: y };
      return x ?? (y && operator === "-" ? { kind: "negate", of: y, start: y.start, end: y.end } : y);
    };
    const fixed = joined(a.fixed, b.fixed);
    return fixed ? { varying: joined(a.varying, b.varying), fixed } : whole;
  }
  // a factor without input or target is distributed
  if (operator !== "/" && !varies(left, network))
    return through(splitLoss(right, network), whole, (of) => ({ ...expression, right: of }));
  if (!varies(right, network))
    return through(splitLoss(left, network), whole, (of) => ({ ...expression, left: of }));
  return whole;
}

/** The parts, each put back into what stood around the sum; the whole where nothing is added once. */
function through(
  { varying, fixed }: SplitLoss,
  whole: SplitLoss,
  around: (of: Expression) => Expression,
): SplitLoss {
  return fixed ? { varying: varying && around(varying), fixed: around(fixed) } : whole;
}

/** Whether an expression differs from example to example. */
export function varies(expression: Expression, { definitions, inputs, targets }: Parts): boolean {
  const facts = [...inputs, ...targets];
  const classes = targets.flatMap(({ classIndex }) => (classIndex === null ? [] : [classIndex]));
  return [...within(expression)].some((part) => {
    if (part.kind === "entry") return part.indices.some((index) => classes.includes(index));
    if (part.kind === "index-sum") return classes.includes(part.except);
    if (part.kind !== "name") return false;
    return (
      facts.some(({ name }) => name === part.key) ||
      definitions.some(({ name, varies: does }) => does && name === part.key)
    );
  });
}
