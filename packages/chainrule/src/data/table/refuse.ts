import { FormatError } from "../../tensor/errors.ts";
import { quote } from "../../formats/refusal.ts";
import type { Table } from "./table.ts";

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
  return refuseAt({ name: file }, line, problem, column, options);
}

/** The same for a table whose rows may have come from a program: their places are rows then, and not lines. */
export function refuseAt(
  { name, places = "line" }: Pick<Table, "name" | "places">,
  line: number,
  problem: string,
  column?: string,
  options?: ErrorOptions,
): FormatError {
  const place = column === undefined ? `${places} ${line}` : `${places} ${line}, column ${quote(column)}`;
  return new FormatError(`${name}: ${place}: ${problem}`, options);
}

/** The error for columns that are not there; `found` are those that are. */
export function refuseLacking(
  where: string,
  lacking: readonly string[],
  found: readonly string[],
  { named = true, advice }: { readonly named?: boolean; readonly advice?: string | undefined } = {},
): FormatError {
  const alike = found.find((name) => name.toLowerCase() === lacking[0].toLowerCase());
  const inCase =
    alike === undefined
      ? ""
      : `; names are matched exactly: did you mean ${quote(lacking[0])} by ${quote(alike)}?`;
  const hint = named ? inCase : "; the file has no line of names";
  const [columns, are] = lacking.length === 1 ? ["the column", "is"] : ["the columns", "are"];
  return new FormatError(
    `${where}: ${columns} ${quoteAll(lacking)} ${are} missing; found ${quoteAll(found)}${hint}`,
    advice === undefined ? {} : { advice },
  );
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
