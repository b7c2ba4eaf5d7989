/** The names of a trace and the numbers of a program as LaTeX. */
import { accents, binding } from "../tensor/tex.ts";
import type { Tex } from "../tensor/tex.ts";
import type { Values } from "../tensor/dtype.ts";

const accentNames = Object.fromEntries(Object.entries(accents).map(([name, mark]) => [mark, name]));
/** The commands of the Greek letters from α on, in the order of Unicode. */
export const greek =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega".split(
    " ",
  );
const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const lowered = "₀₁₂₃₄₅₆₇₈₉";

const commands: Record<string, string> = { "\\": "\\backslash ", "^": "\\wedge ", "~": "\\sim " };

/** A plain text inside LaTeX. */
const plain = (text: string): string =>
  text.replace(/[\\{}$&#%_^~]/g, (character) => commands[character] ?? `\\${character}`);

/**
 * The LaTeX of a name: `W_h` and `W_{out}` with an index, `a^[1]` with a layer, `ŷ` with an accent, a Greek letter by its
 * command, a longer word and a name with dots upright.
 * @example
 * symbolTex("h̃_1"); // "\\tilde{h}_{1}"
 */
export function symbolTex(name: string): string {
  const text = name
    .normalize("NFD")
    .replace(
      /[₀-₉]+/g,
      (digits) =>
        `_${Array.from(digits)
          .map((digit) => lowered.indexOf(digit))
          .join("")}`,
    )
    .replace(
      /[⁰¹²³⁴-⁹]+/g,
      (digits) =>
        `^${Array.from(digits)
          .map((digit) => raised.indexOf(digit))
          .join("")}`,
    );
  const [, base, layer, index, late] =
    /^([^_^]+?)(?:\^(\[[^\]]*\]|\w+))?(?:_(\{[^{}]*\}|[^^]+))?(?:\^(\[[^\]]*\]|\w+))?$/u.exec(text) ?? [];
  const word =
    base === undefined ||
    base.includes(".") ||
    (base.replace(/\p{M}/gu, "").length > 1 && /\w\w/.test(index ?? ""));
  if (word) return `\\mathrm{${plain(name)}}`;
  const sub = index === undefined ? "" : `_{${plain(index.replace(/^\{|\}$/g, ""))}}`;
  const above = layer ?? late;
  const symbol = `${letter(base)}${sub}`;
  // in braces, so that a power of it does not become a second superscript
  return above === undefined ? symbol : `{${symbol}^{${plain(above)}}}`;
}

function letter(base: string): string {
  const [first, accent, ...rest] = base;
  const place = (first.codePointAt(0) ?? 0) - "α".codePointAt(0)!;
  const shown = place >= 0 && greek[place] ? `\\${greek[place]}` : plain(first);
  if (accent === undefined) return shown;
  if (rest.length === 0 && accentNames[accent]) return `\\${accentNames[accent]}{${shown}}`;
  return `\\mathrm{${plain(base.normalize("NFC"))}}`;
}

/** A number as 1/n, or with the fewest digits that round to it in its type. */
export function numberTex(values: Values): Tex {
  const x = Number(values[0]);
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
