/** The small tree that an op record's LaTeX rule returns: text, and how tightly it binds. */

/** LaTeX text with its precedence, so that parentheses are put where, and only where, they are needed. */
export interface Tex {
  readonly text: string;
  readonly binds: number;
}

/** How tightly each form binds, loosest first. */
export const binding = { compare: 0, sum: 1, product: 2, prefix: 3, power: 4, atom: 5 } as const;

/** A symbol or anything that never needs parentheses. */
export function atom(text: string): Tex {
  return { text, binds: binding.atom };
}

/** The text of `part`, in parentheses where it binds more loosely than `binds`. */
export function within(part: Tex, binds: number): string {
  return part.binds < binds ? `\\left(${part.text}\\right)` : part.text;
}

/** `a ∘ b`, left-associative: the right side is wrapped also where it binds equally. */
export function infix(symbol: string, binds: number, a: Tex, b: Tex): Tex {
  return { text: `${within(a, binds)} ${symbol} ${within(b, binds + 1)}`, binds };
}

/** `f(x, …)` with the name set upright or as the given command. */
export function call(name: string, ...parts: Tex[]): Tex {
  const head = name.startsWith("\\") ? name : `\\operatorname{${name}}`;
  return { text: `${head}\\left(${parts.map((part) => part.text).join(", ")}\\right)`, binds: binding.atom };
}

export function power(base: Tex, exponent: string): Tex {
  return { text: `${within(base, binding.atom)}^{${exponent}}`, binds: binding.power };
}
