/** Which commands there are. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
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

/** All of them anew: a command keeps the flags that it was given. */
export const allCommands = (): CommandUnknownOpts[] => [
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
