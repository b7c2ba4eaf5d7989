/** Cuts a text of equations into numbers, names and marks. */
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import { isAccent, isLetter, lookalike, loweredCharacter, withAccent, withTilde } from "./letters.ts";
import type { Layer, Name } from "./letters.ts";

export interface NumberToken extends Span {
  readonly kind: "number";
  readonly value: number;
  readonly text: string;
}

export interface NameToken extends Span, Name {
  readonly kind: "name";
}

/** An operator, a bracket, the end of a line, or the end of the text. */
export interface MarkToken extends Span {
  readonly kind: "mark";
  readonly text: string;
}

export type Token = NumberToken | NameToken | MarkToken;

/** The longest text that is read, in characters. */
const longest = 100_000;

/** The marks, longest first, each with its one spelling. */
const marks: readonly (readonly [typed: string, mark: string])[] = [
  ["^T", "ᵀ"],
  ["^⊤", "ᵀ"],
  [".T", "ᵀ"],
  ["^t", "ᵀ"],
  ["ᵀ", "ᵀ"],
  ["⊤", "ᵀ"],
  ["...", "…"],
  ["..", ".."],
  ["…", ".."],
  [".*", "⊙"],
  ["⊙", "⊙"],
  ["∘", "⊙"],
  ["||", "‖"],
  ["‖", "‖"],
  ["!=", "≠"],
  ["≠", "≠"],
  ["<=", "≤"],
  ["≤", "≤"],
  [">=", "≥"],
  ["≥", "≥"],
  ["²", "²"],
  ["³", "³"],
  ["′", "′"],
  ["’", "'"],
  ["'", "'"],
  ["−", "-"],
  ["–", "-"],
  ["-", "-"],
  ["@", "@"],
  ["·", "·"],
  ["⋅", "·"],
  ["×", "×"],
  ["𝟏", "𝟏"],
  ["𝟙", "𝟏"],
  ..."+*/^=;:,()[]{}|<>".split("").map((mark) => [mark, mark] as const),
];

const fractions: Readonly<Record<string, number>> = {
  "½": 1 / 2,
  "⅓": 1 / 3,
  "⅔": 2 / 3,
  "¼": 1 / 4,
  "¾": 3 / 4,
};

/**
 * The tokens of a text, ended by the mark "". A comment runs from # to the end of its line.
 * @throws EquationError for a character outside the language
 */
export function tokensOf(text: string): Token[] {
  if (text.length > longest)
    throw new EquationError(
      text.slice(0, 80),
      { start: 0, end: 1 },
      `the text has ${text.length} characters; at most ${longest} are read`,
    );
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = /^(?:[ \t\r\u00a0\u2009\u202f]+|#[^\n]*)/u.exec(text.slice(at, at + 4096));
    if (rest) at += text[at] === "#" ? commentLength(text, at) : rest[0].length;
    else {
      const token = tokenAt(text, at);
      tokens.push(token);
      at = token.end;
    }
  }
  tokens.push({ kind: "mark", text: "", start: text.length, end: text.length });
  return tokens;
}

function commentLength(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return (end < 0 ? text.length : end) - at;
}

function tokenAt(text: string, start: number): Token {
  const character = String.fromCodePoint(text.codePointAt(start)!);
  if (character === "\n") return { kind: "mark", text: "\n", start, end: start + 1 };
  if (character in fractions)
    return { kind: "number", value: fractions[character], text: character, start, end: start + 1 };
  const digits = /^(?:\d+(?:\.(?![.*T])\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(text.slice(start, start + 400));
  if (digits) return numberToken(text, start, digits[0]);
  // 𝟏 is a letter or a digit to Unicode, and a mark here
  const mark = marks.find(([typed]) => text.startsWith(typed, start) && !continuesWord(text, start, typed));
  if (mark) return { kind: "mark", text: mark[1], start, end: start + mark[0].length };
  if (isLetter(character)) return nameToken(text, start);
  throw strange(text, start, character);
}

/** Whether `^T` or `.T` is the beginning of a longer word, as in `x^Two`. */
function continuesWord(text: string, start: number, typed: string): boolean {
  return /[tT]$/.test(typed) && isLetter(text[start + typed.length] ?? "");
}

function numberToken(text: string, start: number, digits: string): NumberToken {
  const value = Number(digits);
  const end = start + digits.length;
  if (!Number.isFinite(value))
    throw new EquationError(text, { start, end }, `the number ${digits} is larger than a float64 can be`);
  return { kind: "number", value, text: digits, start, end };
}

/** Reads letters with accents, then digits or a subscript, then a layer. */
function nameToken(text: string, start: number): NameToken {
  let end = start;
  const next = (): string => (end < text.length ? String.fromCodePoint(text.codePointAt(end)!) : "");
  let letters = "";
  while (isLetter(next()) || (letters !== "" && isAccent(next()))) {
    const latin = lookalike(next());
    if (latin !== undefined)
      throw new EquationError(
        text,
        { start: end, end: end + 1 },
        `the letter ${next()} (U+${hex(next())}) only looks like the Latin ${latin}`,
        `type ${latin}`,
      );
    letters += next();
    end += next().length;
  }
  let base = withAccent(letters.normalize("NFC"));
  if (next() === "~" && Array.from(base).length === 1) {
    base = withTilde(base);
    end++;
  }
  const sub = subscriptAt(text, end, { start, end });
  end = sub.end;
  const layer = layerAt(text, end);
  return { kind: "name", base, sub: sub.text, layer: layer?.layer ?? null, start, end: layer?.end ?? end };
}

/** `_h`, `_{out}`, `₁`, or digits right behind the letters. */
function subscriptAt(text: string, start: number, name: Span): { text: string; end: number } {
  const rest = text.slice(start, start + 256);
  const [digits] = /^\d+/.exec(rest) ?? [""];
  if (digits !== "") {
    if (rest[digits.length] === "_")
      throw new EquationError(
        text,
        { start: name.start, end: start + digits.length + 1 },
        "a name has one subscript",
        "write W_{1h} or W1h_… as one",
      );
    return { text: digits, end: start + digits.length };
  }
  const [braced, inside] = /^_\{([^{}\n]*)\}/u.exec(rest) ?? [];
  if (braced !== undefined)
    return { text: inside.replace(/\s+/g, "").normalize("NFC"), end: start + braced.length };
  const [plain, word] = /^_([\p{Lu}\p{Ll}\p{Lo}\p{M}\d]+)/u.exec(rest) ?? [];
  if (plain !== undefined) return { text: word.normalize("NFC"), end: start + plain.length };
  if (rest.startsWith("_"))
    throw new EquationError(
      text,
      { start, end: start + 1 },
      "a subscript is missing after _",
      "write W_h or W_{out}",
    );
  let [lowered, end] = ["", start];
  for (let letter = loweredCharacter(text[end]); letter !== undefined; letter = loweredCharacter(text[end])) {
    lowered += letter;
    end++;
  }
  return { text: lowered, end };
}

/** `^[l]`, `^[l-1]`, `^[3]`. */
function layerAt(text: string, start: number): { layer: Layer; end: number } | null {
  if (!text.startsWith("^[", start)) return null;
  const inside = /^\^\[\s*([A-Za-z]?)\s*(?:([+−-]?)\s*(\d+))?\s*\]/u.exec(text.slice(start, start + 64));
  const [whole, letter, sign, digits] = inside ?? [];
  if (whole === undefined || (letter === "" && digits === undefined) || (letter !== "" && digits && !sign))
    throw new EquationError(
      text,
      { start, end: start + 2 },
      "a layer's index is a letter, a number, or a letter plus or minus a number",
      "write a^[l], a^[l-1] or a^[2]",
    );
  const offset = Number(digits ?? 0) * (sign === "" || sign === "+" || sign === undefined ? 1 : -1);
  return { layer: { letter, offset: offset === 0 ? 0 : offset }, end: start + whole.length };
}

function strange(text: string, start: number, character: string): EquationError {
  const visible = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{M}]$/u.test(character) ? "" : `${character} `;
  return new EquationError(
    text,
    { start, end: start + character.length },
    `the character ${visible}(U+${hex(character)}) does not belong to the language`,
  );
}

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
