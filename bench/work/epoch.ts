/** The seconds of an MNIST epoch in the command line's events: 600 updates, their metrics, and 10,000 test images. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { thisCheckout } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import { roundsOf } from "../harness.ts";
import type { LeftOut } from "../harness.ts";
import { order } from "../order.ts";
import type { Row, WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

/** The forms that have flags of the command line. */
const forms: readonly string[] = ["chainrule", "chainrule@other", "chainrule-2", "chainrule-2@other"];
const flags =
  "--data mnist --net 784-300-10 --activation sigmoid --optimizer sgd --lr 0.1 --batch 100 --epochs 3 --json";

export const epoch: WorkItem = {
  id: "epoch",
  title: "an MNIST epoch from the command line, 784-300-10, batch 100, with evaluation",
  async run({ folder, engines, plan }) {
    const rows: Row[] = [];
    const leftOut: LeftOut[] = [];
    const entrants = engines
      .filter(({ id }) => forms.includes(id))
      .map((entry) => ({ entry, times: [] as number[] }));
    const reason = hasMnist()
      ? undefined
      : "MNIST is missing; CHAINRULE_DATA must name the folder that holds mnist/";
    for (let round = 0; !reason && round < roundsOf(plan, 5); round++)
      for (const { entry, times } of order(entrants, round))
        times.push(...epochs(entry, join(folder, "run")));
    for (const { entry, times } of entrants) {
      const { id: engine, title, threads } = entry;
      if (reason) leftOut.push({ engine, title, reason });
      else rows.push(rowOf({ engine, title, threads, times }));
    }
    const { id, title } = epoch;
    const note =
      "By the clock, so other processes on the machine lengthen it. The first epoch, which compiles, counts too.";
    return { sections: [{ id, title, unit: "s", rows: withRatios(rows), leftOut, note }] };
  },
};

const hasMnist = (): boolean =>
  process.env.CHAINRULE_DATA !== undefined && existsSync(join(process.env.CHAINRULE_DATA, "mnist"));

/** The seconds of each epoch of a run. */
function epochs({ threads, checkout, command }: EngineEntry, out: string): number[] {
  const args = [
    join((checkout ?? thisCheckout).root, "packages/cli/bin/chainrule.js"),
    "train",
    ...flags.split(" "),
    "--threads",
    String(threads),
    "--out",
    out,
    "--force",
  ];
  const { stdout, stderr, status } = spawnSync(command.program, args, {
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
