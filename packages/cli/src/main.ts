/** The command line: which commands there are. */
import { checkCommand } from "./commands/check.ts";
import { compareCommand } from "./commands/compare.ts";
import { completionCommand } from "./commands/completion.ts";
import { dataCommand } from "./commands/data.ts";
import { evalCommand } from "./commands/eval.ts";
import { figuresCommand } from "./commands/figures.ts";
import { practicalCommand } from "./commands/practical.ts";
import { predictCommand } from "./commands/predict.ts";
import { programCommand } from "./commands/program.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { trainCommand } from "./commands/train.ts";
import { exitCodes } from "./failure.ts";
import { run } from "./program.ts";

const commands = [
  trainCommand(),
  sweepCommand(),
  compareCommand(),
  evalCommand(),
  predictCommand(),
  checkCommand(),
  programCommand(),
  dataCommand(),
  figuresCommand(),
  practicalCommand(),
  completionCommand(),
];

// A run goes on to its end when nobody reads its output any more: it is in the folder.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode === exitCodes.failure) return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`chainrule: cannot write the output: ${error.message}\n`);
  });

const code = await run(commands, process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
