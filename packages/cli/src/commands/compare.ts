/** `chainrule compare`: runs and sweeps side by side, as table, page or picture. */
import { extname } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { experimentFigures, formatTable, summarize } from "chainrule/experiments";
import type { ExperimentFigure, Results, Settings, Summary, Table } from "chainrule/experiments";
import { writeFileAtomic } from "chainrule/node";
import { sheet } from "chainrule/plots";
import { facts, page, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import {
  comparedRuns,
  comparedSweep,
  folderTable,
  measureOf,
  readRuns,
  resultsOfRuns,
} from "../compare/sources.ts";
import type { ComparedRun } from "../compare/sources.ts";
import { UsageError } from "../failure.ts";
import { png } from "../png.ts";
import { fitted } from "../sweep/display.ts";
import { isSweep } from "../sweep/folder.ts";
import { sweepSections } from "../sweep/page.ts";
import { bold } from "../train/display.ts";
import { path } from "../values.ts";

const endings = [".html", ".svg", ".png"];

export function compareCommand() {
  return new Command("compare")
    .description(
      "Put runs and sweeps side by side: a table, and with --out a page or a picture of their figures.",
    )
    .argument("<folder...>", "run folders, as runs/digits-1, and folders of sweeps")
    .option("--out <file>", "where to write: page.html, figures.svg or figures.png", path)
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule compare runs/digits-1 runs/digits-2
  chainrule compare sweeps/circles --out circles.html
  chainrule compare runs/* --out runs.png
`,
    )
    .action(run);
}

interface CompareFlags {
  readonly out?: string;
  readonly json?: true;
}

/** Things that can be ranked together: all run folders, or one sweep. */
interface Group {
  readonly title: string;
  readonly results: Results;
  readonly summary: Summary<Settings>;
  readonly figures: readonly ExperimentFigure[];
}

async function run(paths: readonly string[], flags: CompareFlags): Promise<void> {
  if (flags.out !== undefined && !endings.includes(extname(flags.out)))
    throw new UsageError(`--out ${flags.out} must end in ${endings.join(", ")}, which says what to write`);
  const given = paths.map((one) => one.replace(/(.)[/\\]+$/, "$1"));
  const twice = given.find((one, i) => given.indexOf(one) < i);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`);
  const sweeps = given.filter(isSweep);
  const read = readRuns(given.filter((one) => !sweeps.includes(one)));
  const runs = comparedRuns(read.runs);
  if (runs.length + sweeps.length === 0)
    throw new UsageError(`nothing is left to compare: ${read.leftOut[0]}`);
  for (const why of read.leftOut)
    process.stderr.write(`left out: ${why}
`);
  const groups = [
    ...(runs.length > 0 ? [groupOf("Runs", resultsOfRuns(runs))] : []),
    ...sweeps.map((one) => groupOf(`Sweep ${one}`, comparedSweep(one))),
  ];
  if (flags.out !== undefined) await write(flags.out, runs, groups);
  if (flags.json) {
    const line = {
      event: "compare",
      runs: runs.map(({ path: folder, seed, settings, metrics }) => ({ folder, seed, settings, ...metrics })),
      groups: groups.map(({ title, results, summary }) => ({
        title,
        done: results.outcomes.length,
        runs: results.plan.runs.length,
        by: summary.by,
        ranking: summary.ranking,
      })),
      ...(flags.out !== undefined && { out: flags.out }),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const width = process.stdout.isTTY ? (process.stdout.columns || 80) - 1 : Infinity;
  const text = groups.flatMap(({ title, results, summary }) => {
    const folders = title === "Runs" ? [...tableOf(folderTable(runs, results), width), ""] : [];
    // Where each has settings of its own there is nothing to average.
    if (title === "Runs" && summary.ranking.length === runs.length) return folders;
    const [head, ...rows] = fitted(results, summary, width);
    const missing = results.plan.runs.length - results.outcomes.length;
    const open = missing > 0 ? `, ${missing} of ${results.plan.runs.length} runs still to be done` : "";
    return [
      ...folders,
      bold(`${title}, by ${summary.by.measure}, the ${summary.by.better} first${open}`),
      head,
      ...rows,
      "",
    ];
  });
  process.stdout.write(
    `${[...text, ...(flags.out === undefined ? [] : [flags.out])].join("\n").trimEnd()}\n`,
  );
}

/** A line for each run; where that is wider than the terminal, a column for each run. */
export function tableOf(table: Table, width: number): string[] {
  const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));
  const lines = formatTable(table);
  const [head, ...rows] = widest(lines) <= width ? lines : formatTable(turned(table));
  return [bold(head), ...rows];
}

/** Columns as rows and rows as columns. */
function turned({ columns, rows }: Table): Table {
  const [names, ...rest] = columns.map((name, i) => [name, ...rows.map((row) => row[i])]);
  return { columns: names, rows: rest };
}

function groupOf(title: string, results: Results): Group {
  const summary = summarize(results, measureOf(results));
  return { title, results, summary, figures: experimentFigures(results, summary) };
}

async function write(out: string, runs: readonly ComparedRun[], groups: readonly Group[]): Promise<void> {
  if (extname(out) === ".html") return writeFileAtomic(out, pageOf(runs, groups));
  const figures = groups.flatMap(({ figures: own }) => own.map(({ svg }) => svg));
  if (figures.length === 0) throw new UsageError("there is nothing to draw: no run has ended with metrics");
  const drawing = sheet(figures, { columns: figures.length > 4 ? 3 : 2 });
  writeFileAtomic(out, extname(out) === ".svg" ? drawing : await png(drawing));
}

function pageOf(runs: readonly ComparedRun[], groups: readonly Group[]): string {
  const sections = groups.flatMap(({ title, results, summary, figures }): Section[] =>
    sweepSections(results, summary, figures).map((section) => ({
      ...section,
      title: `${title}: ${section.title}`,
    })),
  );
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const each: Section[] =
    runs.length === 0
      ? []
      : [
          {
            title: "Run folders",
            blocks: [
              table({
                caption: "The metrics that each run ended with",
                columns: ["folder", "seed", ...names],
                rows: runs.map((one) => [
                  one.path,
                  one.seed,
                  ...names.map((name) => one.metrics[name] ?? null),
                ]),
              }),
              facts(runs.map((one) => [one.path, settingsLine(one.settings)])),
            ],
          },
        ];
  return page({ title: "Comparison", kicker: "chainrule compare", sections: [...sections, ...each] });
}

const settingsLine = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
