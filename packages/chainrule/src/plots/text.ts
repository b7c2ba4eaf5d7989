/** Texts in figures: their width, line breaks, and the format of numbers. */

import { permitted } from "./svg.ts";

/** Font sizes in units of the view box, which is 400 wide by default. */
export const sizes = { title: 15, text: 13 } as const;

/**
 * Advance widths of DejaVu Sans in em, by kind of character. It is wider than most systems' sans-serif font, so a text
 * that fits here fits there too.
 */
function advance(character: string): number {
  if (/[ijlI'|]/.test(character)) return 0.29;
  if (/[ \u00a0.,:;!frt()[\]/\\"]/.test(character)) return 0.4;
  if (/[mwMW@%]/.test(character)) return 0.98;
  if (/[−+=<>≤≥≈×→]/.test(character)) return 0.84;
  if (/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/.test(character)) return 0.41;
  if (/[A-Z]/.test(character)) return 0.7;
  if (character <= "\u04ff" || (character >= "\u2010" && character <= "\u2027")) return 0.635;
  return character.length > 1 ? 1.4 : 1.05;
}

/** An upper estimate of the width of a text at a font size; bold is a tenth wider. */
export function textWidth(text: string, size: number = sizes.text, bold = false): number {
  let width = 0;
  for (const character of text) width += advance(character);
  return width * size * (bold ? 1.1 : 1);
}

/** A text in one line: white space becomes single spaces, and forbidden code units become U+FFFD. */
export function oneLine(text: string): string {
  return permitted(text).replace(/\s+/g, " ").trim();
}

/** A text cut to a width, with … for the missing part. */
export function cut(text: string, width: number, size: number = sizes.text, bold = false): string {
  const line = oneLine(text);
  if (textWidth(line, size, bold) <= width) return line;
  let kept = "";
  for (const character of line) {
    if (textWidth(`${kept}${character}…`, size, bold) > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** A text in at most `most` lines of at most a width, broken at spaces; too long words are cut. */
export function wrap(text: string, width: number, size: number, bold = false, most = 4): string[] {
  const lines: string[] = [];
  const words = oneLine(text).split(" ");
  let line = "";
  for (const [i, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, size, bold) <= width || line === "") line = longer;
    else if (lines.length === most - 1) {
      line = [line, ...words.slice(i)].join(" ");
      break;
    } else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => cut(one, width, size, bold));
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten with superscript digits, such as 10⁵. */
export function powerOfTen(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => superscripts[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/**
 * A number for readers: `digits` significant digits, a true minus sign, and powers of ten for very large and small
 * ones.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size === Infinity) return `${sign}∞`;
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (power >= -4 && power < 6) return sign + String(Number(`${mantissa}e${exponent}`));
  return sign + (short === "1" ? powerOfTen(power) : `${short}×${powerOfTen(power)}`);
}

/** "a, b and c", with at most a few names. */
export function list(parts: readonly string[], most = 8): string {
  const shown =
    parts.length > most ? [...parts.slice(0, most - 1), `${parts.length - most + 1} more`] : parts;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
