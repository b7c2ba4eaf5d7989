/** What is compared: run folders as if they were one experiment, and sweeps as they are. */
import { join } from "node:path";
import type {
  Measured,
  Outcome,
  Plan,
  PlannedRun,
  RankBy,
  Results,
  Settings,
  SettingValue,
  Table,
} from "chainrule/experiments";
import { settingText } from "chainrule/experiments";
import { readLines, RunStore } from "chainrule/node";
import { flatNames, NoModelError, settingsOf } from "chainrule/runs";
import { storeName } from "../sweep/folder.ts";
import { ranges } from "../sweep/ranges.ts";
import { originOf } from "../train/identity.ts";
import { readRun } from "../train/saved-run.ts";
import type { SavedRun } from "../train/saved-run.ts";

export interface ComparedRun {
  readonly path: string;
  readonly seed: number;
  /** Without the seed, and with what the run began from. */
  readonly settings: Settings;
  readonly metrics: Readonly<Record<string, number>>;
  readonly curves: Readonly<Record<string, readonly number[]>>;
}

/** Reads run folders. Runs that diverged have no metrics; `leftOut` has a sentence about each. */
export function readRuns(paths: readonly string[]): { runs: SavedRun[]; leftOut: string[] } {
  const leftOut: string[] = [];
  const runs = paths.flatMap((path) => {
    try {
      return [readRun(path)];
    } catch (error) {
      if (!(error instanceof NoModelError) || error.status !== "diverged") throw error;
      leftOut.push(`${path} diverged: ${error.reason}`);
      return [];
    }
  });
  return { runs, leftOut };
}

export function comparedRuns(runs: readonly SavedRun[]): ComparedRun[] {
  return runs.map(({ name: path, spec, data, files, results }) => {
    const { seed, net, ...rest } = settingsOf(spec);
    const metrics = flatNames.flatMap((name) =>
      typeof results[name] === "number" ? [[name, results[name]] as const] : [],
    );
    return {
      path,
      seed,
      settings: { ...(rest as unknown as Settings), net: net.join("-"), ...originOf(data, files) },
      metrics: Object.fromEntries(metrics),
      curves: curvesOf(path),
    };
  });
}

/** Each loss by epoch, as metrics.jsonl has it. */
function curvesOf(path: string): Record<string, number[]> {
  const epochs = readLines(join(path, "metrics.jsonl")).filter(
    (line): line is Record<string, unknown> =>
      typeof line === "object" && line !== null && "event" in line && line.event === "epoch",
  );
  const curves = ["trainLoss", "validLoss", "testLoss"].map(
    (name) =>
      [
        `${name} by epoch`,
        epochs.map((line) => (typeof line[name] === "number" ? line[name] : NaN)),
      ] as const,
  );
  return Object.fromEntries(curves.filter(([, values]) => values.some(Number.isFinite)));
}

/** Runs with equal settings and different seeds are one row; a second run of the same settings and seed has a row of its own. */
export function resultsOfRuns(runs: readonly ComparedRun[]): Results {
  const names = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const varied = names.filter(
    (name) => new Set(runs.map(({ settings }) => JSON.stringify(settings[name]))).size > 1,
  );
  const settings: Settings[] = [];
  const planned: PlannedRun[] = [];
  for (const run of runs) {
    const own: Record<string, SettingValue> = Object.fromEntries(
      varied.map((name) => [name, plain(run.settings[name])]),
    );
    const isFree = (place: number) =>
      JSON.stringify(settings[place]) === JSON.stringify(own) &&
      !planned.some(({ setting, seed }) => setting === place && seed === run.seed);
    let setting = settings.findIndex((_, place) => isFree(place));
    if (setting < 0) setting = settings.push(own) - 1;
    planned.push({ id: run.path, setting, settings: own, seed: run.seed, orderSeed: run.seed });
  }
  const plan: Plan = {
    id: "",
    version: "",
    names: varied,
    settings,
    seeds: [...new Set(runs.map(({ seed }) => seed))],
    runs: planned,
  };
  const outcomes = runs.map(({ path, metrics, curves }): Outcome => {
    const measured: Measured = { ...metrics, ...curves };
    return { id: path, measured, seconds: 0 };
  });
  return { plan, outcomes };
}

/** A row for each run folder: what differs, and the metrics that it ended with. */
export function folderTable(runs: readonly ComparedRun[], { plan }: Results): Table {
  const metrics = flatNames.filter((name) => runs.some((run) => run.metrics[name] !== undefined));
  const number = (value: number | undefined) =>
    value === undefined ? "" : String(Number(value.toPrecision(4)));
  return {
    columns: ["folder", ...plan.names, "seed", ...metrics],
    rows: runs.map((run, i) => [
      run.path,
      ...plan.names.map((name) => settingText(plan.runs[i].settings[name])),
      String(run.seed),
      ...metrics.map((name) => number(run.metrics[name])),
    ]),
  };
}

/** What is written of a setting: names of rules with their numbers as they are typed. */
function plain(value: SettingValue | undefined): SettingValue {
  if (value === undefined || value === null) return "–";
  if (typeof value !== "object") return value;
  return Object.values(value).map(String).join(":");
}

export function comparedSweep(path: string): Results {
  return RunStore.read(join(path, storeName));
}

/** What ranks: accuracy before errors before losses, of validation rows where all have them. */
export function measureOf({ outcomes }: Results): RankBy {
  const measured = outcomes.flatMap(({ measured: own }) => (own ? [own] : []));
  const all = (name: string) => measured.length > 0 && measured.every((own) => typeof own[name] === "number");
  const measure =
    ["validAccuracy", "validRmse", "testAccuracy", "testRmse", "validLoss", "testLoss", "trainLoss"].find(
      all,
    ) ?? "trainLoss";
  const loss = `${/^(valid|test|train)/.exec(measure)![0]}Loss`;
  return {
    measure,
    better: measure.endsWith("Accuracy") ? "largest" : "smallest",
    ranges,
    ...(measure !== loss && all(loss) && { ties: { measure: loss, better: "smallest" } }),
  };
}
