/**
 * Makes a program shorter, step by step: each rule of a list may replace a step by something simpler, and steps whose
 * results nobody reads are dropped at the end. The compiler applies the exact rules, which change no bit of any result.
 */
import type { Program, Step } from "../devices/device.ts";
import { dropDead } from "../devices/program.ts";
import type { Values } from "../tensor/dtype.ts";
import { rules } from "./rewrite-rules.ts";
import type { RewriteRule } from "./rewrite-rules.ts";

const exact = rules.filter((rule) => rule.exact);

export function rewrite(program: Program, applied: readonly RewriteRule[] = exact): Program {
  const { slots } = program;
  const alias = new Map<number, number>();
  const at = (slot: number): number => alias.get(slot) ?? slot;
  const constants = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  const scalars = new Map<string, number>();
  const steps: Step[] = [];
  const before = { slots, constants, makers: new Map<number, Step>(), firsts: new Map<string, number>() };

  /** Equal constants of one number share a slot. */
  function shareScalar(slot: number, values: Values): void {
    if (values.length !== 1) return;
    const { dtype, shape } = slots[slot];
    const key = `${dtype} ${shape.join()} ${Object.is(values[0], -0) ? "-0" : values[0]}`;
    const known = scalars.get(key);
    if (known === undefined) scalars.set(key, slot);
    else alias.set(slot, known);
  }

  /** The simplified step, or null if its result is constant or is in another slot. */
  function simplified(step: Step): Step | null {
    for (const rule of applied) {
      const found = rule.apply(step, before);
      if (found === null) continue;
      if ("step" in found) step = found.step;
      else {
        if ("slot" in found) alias.set(step.output, found.slot);
        else {
          constants.set(step.output, found.values);
          shareScalar(step.output, found.values);
        }
        return null;
      }
    }
    return step;
  }

  for (const { slot, values } of program.constants) shareScalar(slot, values);
  for (const recorded of program.steps) {
    const step = simplified({ ...recorded, inputs: recorded.inputs.map(at) });
    if (step === null) continue;
    before.makers.set(step.output, step);
    steps.push(step);
  }
  return dropDead({
    ...program,
    steps,
    constants: [...constants].map(([slot, values]) => ({ slot, values })),
    composites: program.composites.map((call) => ({
      ...call,
      inputs: Object.fromEntries(Object.entries(call.inputs).map(([name, slot]) => [name, at(slot)])),
      output: call.output === null ? null : at(call.output),
    })),
    names: program.names.map((name) => ({ ...name, slot: at(name.slot) })),
    gradients: program.gradients.map(({ slot, of, by }) => ({ slot: at(slot), of: at(of), by: at(by) })),
    outputs: program.outputs.map(at),
    cells: program.cells.map((cell) => {
      const update = cell.update === null ? null : at(cell.update);
      return { ...cell, update: update === cell.slot ? null : update };
    }),
  });
}
