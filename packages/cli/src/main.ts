/** The command line: which commands there are, and how each of them ends. */
import { Command } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { checkCommand } from "./commands/check.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { dataCommand } from "./commands/data.ts";
import { evalCommand } from "./commands/eval.ts";
import { practicalCommand } from "./commands/practical.ts";
import { programCommand } from "./commands/program.ts";
import { trainCommand } from "./commands/train.ts";
import { exitCodes, report } from "./failure.ts";
import { version, versionVerbose } from "./version.ts";

const program = new Command("chainrule")
  .description("Deep learning that shows its work: train a network, see what it learnt.")
  .version(
    process.argv.includes("--verbose") ? versionVerbose() : version,
    "--version",
    "print the version; with --verbose also what it runs on",
  )
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "chainrule: ")) })
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    `
Example:
  chainrule train --data circles --net 2-16-2 --epochs 100

Exit codes: 0 done, 1 failed, 2 wrongly asked for, 130 and 143 stopped by Ctrl-C and SIGTERM.
Environment: CHAINRULE_DATA is the folder with mnist/, fashion/ and tabular/; NO_COLOR is honoured.
`,
  );

const commands = [
  trainCommand(),
  evalCommand(),
  checkCommand(),
  programCommand(),
  dataCommand(),
  practicalCommand(),
  completionCommand(),
];
for (const command of commands) {
  // what commander hands down only to commands that it makes itself: exits, messages, suggestions
  command.copyInheritedSettings(program);
  for (const sub of command.commands) sub.copyInheritedSettings(program);
  program.addCommand(command);
}
program.addCommand(completeCommand(program), { hidden: true });

// A run goes on to its end when nobody reads its output any more: it is in the folder.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode === exitCodes.failure) return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`chainrule: cannot write the output: ${error.message}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else process.exitCode = report(error, process.argv.includes("--verbose"));
}
