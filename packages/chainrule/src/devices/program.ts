/** What passes over programs share. */
import type { Program } from "./device.ts";

/** The program without the steps and constants that nobody reads. */
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
