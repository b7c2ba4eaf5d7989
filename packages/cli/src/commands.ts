/** Which commands there are. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** Each is loaded only when it is named, or when all are listed. */
const loaders = {
  train: async () => (await import("./commands/train.ts")).trainCommand(),
  sweep: async () => (await import("./commands/sweep.ts")).sweepCommand(),
  compare: async () => (await import("./commands/compare.ts")).compareCommand(),
  eval: async () => (await import("./commands/eval.ts")).evalCommand(),
  predict: async () => (await import("./commands/predict.ts")).predictCommand(),
  check: async () => (await import("./commands/check.ts")).checkCommand(),
  program: async () => (await import("./commands/program.ts")).programCommand(),
  data: async () => (await import("./commands/data.ts")).dataCommand(),
  figures: async () => (await import("./commands/figures.ts")).figuresCommand(),
  practical: async () => (await import("./commands/practical.ts")).practicalCommand(),
  completion: async () => (await import("./commands/completion.ts")).completionCommand(),
};

/** The commands that the words need, made anew: a command keeps the flags that it was given. */
export function commandsFor(words: readonly string[]): Promise<CommandUnknownOpts[]> {
  const named = Object.entries(loaders).filter(([name]) => name === words[0]);
  const needed = named.length > 0 ? named : Object.entries(loaders);
  return Promise.all(needed.map(([, load]) => load()));
}
