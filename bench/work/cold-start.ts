/** (h): from the start of a process to the end of its first training step, of 784-300-10, with each engine installed. */
import { spawnSync } from "node:child_process";
import { writeCase } from "../cases.ts";
import { roundsOf } from "../harness.ts";
import { median } from "../statistics.ts";
import { inFreshProcesses } from "./fresh.ts";
import { asInstalled } from "./installed.ts";
import type { WorkItem } from "./item.ts";

export const coldStart: WorkItem = {
  id: "h",
  title: "784-300-10, batch 100: process start to the loss of the first step",
  async run({ folder, engines, plan }) {
    const work = writeCase(folder, "h", {
      kind: "training",
      sizes: [784, 300, 10],
      activation: "sigmoid",
      batch: 100,
      batches: 1,
      optimizer: { name: "sgd", lr: 0.1 },
    });
    const found = await asInstalled(engines, (commandOf) =>
      inFreshProcesses(engines, work, commandOf, roundsOf(plan, 3), async (process, began) => {
        await process.ask({ do: "load", work });
        await process.ask({ do: "check", count: 1 });
        return performance.now() - began;
      }),
    );
    const { id, title } = coldStart;
    const note = `Node alone, from its start to its end: ${nodeAlone().toFixed(0)} ms.`;
    return { sections: [{ id, title, unit: "ms", ...found, note }] };
  },
};

function nodeAlone(): number {
  const times = Array.from({ length: 7 }, () => {
    const began = performance.now();
    spawnSync(process.execPath, ["--eval", "0"]);
    return performance.now() - began;
  });
  return median(times);
}
