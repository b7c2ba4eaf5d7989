/**
 * Programs as LaTeX: a line for each named slot, `name = value`, in which slots without a name are written out. It reads the
 * program alone, and writes by the LaTeX rules of ops and composites.
 */
import { rewrite } from "../packages/chainrule/src/graph/rewrite.ts";
import { atom, binding } from "../packages/chainrule/src/index.ts";
import type { Program, Tex, Values } from "../packages/chainrule/src/index.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";

export interface ProgramTexOptions {
  /** Whether composites are shown by their bodies. */
  readonly open?: boolean;
}

const marks: Record<string, string> = { "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar" };
const greek =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau".split(
    " ",
  );

/** The symbol of a name: `W_h` with an index, `ŷ` with a hat, a Greek letter by its command, a word upright. */
export function symbol(name: string): string {
  const [base, ...index] = name.normalize("NFD").split("_");
  const [letter = "", mark = ""] = base;
  const place = letter.charCodeAt(0) - "α".charCodeAt(0);
  const plain = greek[place] ? `\\${greek[place]}` : letter;
  const text = mark in marks ? `\\${marks[mark]}{${plain}}` : base.length === 1 ? plain : `\\mathrm{${base}}`;
  return index.length > 0 ? `${text}_{${index.join("\\_")}}` : text;
}

/** A number as 1/n, or with the fewest digits that round to it in its type. */
function numberTex(values: Values): Tex {
  const [x] = values;
  const same = (y: number): boolean => (values instanceof Float32Array ? Math.fround(y) : y) === x;
  const n = Math.round(1 / x);
  if (n > 1 && n < 1000 && same(1 / n)) return { text: `\\frac{1}{${n}}`, binds: binding.fraction };
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17].find((digits) => same(Number(x.toPrecision(digits))));
  const short = Number(x.toPrecision(digits));
  const [mantissa, power] = (Math.abs(short) < 0.001 ? short.toExponential() : String(short)).split("e");
  if (power === undefined || short === 0)
    return { text: String(short), binds: short < 0 ? binding.sum : binding.atom };
  return {
    text: `${mantissa === "1" ? "" : `${mantissa} \\cdot `}10^{${Number(power)}}`,
    binds: binding.product,
  };
}

export function programTex(traced: Program, { open = false }: ProgramTexOptions = {}): string[] {
  const program = rewrite(traced);
  const symbols = new Map<number, string>();
  for (const { slot, name, scope } of program.names)
    if ((open || scope === null) && !symbols.has(slot)) symbols.set(slot, symbol(name));
  for (const { slot, of, by } of program.gradients) {
    const [y, x] = [symbols.get(of), symbols.get(by)];
    if (y !== undefined && x !== undefined && !symbols.has(slot) && of !== by)
      symbols.set(slot, `\\frac{\\partial ${y}}{\\partial ${x}}`);
  }
  const made = new Map(program.steps.map((step) => [step.output, step]));
  const constants = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  // the outermost call comes first and is the one that is shown closed
  const closed = open ? [] : program.composites.toReversed();
  const calls = new Map(closed.map((call) => [call.output, call]));

  const value = (slot: number): Tex => {
    const call = calls.get(slot);
    const record = call && composites.get(call.name);
    if (call && record) {
      const inputs = Object.entries(call.inputs).map(([name, input]) => [name, shown(input)] as const);
      return record.tex(Object.fromEntries(inputs), call.attrs);
    }
    const step = made.get(slot);
    if (step) return step.op.tex(step.inputs.map(shown), step.attrs);
    const values = constants.get(slot);
    return values?.length === 1 ? numberTex(values) : atom(`c_{${slot}}`);
  };
  const shown = (slot: number): Tex => {
    const name = symbols.get(slot);
    if (name === undefined) return value(slot);
    // a fraction is put in parentheses before it is transposed
    return name.startsWith("\\frac") ? { text: name, binds: binding.fraction } : atom(name);
  };

  const lines = program.steps.flatMap(({ output }) => {
    const name = symbols.get(output);
    return name === undefined ? [] : [`${name} = ${value(output).text}`];
  });
  const updates = program.cells.flatMap(({ slot, update }) =>
    update === null ? [] : [`${shown(slot).text} \\leftarrow ${shown(update).text}`],
  );
  return [...lines, ...updates];
}
