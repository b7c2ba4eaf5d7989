/** What commander says of words that it cannot take, in the words of the other messages: the thing, what is wrong, what to try. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** `practical start`; the program itself is `chainrule`. */
function pathOf(command: CommandUnknownOpts): string {
  const above = command.parent?.parent ? `${pathOf(command.parent)} ` : "";
  return `${above}${command.name()}`;
}

/** The command as one types it. */
const typed = (command: CommandUnknownOpts): string =>
  command.parent === null ? command.name() : `chainrule ${pathOf(command)}`;

type Rewrite = readonly [RegExp, (command: CommandUnknownOpts, ...found: string[]) => string];

const rewrites: readonly Rewrite[] = [
  [
    /^option '(.*?)' argument '(.*)' is invalid\. (.*)$/s,
    (_, flags, given, reason) => `${flagOf(flags)} ${shown(given)}${predicate(reason)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '.*?'\. (.*)$/s,
    (command, given, reason) => `${pathOf(command)}: ${JSON.stringify(given)}${predicate(reason)}`,
  ],
  [/^option '(.*)' argument missing$/, (_, flags) => `${flagOf(flags)} needs a value: ${flags}`],
  [
    /^missing required argument '(.*)'$/,
    (command, name) => `${pathOf(command)}: <${name}> is missing; ${typed(command)} --help has an example`,
  ],
  [
    /^unknown option '(.*)'(?:\n\((.*)\))?$/s,
    (command, flag, near) =>
      `${pathOf(command)} has no ${flag}; ${lowered(near ?? `${typed(command)} --help lists what it has`)}`,
  ],
  [
    /^unknown command '(.*)'(?:\n\((.*)\))?$/s,
    (command, name, near) =>
      `there is no command ${command.parent === null ? name : `${pathOf(command)} ${name}`}; ` +
      lowered(near ?? `${typed(command)} --help lists those there are`),
  ],
  [
    /^too many arguments.*Expected (\d+) arguments? but got \d+: (.*)\.$/s,
    (command, count, given) =>
      `${pathOf(command)} takes ${count === "0" ? "no arguments, only flags" : `no more than ${count} beside its flags`}; ` +
      `found ${given}`,
  ],
];

/** `error: …` of commander for one of our commands. */
export function refusal(text: string, command: CommandUnknownOpts): string {
  const message = text.trimEnd().replace(/^error: /, "");
  for (const [pattern, rewrite] of rewrites) {
    const found = pattern.exec(message);
    if (found !== null) return rewrite(command, ...found.slice(1));
  }
  return message;
}

const flagOf = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? flags;
const shown = (given: string): string => (/^\S+$/.test(given) ? given : JSON.stringify(given));
const lowered = (text: string): string => `${text[0].toLowerCase()}${text.slice(1)}`;

/** ` is not a number` from `It is not a number.` */
function predicate(reason: string): string {
  const sentence = reason.replace(/\.$/, "");
  if (sentence.startsWith("It ")) return sentence.slice(2);
  return `: ${/^[A-Z]{2}/.test(sentence) ? sentence : lowered(sentence)}`;
}
