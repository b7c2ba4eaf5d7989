/**
 * Finds in equations what the library computes in a more stable way: softmax written out, the logarithm of a softmax, and
 * the cross-entropy of classes.
 */
import type { Network } from "./network.ts";
import type { CallExpression, EntryExpression, Expression } from "./syntax.ts";
import { same } from "./walk.ts";

type Definitions = Pick<Network, "definitions" | "targets">;

/** The cross-entropy −Σ y log softmax(scores), for a target that is a class. */
export interface CrossEntropy {
  readonly scores: Expression;
  readonly target: string;
}

/** What a name is defined as, step by step; anything else stays. */
function resolved(expression: Expression, network: Definitions): Expression {
  if (expression.kind !== "name") return expression;
  const definition = network.definitions.find(({ name }) => name === expression.key);
  return definition ? resolved(definition.value, network) : expression;
}

/** The z of softmax(z), or of exp(z)/sum(exp(z)); null for anything else. */
export function softmaxArgument(expression: Expression, network: Definitions): Expression | null {
  const value = resolved(expression, network);
  const direct = argumentOf(value, "softmax");
  if (direct) return direct;
  if (value.kind !== "binary" || value.operator !== "/") return null;
  const over = argumentOf(value.left, "exp");
  const summed = argumentOf(value.right, "sum");
  const under = summed && argumentOf(summed, "exp");
  return over && under && same(over, under) ? over : null;
}

/** The z of log(softmax(z)); null for anything else. */
export function logSoftmaxArgument(expression: Expression, network: Definitions): Expression | null {
  const inside = argumentOf(resolved(expression, network), "log");
  return inside && softmaxArgument(inside, network);
}

/** Whether an expression is −sum(y * log p), −yᵀ log p, −sum_i y_i log p_i or −log p[c], with p a softmax. */
export function crossEntropyOf(expression: Expression, network: Definitions): CrossEntropy | null {
  const value = resolved(expression, network);
  if (value.kind !== "negate") return null;
  const inside = value.of;
  const summed = argumentOf(inside, "sum");
  if (summed?.kind === "binary" && ["*", "⊙"].includes(summed.operator))
    return pairOf(summed.left, summed.right, network) ?? pairOf(summed.right, summed.left, network);
  if (inside.kind === "binary" && inside.operator === "@" && inside.left.kind === "transpose")
    return pairOf(inside.left.of, inside.right, network);
  if (inside.kind === "index-sum" && inside.except === "" && inside.body.kind === "binary") {
    const { letter, body } = inside;
    if (!["@", "*", "⊙"].includes(body.operator)) return null;
    return (
      indexedPair(body.left, body.right, letter, network) ??
      indexedPair(body.right, body.left, letter, network)
    );
  }
  const picked = argumentOf(inside, "log");
  if (picked?.kind !== "entry" || picked.indices.length !== 1) return null;
  const target = network.targets.find(({ classIndex }) => classIndex === picked.indices[0]);
  const scores = target && softmaxArgument(picked.of, network);
  return scores ? { scores, target: target.name } : null;
}

/** y and log p, whole vectors. */
function pairOf(y: Expression, logarithm: Expression, network: Definitions): CrossEntropy | null {
  const target = classTarget(y, network);
  const scores = target === null ? null : logSoftmaxArgument(logarithm, network);
  return target !== null && scores ? { scores, target } : null;
}

/** y_i and log p_i. */
function indexedPair(
  y: Expression,
  logarithm: Expression,
  letter: string,
  network: Definitions,
): CrossEntropy | null {
  const inside = argumentOf(logarithm, "log");
  if (!inside || !isEntry(y, letter) || !isEntry(inside, letter)) return null;
  const target = classTarget(y.of, network);
  const scores = target === null ? null : softmaxArgument(inside.of, network);
  return target !== null && scores ? { scores, target } : null;
}

function isEntry(expression: Expression, letter: string): expression is EntryExpression {
  return expression.kind === "entry" && expression.indices.length === 1 && expression.indices[0] === letter;
}

/** The name of a target that holds classes. */
function classTarget(expression: Expression, { targets }: Definitions): string | null {
  if (expression.kind !== "name") return null;
  return targets.some(({ name, form }) => name === expression.key && form === "onehot")
    ? expression.key
    : null;
}

/** The argument of a call of this function. */
function argumentOf(expression: Expression, callee: CallExpression["callee"]): Expression | null {
  if (
    expression.kind !== "call" ||
    expression.callee !== callee ||
    expression.prime ||
    expression.args.length !== 1
  )
    return null;
  return expression.args[0];
}
