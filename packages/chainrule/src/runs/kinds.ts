/** The kinds of values that settings have: how a text is read, and what a value from a file must be. */
import * as v from "valibot";
import { TextError } from "./setting-error.ts";

/** What a path must lead to; whoever knows the file system checks it. */
export type PathKind = "file" | "folder" | "name or file" | "part or file" | "new";

export interface Kind<T> {
  /**
   * Reads the text that a user gave.
   * @throws TextError for a text that is not such a value
   */
  read(text: string): T;
  /** Checks a value that comes from a file. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** The names that a value may have. */
  readonly names?: readonly string[];
  /** Values contain commas, so a list of values is separated by semicolons. */
  readonly commas?: true;
  /** Values are words, even those that look like numbers. */
  readonly words?: true;
  /** A value may be a path. */
  readonly path?: PathKind;
  /** The value that a path becomes. */
  ofPath?(path: string): T;
}

export type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** One of some names. */
export function oneOf<const Names extends readonly string[]>(names: Names): Kind<Names[number]> {
  return {
    names,
    schema: v.picklist(names),
    read(text) {
      if (names.includes(text)) return text;
      throw new TextError(`It must be one of ${names.join(", ")}`, text, names);
    },
  };
}

/** A number written in digits: not hexadecimal, not empty, without a unit. */
export function readNumber(text: string): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  if (!Number.isNaN(value)) throw new TextError("It is too large.");
  const comma = /^\d+,\d+$/.test(text) ? `; write ${text.replace(",", ".")}` : "";
  throw new TextError(`It is not a number${comma}.`);
}

/** A number within limits, which `says` names. */
export function numberThat(
  fits: (value: number) => boolean,
  says: string,
  schema: v.GenericSchema<unknown, number> = v.number(),
): Kind<number> {
  return {
    schema,
    read(text) {
      const value = readNumber(text);
      if (!fits(value)) throw new TextError(`It must be ${says}.`);
      return value;
    },
  };
}

export const positive = numberThat((value) => value > 0, "above 0", v.pipe(v.number(), v.gtValue(0)));
export const notNegative = numberThat((value) => value >= 0, "0 or more", v.pipe(v.number(), v.minValue(0)));
/** A decay rate: at least 0 and below 1. */
export const rate = numberThat(
  (value) => value >= 0 && value < 1,
  "at least 0 and below 1",
  v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
);

/** The kind of settings that are whole numbers from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  return numberThat(
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
    `a whole number from ${least} to ${most === Number.MAX_SAFE_INTEGER ? "2^53 − 1" : most}`,
    v.pipe(v.number(), v.safeInteger(), v.minValue(least)),
  );
}

/** `0.9,0.999` */
export const pairOfRates: Kind<readonly [number, number]> = {
  commas: true,
  schema: v.tuple([rate.schema, rate.schema]),
  read(text) {
    const parts = text.split(",");
    if (parts.length !== 2) throw new TextError("It must be two numbers with a comma, as 0.9,0.999.");
    return [rate.read(parts[0].trim()), rate.read(parts[1].trim())];
  },
};

/** `784-300-10`: the size of each layer, from the inputs to the outputs. */
export const layerSizes: Kind<readonly number[]> = {
  schema: v.pipe(v.array(whole(1).schema), v.minLength(2)),
  read(text) {
    const sizes = text.split("-").map((part) => (/^[1-9]\d{0,6}$/.test(part) ? Number(part) : 0));
    if (sizes.length < 2 || sizes.includes(0))
      throw new TextError("It must be at least two layer sizes joined by dashes, as 784-300-10.");
    return sizes;
  },
};

/** `100`, or `full` for all rows at once. */
export const batchSize: Kind<number | "full"> = {
  schema: v.union([whole(1).schema, v.literal("full")]),
  read(text) {
    if (text === "full") return text;
    if (/^[a-z]/i.test(text)) throw new TextError("It must be a number of rows, or full.");
    return whole(1).read(text);
  },
};

/** A text as it is, such as the name of a column. */
export const word: Kind<string> = { words: true, schema: v.string(), read: (text) => text };

/** `width,length,"a name, with a comma"` */
export const words: Kind<readonly string[]> = {
  words: true,
  commas: true,
  schema: v.array(v.string()),
  read(text) {
    const quoted = /^\s*(?:"((?:[^"]|"")*)"|([^",]+))\s*(?:,|$)/;
    if (/,\s*$/.test(text)) throw new TextError("It ends with a comma.");
    const names: string[] = [];
    for (let rest = text; rest !== "";) {
      const found = quoted.exec(rest);
      if (found === null) throw new TextError("It must be names with commas between them.");
      names.push(found[1]?.replaceAll('""', '"') ?? found[2].trim());
      rest = rest.slice(found[0].length);
    }
    if (names.length === 0) throw new TextError("It must not be empty.");
    return names;
  },
};

const yesOrNo = oneOf(["yes", "no"]);
/** `yes` or `no`. */
export const answer: Kind<boolean> = {
  names: yesOrNo.names,
  schema: v.boolean(),
  read: (text) => yesOrNo.read(text) === "yes",
};

/** A flag without a value: given or not. */
export const given: Kind<true> = { schema: v.literal(true), read: () => true };

/** How much of the data is held back: `0.2`, `500`, `last:500` or `none`. */
export type HeldPart = number | { readonly count: number } | { readonly last: number } | "none";

export const heldPart: Kind<HeldPart> = {
  schema: v.union([
    v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    v.object({ count: whole(1).schema }),
    v.object({ last: whole(1).schema }),
    v.literal("none"),
  ]),
  read: (text) => readHeld(text, "a fraction below 1, a number of rows, last:ROWS or none"),
};

/** A part of the rows as above, or the file of a test set of its own. */
export const heldPartOrFile: Kind<HeldPart | { readonly file: string }> = {
  path: "part or file",
  schema: v.union([heldPart.schema, v.object({ file: v.string() })]),
  ofPath: (file) => ({ file }),
  read(text) {
    if (!isPart(text) && /[/\\.]/.test(text)) return { file: text };
    return readHeld(text, "a fraction below 1, a number of rows, last:ROWS, a file or none");
  },
};

/** Whether a text is meant as a part of the rows, not as the path of a file. */
export function isPart(text: string): boolean {
  return text === "none" || /^last:|^[-+\d.,e]*$/i.test(text);
}

function readHeld(text: string, says: string): HeldPart {
  if (text === "none") return "none";
  if (text.startsWith("last:")) return { last: whole(1).read(text.slice(5)) };
  const value = readNumber(text);
  // 1.0 may be meant as a fraction, of everything
  if (!(value > 0 && (value < 1 || (Number.isInteger(value) && !text.includes(".")))))
    throw new TextError(`It must be ${says}.`);
  return value < 1 ? value : { count: value };
}

/** The path of a file or folder. */
export function path(path: PathKind): Kind<string> {
  return { path, schema: v.string(), read: (text) => text, ofPath: (text) => text };
}

/** One of some names, or the path of a file. */
export function nameOrFile<const Names extends readonly string[]>(names: Names): Kind<string> {
  return { ...path("name or file"), names };
}
