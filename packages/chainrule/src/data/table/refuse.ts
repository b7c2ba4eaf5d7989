import { FormatError } from "../../tensor/errors.ts";
import { quote } from "../../formats/refusal.ts";

/**
 * The error for a place in a table. It names the file, the line, the column if known, what was found and what to try.
 */
export function refuse(
  file: string,
  line: number,
  problem: string,
  column?: string,
  options?: ErrorOptions,
): FormatError {
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${quote(column)}`;
  return new FormatError(`${file}: ${place}: ${problem}`, options);
}

/** Names in quotes; of many, the first few. */
export function quoteAll(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map(quote).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
