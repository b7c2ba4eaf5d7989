/** Reads what a user typed after a flag. Every refusal says what was given, what is allowed, and the nearest known name. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  TextError,
  isPart,
  nameOrFile as nameOrFileKind,
  numberThat as numberKind,
  oneOf as namesKind,
  whole as wholeKind,
} from "chainrule/runs";
import type { Kind, PathKind } from "chainrule/runs";
import { InvalidArgumentError } from "commander";
import { closest, distance } from "fastest-levenshtein";

/** `; did you mean "adam"?` where a known name is near. */
export function suggestion(given: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const lower = known.map((name) => name.toLowerCase());
  const word = given.toLowerCase();
  const begun = word.length < 3 ? [] : lower.filter((name) => name.startsWith(word));
  const found =
    lower.find((name) => isSwap(word, name)) ?? (begun.length === 1 ? begun[0] : closest(word, lower));
  const near =
    isSwap(word, found) ||
    (begun.length === 1 && begun[0] === found) ||
    distance(word, found) <= (given.length < 5 ? 1 : 2);
  return near ? `; did you mean "${known[lower.indexOf(found)]}"?` : "";
}

/** Whether two neighbouring letters have changed places. */
function isSwap(given: string, name: string): boolean {
  if (given.length !== name.length || given === name) return false;
  let at = 0;
  while (given[at] === name[at]) at++;
  return given.slice(0, at) + given[at + 1] + given[at] + given.slice(at + 2) === name;
}

/** Reads the text behind a flag or argument; the shell completes the names. */
export type Parser<T> = ((text: string) => T) & { readonly names?: readonly string[] };

/** The parser of a kind of values. Paths are looked up, and refusals name the nearest known name. */
export function parserOf<T>(kind: Kind<T>): Parser<T> {
  const read = (text: string): T => {
    try {
      const named = kind.names?.includes(text) ?? false;
      if (!named && kind.path && kind.ofPath && leads[kind.path](text, kind.names)) return kind.ofPath(text);
      return kind.read(text);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      const near = error.given === undefined ? "" : suggestion(error.given, error.known);
      throw new InvalidArgumentError(`${error.message}${near}`);
    }
  };
  return Object.assign(read, kind.names && { names: kind.names });
}

export const oneOf = <const Names extends readonly string[]>(names: Names): Parser<Names[number]> =>
  parserOf(namesKind(names));
export const nameOrFile = (names: readonly string[]): Parser<string> => parserOf(nameOrFileKind(names));
export const whole = (least: number): Parser<number> => parserOf(wholeKind(least));
export const numberThat = (fits: (value: number) => boolean, says: string): Parser<number> =>
  parserOf(numberKind(fits, says));

/** Whether a text is a path of that kind; one that leads nowhere is refused. */
const leads: Record<PathKind, (text: string, names?: readonly string[]) => boolean> = {
  file: (text) => file(text) === text,
  folder: (text) => folder(text) === text,
  new: (text) => path(text) === text,
  "name or file"(text, names = []) {
    if (looksLikePath(text)) return file(text) === text;
    const near = suggestion(text, [...names, ...beside(text)]);
    throw new InvalidArgumentError(`It must be one of ${names.join(", ")}, or a file${near}`);
  },
  "part or file": (text) => !isPart(text) && looksLikePath(text) && file(text) === text,
};

function looksLikePath(given: string): boolean {
  return /[/\\.]/.test(given) || existsSync(given);
}

/** The path of a file that is there. */
export function file(given: string): string {
  const found = statSync(path(given), { throwIfNoEntry: false });
  if (found === undefined)
    throw new InvalidArgumentError(`It names no file${suggestion(given, beside(given))}`);
  if (found.isDirectory()) throw new InvalidArgumentError("It is a folder.");
  return given;
}

/** The path of a folder that is there. */
export function folder(given: string): string {
  const found = statSync(path(given), { throwIfNoEntry: false });
  if (found === undefined)
    throw new InvalidArgumentError(`It names no folder${suggestion(given, beside(given))}`);
  if (!found.isDirectory()) throw new InvalidArgumentError("It is a file, not a folder.");
  return given;
}

/** A file as above, or - for standard input. */
export function fileOrInput(given: string): string {
  return given === "-" ? given : file(given);
}

/** What lies in the folder of a path, written as the path is. */
function beside(given: string): string[] {
  const folder = dirname(given);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const prefix = given.slice(0, given.length - basename(given).length);
  return readdirSync(folder).map((name) => `${prefix}${name}`);
}

/** A path, which must not be empty. */
export function path(given: string): string {
  if (given === "") throw new InvalidArgumentError("It must not be empty.");
  return given;
}
