/** A step as a program for readers: derivations, drawings and exporters. */
import { anything, checkOptions, requireFunction, requireItems, requireObject } from "../tensor/options.ts";
import type { Program, SlotName } from "../devices/device.ts";
import type { StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { flatten } from "../graph/results.ts";
import type { Outputs } from "../graph/results.ts";
import { trace } from "../graph/trace.ts";
import type { InputExample } from "../graph/trace.ts";

export interface TraceProgramOptions {
  /**
   * Names for tensors that the step reads, such as the parameters of a module (`net.namedParameters()`), and for the
   * examples, if they are tensors.
   */
  readonly names?: Iterable<readonly [name: string, tensor: Tensor]> | { readonly [name: string]: Tensor };
}

/**
 * Traces a step once and returns its program as plain data, with every op call: forward, gradients and updates of cells.
 * Slots have the names that `named` and `names` give; other cells have their own name, and results the key under which
 * the step returns them. Nothing is computed, and no cell changes.
 * @throws GraphError `no-values` if the step reads a value
 * @example
 * const W = new Parameter(tensor([[1, 2]]));
 * const step = (x: Tensor) => {
 *   const loss = named(linear(x, W), "y").sum();
 *   return { loss, slope: gradients(loss, [W])[0] };
 * };
 * const { names, composites } = traceProgram(step, [tensor([[3, 4]])], { names: { W } });
 * [names.map(({ name }) => name), composites.map(({ name }) => name)]; // [ [ 'y', 'W', 'loss', 'slope' ], [ 'linear' ] ]
 */
export function traceProgram<Inputs extends readonly Tensor[]>(
  step: (...inputs: Inputs) => Outputs,
  examples: readonly InputExample[],
  options: TraceProgramOptions = {},
): Program {
  requireFunction("traceProgram", "the step", step);
  requireItems("traceProgram", "the examples", examples).forEach((example) =>
    requireObject("traceProgram", "each example", example, "give a tensor, or { shape, dtype }"),
  );
  const { names: given = [] } = checkOptions("traceProgram", options, { names: anything });
  let keys: readonly string[] = [];
  const { program, cells, tensors } = trace((...inputs) => {
    const { structure, tensors } = flatten(step(...(inputs as unknown as Inputs)));
    if (typeof structure === "object") keys = structure;
    return tensors;
  }, examples);
  const { inputs, outputs } = program;
  const slotOf = (tensor: Tensor): number => {
    const [input, cell] = [examples.indexOf(tensor), cells.indexOf(tensor as StateCell)];
    if (input >= 0) return inputs[input];
    return cell >= 0 ? program.cells[cell].slot : tensors.indexOf(tensor);
  };
  const found = (Symbol.iterator in given ? [...given] : Object.entries(given)).flatMap(([name, tensor]) => {
    const slot = slotOf(tensor);
    return slot < 0 ? [] : [{ slot, name, scope: null }];
  });
  const names: SlotName[] = [...program.names, ...found];
  const named = new Set(names.map(({ slot }) => slot));
  for (const { name, slot } of program.cells)
    if (name !== "" && !named.has(slot)) names.push({ slot, name, scope: null });
  keys.forEach((name, i) => names.push({ slot: outputs[i], name, scope: null }));
  return { ...program, names };
}
