/** `chainrule completion`: scripts that complete words in a shell, and the hidden command that they ask for the words. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { oneOf } from "../values.ts";

const shells = ["bash", "zsh", "fish"] as const;

export function completionCommand() {
  return new Command("completion")
    .description("Write the script that completes commands, flags and names in your shell.")
    .argument("<shell>", shells.join(" "), oneOf(shells))
    .addHelpText(
      "after",
      `
Examples:
  chainrule completion bash >> ~/.bashrc
  chainrule completion zsh > ~/.zfunc/_chainrule
  chainrule completion fish > ~/.config/fish/completions/chainrule.fish
`,
    )
    .action(async (shell) => {
      const { default: root } = await import("@bomb.sh/tab");
      root.setup("chainrule", "chainrule", shell);
    });
}

/** `chainrule complete -- train --op`: what the scripts run when the key is pressed. */
export function completeCommand(program: CommandUnknownOpts) {
  return new Command("complete")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      const words = process.argv.slice(process.argv.indexOf("--") + 1);
      const { default: root } = await import("@bomb.sh/tab");
      const help = program.createHelp();
      const word = words.at(-1) ?? "";
      for (const command of [program, ...help.visibleCommands(program)]) {
        const known = command === program ? root : root.command(command.name(), command.description());
        for (const { long, description, required, flags, parseArg } of help.visibleOptions(command)) {
          const name = (long ?? "").slice(2);
          if (!required) known.option(name, description);
          else known.option(name, description, offer(namesOf(parseArg) ?? paths(flags, word)));
        }
        for (const argument of command.registeredArguments)
          known.argument(argument.name(), offer(namesOf(argument.parseArg) ?? runs(argument.name(), word)));
      }
      root.parse(words);
    });
}

const offer =
  (values: readonly string[]) =>
  (complete: (value: string, description: string) => void): void =>
    values.forEach((value) => complete(value, ""));

/** The names that a value may have, where `oneOf` reads it. */
function namesOf(parse: unknown): readonly string[] | undefined {
  return typeof parse === "function" && "names" in parse ? (parse.names as readonly string[]) : undefined;
}

/** Files or folders beside the word that is typed, where the flag takes one. */
function paths(flags: string, word: string): string[] {
  if (!/<(file|folder)>/.test(flags)) return [];
  return below(word).flatMap(({ path, folder }) => (folder || flags.includes("<file>") ? [path] : []));
}

/** Run folders beside the word and one level below. */
function runs(name: string, word: string): string[] {
  if (name !== "folder") return [];
  const near = below(word).filter(({ folder }) => folder);
  const inside = near.flatMap(({ path }) => below(`${path}/`));
  return [...near, ...inside].map(({ path }) => path).filter((path) => existsSync(join(path, "run.json")));
}

function below(word: string): { path: string; folder: boolean }[] {
  const folder = word.endsWith("/") ? word : dirname(word);
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .map((entry) => ({ path: join(folder, entry.name), folder: entry.isDirectory() }));
  } catch {
    // a word that leads nowhere has no completions
    return [];
  }
}
