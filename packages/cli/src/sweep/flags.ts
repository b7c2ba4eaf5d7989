/** The flags of `chainrule sweep`: those of train, most of them with a list of values, and its own. */
import { Command, Option } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "commander";
import { trainFlags } from "../train/settings.ts";
import type { TrainFlags } from "../train/settings.ts";
import { oneOf, path, whole } from "../values.ts";

/** One value only: what all runs have in common, or what makes them comparable. */
const single = new Set(
  "data dataDir target task missing test validation initFrom seed dtype testAt device threads".split(" "),
);
/** Commas belong to a value of these, so that a list of them has semicolons. */
const withCommas = new Set(["betas", "features", "drop"]);
/** Of train, and not of a sweep, or with another meaning. */
const own = new Set(["out", "force", "json", "quiet", "verbose", "testAt", "evalTrain"]);
/** What lies on a disk: it goes to the runs, and is no part of the settings. */
export const places = new Set(["data", "dataDir", "initFrom"]);

export const rankings = ["validAccuracy", "validRmse", "validLoss"] as const;

/** The texts that were given for each of train's flags: a list, or `true` for a flag without a value. */
export type Given = Readonly<Record<string, readonly string[] | true>>;

export interface SweepFlags {
  readonly seeds: number | readonly number[];
  readonly sample?: number;
  readonly sameOrder?: true;
  readonly rank?: (typeof rankings)[number];
  readonly workers?: number;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

export function sweepCommandFlags() {
  const command = new Command("sweep");
  for (const option of trainFlags("train").options) {
    const name = option.attributeName();
    if (!own.has(name)) command.addOption(listed(option, name));
  }
  return command
    .optionsGroup("Sweep:")
    .option("--seeds <n|list>", "how many seeds from --seed on, or which, as 1,2,7", seeds, 5)
    .option("--sample <n>", "this many random combinations instead of all", whole(1))
    .option("--same-order", "every run takes its rows in the order of the first seed")
    .option(
      "--rank <figure>",
      "what decides (default: validAccuracy of classes, validRmse of numbers)",
      oneOf(rankings),
    )
    .option("--workers <n>", "processes side by side (default: one for each core)", whole(1))
    .optionsGroup("Output:")
    .option(
      "--out <folder>",
      "the folder of the sweep; one that is there goes on (default: runs/<data>-sweep-<n>)",
      path,
    )
    .option("--force", "begin anew in that folder")
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--quiet", "the last line only")
    .option("--verbose", "stack traces");
}

/** A flag of train that takes a list: each value is read as train reads it, and kept as it was typed. */
function listed(flag: Option, name: string): Option {
  const hint = flag.defaultValue === undefined ? "" : ` (default: ${shownDefault(name, flag.defaultValue)})`;
  const option = new Option(flag.flags, `${flag.description}${hint}`);
  if (flag.helpGroupHeading !== undefined) option.helpGroup(flag.helpGroupHeading);
  if (!flag.required) return option;
  const parse = flag.parseArg;
  const read = (given: string): string[] => {
    const parts = single.has(name) ? [given] : given.split(withCommas.has(name) ? ";" : ",");
    const texts = parts.map((text) => text.trim());
    const empty = texts.length > 1 && texts.includes("");
    if (empty) throw new InvalidArgumentError("A value of the list is empty.");
    // 0.1 and 0.10 are one value.
    const values = texts.map((text) => JSON.stringify(parse?.(text, undefined as never) ?? text));
    const twice = values.findIndex((value, i) => values.indexOf(value) < i);
    if (twice < 0) return texts;
    const [first, again] = [texts[values.indexOf(values[twice])], texts[twice]];
    throw new InvalidArgumentError(
      `"${again}" stands in the list twice${first === again ? "" : `, first as "${first}"`}.`,
    );
  };
  // The shell completes the names that a value may have.
  return option.argParser(Object.assign(read, parse && "names" in parse ? { names: parse.names } : {}));
}

const shownDefault = (name: string, value: unknown): string =>
  name === "validation" ? "0.1" : typeof value === "string" ? value : JSON.stringify(value);

function seeds(given: string): number | number[] {
  if (!given.includes(",")) return whole(1)(given);
  const list = given.split(",").map((text) => whole(0)(text.trim()));
  if (new Set(list).size < list.length) throw new InvalidArgumentError("A seed stands in the list twice.");
  return list;
}

/** Flags of train from texts, as if they had been typed. */
export function readTrainFlags(given: Given): TrainFlags {
  const command = trainFlags("train").exitOverride();
  const words = command.options.flatMap((option) => {
    const value = given[option.attributeName()];
    if (value === undefined) return [];
    return value === true ? [option.long!] : [option.long!, value[0]];
  });
  return command.parse(words, { from: "user" }).opts();
}
