/** Reads what a user typed after a flag. Every refusal says what was given, what is allowed, and the nearest known name. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
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

/** One of some names; the shell completes them. */
export function oneOf<const Names extends readonly string[]>(
  names: Names,
): ((given: string) => Names[number]) & { readonly names: Names } {
  const read = (given: string): Names[number] => {
    if (names.includes(given)) return given;
    throw new InvalidArgumentError(`It is none of ${names.join(", ")}${suggestion(given, names)}`);
  };
  return Object.assign(read, { names });
}

/** One of some names, or the path of a file: of a form that no name has, or of one that is there. */
export function nameOrFile<const Names extends readonly string[]>(
  names: Names,
): ((given: string) => string) & { readonly names: Names } {
  const read = (given: string): string => {
    if (names.includes(given)) return given;
    if (looksLikePath(given)) return file(given);
    throw new InvalidArgumentError(
      `It is none of ${names.join(", ")}, and no file${suggestion(given, [...names, ...beside(given)])}`,
    );
  };
  return Object.assign(read, { names });
}

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

/** A number written as people write numbers: no hexadecimal, no empty text, no trailing unit. */
function number(given: string): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given) ? Number(given) : Number.NaN;
  if (Number.isFinite(value)) return value;
  if (!Number.isNaN(value)) throw new InvalidArgumentError("It is too large.");
  const comma = /^\d+,\d+$/.test(given) ? `; write ${given.replace(",", ".")}` : "";
  throw new InvalidArgumentError(`It is not a number${comma}.`);
}

/** A number within limits; `says` names them. */
export function numberThat(fits: (value: number) => boolean, says: string): (given: string) => number {
  return (given) => {
    const value = number(given);
    if (!fits(value)) throw new InvalidArgumentError(`It must be ${says}.`);
    return value;
  };
}

export const positive = numberThat((value) => value > 0, "above 0");
export const notNegative = numberThat((value) => value >= 0, "0 or more");
/** A decay rate: from 0 up to, not including, 1. */
export const rate = numberThat((value) => value >= 0 && value < 1, "at least 0 and below 1");

export function whole(least: number): (given: string) => number {
  return numberThat(
    (value) => Number.isSafeInteger(value) && value >= least,
    `a whole number from ${least} to 2^53 − 1`,
  );
}

/** As many threads as the kernels' memory has room for. */
export const threads = numberThat(
  (value) => Number.isSafeInteger(value) && value >= 1 && value <= 16,
  "a whole number from 1 to 16",
);

/** `0.9,0.999` */
export function pairOfRates(given: string): [number, number] {
  const parts = given.split(",");
  if (parts.length !== 2)
    throw new InvalidArgumentError("It must be two numbers with a comma, as 0.9,0.999.");
  return [rate(parts[0].trim()), rate(parts[1].trim())];
}

/** `784-300-10`: the size of each layer, from the inputs to the outputs. */
export function layerSizes(given: string): number[] {
  const sizes = given.split("-").map((part) => (/^[1-9]\d{0,6}$/.test(part) ? Number(part) : 0));
  if (sizes.length < 2 || sizes.includes(0))
    throw new InvalidArgumentError("It must be at least two layer sizes joined by dashes, as 784-300-10.");
  return sizes;
}

/** `100`, or `full` for all rows at once. */
export function batchSize(given: string): number | "full" {
  if (given === "full") return given;
  if (/^[a-z]/i.test(given)) throw new InvalidArgumentError("It must be a number of rows, or full.");
  return whole(1)(given);
}

/** `width,length,"a name, with a comma"` */
export function list(given: string): string[] {
  const quoted = /^\s*(?:"((?:[^"]|"")*)"|([^",]+))\s*(?:,|$)/;
  if (/,\s*$/.test(given)) throw new InvalidArgumentError("It ends with a comma.");
  const names: string[] = [];
  for (let rest = given; rest !== "";) {
    const found = quoted.exec(rest);
    if (found === null) throw new InvalidArgumentError("It must be names with commas between them.");
    names.push(found[1]?.replaceAll('""', '"') ?? found[2].trim());
    rest = rest.slice(found[0].length);
  }
  if (names.length === 0) throw new InvalidArgumentError("It must not be empty.");
  return names;
}

export function yesOrNo(given: string): boolean {
  return oneOf(["yes", "no"])(given) === "yes";
}

/** How much of the data is held back: `0.2`, `500`, `last:500` or `none`. */
export type HeldOption = number | { count: number } | { last: number } | "none";

export function held(given: string): HeldOption {
  return part(given, "a fraction below 1, a number of rows, last:ROWS or none");
}

/** As `held`, or a file of rows of its own. */
export function heldOrFile(given: string): HeldOption | { file: string } {
  const spoken = given === "none" || /^last:|^[-+\d.,e]*$/i.test(given);
  if (!spoken && looksLikePath(given)) return { file: file(given) };
  return part(given, "a fraction below 1, a number of rows, last:ROWS, a file or none");
}

function part(given: string, says: string): HeldOption {
  if (given === "none") return "none";
  if (given.startsWith("last:")) return { last: whole(1)(given.slice(5)) };
  const value = numberThat((v) => v > 0 && (v < 1 || Number.isInteger(v)), says)(given);
  // 1.0 may be meant as a fraction, of everything
  if (value >= 1 && given.includes(".")) throw new InvalidArgumentError(`It must be ${says}.`);
  return value < 1 ? value : { count: value };
}

/** A name, then numbers after colons: `step:10:0.1`. `forms` has, per name, what each number is. */
function named<Forms extends Record<string, readonly string[]>>(forms: Forms) {
  return (given: string): { name: keyof Forms & string; numbers: number[] } => {
    const [name, ...rest] = given.split(":");
    if (!Object.hasOwn(forms, name))
      throw new InvalidArgumentError(
        `It is none of ${Object.entries(forms).map(written).join(", ")}${suggestion(name, Object.keys(forms))}`,
      );
    const expected = forms[name];
    if (rest.length !== expected.length)
      throw new InvalidArgumentError(`Write it as ${written([name, expected])}.`);
    return { name, numbers: rest.map(number) };
  };
}

function written([name, parts]: readonly [string, readonly string[]]): string {
  return [name, ...parts.map((part) => part.toUpperCase())].join(":");
}

export type ScheduleOption =
  | { name: "step"; epochs: number; factor: number }
  | { name: "exponential"; factor: number }
  | { name: "cosine" }
  | { name: "warmup"; epochs: number }
  | { name: "one-cycle"; peak: number }
  | { name: "plateau"; epochs: number; factor: number };

const scheduleForms = {
  step: ["epochs", "factor"],
  exponential: ["factor"],
  cosine: [],
  warmup: ["epochs"],
  "one-cycle": ["rate"],
  plateau: ["epochs", "factor"],
} as const;

/** `step:10:0.1 exponential:0.95 cosine warmup:5 one-cycle:0.1 plateau:5:0.5` */
export function schedule(given: string): ScheduleOption {
  const { name, numbers } = named(scheduleForms)(given);
  const [first, second] = numbers;
  const needs = (fits: boolean, says: string): void => {
    if (!fits) throw new InvalidArgumentError(`${says} in ${written([name, scheduleForms[name]])}.`);
  };
  const epochs = (value: number): void =>
    needs(Number.isSafeInteger(value) && value >= 1, "EPOCHS must be a whole number ≥ 1");
  const factor = (value: number): void => needs(value > 0 && value < 1, "FACTOR must be above 0 and below 1");
  switch (name) {
    case "step":
    case "plateau":
      epochs(first);
      factor(second);
      return { name, epochs: first, factor: second };
    case "exponential":
      factor(first);
      return { name, factor: first };
    case "warmup":
      epochs(first);
      return { name, epochs: first };
    case "one-cycle":
      needs(first > 0, "RATE must be above 0");
      return { name, peak: first };
    case "cosine":
      return { name };
  }
}

export interface ClipOption {
  name: "norm" | "value";
  limit: number;
}

/** `norm:1 value:0.5` */
export function clip(given: string): ClipOption {
  const { name, numbers } = named({ norm: ["limit"], value: ["limit"] } as const)(given);
  if (!(numbers[0] > 0)) throw new InvalidArgumentError("The limit must be above 0.");
  return { name, limit: numbers[0] };
}

export type InitOption =
  { name: "default" | "xavier" | "kaiming" | "zeros" } | { name: "normal"; deviation: number };

/** `default xavier kaiming normal:0.3 zeros` */
export function init(given: string): InitOption {
  const { name, numbers } = named({
    default: [],
    xavier: [],
    kaiming: [],
    normal: ["deviation"],
    zeros: [],
  } as const)(given);
  if (name !== "normal") return { name };
  if (!(numbers[0] > 0))
    throw new InvalidArgumentError("The deviation must be above 0; zeros is --init zeros.");
  return { name, deviation: numbers[0] };
}
