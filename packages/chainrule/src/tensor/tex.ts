/** LaTeX with operator precedence, the result of an op record's LaTeX rule. */

/** LaTeX text with its precedence, so that only the necessary parentheses are added. */
export interface Tex {
  readonly text: string;
  readonly binds: number;
  /** Its precedence as a left operand, if lower: Σ x ⊙ y would be read as Σ (x ⊙ y). */
  readonly left?: number;
  /** For −x the LaTeX of x, so that a + (−x) is written a − x. */
  readonly negated?: Tex;
}

/** The precedence of each form, lowest first. */
/** The combining characters of LaTeX's accents, by command. */
export const accents: Record<string, string> = { hat: "\u0302", tilde: "\u0303", bar: "\u0304" };

export const binding = { compare: 0, sum: 1, product: 2, matrix: 3, fraction: 4, power: 5, atom: 6 } as const;

/** A symbol, or another text that never needs parentheses. */
export function atom(text: string): Tex {
  return { text, binds: binding.atom };
}

/** The text of `part`, in parentheses if its precedence is below `binds`. */
export function within(part: Tex, binds: number): string {
  return part.binds < binds ? `\\left(${part.text}\\right)` : part.text;
}

/** `a ∘ b`, left-associative: the right side gets parentheses also at equal precedence. */
export function infix(symbol: string, binds: number, a: Tex, b: Tex): Tex {
  const first = within({ ...a, binds: a.left ?? a.binds }, binds);
  const left = b.binds > binds ? Math.min(binds, b.left ?? binds) : binds;
  return { text: `${first} ${symbol} ${within(b, binds + 1)}`, binds, ...(left < binds && { left }) };
}

/** An elementwise product. A number stands in front without a sign, and x ⊙ x is x². */
export function times(a: Tex, b: Tex): Tex {
  const isNumber = ({ text }: Tex): boolean => /^([\d.]+|\\frac\{\d+\}\{\d+\})$/.test(text);
  if (isNumber(b) && !isNumber(a)) return times(b, a);
  if (!isNumber(a)) return a.text === b.text ? power(a, "2") : infix("\\odot", binding.product, a, b);
  return { ...b, text: `${a.text} \\, ${within(b, binding.product)}`, binds: binding.product };
}

/** A prefix operator, such as Σ x; the products that follow belong to its operand. */
export function operator(symbol: string, x: Tex): Tex {
  return { text: `${symbol} ${within(x, binding.product)}`, binds: binding.product, left: binding.sum };
}

/** `f(x, …)` with the name set upright or as the given command. */
export function call(name: string, ...parts: Tex[]): Tex {
  const head = name.startsWith("\\") ? name : `\\operatorname{${name}}`;
  return { text: `${head}\\left(${parts.map((part) => part.text).join(", ")}\\right)`, binds: binding.atom };
}

/** baseᵉˣᵖᵒⁿᵉⁿᵗ, with parentheses around a base that needs them. */
export function power(base: Tex, exponent: string): Tex {
  return { text: `${within(base, binding.atom)}^{${exponent}}`, binds: binding.power };
}
