/** SQLite as Node brings it along. */
import type * as Sqlite from "node:sqlite";
import { FileError } from "../tensor/errors.ts";

export type { DatabaseSync } from "node:sqlite";

/**
 * `node:sqlite`, loaded when it is first needed and without the one warning that it is experimental: what is used of it here
 * has been the same since Node 22.13, and the warning would stand in every user's terminal. Other warnings pass.
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
