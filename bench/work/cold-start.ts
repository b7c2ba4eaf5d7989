/**
 * (h): from the start of a process to the end of its first training step, of 784-300-10. Chainrule is packed and installed
 * in an empty folder, as a stranger has it. All programs are JavaScript already, so that nobody pays for stripping types.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCase } from "../cases.ts";
import type { Case } from "../cases.ts";
import { benchFolder, missing } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { LeftOut } from "../harness.ts";
import { EngineProcess } from "../process.ts";
import type { Command } from "../process.ts";
import { median } from "../statistics.ts";
import type { Row, WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

const root = join(benchFolder, "..");

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
    const stranger = mkdtempSync(join(tmpdir(), "chainrule-bench-"));
    // below node_modules, where the peers' packages are found and git looks away
    const peers = join(benchFolder, "node_modules/.bench");
    try {
      installPacked(stranger);
      for (const target of [stranger, peers]) stripped(join(target, "peers"));
      const rows: Row[] = [];
      const leftOut: LeftOut[] = [];
      const entrants: { entry: EngineEntry; command: Command; times: number[]; failure?: string }[] = [];
      for (const entry of engines) {
        const reason = missing(entry) ?? entry.cannot?.(work);
        if (reason) leftOut.push({ engine: entry.id, title: entry.title, reason });
        else entrants.push({ entry, command: packedCommand(entry, stranger, peers), times: [] });
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
    } finally {
      rmSync(stranger, { recursive: true, force: true });
      rmSync(peers, { recursive: true, force: true });
    }
  },
};

/** The library is built and packed as it is published; another folder installs it. */
function installPacked(folder: string): void {
  const script = `
    import { compile } from ${JSON.stringify(join(root, "scripts/compile.ts"))};
    import { pack } from ${JSON.stringify(join(root, "scripts/pack.ts"))};
    await compile("chainrule");
    console.log(pack("chainrule", ${JSON.stringify(join(folder, "packed"))}));`;
  mkdirSync(join(folder, "packed"));
  const packed = command(process.execPath, ["--input-type=module", "--eval", script], root);
  const tarball = packed.trim().split("\n").at(-1)!;
  writeFileSync(join(folder, "package.json"), `{ "name": "stranger", "private": true, "type": "module" }\n`);
  command("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
}

function command(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(`${program} ${args.slice(0, 2).join(" ")} failed: ${result.stderr ?? result.error}`);
  return result.stdout;
}

/** The peers as JavaScript. */
function stripped(target: string): void {
  mkdirSync(target, { recursive: true });
  const from = join(benchFolder, "peers");
  for (const name of readdirSync(from)) {
    if (name.endsWith(".ts"))
      writeFileSync(
        join(target, name.replace(/\.ts$/, ".js")),
        stripTypeScriptTypes(readFileSync(join(from, name), "utf8")).replace(
          /(from "\.[^"]*)\.ts"/g,
          '$1.js"',
        ),
      );
    else if (name.endsWith(".py")) cpSync(join(from, name), join(target, name));
  }
}

/** Chainrule's program where the packed library is installed, others' beside their packages. */
function packedCommand({ id, command }: EngineEntry, stranger: string, peers: string): Command {
  const file = command.args.at(-1)!;
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  const folder = id.startsWith("chainrule") ? stranger : peers;
  return { ...command, args: [join(folder, "peers", name)] };
}

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
