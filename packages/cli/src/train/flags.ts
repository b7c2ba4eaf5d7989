/** The flags of `chainrule train` and of the commands that share them, made from the table of settings. */
import { Command, Option } from "@commander-js/extra-typings";
import { flagOf, settingRows } from "chainrule/runs";
import type { AllFlags, Row, SettingName } from "chainrule/runs";
import { parserOf } from "../values.ts";

/** The flag of a setting, in its group of the help. */
export function optionOf(name: SettingName, { kind, value, help, group, fixed }: Row): Option {
  const option = new Option(value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`, help);
  option.helpGroup(`${group}:`);
  if (value !== undefined) option.argParser(parserOf(kind));
  return fixed === undefined ? option : option.default(fixed);
}

/**
 * Gives a command the flags of the settings that `take` names. Returns the values that flags have where nobody gives them,
 * also of those that the command lacks.
 */
export function addFlags(command: Command, take: (name: SettingName, row: Row) => boolean): AllFlags {
  for (const [name, row] of settingRows) if (take(name, row)) command.addOption(optionOf(name, row));
  return Object.fromEntries(
    settingRows.flatMap(([name, { fixed }]) => (fixed === undefined ? [] : [[name, fixed]])),
  ) as unknown as AllFlags;
}

/** The train command with its flags, still without an action. */
export function trainFlags(): Command {
  const command = new Command("train");
  addFlags(command, () => true);
  return command;
}
