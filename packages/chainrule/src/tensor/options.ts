/**
 * The check of a public function's options and arguments: one schema per function, with a check per option. A new option
 * is known by its line in the schema.
 */
import { describe, requireBetween, requireCount } from "./check.ts";
import { ValueError } from "./errors.ts";
import { Tensor } from "./tensor.ts";

/** Throws a ValueError that names `where` and `name` if the value is not allowed. `requirePositive` is one. */
export type Check = (where: string, name: string, value: unknown) => unknown;

/** A check per option of O. */
export type Checks<O> = { readonly [Name in keyof O]-?: Check };

/**
 * Returns the options, each of which must be known and allowed. An option that is undefined counts as missing.
 * @throws ValueError for options that are not a plain object, an unknown option (with the nearest known name), and a
 *   value that its check refuses
 */
export function checkOptions<O extends object>(where: string, options: O | undefined, checks: Checks<O>): O {
  if (options === undefined) return {} as O;
  const known = Object.keys(checks);
  const list = known.join(", ");
  if (typeof options !== "object" || options === null || !isPlain(options))
    throw new ValueError(where, `the options must be an object, not ${describe(options)}`, {
      advice: `write { ${known[0]}: … }; the options are ${list}`,
    });
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) throw unknownName(where, "option", name, known);
    if (value !== undefined) checks[name as keyof O](where, name, value);
  }
  return options;
}

/** The error for a name that is not among the known ones. */
export function unknownName(where: string, kind: string, name: string, known: readonly string[]): ValueError {
  const near = nearest(name, known);
  const advice = `${near === undefined ? "" : `did you mean "${near}"? `}the ${kind}s are ${known.join(", ")}`;
  return new ValueError(where, `there is no ${kind} "${name}"`, { advice });
}

/** The known name that a misspelt one most likely stands for: equal but for case and `_`, a beginning, or two typos. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const word = bare(given);
  const begins = (name: string): boolean =>
    word.length > 2 && bare(name).length > 2 && isPrefix(word, bare(name));
  const distances = known.map((name) => distance(word, bare(name)));
  const least = Math.min(...distances);
  if (least === 0) return known[distances.indexOf(0)];
  return (
    known.find(begins) ??
    (least <= Math.min(2, word.length / 3) ? known[distances.indexOf(least)] : undefined)
  );
}

const isPrefix = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);

/** The number of letters to insert, delete, replace, or swap with their neighbour, from one word to the other. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      next[j] = Math.min(
        next[j - 1] + 1,
        row[j] + 1,
        row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1),
        swapped ? before[j - 2] + 1 : Infinity,
      );
    }
    before = row;
    row = next;
  }
  return row[to.length];
}

/** Whether a value is an object of no class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The value, which must be a tensor. */
export function requireTensor(where: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  const numbers = typeof value === "number" || Array.isArray(value) || ArrayBuffer.isView(value);
  throw new ValueError(
    where,
    `${name} must be a tensor, not ${describe(value)}`,
    numbers ? { advice: "wrap numbers in tensor(…)" } : {},
  );
}

/** The value, which must be a function. */
export function requireFunction(where: string, name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new ValueError(where, `${name} must be a function, not ${describe(value)}`);
}

/** Checks that the value is a text. */
export function requireText(where: string, name: string, value: unknown): void {
  if (typeof value !== "string")
    throw new ValueError(where, `${name} must be a text, not ${describe(value)}`);
}

/** The items of an iterable value. */
export function requireItems<T>(where: string, name: string, value: Iterable<T>): T[] {
  const iterable = typeof (value as Iterable<T> | null | undefined)?.[Symbol.iterator] === "function";
  if (!iterable || typeof value === "string")
    throw new ValueError(where, `${name} must be a list, not ${describe(value)}`);
  return [...value];
}

/** The error for options or another object that is missing. */
export function requireObject(where: string, name: string, value: unknown, advice?: string): void {
  if (typeof value !== "object" || value === null)
    throw new ValueError(where, `${name} must be an object, not ${describe(value)}`, { advice });
}

/** Checks that the value is true or false. */
export function flag(where: string, name: string, value: unknown): void {
  if (typeof value !== "boolean")
    throw new ValueError(where, `${name} must be true or false, not ${describe(value)}`);
}

/** The check of a whole number from `least` to `most`. */
export const count =
  (least = 1, most?: number): Check =>
  (where, name, value) =>
    requireCount(where, name, value, least, most);

/** The check of a finite number from `least` to `most`. */
export const between =
  (least: number, most?: number): Check =>
  (where, name, value) =>
    requireBetween(where, name, value, least, most);

/** The check of a value that is one of a few. */
export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (where, name, value) => {
    if (allowed.includes(value)) return;
    const near = typeof value === "string" ? nearest(value, allowed.map(String)) : undefined;
    throw new ValueError(
      where,
      `${name} must be one of ${allowed.map(describe).join(", ")}, not ${describe(value)}`,
      near === undefined ? {} : { advice: `did you mean "${near}"?` },
    );
  };

/** A check that allows null beside what another check allows. */
export const orNull =
  (check: Check): Check =>
  (where, name, value) =>
    value === null || check(where, name, value);

/** The check of a value that was made by a class. */
export const instance =
  (kind: abstract new (...args: never[]) => unknown, must: string): Check =>
  (where, name, value) => {
    if (!(value instanceof kind))
      throw new ValueError(where, `${name} must be ${must}, not ${describe(value)}`);
  };

/** The check of an array. */
export const requireArray: Check = instance(Array, "an array");

/** For an option that its function checks itself. */
export const anything: Check = () => undefined;
