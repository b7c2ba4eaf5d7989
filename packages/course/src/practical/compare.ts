/** What a check of a practical is made of: conditions that throw a sentence for the student. */
import { describeDifference, difference } from "chainrule/grade";
import type { Comparison, Value } from "chainrule/grade";

/** What a check throws: a sentence for the student. */
export class CheckFailure extends Error {}

/** Throws unless `got` has the shape and, within the tolerance, the numbers of `expected`. */
export function same(what: string, got: unknown, expected: Value, comparison?: Comparison): void {
  const found = difference(got, expected, comparison);
  if (found) throw new CheckFailure(describeDifference(what, found));
}

/** Throws a sentence for the student unless something holds. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CheckFailure(otherwise);
}

/** Throws unless calling throws; `what` says what should have been refused. */
export function refuses(call: () => unknown, what: string): void {
  try {
    call();
  } catch {
    return;
  }
  throw new CheckFailure(`${what} should throw, and did not`);
}
