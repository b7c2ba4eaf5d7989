import { describe, expect, it } from "vitest";
import { defineOp, gradcheck, onesLike, records } from "../packages/chainrule/src/index.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";
import type { CompositeRecord } from "../packages/chainrule/src/ops/composite.ts";
import type { OpRecord, OpSpec, Vjp } from "../packages/chainrule/src/ops/define.ts";
import "../packages/chainrule/src/functions/index.ts";
import { checkComposite, checkOp, drawCall, namesOf, subjectOf, subjectOfComposite } from "./op-checks.ts";
import type { Subject } from "./op-checks.ts";

type Rule = Vjp<unknown>;
type Mutation = (rule: Rule) => Rule | null;

/** Changes the gradient that a rule returns. */
const result =
  (change: (gradient: ReturnType<Rule>, g: ReturnType<Rule>) => ReturnType<Rule>): Mutation =>
  (rule) =>
  (g, y, inputs, attrs) =>
    change(rule(g, y, inputs, attrs), g);

/** Wrong gradient rules: the common mistakes in backward passes written by hand. */
const mutations: Record<string, Mutation> = {
  "a lost factor": result((gradient) => gradient.mul(2)),
  "a slightly wrong factor": result((gradient) => gradient.mul(1.0001)),
  "a flipped sign": result((gradient) => gradient.neg()),
  "nothing passed on": result((gradient) => gradient.mul(0)),
  "a term too many": result((gradient, g) => gradient.add(g.mean())),
  "elements in reverse order": result((gradient) => gradient.flip()),
  "the incoming gradient forgotten": (rule) => (g, y, inputs, attrs) => rule(onesLike(g), y, inputs, attrs),
};
const lost: Mutation = () => null;
const withoutGraph = result((gradient) => gradient.detach());
/** A mistake that shows only in second derivatives, and only where the slope depends on the inputs. */
const frozen: Mutation = (rule) => (g, y, inputs, attrs) => {
  const constants = inputs.map((input) => input.detach());
  return rule(g, y.detach(), constants, attrs);
};
/** The ops whose slopes do not depend on their inputs, except at kinks. */
const linear = new Set(
  (
    "neg abs to relu clamp add sub maximum minimum where sum mean max min cumsum reshape permute transpose expand " +
    "flip slice pad concat stack gather scatterAdd indexSelect indexAdd"
  ).split(" "),
);
/** The third input of stack is a scalar in its only example, and a scalar has no order of elements. */
const harmless = ["stack, input 2: elements in reverse order"];

/** A copy of the op with another rule for one input; the table itself does not change. */
function mutant(op: OpRecord, input: number, mutate: Mutation): OpRecord {
  return defineOp({
    ...(op as unknown as OpSpec<unknown[], unknown>),
    vjp: (i: number) => {
      const rule = op.vjp?.(i) ?? null;
      return rule && i === input ? mutate(rule) : rule;
    },
  });
}

function withoutRules(op: OpRecord): OpRecord {
  return defineOp({ ...(op as unknown as OpSpec<unknown[], unknown>), vjp: null });
}

function mutantComposite(record: CompositeRecord, input: number, mutate: Mutation): CompositeRecord {
  const name = namesOf(record)[input];
  const rule = record.vjp?.[name];
  if (rule === undefined) return record;
  const other = mutate(rule as unknown as Rule) as unknown as typeof rule | null;
  const { [name]: _, ...rules } = record.vjp ?? {};
  return { ...record, vjp: other ? { ...rules, [name]: other } : rules };
}

/** The inputs with rules, up to the number in the longest example. */
function ruled(subject: Subject): number[] {
  const count = Math.max(...subject.examples.map(({ inputs }) => inputs.length));
  return Array.from({ length: count }, (_, i) => i).filter((i) => subject.differentiable(i));
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

const ops = [...records].filter(([, op]) => op.vjp !== null);
const composed = [...composites].filter(([, { vjp, tests }]) => vjp !== undefined && tests !== undefined);

describe("a wrong gradient rule fails", () => {
  it.each(ops)("of %s", (name, op) => {
    expect(
      passes(() => checkOp(withoutRules(op))),
      "all rules lost",
    ).toBe(false);
    for (const input of ruled(subjectOf(op))) {
      const caught = (mutate: Mutation): boolean => !passes(() => checkOp(mutant(op, input, mutate)));
      expect(
        caught((rule) => rule),
        "a copy with the rule as it is",
      ).toBe(false);
      for (const [what, mutate] of Object.entries({
        ...mutations,
        "no graph": withoutGraph,
        "no rule": lost,
      })) {
        const mutation = `${name}, input ${input}: ${what}`;
        expect(caught(mutate), mutation).toBe(!harmless.includes(mutation));
      }
      expect(caught(frozen), `${name}, input ${input}: inputs taken for constants`).toBe(!linear.has(name));
    }
  });

  it.each(composed)("of the composite %s", (name, record) => {
    for (const input of ruled(subjectOfComposite(record))) {
      const caught = (mutate: Mutation): boolean =>
        !passes(() => checkComposite(mutantComposite(record, input, mutate)));
      expect(
        caught((rule) => rule),
        "a copy with the rule as it is",
      ).toBe(false);
      for (const [what, mutate] of Object.entries({
        ...mutations,
        "no graph": withoutGraph,
        "no rule": lost,
      }))
        expect(caught(mutate), `${name}, input ${input}: ${what}`).toBe(true);
    }
  });
});

describe("gradcheck passes right rules and flags wrong ones", () => {
  it.each(ops)("of %s", (name, op) => {
    const flagged = (subject: Subject): boolean =>
      subject.examples.some((example) => {
        const inputs = drawCall(subject, example, 1);
        const f = (...given: typeof inputs) => subject.call(given, example.args ?? []);
        return inputs.some(({ dtype }) => dtype === "float64") && !gradcheck(f, inputs, { throws: false }).ok;
      });
    expect(flagged(subjectOf(op))).toBe(false);
    for (const input of ruled(subjectOf(op)))
      for (const [what, mutate] of Object.entries({ ...mutations, "no rule": lost })) {
        const mutation = `${name}, input ${input}: ${what}`;
        expect(flagged(subjectOf(mutant(op, input, mutate))), mutation).toBe(!harmless.includes(mutation));
      }
  });
});
