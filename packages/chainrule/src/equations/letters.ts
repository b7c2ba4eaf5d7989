/** The letters of names: which characters they may be, and the one spelling of a name that can be typed in several ways. */
import { accents } from "../tensor/tex.ts";

/** A name without what follows it in a formula: its letters with accents, its subscript, its layer. */
export interface Name {
  /** The letters with their accents: `h̃`, `W`, `loss`. */
  readonly base: string;
  /** The subscript, `h` of `W_h`; "" for none. */
  readonly sub: string;
  /** The layer in `^[…]`; null for none. */
  readonly layer: Layer | null;
}

/** The index of a layer: `l − 1` is the letter l and −1, `3` has no letter. */
export interface Layer {
  readonly letter: string;
  readonly offset: number;
}

/** The name in its one spelling: `W_h`, `a^[l-1]`. */
export function spelled({ base, sub, layer }: Name): string {
  const below = sub === "" ? "" : /^[\p{L}\p{M}\p{N}]+$/u.test(sub) ? `_${sub}` : `_{${sub}}`;
  return `${base}${below}${layer ? `^[${spelledLayer(layer)}]` : ""}`;
}

export function spelledLayer({ letter, offset }: Layer): string {
  if (letter === "") return String(offset);
  return offset === 0 ? letter : `${letter}${offset > 0 ? "+" : "-"}${Math.abs(offset)}`;
}

const subscriptDigits = "₀₁₂₃₄₅₆₇₈₉";
const subscriptLetters: Readonly<Record<string, string>> = {
  ₐ: "a",
  ₑ: "e",
  ₕ: "h",
  ᵢ: "i",
  ⱼ: "j",
  ₖ: "k",
  ₗ: "l",
  ₘ: "m",
  ₙ: "n",
  ₒ: "o",
  ₚ: "p",
  ᵣ: "r",
  ₛ: "s",
  ₜ: "t",
  ᵤ: "u",
  ᵥ: "v",
  ₓ: "x",
};

/** The ordinary character of a subscript one, as 1 of ₁; undefined for any other character. */
export function loweredCharacter(character: string): string | undefined {
  const digit = subscriptDigits.indexOf(character);
  return digit >= 0 ? String(digit) : subscriptLetters[character];
}

/** Whether a character can begin a name. Modifier letters such as ᵀ cannot. */
export function isLetter(character: string): boolean {
  return /^[\p{Lu}\p{Ll}\p{Lo}]$/u.test(character);
}

/** Whether a character is an accent that stands over the letter before it. */
export function isAccent(character: string): boolean {
  return /^\p{M}$/u.test(character);
}

/** English words that end like an accent's name. */
const words = new Set(["that", "what", "chat"]);

/** A word in its one spelling: `yhat` is ŷ, `htilde` is h̃; any other word stays. */
export function withAccent(word: string): string {
  const [, letter, accent] = /^(\p{L})(hat|tilde|bar)$/u.exec(word) ?? [];
  return letter === undefined || words.has(word) ? word : (letter + accents[accent]).normalize("NFC");
}

/** A letter with a tilde over it, for `h~`. */
export function withTilde(word: string): string {
  return `${word}\u0303`.normalize("NFC");
}

/** Greek and Cyrillic letters that look like a Latin one. */
const lookalikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo",
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX аa еe оo рp сc уy хx іi ѕs јj",
  ]
    .join(" ")
    .split(" ")
    .map(([foreign, latin]) => [foreign, latin]),
);

/** The Latin letter that a Greek or Cyrillic one looks like; undefined for all others. */
export function lookalike(character: string): string | undefined {
  return lookalikes[character];
}
