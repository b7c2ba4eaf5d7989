/** What goes wrong on the command line, and the exit code that says so. */
import { Help } from "commander";
import { ChainruleError } from "chainrule";
import type { FileError } from "chainrule/node";
import { SettingError } from "chainrule/runs";

/** Something the user asked for that cannot be: exit 2. The message says what is wrong, where, and what to try. */
export class UsageError extends Error {}

export const exitCodes = { failure: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** Errors that are the user's or the world's, with a message for people; anything else is a bug of ours. */
function isExpected(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof ChainruleError) return true;
  return error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;
}

/** A message about an output folder that cannot be made; `other` is what a user can do about one that is not empty. */
export function inTheWay(error: FileError, other?: string): string {
  if (error.fault !== "not-empty") return error.message;
  return `${error.problem}; choose another one${other === undefined ? "" : `, or ${other}`}`;
}

/** A message to stderr: in lines as wide as the terminal, and for a program that reads it as it is. */
export function say(message: string): void {
  const text = `chainrule: ${message}`;
  const { isTTY, columns } = process.stderr;
  process.stderr.write(`${isTTY && columns > 0 ? new Help().boxWrap(text, columns) : text}\n`);
}

/** Writes the error to stderr, without a stack trace unless asked, and returns the exit code. */
export function report(error: unknown, verbose: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  say(isExpected(error) ? message : `${message}\nThis is a bug in Chainrule; --verbose shows where.`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof UsageError || error instanceof SettingError ? exitCodes.usage : exitCodes.failure;
}
