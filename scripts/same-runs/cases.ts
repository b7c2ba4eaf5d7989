/** Everything that `scripts/same-runs.ts` runs in both checkouts, under one name each. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Checkout } from "./checkout.ts";
import { handWrittenSteps } from "./hand-written.ts";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { marks } from "./marks.ts";
import { runs } from "./runs.ts";

export interface Case {
  readonly name: string;
  /** The command or the idea, for `--list`. */
  readonly about: string;
  /** Why it cannot run on this machine; undefined when it can. */
  skip(): string | undefined;
  /** What it gives in a checkout; `folder` is empty and goes away afterwards. */
  outcome(checkout: Checkout, folder: string): Promise<Outcome>;
}

const data = process.env.CHAINRULE_DATA;

function missing(file: string): string | undefined {
  if (data === undefined) return `CHAINRULE_DATA is not set; ${file} is looked for below it`;
  return existsSync(join(data, file)) ? undefined : `CHAINRULE_DATA has no ${file}`;
}

export const cases: readonly Case[] = [
  ...runs.map((run): Case => ({
    name: run.name,
    about: `${run.command ?? "train"} ${run.flags}${run.stopAt === undefined ? "" : ", stopped by Ctrl-C"}`,
    skip: () => (run.needs === undefined ? undefined : missing(run.needs)),
    outcome: (checkout, folder) => outcomeOf(checkout, run, folder),
  })),
  {
    name: "hand-written",
    about: "kernels and results of training steps written with the library",
    skip: () => undefined,
    outcome: handWrittenSteps,
  },
  ...marks,
];
