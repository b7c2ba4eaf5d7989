/** `chainrule sweep`: every combination of settings with several seeds, in worker processes, ranked on validation rows. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { plan, settingText, summarize } from "chainrule/experiments";
import type { Measured, Plan, PlannedRun, Results, Settings, Summary } from "chainrule/experiments";
import { describeMachine, RunStore, runInProcesses } from "chainrule/node";
import { exitCodes, say } from "../failure.ts";
import {
  jsonDisplay,
  plainDisplay,
  quietDisplay,
  settingsText,
  terminalDisplay,
  testLine,
} from "../sweep/display.ts";
import type { SweepDisplay, SweepTitle } from "../sweep/display.ts";
import { isOfRuns, sweepCommandFlags } from "../sweep/flags.ts";
import type { Given, SweepFlags } from "../sweep/flags.ts";
import { publish, sweepFolder } from "../sweep/folder.ts";
import type { TestContext } from "../sweep/measure.ts";
import { planSweep } from "../sweep/plan.ts";
import type { Sweep } from "../sweep/plan.ts";
import { counted, grouped } from "../train/display.ts";

export function sweepCommand() {
  return sweepCommandFlags()
    .description(
      "Train every combination of settings with several seeds, and rank them on validation rows.\n\n" +
        "Each flag of train takes a list, with commas, or with semicolons where a value has commas itself. A seed is that of " +
        "train: it draws split, weights and order. Test rows are looked at once, in the end, for the best settings. Run again " +
        "with the same folder, a sweep goes on where it was cut off.",
    )
    .addHelpText(
      "after",
      `
Examples:
  chainrule sweep --data circles --lr 0.01,0.03,0.1 --batch 10,50 --seeds 5 --out sweeps/circles
  chainrule sweep --net 64-32-10,64-128-10 --optimizer adam,momentum --seeds 3 --epochs 10
  chainrule sweep --data rows.csv --betas "0.9,0.999;0.8,0.99" --rank validLoss --json
`,
    )
    .action((flags) => run(flags as SweepFlags & Record<string, unknown>));
}

async function run(flags: SweepFlags & Record<string, unknown>): Promise<void> {
  const given = Object.fromEntries(Object.entries(flags).filter(([name]) => isOfRuns(name))) as Given;
  const sweep = await planSweep(given, flags);
  const began = performance.now();
  const cores = describeMachine().cores;
  const workers = Math.min(flags.workers ?? cores, sweep.plan.runs.length);
  const folder = sweepFolder(flags.out, flags.force ?? false, sweep.plan, stem(sweep.first.data));
  const title = { lines: titleLines(sweep, workers), plan: sweep.plan, by: sweep.by };
  const display = displayFor(flags, title);
  const stop = new AbortController();
  let exit = 0;
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    exit = signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
    stop.abort();
    process.off(signal, onSignal);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    const results = await all(sweep, folder.store, workers, stop.signal, display);
    const summary = summarize(results, sweep.by);
    const text = { title: `Sweep of ${sweep.first.data}`, facts: sweepFacts(sweep) };
    publish(folder.path, results, summary, text);
    const stopped = (done: string): void => {
      display.close();
      process.stderr.write(`stopped after ${done}; the same command with --out ${folder.path} goes on\n`);
      process.exitCode = exit;
    };
    if (stop.signal.aborted) return stopped(`${results.outcomes.length} of ${sweep.plan.runs.length} runs`);
    const tested = sweep.parts.test
      ? await testWinner(sweep, results, summary, folder.path, workers, stop.signal, display)
      : [];
    if (stop.signal.aborted) return stopped("all runs, before the test of the best");
    if (tested.length > 0) {
      const settings = settingsText(sweep.plan, summary.ranking[0].settings) || "the only ones";
      publish(folder.path, results, summary, { ...text, test: { settings, metrics: testLine(tested) } });
    }
    const seconds = (performance.now() - began) / 1000;
    display.end({ results, summary, tested, seconds, out: folder.path });
    if (summary.ranking.every(({ seeds }) => seeds.length === 0)) {
      const [error] = summary.ranking.flatMap(({ errors }) => errors);
      say(`no run was measured; the first failed with: ${error}; the runs are in ${folder.path}`);
      process.exitCode = exitCodes.failure;
    }
  } finally {
    display.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

const module = fileURLToPath(
  new URL(`../sweep/measure${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
);

async function all(
  { plan: planned, context }: Sweep,
  store: string,
  workers: number,
  signal: AbortSignal,
  display: SweepDisplay,
): Promise<Results> {
  for await (const event of runInProcesses({
    plan: planned,
    measure: { module, context },
    workers,
    store,
    signal,
  })) {
    display.show(event);
    if (event.event === "done") return event.results;
  }
  throw new Error("an experiment ended without its last event");
}

/** The best settings once more with each seed, now with their test rows, into run folders. */
async function testWinner(
  { plan: planned, context, by }: Sweep,
  results: Results,
  { ranking }: Summary<Settings>,
  path: string,
  workers: number,
  signal: AbortSignal,
  display: SweepDisplay,
): Promise<{ seed: number; measured: Measured }[]> {
  const best = ranking.find(({ seeds }) => seeds.length > 0);
  if (!best) return [];
  display.testing();
  const own = winnerPlan(planned, best.settings, best.seeds);
  const measure = {
    module,
    name: "test",
    context: { ...context, folder: join(path, "winner") } satisfies TestContext,
  };
  const store = join(path, "winner.sqlite");
  // With another --rank, others may have won before; run folders without their store are of no use.
  if (!existsSync(store) || RunStore.read(store).plan.id !== own.id)
    for (const old of [store, join(path, "winner")]) rmSync(old, { recursive: true, force: true });
  for await (const event of runInProcesses({
    plan: own,
    measure,
    workers,
    store,
    signal,
  })) {
    if (event.event !== "done") continue;
    return event.results.outcomes.flatMap(({ id, measured, error }) => {
      const { seed } = own.runs.find((one) => one.id === id)!;
      if (!measured)
        throw new Error(`the best settings failed with seed ${seed} where they had not before: ${error}`);
      const before = figureOf(results, best.setting, seed, by.measure);
      if (!Object.is(measured[by.measure], before))
        throw new Error(
          `${by.measure} of seed ${seed} is ${String(measured[by.measure])} and was ${String(before)} before: a run gave two results`,
        );
      return [{ seed, measured }];
    });
  }
  return [];
}

function winnerPlan({ version, runs }: Plan, settings: Settings, seeds: readonly number[]): Plan {
  const sameOrder = runs.some(({ seed, orderSeed }) => seed !== orderSeed);
  const vary = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]));
  const own = plan({ vary, seeds, version: `${version}, test` });
  if (!sameOrder) return own;
  const orderOf = (run: PlannedRun) => runs.find(({ seed }) => seed === run.seed)!.orderSeed;
  return { ...own, runs: own.runs.map((run) => ({ ...run, orderSeed: orderOf(run) })) };
}

function figureOf(
  { plan: { runs }, outcomes }: Results,
  setting: number,
  seed: number,
  name: string,
): unknown {
  const run = runs.find((one) => one.setting === setting && one.seed === seed);
  return outcomes.find(({ id }) => id === run?.id)?.measured?.[name];
}

function displayFor(flags: SweepFlags, title: SweepTitle): SweepDisplay {
  if (flags.json) return jsonDisplay(title);
  if (flags.quiet) return quietDisplay(title);
  return process.stdout.isTTY ? terminalDisplay(title) : plainDisplay(title);
}

const stem = (data: string): string => data.replace(/\.(csv|tsv|txt)?(\.gz)?$/i, "");

function titleLines({ plan: planned, by, first, parts }: Sweep, workers: number): string[] {
  const { train, validation } = parts;
  return [
    `${first.data}: ${counted(planned.settings.length, "setting")} × ${counted(planned.seeds.length, "seed")} = ${counted(planned.runs.length, "run")}, in ${counted(workers, "process")}`,
    `${grouped(train.length)} training, ${grouped(validation!.length)} validation rows; ranked by ${by.measure}, the ${by.better} first`,
  ];
}

function sweepFacts({ plan: { settings, names, seeds, version }, by, first }: Sweep): [string, string][] {
  const values = (name: string) => [...new Set(settings.map((one) => settingText(one[name])))].join(", ");
  return [
    ["data", first.data],
    ...names.filter((name) => name !== "data").map((name): [string, string] => [name, values(name)]),
    ["seeds", seeds.join(", ")],
    ["ranked by", `${by.measure}, the ${by.better} first`],
    ["version", version],
  ];
}
