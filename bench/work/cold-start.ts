/** (h): from the start of a process to the end of its first training step, of 784-300-10, as strangers have the engines. */
import { spawnSync } from "node:child_process";
import { writeCase } from "../cases.ts";
import type { Case } from "../cases.ts";
import { missing } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { LeftOut } from "../harness.ts";
import { EngineProcess } from "../process.ts";
import type { Command } from "../process.ts";
import { median } from "../statistics.ts";
import { asInstalled } from "./installed.ts";
import type { Row, WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

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
    return asInstalled(async (commandOf) => {
      const rows: Row[] = [];
      const leftOut: LeftOut[] = [];
      const entrants: { entry: EngineEntry; command: Command; times: number[]; failure?: string }[] = [];
      for (const entry of engines) {
        const reason = missing(entry) ?? entry.cannot?.(work);
        if (reason) leftOut.push({ engine: entry.id, title: entry.title, reason });
        else entrants.push({ entry, command: commandOf(entry), times: [] });
      }
      for (let round = 0; round < Math.min(plan.rounds, 3); round++) {
        for (const entrant of entrants.filter(({ failure }) => failure === undefined)) {
          const time = await firstStep(entrant.command, work).catch(String);
          if (typeof time === "number") entrant.times.push(time);
          else entrant.failure = time;
        }
      }
      for (const { entry, times, failure } of entrants) {
        const { id: engine, title, threads } = entry;
        if (failure === undefined) rows.push(rowOf({ engine, title, threads, times }));
        else leftOut.push({ engine, title, reason: failure });
      }
      const { id, title } = coldStart;
      const note = `Node alone, from its start to its end: ${nodeAlone().toFixed(0)} ms.`;
      return { sections: [{ id, title, unit: "ms", rows: withRatios(rows), leftOut, note }] };
    });
  },
};

async function firstStep(command: Command, work: Case): Promise<number> {
  const began = performance.now();
  const process = new EngineProcess(command);
  try {
    await process.ask({ do: "load", work });
    await process.ask({ do: "check", count: 1 });
    return performance.now() - began;
  } finally {
    process.end();
  }
}

function nodeAlone(): number {
  const times = Array.from({ length: 7 }, () => {
    const began = performance.now();
    spawnSync(process.execPath, ["--eval", "0"]);
    return performance.now() - began;
  });
  return median(times);
}
