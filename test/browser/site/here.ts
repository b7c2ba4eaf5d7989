/** The same in Node, from the same built files: node here.ts */
import { loadRun } from "chainrule/node";
import { workerSource } from "chainrule/wasm";
import { trainCompiled } from "./compiled.ts";
import { runInWorker } from "./in-worker.ts";
import { rows } from "./loaded.ts";
import { train } from "./training.ts";

const found = {
  workerSource,
  trained: [train("float32"), train("float64")],
  otherSeed: train("float32", 8),
  compiled: await trainCompiled(1),
  predicted: await loadRun("run").predict(rows),
  inWorker: await runInWorker({ worker: true }),
};
console.log(JSON.stringify(found));
export type Here = typeof found;
