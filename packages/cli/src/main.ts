/** The command line: which commands there are. */
import { exitCodes } from "./failure.ts";
import { run } from "./program.ts";

/** Each is loaded only when it is named, or when all are listed. */
const commands = {
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

// A run goes on to its end when nobody reads its output any more: it is in the folder.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode === exitCodes.failure) return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`chainrule: cannot write the output: ${error.message}\n`);
  });

const words = process.argv.slice(2);
const named = Object.entries(commands).filter(([name]) => name === words[0]);
const needed = named.length > 0 ? named : Object.entries(commands);
const code = await run(await Promise.all(needed.map(([, load]) => load())), words);
if (code !== undefined) process.exitCode = code;
