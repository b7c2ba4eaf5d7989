/** The machine and the state of the checkout, as a result must state them. */
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem, type } from "node:os";
import { join } from "node:path";
import { benchFolder } from "./engines.ts";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  readonly load: number;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 1e9),
    system: `${type()} ${process.arch}`,
    node: process.version,
    commit: git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") ? " and changes" : ""),
    load: loadavg()[0],
  };
}

function git(...args: string[]): string {
  return spawnSync("git", args, { cwd: join(benchFolder, ".."), encoding: "utf8" }).stdout?.trim() ?? "";
}
