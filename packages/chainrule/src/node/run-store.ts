/** Stores the outcomes of an experiment on the disk, so that it can go on after an interruption. */
import { existsSync } from "node:fs";
import { exactJson, parseExactJson } from "../experiments/canonical.ts";
import type { Outcome } from "../experiments/events.ts";
import type { Plan } from "../experiments/plan.ts";
import { StoreError } from "./errors.ts";
import { fileError, systemCode } from "./file-error.ts";
import { loadSqlite } from "./sqlite.ts";
import type { DatabaseSync } from "./sqlite.ts";

const format = "chainrule run store 1";

/**
 * SQLite's journal keeps the file whole after a kill; forcing writes to the disk, after a power cut. The first write
 * takes the lock and keeps it.
 */
const toWrite = `
  PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE;
  BEGIN EXCLUSIVE;
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, outcome TEXT NOT NULL);
  COMMIT`;
/** Fails if the file is locked or not a database, and writes nothing. */
const toRead = "SELECT name FROM sqlite_schema";

/**
 * A SQLite file with the plan of an experiment and the outcome of each run that ended. An outcome is on the disk when
 * `record` returns, and is stored once. Only one process at a time can open the store. The lock is the operating
 * system's, so it ends with the process.
 */
export class RunStore {
  readonly path: string;
  readonly #database: DatabaseSync;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
  }

  /**
   * Opens the store of a plan, or makes it if the file does not exist.
   * @throws StoreError when it belongs to another plan, another process has it open, or the file is not a run store
   * @throws FileError when it cannot be made
   */
  static open<S>(path: string, plan: Plan<S>): RunStore {
    const store = RunStore.#connected(path, toWrite);
    try {
      const own = exactJson(plan);
      const found = store.#value("plan");
      if (found === undefined) {
        const put = store.#database.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
        // One transaction for both: a store without its plan is useless.
        store.#database.exec("BEGIN");
        put.run("format", format);
        put.run("plan", own);
        store.#database.exec("COMMIT");
      } else if ((parseExactJson(found) as Plan).id !== plan.id)
        throw new StoreError(
          path,
          "other-plan",
          `${path} belongs to another plan; choose another folder, or begin anew there by removing it`,
        );
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /**
   * Reads the plan and the outcomes of a store. It writes nothing, so the disk may be read-only, and several processes
   * may read at a time.
   * @throws StoreError when another process has it open, or the file is not a run store
   * @throws FileError when the file does not exist
   */
  static read(path: string): { plan: Plan; outcomes: Outcome[] } {
    if (!existsSync(path)) throw fileError("read", path, Object.assign(new Error(), { code: "ENOENT" }));
    const store = RunStore.#connected(path, toRead);
    try {
      const plan = store.#value("plan");
      if (plan === undefined) throw new StoreError(path, "unreadable", `${path} holds no plan yet`);
      return { plan: parseExactJson(plan) as Plan, outcomes: store.outcomes() };
    } finally {
      store.close();
    }
  }

  static #connected(path: string, statements: string): RunStore {
    const { DatabaseSync } = loadSqlite();
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      database.exec(statements);
    } catch (cause) {
      database?.close();
      const message = cause instanceof Error ? cause.message : String(cause);
      if (message.includes("locked"))
        throw new StoreError(
          path,
          "in-use",
          `${path} is in use by another process; wait for it to end, or stop it`,
        );
      if (message.includes("not a database") || message.includes("malformed"))
        throw new StoreError(path, "unreadable", `${path} is not a run store: ${message}`);
      throw systemCode(cause) === "ERR_SQLITE_ERROR"
        ? new StoreError(
            path,
            "unreadable",
            `cannot open the run store ${path}: ${message}; is the folder there, and may it be written?`,
          )
        : cause;
    }
    const store = new RunStore(path, database);
    const found = store.#value("format");
    if (found !== undefined && found !== format) {
      store.close();
      throw new StoreError(
        path,
        "unreadable",
        `${path} is "${found}", which this version does not read; it writes "${format}"`,
      );
    }
    return store;
  }

  #value(name: string): string | undefined {
    // A file opened for reading may have no tables.
    if (!this.#database.prepare(`${toRead} WHERE name = 'meta'`).get()) return undefined;
    const row = this.#database.prepare("SELECT value FROM meta WHERE name = ?").get(name);
    return row?.value as string | undefined;
  }

  /** All outcomes, in no particular order. */
  outcomes(): Outcome[] {
    const rows = this.#database.prepare("SELECT outcome FROM runs").all();
    return rows.map((row) => parseExactJson(row.outcome as string) as Outcome);
  }

  /**
   * Stores an outcome.
   * @throws StoreError when the run already has an outcome
   */
  record(outcome: Outcome): void {
    const put = this.#database.prepare("INSERT INTO runs (id, outcome) VALUES (?, ?) ON CONFLICT DO NOTHING");
    if (put.run(outcome.id, exactJson(outcome)).changes !== 1)
      throw new StoreError(
        this.path,
        "duplicate",
        `${this.path} has an outcome of the run ${outcome.id} already`,
      );
  }

  /** Closes the file; the store cannot be used afterwards. */
  close(): void {
    this.#database.close();
  }
}
