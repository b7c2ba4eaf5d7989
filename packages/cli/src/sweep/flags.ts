/** The flags of `chainrule sweep`: those of train, most of them with a list of values, and its own. */
import { Command } from "@commander-js/extra-typings";
import type { Option } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "commander";
import { isPart, requestOf, settingRows, settings } from "chainrule/runs";
import type { AllFlags, Kind, Row, RunRequest, SettingName } from "chainrule/runs";
import { optionOf } from "../train/flags.ts";
import { oneOf, parserOf, path, whole } from "../values.ts";

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
  for (const [name, row] of settingRows) if (row.sweep !== "no") command.addOption(listed(name, row));
  return command
    .optionsGroup("Sweep:")
    .option("--seeds <n|list>", "how many seeds from --seed on, or which, as 1,2,7", seeds, 5)
    .option("--sample <n>", "this many random combinations instead of all", whole(1))
    .option("--same-order", "every run takes its rows in the order of the first seed")
    .option(
      "--rank <metric>",
      "the metric that decides (default: validAccuracy of classes, validRmse of numbers)",
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
function listed(name: SettingName, row: Row): Option {
  const { fixed, ...open } = row;
  const hint = fixed === undefined ? "" : ` (default: ${shownDefault(name, fixed)})`;
  const option = optionOf(name, { ...open, help: `${row.help}${hint}` });
  return row.value === undefined ? option : option.argParser(listParser(row));
}

function listParser({ kind, sweep }: Row) {
  const parse = parserOf(kind);
  const read = (given: string): string[] => {
    const parts = sweep === "one" ? [given] : given.split(separatorOf(kind));
    const texts = parts.map((text) => text.trim());
    const empty = texts.length > 1 && texts.includes("");
    if (empty) throw new InvalidArgumentError("A value of the list is empty.");
    // 0.1 and 0.10 are one value.
    const values = texts.map((text) => JSON.stringify(parse(text)));
    const twice = values.findIndex((value, i) => values.indexOf(value) < i);
    if (twice < 0) return texts;
    const [first, again] = [texts[values.indexOf(values[twice])], texts[twice]];
    throw new InvalidArgumentError(
      `"${again}" stands in the list twice${first === again ? "" : `, first as "${first}"`}.`,
    );
  };
  // The shell completes the names that a value may have.
  return Object.assign(read, parse.names && { names: parse.names });
}

const separatorOf = ({ commas }: Kind<unknown>): string => (commas ? ";" : ",");
const shownDefault = (name: string, value: unknown): string =>
  name === "validation" ? "0.1" : typeof value === "string" ? value : JSON.stringify(value);

function seeds(given: string): number | number[] {
  if (!given.includes(",")) return whole(1)(given);
  const list = given.split(",").map((text) => whole(0)(text.trim()));
  if (new Set(list).size < list.length) throw new InvalidArgumentError("A seed stands in the list twice.");
  return list;
}

/** The request that train would make of these texts, were they typed. */
export function readRequest(given: Given): RunRequest {
  const flags = settingRows.map(([name, { kind, fixed }]) => {
    const texts = given[name];
    return [name, texts === undefined ? fixed : texts === true || parserOf(kind)(texts[0])];
  });
  return requestOf(Object.fromEntries(flags) as AllFlags);
}

/** Whether a sweep passes a flag on to its runs; the others are its own. */
export function isOfRuns(name: string): boolean {
  return name in settings && (settings[name as SettingName] as Row).sweep !== "no";
}

/** Whether a text of a flag is a path: it goes to the runs as a place, and only its name is a setting. */
export function isPlace(name: string, texts: Given[string]): boolean {
  const { kind }: Row = settings[name as SettingName];
  if (kind.path === undefined || texts === true) return false;
  return kind.path !== "part or file" || !isPart(texts[0]);
}
