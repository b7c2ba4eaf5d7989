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
      const describe = (command: CommandUnknownOpts, path: readonly string[]): void => {
        const known = command === program ? root : root.command(path.join(" "), command.description());
        for (const { long, description, required, flags, parseArg } of help.visibleOptions(command)) {
          const name = (long ?? "").slice(2);
          if (!required) known.option(name, description);
          else known.option(name, description, offer([...namesOf(parseArg), ...paths(flags, word)]));
        }
        for (const argument of command.registeredArguments) {
          const name = argument.name();
          const found = name === "folder" ? runs(word) : paths(`<${name}>`, word);
          known.argument(name, offer([...namesOf(argument.parseArg), ...found]));
        }
        for (const one of help.visibleCommands(command)) describe(one, [...path, one.name()]);
      };
      describe(program, []);
      root.parse(words);
    });
}

const offer =
  (values: readonly string[]) =>
  (complete: (value: string, description: string) => void): void =>
    values.forEach((value) => complete(value, ""));

/** The names that a value may have, where `oneOf` or `nameOrFile` reads it. */
function namesOf(parse: unknown): readonly string[] {
  return typeof parse === "function" && "names" in parse ? (parse.names as readonly string[]) : [];
}

/** Files or folders beside the word that is typed, where the flag takes one. */
function paths(flags: string, word: string): string[] {
  const kind = /<(?:\w+\|)?(file|folder)\b.*>/.exec(flags)?.[1];
  if (kind === undefined) return [];
  return below(word).flatMap(({ path, folder }) => (folder || kind === "file" ? [path] : []));
}

/** Run folders beside the word and one level below. */
function runs(word: string): string[] {
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
