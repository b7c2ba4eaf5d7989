/** Which steps of a program belong to the forward pass, to the backward pass and to the update of cells. */
import type { Program } from "../devices/device.ts";
import type { Part } from "./graph.ts";

/** The step that makes each slot, by its index; a slot without one is an input, a cell or a constant. */
export function makersOf({ steps }: Program): Map<number, number> {
  return new Map(steps.map(({ output }, i) => [output, i]));
}

/** All slots from which these slots are computed, and the slots themselves. */
export function ancestors(program: Program, slots: Iterable<number>): Set<number> {
  const makers = makersOf(program);
  const seen = new Set<number>();
  const open = [...slots];
  for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
    if (seen.has(slot)) continue;
    seen.add(slot);
    const maker = makers.get(slot);
    if (maker !== undefined) open.push(...program.steps[maker].inputs);
  }
  return seen;
}

/**
 * The part of each step. A backward step leads to a gradient and comes after the value that is differentiated, on which that
 * value does not depend. An update leads to the new value of a cell, and reads a gradient or comes after one.
 */
export function partsOf(program: Program): Part[] {
  const { gradients, cells } = program;
  const losses = new Set(gradients.map(({ of }) => of));
  const first = Math.min(...losses);
  const before = ancestors(program, losses.size === 0 ? [] : [first]);
  const towards = ancestors(
    program,
    gradients.map(({ slot }) => slot),
  );
  const updates = ancestors(
    program,
    cells.flatMap(({ update }) => update ?? []),
  );
  return program.steps.map(({ output }) => {
    if (output <= first || before.has(output)) return "forward";
    if (towards.has(output)) return "backward";
    return updates.has(output) ? "update" : "forward";
  });
}

/**
 * The summands of each of these gradients that adds the contributions of several uses of its value, by the gradient's slot, and the
 * steps that add them. Differentiation adds from the left, one use after the other.
 */
export function accumulations(
  program: Program,
  gradients: Program["gradients"],
): Map<number, { summands: number[]; adds: number[] }> {
  const makers = makersOf(program);
  const found = new Map<number, { summands: number[]; adds: number[] }>();
  for (const { slot, of, by } of gradients) {
    const path = new Set(program.gradients.filter((one) => one.of === of).map((one) => one.by));
    const uses = program.steps.reduce(
      (count, { op, inputs, output }) =>
        count + inputs.filter((input, i) => input === by && path.has(output) && op.vjp?.(i)).length,
      0,
    );
    const summands: number[] = [];
    const adds: number[] = [];
    let sum = slot;
    while (summands.length < uses - 1) {
      const maker = makers.get(sum);
      // zero on both sides is the identity of addition alone
      if (maker === undefined || program.steps[maker].op.identity.join() !== "0,0") break;
      adds.push(maker);
      const [left, right] = program.steps[maker].inputs;
      summands.unshift(right);
      sum = left;
    }
    if (summands.length > 0) found.set(slot, { summands: [sum, ...summands], adds });
  }
  return found;
}
