/** A worker process. It receives the measure function once, then one run after another. It ends when its parent does. */
import { pathToFileURL } from "node:url";
import { isAbsolute } from "node:path";
import "../graph/eager.ts";
import type { Outcome } from "../experiments/events.ts";
import { measureRun } from "../experiments/experiment.ts";
import type { PlannedRun } from "../experiments/plan.ts";

/** The module of the function that measures a run, and that function's second argument. */
export interface MeasureModule {
  /** The module's file URL or absolute path. */
  readonly module: string;
  /** The name of the exported function. Default `measure`. */
  readonly name?: string;
  /** The function's second argument: plain data, the same for all runs. */
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
// The parent is gone.
process.on("disconnect", () => process.exit());
// A terminal sends Ctrl-C to every process of the group; the parent decides when this process ends.
process.on("SIGINT", () => {});
