/** The command line as a function: from words to an exit code. */
import { Command } from "@commander-js/extra-typings";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { completeCommand } from "./commands/completion.ts";
import { exitCodes, report, say } from "./failure.ts";
import { refusal } from "./refusals.ts";
import { version, versionVerbose } from "./version.ts";

/**
 * Runs the command that the words name. Returns the exit code of a failure; otherwise a command may have set one itself.
 */
export async function run(
  commands: readonly CommandUnknownOpts[],
  words: readonly string[],
): Promise<number | undefined> {
  const verbose = words.includes("--verbose");
  const program = new Command("chainrule")
    .description("Deep learning that shows its work: train a network, see what it learnt.")
    .version(
      verbose ? versionVerbose() : version,
      "--version",
      "print the version; with --verbose also what it runs on",
    )
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Example:
  chainrule train --data circles --net 2-16-2 --epochs 100

Exit codes: 0 done, 1 failed, 2 wrongly asked for,
  130 and 143 stopped by Ctrl-C and SIGTERM.
Environment: CHAINRULE_DATA is the folder with mnist/, fashion/ and tabular/;
  NO_COLOR is honoured.
`,
    );
  const speak = (command: CommandUnknownOpts): void =>
    void command.configureOutput({ outputError: (text) => say(refusal(text, command)) });
  speak(program);
  for (const command of commands) {
    program.addCommand(command);
    // what commander hands down only to commands that it makes itself: exits and suggestions
    for (const one of [command, ...command.commands]) {
      one.copyInheritedSettings(program);
      speak(one);
    }
  }
  program.addCommand(completeCommand(program), { hidden: true });

  try {
    await program.parseAsync(withoutVainHelp(program, words), { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // commander shows the help where a command is missing, and says no more
      if (error.code === "commander.help") say("a command is missing; they are listed above");
      return exitCodes.usage;
    }
    return report(error, verbose);
  }
}

/**
 * `help trian` as `trian`, which is refused with the nearest name: commander would show the help of the program and not
 * say why.
 */
function withoutVainHelp(program: CommandUnknownOpts, words: readonly string[]): readonly string[] {
  const at = words[0] === "help" ? 0 : 1;
  const asked = words[at + 1];
  if (words[at] !== "help" || asked === undefined || asked === "help" || asked.startsWith("-")) return words;
  const above = at === 0 ? program : program.commands.find((one) => one.name() === words[0]);
  const known = above?.commands ?? [];
  return known.length === 0 || known.some((one) => one.name() === asked) ? words : words.toSpliced(at, 1);
}
