/** Numbers as people write them, with a mark that keeps them from being read as numbers. */

/** What stands around the digits of a number. */
export type NumberMark =
  "thousands" | "percent" | "currency" | "unit letter" | "parentheses" | "too many digits";

const sign = "[+\\-\\u2212]?";
const digits = "(?:\\d{1,3}(?:[,'’\\u00a0\\u202f ]\\d{3})+|\\d+)(?:[.,]\\d+)?";
const currency = "(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)";

const patterns: readonly (readonly [NumberMark, RegExp])[] = [
  ["too many digits", /^[+-]?\d{16,}$/],
  ["thousands", new RegExp(`^${sign}\\d{1,3}(?:[,'’.\\u00a0\\u202f ]\\d{3})+(?:[.,]\\d+)?$`)],
  ["percent", new RegExp(`^${sign}${digits}\\s*[%‰]$`)],
  [
    "currency",
    new RegExp(
      `^(?:${sign}\\s*${currency}\\s*${sign}${digits}|${sign}${digits}\\s*${currency})[kKmMbB]?(?:\\.?-)?$`,
    ),
  ],
  ["unit letter", new RegExp(`^${sign}${digits}\\s?(?:k|K|M|G|B|bn|mio|Mio)\\.?$`)],
  ["parentheses", new RegExp(`^\\(\\s*${currency}?\\s*${digits}\\s*%?\\)$`)],
];

/** The mark of a text that is a number with a mark around it; undefined for other texts and plain numbers. */
export function markIn(trimmed: string): NumberMark | undefined {
  const code = trimmed.charCodeAt(trimmed.length - 1);
  // Most texts are words that end in a small letter.
  if (code >= 0x61 && code <= 0x7a && !/\d\s?(?:k|bn|mio)$/.test(trimmed)) return undefined;
  const mark = patterns.find(([, pattern]) => pattern.test(trimmed))?.[0];
  return mark === "too many digits" && Number.isSafeInteger(Number(trimmed)) ? undefined : mark;
}

/** What a text with that mark is, in words that follow "is". */
export function markWords(mark: NumberMark): string {
  return {
    thousands: "a number with separators of thousands",
    percent: "a number with a percent sign",
    currency: "a number with a currency",
    "unit letter": "a number with a letter for its unit, such as k",
    parentheses: "a number in parentheses",
    "too many digits": "a whole number of more digits than a number holds",
  }[mark];
}

/** How a number with that mark is written so that it is read as a number. */
export function markCure(mark: NumberMark): string | undefined {
  return {
    thousands: "write 1234567 for 1,234,567",
    percent: "write 12 for 12%",
    currency: "write 1100 for $1,100",
    "unit letter": "write 5000 for 5k",
    parentheses: "write -12 for (12)",
    "too many digits": undefined,
  }[mark];
}
