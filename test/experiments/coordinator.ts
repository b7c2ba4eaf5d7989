/** The process that hands out runs. Tests kill it. Arguments: STORE LOG RESULTS. */
import { join } from "node:path";
import { plan, summarize, toJson } from "chainrule/experiments";
import { runInProcesses, writeFileAtomic } from "chainrule/node";
import { note, vary } from "./measure.ts";

const [store, log, results] = process.argv.slice(2);
for await (const event of runInProcesses({
  plan: plan({ vary, seeds: 4, version: "test" }),
  measure: { module: join(import.meta.dirname, "measure.ts"), name: "logged", context: { log } },
  workers: 2,
  store,
})) {
  if (event.event === "run") await note(log, `recorded ${event.run.id}`);
  if (event.event === "done")
    writeFileAtomic(
      results,
      toJson(event.results, summarize(event.results, { measure: "validLoss", better: "smallest" })),
    );
}
