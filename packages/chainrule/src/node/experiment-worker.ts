/** A worker process: told once what to measure with, then run after run. It ends when its parent does. */
import { pathToFileURL } from "node:url";
import { isAbsolute } from "node:path";
import "../graph/eager.ts";
import type { Outcome } from "../experiments/events.ts";
import { measureRun } from "../experiments/experiment.ts";
import type { PlannedRun } from "../experiments/plan.ts";

/** Where the function is that does a run, and what it is given besides. */
export interface MeasureModule {
  /** A file URL or an absolute path. */
  readonly module: string;
  /** The name under which the module exports it, `measure` unless given. */
  readonly name?: string;
  /** Plain data, the same for all runs: its second argument. */
  readonly context?: unknown;
}

export type ToWorker = { readonly measure: MeasureModule } | { readonly run: PlannedRun };
export type FromWorker =
  { readonly ready: true } | { readonly refused: string } | { readonly outcome: Outcome };

type MeasureFunction = (run: PlannedRun, context: unknown) => ReturnType<Parameters<typeof measureRun>[1]>;

let measure: MeasureFunction;
let context: unknown;

async function load({ module, name = "measure", context: given }: MeasureModule): Promise<FromWorker> {
  try {
    const url = isAbsolute(module) ? pathToFileURL(module).href : module;
    const found = ((await import(url)) as Record<string, unknown>)[name];
    if (typeof found !== "function") return { refused: `${module} exports no function "${name}"` };
    measure = found as MeasureFunction;
    context = given;
    return { ready: true };
  } catch (error) {
    return { refused: `cannot load ${module}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

process.on("message", (message: ToWorker) => {
  const answer =
    "measure" in message
      ? load(message.measure)
      : measureRun(message.run, (run) => measure(run, context)).then((outcome) => ({ outcome }));
  void answer.then((one) => process.send!(one));
});
// Nobody is left to report to.
process.on("disconnect", () => process.exit());
// A terminal sends Ctrl-C to every process of the group; the parent decides what becomes of this one.
process.on("SIGINT", () => {});
