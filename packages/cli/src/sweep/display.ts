/** What a sweep shows: a live table on a terminal, a line for each run in a pipe, JSON lines, or the last line. */
import {
  formatTable,
  mean,
  rankingTable,
  resultsOf,
  settingText,
  standardDeviation,
  summarize,
} from "chainrule/experiments";
import type {
  ExperimentEvent,
  Measured,
  Outcome,
  Plan,
  PlannedRun,
  RankBy,
  Results,
  Summary,
  Settings,
} from "chainrule/experiments";
import { bold, counted, duration } from "../train/display.ts";

/** The winner's metrics on the test rows, after all else. */
export interface Ended {
  readonly results: Results;
  readonly summary: Summary<Settings>;
  /** For each seed; none where there are no test rows, or nothing won. */
  readonly tested: readonly { readonly seed: number; readonly measured: Measured }[];
  readonly seconds: number;
  readonly out: string;
}

export interface SweepDisplay {
  show(event: ExperimentEvent): void;
  /** While the winner is trained once more. */
  testing(): void;
  end(ended: Ended): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

export interface SweepTitle {
  readonly lines: readonly string[];
  readonly plan: Plan;
  readonly by: RankBy;
}

/** The settings that differ between runs, as `lr 0.1, batch 10`. */
export function settingsText(plan: Plan, settings: Settings): string {
  const varied = plan.names.filter((name) =>
    plan.settings.some((other) => JSON.stringify(other[name]) !== JSON.stringify(plan.settings[0][name])),
  );
  return varied.map((name) => `${name} ${settingText(settings[name])}`).join(", ");
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

function outcomeText({ measured, error, seconds }: Outcome, { measure }: RankBy): string {
  if (error !== undefined) return `failed: ${error}`;
  const value = measured?.[measure];
  return `${measure} ${typeof value === "number" ? rounded(value) : "–"}   ${duration(seconds)}`;
}

function runText(plan: Plan, run: PlannedRun): string {
  const settings = settingsText(plan, run.settings);
  return `${settings}${settings === "" ? "" : ", "}seed ${run.seed}`;
}

export function plainDisplay({ lines, plan, by }: SweepTitle): SweepDisplay {
  const width = String(plan.runs.length).length;
  return {
    show(event) {
      if (event.event === "start") process.stdout.write(`${[...lines, ...before(event.done)].join("\n")}\n`);
      if (event.event === "run")
        process.stdout.write(
          `run ${String(event.done).padStart(width)}/${plan.runs.length}   ${runText(plan, event.run)}   ${outcomeText(event.outcome, by)}\n`,
        );
    },
    testing() {},
    end: (ended) => void process.stdout.write(`${closing(ended, Infinity).join("\n")}\n`),
    close() {},
  };
}

const before = (done: number): string[] => (done > 0 ? [`${counted(done, "run")} done before`] : []);

/** The ranking so far, drawn again and again in place. */
export function terminalDisplay({ lines, plan, by }: SweepTitle): SweepDisplay {
  const known = new Map<string, Outcome>();
  let height = 0;
  let drawn = 0;
  let latest = "";
  let note = "";
  const columns = (): number => (process.stdout.columns || 80) - 1;
  const erase = (): void => {
    if (height > 0) process.stdout.write(`\u001b[${height}A\u001b[0J`);
    height = 0;
  };
  const draw = (): void => {
    const rows = Math.max(3, (process.stdout.rows || 24) - 6);
    const results = resultsOf(plan, known);
    const share = plan.runs.length === 0 ? 1 : known.size / plan.runs.length;
    const bar = 24;
    const filled = Math.round(share * bar);
    const table = known.size === 0 ? [] : shortTable(results, columns(), rows);
    const text = [
      `${"█".repeat(filled)}${"░".repeat(bar - filled)} ${known.size}/${plan.runs.length} runs${note}`,
      latest,
      ...table,
    ].map((line) => line.slice(0, columns()));
    erase();
    process.stdout.write(`${text.join("\n")}\n`);
    height = text.length;
    drawn = performance.now();
  };
  return {
    show(event) {
      if (event.event === "start") {
        process.stdout.write(
          `${bold(lines[0])}\n${[...lines.slice(1), ...before(event.done)].join("\n")}\n\n`,
        );
        draw();
      }
      if (event.event === "run") {
        known.set(event.outcome.id, event.outcome);
        latest = `${runText(plan, event.run)}   ${outcomeText(event.outcome, by)}`;
        // Quick runs end faster than anybody reads.
        if (performance.now() - drawn > 100) draw();
      }
      if (event.event === "done" && event.stopped) draw();
    },
    testing() {
      note = "; training the best once more, with its test rows";
      draw();
    },
    end(ended) {
      erase();
      process.stdout.write(`${closing(ended, columns()).join("\n")}\n`);
    },
    close() {
      height = 0;
    },
  };

  function shortTable(results: Results, width: number, rows: number): string[] {
    const ranking = summarize(results, by);
    return fitted(results, ranking, width).slice(0, rows);
  }
}

export function jsonDisplay({ plan }: SweepTitle): SweepDisplay {
  const write = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const given = (run: PlannedRun) => ({ id: run.id, settings: run.settings, seed: run.seed });
  return {
    show(event) {
      if (event.event === "start")
        write({ ...event, plan: plan.id, settings: plan.settings.length, seeds: plan.seeds });
      if (event.event === "run") {
        const { measured, error, seconds } = event.outcome;
        write({
          event: "run",
          ...given(event.run),
          ...numbers(measured),
          ...(error !== undefined && { error }),
          seconds,
        });
      }
    },
    testing() {},
    end({ summary, tested, seconds, out }) {
      const ranking = summary.ranking.map(
        ({ rank, settings, seeds, failed, errors, measures, againstBest }) => ({
          rank,
          settings,
          seeds,
          failed,
          ...(errors.length > 0 && { errors }),
          measures,
          ...(againstBest && { againstBest }),
        }),
      );
      for (const { seed, measured } of tested) write({ event: "test", seed, ...numbers(measured) });
      const winner = summary.ranking.find(({ seeds }) => seeds.length > 0)?.settings;
      write({
        event: "done",
        by: summary.by,
        ranking,
        ...(winner && { winner }),
        ...Object.fromEntries(testMetrics(tested).map(([name, values]) => [name, mean(values)])),
        seconds,
        out,
      });
    },
    close() {},
  };
}

export function quietDisplay({ plan }: SweepTitle): SweepDisplay {
  return {
    show() {},
    testing() {},
    end: ({ summary, tested, out }) => {
      const best = summary.ranking.find(({ seeds }) => seeds.length > 0);
      if (!best) return;
      const test = testLine(tested);
      process.stdout.write(
        `${settingsText(plan, best.settings)}${test === "" ? "" : `   ${test}`}   ${out}\n`,
      );
    },
    close() {},
  };
}

/** Numbers only: curves are in the folder. */
function numbers(measured: Measured = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measured).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])),
  );
}

/** Test metrics over the seeds, by name. */
function testMetrics(tested: Ended["tested"]): [name: string, values: number[]][] {
  const names = Object.keys(numbers(tested[0]?.measured)).filter((name) => name.startsWith("test"));
  return names.map((name) => [name, tested.map(({ measured }) => Number(measured[name]))]);
}

/** Test metrics as mean ± standard deviation over the seeds. */
export function testLine(tested: Ended["tested"]): string {
  const entries = testMetrics(tested).map(([name, values]) => {
    const spread = values.length > 1 ? ` ± ${Number(standardDeviation(values).toPrecision(2))}` : "";
    return `${name} ${rounded(mean(values))}${spread}`;
  });
  return entries.join("   ");
}

/** The ranking with as many columns as fit: intervals and further metrics are left out first. */
export function fitted<S extends Settings>(
  results: Results<S>,
  summary: Summary<S>,
  width: number,
): string[] {
  const { columns, rows } = rankingTable(results, summary);
  const [first, last] = [columns.indexOf(summary.by.measure), columns.length];
  // What may go, the least needed first.
  const optional = [
    ...Array.from({ length: last - first - 5 }, (_, i) => last - 1 - i),
    first + 3,
    first + 1,
    first + 2,
  ].filter((column) => column > first);
  // With one seed there is no interval.
  let kept = columns.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  for (;;) {
    const table = formatTable({
      columns: kept.map((column) => columns[column]),
      rows: rows.map((row) => kept.map((column) => row[column])),
    });
    const gone = optional.shift();
    if (gone === undefined || Math.max(...table.map((line) => line.length)) <= width) return table;
    kept = kept.filter((column) => column !== gone);
  }
}

function closing({ results, summary, tested, seconds, out }: Ended, width: number): string[] {
  const { plan } = results;
  const best = summary.ranking.find(({ seeds }) => seeds.length > 0);
  const [head, ...rows] = fitted(results, summary, Math.max(width, 79));
  const failures = summary.ranking.flatMap(({ errors }) => errors).slice(0, 3);
  const test = testLine(tested);
  const settings = best && settingsText(plan, best.settings);
  return [
    "",
    bold(head),
    ...rows,
    "",
    ...failures.map((error) => `failed: ${error}`),
    ...(best ? [`best        ${settings === "" ? "the only settings" : settings}`] : ["no run was measured"]),
    ...(test === "" ? [] : [`test        ${test}`]),
    `${counted(results.outcomes.length, "run")} in ${duration(seconds)}`,
    `folder      ${out}`,
  ];
}
