/** Functions that several passes over programs use. */
import { inComposite } from "../ops/composite.ts";
import type { Program, Step } from "./device.ts";

/** Adds the names of the composites around a step to its error. */
export function inComposites({ composites }: Program, { scope }: Step, error: unknown): unknown {
  for (let id = scope; id !== null; id = composites[id].parent)
    error = inComposite(composites[id].name, error);
  return error;
}

/** The program without the steps and constants that nothing reads. */
export function dropDead(program: Program): Program {
  const live = new Set<number>(program.outputs);
  for (const { update } of program.cells) if (update !== null) live.add(update);
  const steps = program.steps.toReversed().filter(({ output, inputs }) => {
    if (!live.has(output)) return false;
    for (const slot of inputs) live.add(slot);
    return true;
  });
  return {
    ...program,
    steps: steps.reverse(),
    constants: program.constants.filter(({ slot }) => live.has(slot)),
  };
}
