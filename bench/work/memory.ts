/** (i): the most memory a process held while it made 100 steps of (a), each engine alone, as strangers have it. */
import { spawnSync } from "node:child_process";
import { writeCase } from "../cases.ts";
import { missing } from "../engines.ts";
import type { LeftOut } from "../harness.ts";
import { EngineProcess } from "../process.ts";
import type { Command } from "../process.ts";
import type { Case } from "../cases.ts";
import { asInstalled } from "./installed.ts";
import type { Row, WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

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
    const rows: Row[] = [];
    const leftOut: LeftOut[] = [];
    await asInstalled(async (commandOf) => {
      for (const entry of engines) {
        const { id: engine, title, threads } = entry;
        const reason = missing(entry) ?? entry.cannot?.(work);
        const rounds = Math.min(2, plan.rounds);
        const peaks = reason ?? (await peaksOf(commandOf(entry), work, rounds).catch(String));
        if (typeof peaks === "string") leftOut.push({ engine, title, reason: peaks });
        else rows.push(rowOf({ engine, title, threads, times: peaks }));
      }
    });
    const note = `The runtime is part of it: Node alone takes ${nodeAlone().toFixed(0)} MB.`;
    const { id, title } = memory;
    return { sections: [{ id, title, unit: "MB", rows: withRatios(rows), leftOut, note }] };
  },
};

async function peaksOf(command: Command, work: Case, rounds: number): Promise<number[]> {
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const process = new EngineProcess(command);
    try {
      await process.ask({ do: "load", work });
      await process.ask({ do: "time", count: 100 });
      peaks.push((await process.ask({ do: "memory" })).peakBytes! / 1e6);
    } finally {
      process.end();
    }
  }
  return peaks;
}

function nodeAlone(): number {
  const program = "console.log(process.resourceUsage().maxRSS)";
  const { stdout } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8" });
  return (Number(stdout) * 1024) / 1e6;
}
