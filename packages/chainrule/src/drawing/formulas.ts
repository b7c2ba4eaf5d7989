/** The formula of each node, by the LaTeX rules of ops and composites. */
import type { CompositeCall, Program } from "../devices/device.ts";
import { composites } from "../ops/composite.ts";
import { atom, binding, times } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import type { Groups } from "./groups.ts";
import { makersOf } from "./parts.ts";
import { numberTex } from "./symbols.ts";

/** The place of an operand without a symbol. Different operands have different texts until the formula is whole. */
const placeOf = (slot: number): Tex => atom(`\\place{${slot}}`);
const finished = (text: string): string => text.replace(/\\place\{\d+\}/g, "\\square");

/** A symbol as an operand. ∇ with the loss behind it is a product of two symbols to the eye. */
const symbolOf = (symbol: string): Tex =>
  /^\\nabla.*\} /.test(symbol) ? { text: symbol, binds: binding.product } : atom(symbol);

/** A function from an owner to the LaTeX of its result, in the symbols of the nodes that it reads. */
export function formulas(
  program: Program,
  groups: Groups,
  symbols: ReadonlyMap<number, string>,
): (owner: number) => string {
  const makers = makersOf(program);
  const numbers = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  const calls = new Map(program.composites.toReversed().map((call) => [call.output, call]));

  /** Whether a node has a composite call among its steps, as a gradient may. */
  const isWhole = (call: CompositeCall, owner: number): boolean =>
    !groups.isOpen(call) && composites.has(call.name) && groups.ownerOf(call.output ?? NaN) === owner;
  const valueIn = (owner: number, slot: number): Tex => {
    const made = groups.ownerOf(slot);
    if (made === null) return numberTex(numbers.get(slot)!);
    // a value inside of another node, such as the difference in a loss that is shown closed, is written out
    if (made !== owner) {
      if (!groups.isResult(slot)) return valueIn(made, slot);
      const symbol = symbols.get(made);
      return symbol === undefined ? placeOf(groups.results.get(made)!) : symbolOf(symbol);
    }
    const call = calls.get(slot);
    if (call !== undefined && (groups.closed.get(owner) === call.id || isWhole(call, owner))) {
      const inputs = Object.entries(call.inputs).map(([name, input]) => [name, valueIn(owner, input)]);
      return composites.get(call.name)!.tex(Object.fromEntries(inputs), call.attrs);
    }
    const { op, inputs, attrs } = program.steps[makers.get(slot)!];
    const operands = inputs.map((input) => valueIn(owner, input));
    // zero on both sides is the identity of addition alone
    const doubled = op.identity.join() === "0,0" && operands[0].text === operands[1].text;
    return doubled ? times(atom("2"), operands[0]) : op.tex(operands, attrs);
  };
  return (owner) => {
    const result = groups.results.get(owner)!;
    return finished(valueIn(owner, result).text);
  };
}
