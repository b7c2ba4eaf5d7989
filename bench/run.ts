/**
 * The benchmarks, all of them or some:
 *
 *     npm run bench                                   everything, and writes RESULTS.md, results.json and results.svg
 *     npm run bench -- --only a,d --quick             some works, few rounds; prints, writes nothing
 *     npm run bench -- --engines chainrule,jax-js     some engines
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchFolder, engines } from "./engines.ts";
import { resultsFigure } from "./figure.ts";
import { machine } from "./machine.ts";
import { installPackages, installPython } from "./prepare.ts";
import { byHand, resultsPage, scalingText, sectionText } from "./report.ts";
import { rooflineOf } from "./targets.ts";
import { coldStart } from "./work/cold-start.ts";
import { epoch } from "./work/epoch.ts";
import { inferences } from "./work/inference.ts";
import type { Result, WorkItem } from "./work/item.ts";
import { matmuls } from "./work/matmul.ts";
import { memory } from "./work/memory.ts";
import { scalings } from "./work/scaling.ts";
import { size } from "./work/size.ts";
import { trainings } from "./work/training.ts";

const [a, b, c, d, e] = trainings;
/** What tells most comes first. */
const items: readonly WorkItem[] = [
  a,
  d,
  size,
  matmuls,
  coldStart,
  epoch,
  b,
  c,
  e,
  inferences,
  memory,
  scalings,
];

/** What is wrong with how the bench was called. */
function refuse(error: unknown): never {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}; see bench/README.md`);
  process.exit(2);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        only: { type: "string" },
        engines: { type: "string" },
        quick: { type: "boolean", default: false },
        rounds: { type: "string" },
        "no-python": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error);
  }
}

const flags = readFlags();

/** The chosen of a list, by id; refuses ids that are not in it. */
function chosen<T extends { readonly id: string }>(
  what: string,
  all: readonly T[],
  ids?: string,
): readonly T[] {
  if (ids === undefined) return all;
  return ids.split(",").map((id) => {
    const found = all.find((one) => one.id === id);
    return found ?? refuse(`--${what}: no ${id}; there are ${all.map((one) => one.id).join(", ")}`);
  });
}

const some = chosen("only", items, flags.only);
const entrants = chosen("engines", engines, flags.engines);
const rounds = flags.rounds === undefined ? (flags.quick ? 3 : 11) : Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  refuse(`--rounds takes a whole number from 1, not ${flags.rounds}`);

installPackages();
const noPython = flags["no-python"] ? undefined : installPython();
if (noPython) console.error(`PyTorch and JAX are left out: ${noPython}`);

const stated = machine();
console.log(
  `${stated.processor}, ${stated.cores} cores, load ${stated.load.toFixed(2)}, Node ${stated.node}, ${stated.commit}`,
);
const folder = mkdtempSync(join(tmpdir(), "chainrule-bench-"));
const began = performance.now();
const results: Result[] = [];
const writes = flags.only === undefined && flags.engines === undefined && !flags.quick;
try {
  for (const item of some) {
    const plan = { rounds, milliseconds: flags.quick ? 100 : 300 };
    const result = await item
      .run({ folder, engines: entrants, plan, quick: flags.quick })
      .catch(failed(item));
    results.push(result);
    const roofline = rooflineOf(results.flatMap(({ sections }) => sections ?? []));
    for (const section of result.sections ?? []) console.log(`\n${sectionText(section, roofline)}`);
    for (const scaling of result.scalings ?? []) console.log(`\n${scalingText(scaling)}`);
    for (const { leftOut } of [...(result.sections ?? []), ...(result.scalings ?? [])])
      for (const { title, reason } of leftOut) console.log(`left out: ${title}: ${reason}`);
    if (writes) write();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One work that fails takes no other with it, and is told of. */
function failed({ id, title }: WorkItem): (error: unknown) => Result {
  return (error) => {
    console.error(error);
    process.exitCode = 1;
    const leftOut = [{ engine: "all", title: "the whole work", reason: String(error) } as const];
    return { sections: [{ id, title, unit: "ms", rows: [], leftOut }] };
  };
}

/** After each work, so that a run that is cut short leaves what it found, and says what it did not come to. */
function write(): void {
  const date = new Date().toISOString().slice(0, 10);
  const waiting = some.slice(results.length).map(({ id, title }): Result => {
    const leftOut = [{ engine: "all", title, reason: "the run ended before it" } as const];
    return { sections: [{ id, title, unit: "ms", rows: [], leftOut }] };
  });
  const run = {
    date,
    minutes: Math.round((performance.now() - began) / 60_000),
    rounds,
    machine: stated,
    results: [...results, ...waiting],
  };
  const page = join(benchFolder, "RESULTS.md");
  const before = existsSync(page) ? readFileSync(page, "utf8") : "";
  const kept = before.includes(byHand) ? before.slice(before.indexOf(byHand) + byHand.length) : "\n";
  writeFileSync(page, resultsPage(run, kept));
  writeFileSync(join(benchFolder, "results.json"), `${JSON.stringify(run, null, 1)}\n`);
  const sections = results.flatMap((result) => result.sections ?? []);
  writeFileSync(join(benchFolder, "results.svg"), resultsFigure(sections, `${stated.processor}, ${date}`));
}
