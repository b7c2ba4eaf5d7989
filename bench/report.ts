/** Makes RESULTS.md from the results of a run, and keeps the hand-written text below the marker line. */
import type { Machine } from "./machine.ts";
import { median } from "./statistics.ts";
import { share, rooflineOf, verdicts } from "./targets.ts";
import type { Verdict } from "./targets.ts";
import type { Result, Row, Scaling, Section } from "./work/item.ts";

export interface Run {
  readonly date: string;
  readonly minutes: number;
  readonly rounds: number;
  readonly machine: Machine;
  readonly results: readonly Result[];
}

/** People write below this line. */
export const byHand = "<!-- below here: written by hand, kept by the bench -->";

export function resultsPage(run: Run, kept: string): string {
  const sections = run.results.flatMap((result) => result.sections ?? []);
  const measured = sections.filter(({ rows }) => rows.length > 0);
  const scalings = run.results.flatMap((result) => result.scalings ?? []);
  return [
    "# Results of the benchmarks",
    "Written by `npm run bench`; [README.md](README.md) says what is measured and why it is fair.",
    heading(run, sections),
    "![The time of a training step of each engine, by its arithmetic, on logarithmic axes](results.svg)",
    "## What was to be reached",
    verdictTable(verdicts(run.results)),
    ...measured.map((section) => sectionText(section, rooflineOf(sections))),
    ...scalings.map(scalingText),
    "## What was faster than Chainrule",
    faster(sections),
    "## What did not take part",
    absent([...sections, ...scalings]),
    byHand + kept,
  ].join("\n\n");
}

function heading({ date, minutes, rounds, machine }: Run, sections: readonly Section[]): string {
  const { processor, cores, memoryGigabytes, system, node, commit } = machine;
  const loads = sections.flatMap(({ load }) => load ?? []);
  const limits = sections.flatMap((section) => (section.limits ? [section.limits] : []));
  const most = (values: readonly number[]) => Math.max(...values).toFixed(1);
  const facts = [
    `${date}, commit ${commit}, ${minutes} minutes, ${rounds} rounds.`,
    `${processor}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node ${node}. ` +
      `Load average during the run: ${Math.min(...loads).toFixed(1)} to ${most(loads)}; ` +
      "anything above the threads of one engine is somebody else's work, and lengthens times.",
    "The machine itself, from WebAssembly on one thread: " +
      `${most(limits.map((one) => one.relaxedGflops))} GFLOP/s of fused multiply-adds in registers ` +
      `(${most(limits.map((one) => one.strictGflops))} unfused), ` +
      `${most(limits.map((one) => one.copyGigabytes))} GB/s of copying memory.`,
  ];
  return facts.join("\n\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

function verdictTable(all: readonly Verdict[]): string {
  const words = (reached: boolean | null) => (reached === null ? "–" : reached ? "yes" : "**no**");
  return table(
    ["work", "goal", "found", "reached"],
    all.map(({ work, goal, found, reached }) => [work, goal, found, words(reached)]),
  );
}

/** Three digits. */
export const figure = (value: number): string =>
  value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();

const between = ({ low, high }: { low: number; high: number }): string => `${figure(low)} … ${figure(high)}`;

export function sectionText(section: Section, roofline: number): string {
  const { id, title, unit, rows, flops, note } = section;
  const timed = rows.some(({ processorTimes }) => processorTimes !== undefined);
  const head = [
    "engine",
    ...(timed ? ["ms by the clock", "ms of the processor"] : [unit]),
    "middle half",
    "× Chainrule",
    "middle half",
    ...(flops ? ["of roofline"] : []),
    ...(timed ? ["off by"] : []),
  ];
  const cells = ({ engine, title, times, processorTimes, cost, ratio, deviation }: Row) => [
    title,
    figure(median(times)),
    ...(processorTimes ? [figure(median(processorTimes))] : []),
    between(cost),
    ratio ? figure(ratio.median) : "–",
    ratio ? between(ratio) : "–",
    ...(flops ? [`${figure(100 * share(section, engine, roofline)!)} %`] : []),
    ...(timed ? [deviation!.toExponential(0)] : []),
  ];
  const text = [`## ${id} · ${title}`, table(head, rows.map(cells))];
  if (note) text.push(note);
  return text.join("\n\n");
}

export function scalingText({ id, title, size, x, curves }: Scaling): string {
  return [
    `## ${id} · cost against ${size}: ${title}`,
    table(
      [`ms at ${size}`, ...x.map(String), "slope"],
      curves.map(({ title, y, slope }) => [title, ...y.map(figure), slope.toFixed(2)]),
    ),
  ].join("\n\n");
}

function faster(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ id, rows }) =>
    rows
      .filter(({ engine, ratio }) => !engine.startsWith("chainrule") && ratio && ratio.median < 1)
      .map(({ title, ratio }) => `- ${id}: ${title}, ${figure(1 / ratio!.median)}×`),
  );
  return lines.length > 0 ? lines.join("\n") : "Nothing.";
}

function absent(sections: readonly Pick<Section, "id" | "leftOut">[]): string {
  const where = new Map<string, string[]>();
  for (const { id, leftOut } of sections)
    for (const { title, reason } of leftOut) {
      const what = `${title}: ${reason}`;
      where.set(what, [...(where.get(what) ?? []), id]);
    }
  const lines = [...where].map(([what, ids]) => `- ${what} (${ids.join(", ")})`);
  return lines.length > 0 ? lines.join("\n") : "Everything did.";
}
