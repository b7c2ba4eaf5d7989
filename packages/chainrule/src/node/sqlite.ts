/** Loads the SQLite that comes with Node. */
import type * as Sqlite from "node:sqlite";
import { FileError } from "./errors.ts";

export type { DatabaseSync } from "node:sqlite";

/**
 * Loads `node:sqlite` when it is first needed, and suppresses the warning that it is experimental. The functions used
 * here have not changed since Node 22.13, and the warning would appear in every user's terminal. Other warnings pass.
 */
export function loadSqlite(): typeof Sqlite {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!String(warning).includes("SQLite is an experimental feature"))
      emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    const sqlite = process.getBuiltinModule("node:sqlite");
    if (!sqlite)
      throw new FileError(
        "node:sqlite",
        `Node ${process.version} has no node:sqlite; use Node 22.13 or newer`,
      );
    return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
}
