/** An epoch of MNIST from the command line, as its events tell it: 600 updates, figures of them, and 10,000 test images. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { benchFolder } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { LeftOut } from "../harness.ts";
import type { Row, WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

const commandLine = join(benchFolder, "../packages/cli/bin/chainrule.js");
const flags =
  "--data mnist --net 784-300-10 --activation sigmoid --optimizer sgd --lr 0.1 --batch 100 --epochs 3 --json";

export const epoch: WorkItem = {
  id: "epoch",
  title: "an MNIST epoch from the command line, 784-300-10, batch 100, with evaluation",
  async run({ folder, engines, plan }) {
    const rows: Row[] = [];
    const leftOut: LeftOut[] = [];
    const several = engines.filter(({ id }) => id === "chainrule" || id === "chainrule-2");
    const times = new Map<EngineEntry, number[]>(several.map((entry) => [entry, []]));
    const reason = mnist()
      ? undefined
      : "MNIST is not here; CHAINRULE_DATA names the folder that holds mnist/";
    for (let round = 0; !reason && round < Math.min(plan.rounds, 5); round++)
      for (const [entry, all] of times) all.push(...epochs(entry.threads, join(folder, "run")));
    for (const [{ id: engine, title, threads }, all] of times) {
      if (reason) leftOut.push({ engine, title, reason });
      else rows.push(rowOf({ engine, title, threads, times: all }));
    }
    const { id, title } = epoch;
    const note =
      "By the clock, so neighbours on the machine are in it. The first epoch, which compiles, counts too.";
    return { sections: [{ id, title, unit: "s", rows: withRatios(rows), leftOut, note }] };
  },
};

const mnist = (): boolean =>
  process.env.CHAINRULE_DATA !== undefined && existsSync(join(process.env.CHAINRULE_DATA, "mnist"));

/** The seconds of each epoch of a run. */
function epochs(threads: number, out: string): number[] {
  const args = [
    commandLine,
    "train",
    ...flags.split(" "),
    "--threads",
    String(threads),
    "--out",
    out,
    "--force",
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`the command line failed: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string; epoch?: number; seconds?: number })
    .flatMap(({ event, epoch, seconds }) => (event === "epoch" && epoch! > 0 ? [seconds!] : []));
}
