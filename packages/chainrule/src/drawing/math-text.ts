/** Short LaTeX, as names and the ops' rules give it, as runs of text for SVG, with indices and powers. */
import { element, escape } from "../plots/svg.ts";
import { textWidth } from "../plots/text.ts";
import { accents } from "../tensor/tex.ts";
import { greek } from "./symbols.ts";

/** A piece of text at one height and size; `rise` and `size` are in em of the whole. */
export interface Run {
  readonly text: string;
  readonly italic: boolean;
  readonly size: number;
  readonly rise: number;
}

const words: Record<string, string> = {
  cdot: "·",
  square: "□",
  top: "⊤",
  sum: "Σ",
  nabla: "∇",
  partial: "∂",
  infty: "∞",
  times: "×",
  mathbf: "",
  "|": "‖",
  ",": "\u2009",
  ";": " ",
  " ": " ",
  backslash: "\\",
  wedge: "^",
  sim: "~",
};
const letters = new Map(greek.map((word, i) => [word, String.fromCodePoint("α".codePointAt(0)! + i)]));
const upright = new Set(["operatorname", "mathrm", "text"]);
const shares: Record<string, string> = {
  "1/2": "½",
  "1/3": "⅓",
  "1/4": "¼",
  "1/5": "⅕",
  "1/8": "⅛",
  "1/10": "⅒",
};

const operators: Record<string, string> = {
  "-": "−",
  "+": "+",
  "=": "=",
  "<": "<",
  ">": ">",
  ",": ",",
  odot: "⊙",
  le: "≤",
  leq: "≤",
  ge: "≥",
  geq: "≥",
  ne: "≠",
  neq: "≠",
  leftarrow: "←",
};

interface Style {
  readonly italic: boolean;
  readonly size: number;
  readonly rise: number;
}

/** The runs of a LaTeX text, or of the inside of \mathrm if `literal`. A command that it does not know is shown as a word. */
export function mathRuns(tex: string, literal = false): Run[] {
  const tokens = tex.match(/\\[a-zA-Z]+\s*|\\.|[{}^_&]|[^\\{}^_&]/gu) ?? [];
  let at = 0;
  const runs: Run[] = [];
  const put = (text: string, { italic, size, rise }: Style): void => {
    if (text === "") return;
    const last = runs.at(-1);
    if (last && last.italic === italic && last.size === size && last.rise === rise)
      runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, italic, size, rise });
  };
  /** The tokens of the next group or the next token. */
  const group = (): string[] => {
    while (tokens[at] === " ") at++;
    if (tokens[at] !== "{") return tokens.slice(at, ++at);
    const from = ++at;
    for (let depth = 1; at < tokens.length && depth > 0; at++)
      depth += tokens[at] === "{" ? 1 : tokens[at] === "}" ? -1 : 0;
    return tokens.slice(from, at - 1);
  };
  const inner = (part: readonly string[], style: Style): void => {
    for (const run of mathRuns(part.join("")))
      put(run.text, {
        italic: style.italic && run.italic,
        size: style.size * run.size,
        rise: style.rise + style.size * run.rise,
      });
  };
  const base: Style = { italic: true, size: 1, rise: 0 };
  const roman: Style = { ...base, italic: false };
  const compound = (part: readonly string[]): boolean => /[+−-]|\\odot|\\,/.test(part.join(""));
  const bracketed = (part: readonly string[]): void => {
    if (compound(part)) put("(", roman);
    inner(part, base);
    if (compound(part)) put(")", roman);
  };
  // a function's name, perhaps with an index, has a space before an operand without parentheses
  let named = false;
  while (at < tokens.length) {
    const token = tokens[at++];
    if (named && !/^[\s^_]$/.test(token)) {
      if (token !== "(" && token.trimEnd() !== "\\left" && token !== "}") put("\u2009", roman);
      named = false;
    }
    if (token === "^" || token === "_") {
      const part = group();
      // an index of an index is smaller than the index, but stays readable
      const deep = part.includes("_") || part.includes("^");
      inner(part, { italic: true, size: deep ? 0.78 : 0.72, rise: token === "^" ? 0.4 : -0.24 });
    } else if (token === "{") {
      at--;
      inner(group(), base);
    } else if (token === "&") {
      while (tokens[at] === " ") at++;
      put(tokens[at]?.trimEnd() === "\\text" ? " " : " if ", roman);
    } else if (token === "\\\\") {
      put("; ", roman);
    } else if (token.startsWith("\\") && token.length > 1) {
      command(token.slice(1).trimEnd() || " ");
    } else if (/[\p{L}]/u.test(token)) {
      put(token, base);
    } else if (literal && !/[\\{}^_&]/.test(token)) {
      put(token === "-" ? "−" : token, roman);
    } else if (/\s/.test(token)) {
      continue;
    } else if (operators[token] !== undefined) {
      operator(operators[token]);
    } else if (/\p{M}/u.test(token)) {
      put(token, base);
    } else if (token !== "}") {
      put(token, roman);
    }
  }
  return runs;

  /** A sign between two operands has spaces around it, a sign before its only operand has none. */
  function operator(sign: string): void {
    if (sign === ",") return put(", ", roman);
    const before = runs.at(-1)?.text.trimEnd().at(-1);
    const alone = before === undefined || /[([{=+−⊙/<>←,]/.test(before);
    put(alone && (sign === "−" || sign === "+") ? sign : `${alone ? "" : " "}${sign} `, roman);
  }

  function command(name: string): void {
    if (name === "left" || name === "right") return;
    if (name === "begin" || name === "end") {
      group();
      put(name === "begin" ? "{" : "}", roman);
    } else if (name in accents) {
      const [first] = mathRuns(group().join(""));
      put((first.text + accents[name]).normalize("NFC"), { ...first });
    } else if (name === "frac") {
      const [over, under] = [group(), group()];
      const share = shares[`${over.join("")}/${under.join("")}`];
      if (share !== undefined) put(share, roman);
      else {
        bracketed(over);
        put("/", roman);
        bracketed(under);
      }
    } else if (name === "sqrt") {
      put("√", roman);
      bracketed(group());
    } else if (upright.has(name)) {
      for (const run of mathRuns(group().join(""), true)) put(run.text, { ...run, italic: false });
      named = name === "operatorname";
    } else if (name in operators && !(name in words)) {
      operator(operators[name]);
    } else if (letters.has(name)) {
      put(letters.get(name)!, base);
    } else {
      // a function's name; other characters, such as \_, stand for themselves
      put(words[name] ?? name, roman);
      named = !literal && (name === "sum" || (words[name] === undefined && /^[a-z]/.test(name)));
    }
  }
}

const bare = (text: string): string => text.replace(/\p{M}/gu, "");

/** An upper estimate of the width at a font size. */
export function mathWidth(runs: readonly Run[], size: number): number {
  return runs.reduce((sum, run) => sum + textWidth(bare(run.text), size * run.size), 0);
}

/** The runs as one line of plain text, such as "∇_W_h". */
export function mathPlain(tex: string): string {
  return mathRuns(tex)
    .map(({ text, rise, size }) => (size === 1 || rise === 0 ? text : `${rise > 0 ? "^" : "_"}${text}`))
    .join("")
    .replaceAll("^⊤", "ᵀ")
    .replaceAll("^2", "²")
    .replace(/\s+/gu, " ")
    .trim();
}

/** The runs as tspan elements for a text of this font size. */
export function mathSpans(runs: readonly Run[], size: number): string {
  let height = 0;
  return runs
    .map(({ text, italic, size: share, rise }) => {
      const shift = (height - rise) * size;
      height = rise;
      return element(
        "tspan",
        {
          dy: Math.abs(shift) < 0.05 ? undefined : shift,
          "font-size": share === 1 ? undefined : size * share,
          "font-style": italic ? "italic" : undefined,
        },
        escape(text),
      );
    })
    .join("");
}
