/** (i): the peak memory of a process that makes 100 steps of (a), with each engine installed. */
import { spawnSync } from "node:child_process";
import { writeCase } from "../cases.ts";
import { roundsOf } from "../harness.ts";
import { inFreshProcesses } from "./fresh.ts";
import { asInstalled } from "./installed.ts";
import type { WorkItem } from "./item.ts";

export const memory: WorkItem = {
  id: "i",
  title: "784-300-10, batch 100, SGD: peak memory of the process over 100 steps",
  async run({ folder, engines, plan }) {
    const work = writeCase(folder, "i", {
      kind: "training",
      sizes: [784, 300, 10],
      activation: "sigmoid",
      batch: 100,
      batches: 20,
      optimizer: { name: "sgd", lr: 0.1 },
    });
    const found = await asInstalled(engines, (commandOf) =>
      inFreshProcesses(engines, work, commandOf, roundsOf(plan, 2), async (process) => {
        await process.ask({ do: "load", work });
        await process.ask({ do: "time", count: 100 });
        return (await process.ask({ do: "memory" })).peakBytes! / 1e6;
      }),
    );
    const note = `The runtime is part of it: Node alone takes ${nodeAlone().toFixed(0)} MB.`;
    const { id, title } = memory;
    return { sections: [{ id, title, unit: "MB", ...found, note }] };
  },
};

function nodeAlone(): number {
  const program = "console.log(process.resourceUsage().maxRSS)";
  const { stdout } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8" });
  return (Number(stdout) * 1024) / 1e6;
}
