/**
 * Runs the benchmarks, all of them or some:
 *
 *     npm run bench                                   everything, and writes RESULTS.md, results.json and results.svg
 *     npm run bench -- --only a,d --quick             some works, few rounds; prints, writes nothing
 *     npm run bench -- --engines chainrule,jax-js     some engines
 *     npm run bench -- --against DIR                  this checkout beside another one; prints, writes nothing
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compared, comparisonText, together, verdictText } from "./comparison.ts";
import type { Compared } from "./comparison.ts";
import { benchFolder, engines, isChainrule } from "./engines.ts";
import { resultsFigure } from "./figure.ts";
import { commitOf, machine } from "./machine.ts";
import { checkedRoot, nodeOf, otherEngines } from "./other.ts";
import { installPackages, installPython } from "./prepare.ts";
import { byHand, resultsPage, scalingText, sectionText } from "./report.ts";
import { rooflineOf } from "./targets.ts";
import { coldStart } from "./work/cold-start.ts";
import { epoch } from "./work/epoch.ts";
import { inferences } from "./work/inference.ts";
import type { Result, WorkItem } from "./work/item.ts";
import { matmuls } from "./work/matmul.ts";
import { memory } from "./work/memory.ts";
import { scalingPoints, scalings } from "./work/scaling.ts";
import { size } from "./work/size.ts";
import { trainings } from "./work/training.ts";

const [a, b, c, d, e] = trainings;
/** The most informative works come first. */
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

/** Ends the program because it was called wrongly. */
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
        against: { type: "string" },
        fail: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error);
  }
}

const flags = readFlags();

/** The entries of a list whose ids are given, or all; refuses ids that are not in it. */
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

/** The root of the checkout that `--against` names. */
function otherRoot(folder: string): string {
  try {
    return checkedRoot(folder);
  } catch (error) {
    return refuse(error);
  }
}

const against = flags.against === undefined ? undefined : otherRoot(flags.against);
const some = chosen("only", items, flags.only);
// beside another checkout the peers take part only when they are named
const entrants =
  against !== undefined && flags.engines === undefined
    ? engines.filter(({ id }) => isChainrule(id))
    : chosen("engines", engines, flags.engines);
const peers = entrants.filter(({ id }) => !isChainrule(id));
if (flags.fail && against === undefined) refuse("--fail needs --against");
if (against !== undefined && peers.length === entrants.length)
  refuse("--against needs a form of Chainrule among the --engines");
const usualRounds = against === undefined ? 11 : 15;
const rounds = flags.rounds === undefined ? (flags.quick ? 3 : usualRounds) : Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  refuse(`--rounds takes a whole number from 1, not ${flags.rounds}`);

if (against === undefined || peers.length > 0) {
  installPackages();
  const noPython = flags["no-python"] ? undefined : installPython();
  if (noPython) console.error(`PyTorch and JAX are left out: ${noPython}`);
}

const stated = machine();
console.log(
  `${stated.processor}, ${stated.cores} cores, load ${stated.load.toFixed(2)}, Node ${stated.node}, ${stated.commit}`,
);
const folder = mkdtempSync(join(tmpdir(), "chainrule-bench-"));
const began = performance.now();
const results: Result[] = [];
const writes =
  flags.only === undefined && flags.engines === undefined && !flags.quick && against === undefined;
try {
  if (against === undefined) await measureAll();
  else await compareWith(against);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureAll(): Promise<void> {
  for (const item of some) {
    const plan = { rounds, milliseconds: flags.quick ? 100 : 300 };
    const result = await item
      .run({ folder, engines: entrants, plan, quick: flags.quick })
      .catch(failed(item));
    results.push(result);
    show(result);
    if (writes) write();
  }
}

/** Prints a result as tables. */
function show(result: Result): void {
  const roofline = rooflineOf(results.flatMap(({ sections }) => sections ?? []));
  for (const section of result.sections ?? []) console.log(`\n${sectionText(section, roofline)}`);
  for (const scaling of result.scalings ?? []) console.log(`\n${scalingText(scaling)}`);
  for (const { leftOut } of [...(result.sections ?? []), ...(result.scalings ?? [])])
    for (const { title, reason } of leftOut) console.log(`left out: ${title}: ${reason}`);
}

/** Every work with both checkouts in the same rounds. Prints the ratios and the verdict, and writes nothing. */
async function compareWith(root: string): Promise<void> {
  console.log(`against ${root}, ${commitOf(root) || "no commit"}, on ${nodeOf(root)}; ${rounds} rounds`);
  const others = await otherEngines(root, entrants, folder, (line) => console.log(line));
  const plan = { rounds, milliseconds: flags.quick ? 100 : 300, comparing: true } as const;
  const all: Compared[] = [];
  for (const one of some) {
    const item = one === scalings ? scalingPoints : one;
    const result = await item
      .run({ folder, engines: [...entrants, ...others], plan, quick: flags.quick })
      .catch(failed(item));
    results.push(result);
    if (peers.length > 0) show(result);
    const found = together((result.sections ?? []).map(compared));
    if (found.comparisons.length + found.notCompared.length === 0) continue;
    console.log(`\n## ${item.id} · ${item.title}\n\n${comparisonText(found)}`);
    all.push(found);
  }
  const verdict = together(all);
  console.log(`\n${verdictText(verdict)} ${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
  const bad = verdict.notCompared.length > 0 || verdict.comparisons.some(({ over }) => over);
  if (flags.fail && bad) process.exitCode = 1;
}

/** Reports a work that failed, so that the others still run. */
function failed({ id, title }: WorkItem): (error: unknown) => Result {
  return (error) => {
    console.error(error);
    process.exitCode = 1;
    const leftOut = [{ engine: "all", title: "the whole work", reason: String(error) } as const];
    return { sections: [{ id, title, unit: "ms", rows: [], leftOut }] };
  };
}

/** Writes the files after each work, so that an interrupted run keeps its results and lists the works it did not reach. */
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
