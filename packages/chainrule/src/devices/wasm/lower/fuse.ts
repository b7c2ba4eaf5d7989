/** Replaces patterns of steps that one kernel does together, and drops the steps that nobody reads after that. */
import { ops } from "../../../ops/index.ts";
import type { Program, Step } from "../../device.ts";
import { dropDead } from "../../program.ts";
import { Uses } from "./fusion.ts";
import type { Fusion } from "./fusion.ts";

/** A fused program, and the recorded steps that each of its fused steps replaces. */
export interface Fused {
  readonly program: Program;
  readonly parts: ReadonlyMap<Step, readonly Step[]>;
}

export function fuse(given: Program, fusions: readonly Fusion[]): Fused {
  const parts = new Map<Step, readonly Step[]>();
  let program = readResultOfRelu(given);
  for (const pass of [1, 2, 3])
    program = apply(
      program,
      fusions.filter((fusion) => fusion.pass === pass),
      parts,
    );
  return { program, parts };
}

function apply(before: Program, fusions: readonly Fusion[], parts: Map<Step, readonly Step[]>): Program {
  const uses = new Uses(before);
  const steps = before.steps.map((root) => {
    for (const fusion of fusions) {
      const found = fusion.find(uses, root);
      if (found === null) continue;
      parts.set(found.step, found.parts);
      return found.step;
    }
    return root;
  });
  return dropDead({ ...before, steps });
}

/** The gradient of relu tests x > 0. Testing relu(x) > 0 is the same, and then x need not be kept. */
function readResultOfRelu(program: Program): Program {
  const uses = new Uses(program);
  const reluOf = new Map<number, number>();
  const steps = program.steps.map((step) => {
    if (step.op === ops.relu) reluOf.set(step.inputs[0], step.output);
    const y = step.op === ops.gt && uses.isNumber(step.inputs[1], 0) ? reluOf.get(step.inputs[0]) : undefined;
    return y === undefined ? step : { ...step, inputs: [y, step.inputs[1]] };
  });
  return { ...program, steps };
}
