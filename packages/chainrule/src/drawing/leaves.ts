/** The kinds of the leaves of a program: inputs, targets, parameters, states and constants. */
import type { Program } from "../devices/device.ts";
import { ValueError } from "../tensor/errors.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { NodeKind, Part } from "./graph.ts";

/**
 * The kind of each leaf. A parameter is a cell with a gradient, and without gradients any cell of floating-point numbers that
 * the step does not change. A target is an input that no parameter is multiplied with, when another input has one; or one of
 * `targets`.
 */
export function leafKinds(
  program: Program,
  parts: readonly Part[],
  targets: readonly string[] | undefined,
): Map<number, NodeKind> {
  const kinds = new Map<number, NodeKind>();
  const differentiated = new Set(program.gradients.map(({ by }) => by));
  for (const { slot, update } of program.cells) {
    const trained =
      differentiated.size > 0
        ? differentiated.has(slot)
        : update === null && isFloat(program.slots[slot].dtype);
    kinds.set(slot, trained ? "parameter" : "state");
  }
  for (const { slot } of program.constants) if (differentiated.has(slot)) kinds.set(slot, "parameter");
  const isTarget = targets === undefined ? unweighted(program, parts, kinds) : withNames(program, targets);
  for (const slot of program.inputs) kinds.set(slot, isTarget(slot) ? "target" : "input");
  return kinds;
}

function withNames(program: Program, targets: readonly string[]): (slot: number) => boolean {
  const slots = targets.map((target) => {
    const found = program.names.find(({ name, slot }) => name === target && program.inputs.includes(slot));
    if (found === undefined)
      throw new ValueError("networkGraph", `no input of the program is called "${target}"`, {
        advice: "give the examples names in traceProgram(step, examples, { names })",
      });
    return found.slot;
  });
  return (slot) => slots.includes(slot);
}

/** Whether no value that an input leads to is multiplied with a parameter. */
function unweighted(
  program: Program,
  parts: readonly Part[],
  kinds: ReadonlyMap<number, NodeKind>,
): (slot: number) => boolean {
  // parameters and what views make of them
  const weights = new Set([...kinds].filter(([, kind]) => kind === "parameter").map(([slot]) => slot));
  const forward = program.steps.filter((_, i) => parts[i] === "forward");
  for (const { op, inputs, output } of forward)
    if (op.kind === "view" || op.kind === "layout") if (weights.has(inputs[0])) weights.add(output);
  const weighted = (input: number): boolean => {
    const reached = new Set([input]);
    for (const { op, inputs, output } of forward) {
      if (!inputs.some((slot) => reached.has(slot))) continue;
      // 1 is the identity of products; a contraction is a product as well
      const product = op.kind === "contract" || op.identity.join() === "1,1";
      if (product && inputs.some((slot) => weights.has(slot))) return true;
      reached.add(output);
    }
    return false;
  };
  const found = new Map(program.inputs.map((slot) => [slot, weighted(slot)]));
  const some = [...found.values()].includes(true);
  return (slot) => some && !found.get(slot);
}
