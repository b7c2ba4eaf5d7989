/** What a run shows while it goes on: a live bar on a terminal, plain lines in a pipe, JSON lines, or nothing. */
import { join } from "node:path";
import { styleText } from "node:util";
import { flattened } from "chainrule/runs";
import { partNames } from "chainrule/train";
import type { DoneEvent, EpochEvent, PartMetrics, PartName, StartEvent, TrainEvent } from "chainrule/train";
import { counted, duration, grouped, percent as inPercent } from "chainrule/report/words";
import { SingleBar } from "cli-progress";
import type { Params } from "cli-progress";
import { lossCurve } from "./terminal-curve.ts";

/** The start event as the command line writes it. */
export type RunStart = StartEvent & {
  data: string;
  net: string;
  settings: unknown;
  notes?: readonly string[];
};
export type RunDone = Omit<DoneEvent, "outputs"> & { out: string };
export type RunEvent = Exclude<TrainEvent, StartEvent | DoneEvent> | RunStart | RunDone;

export interface Display {
  show(event: RunEvent): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

export interface RunTitle {
  /** A few lines that say what is trained on what. */
  readonly lines: readonly string[];
  readonly epochs: number;
  readonly batches: number;
  /** The learning rate now. */
  readonly rate: () => number;
}

export { counted, duration, grouped } from "chainrule/report/words";
/** As on a page, with a space that a shell finds. */
const percent = (fraction: number): string => inPercent(fraction).replace("\u00a0", " ");
function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e8) return grouped(Math.round(value));
  return size >= 1e-3 && size < 1e4 ? value.toPrecision(4) : value.toExponential(2);
}
/** Text from a file as a terminal may show it: control characters, and those that turn the writing around, as \uXXXX. */
export function visible(text: string): string {
  const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return text.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (found) => short[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
/** Cells in columns: those of the columns in `left` begin, the others end below each other. */
export function aligned(rows: readonly (readonly string[])[], left: readonly number[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((text, i) => (left.includes(i) ? text.padEnd(widths[i]) : text.padStart(widths[i])))
      .join("   ")
      .trimEnd(),
  );
}
/** A sentence in lines of at most 80 columns, the later ones indented; parted at spaces that may break. */
export function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= 80)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}
export const bold = (text: string): string => styleText("bold", text);

/** One line per event, as JSON with flat names of metrics. */
export function jsonDisplay(): Display {
  return {
    show(event) {
      if (event.event !== "batch") process.stdout.write(`${JSON.stringify(flattened(event))}\n`);
    },
    close() {},
  };
}

/** The last line only. */
export function quietDisplay(): Display {
  return {
    show(event) {
      if (event.event === "done") process.stdout.write(`${lastLine(event)}\n`);
    },
    close() {},
  };
}

const shortNames = { train: "train", validation: "valid", test: "test" } as const;
const longNames = { train: "training", validation: "validation", test: "test" } as const;

/** The metrics of a part in a phrase: `test loss 0.1234  95.10 %`. */
function phrase(metrics: PartMetrics, part: PartName): string[] {
  const { loss, accuracy, rmse } = metrics[part] ?? {};
  if (loss === undefined) return [];
  const second =
    accuracy !== undefined ? `  ${percent(accuracy)}` : rmse !== undefined ? `  rmse ${compact(rmse)}` : "";
  return [`${shortNames[part]} loss ${compact(loss)}${second}`];
}

/** The metrics of all parts in a line. */
export function phrases(metrics: PartMetrics): string {
  return partNames.flatMap((part) => phrase(metrics, part)).join("   ");
}

/** A line per epoch. */
export function plainDisplay(title: RunTitle): Display {
  const width = String(title.epochs).length;
  return {
    show(event) {
      if (event.event === "start") process.stdout.write(`${title.lines.join("\n")}\n`);
      if (event.event === "epoch")
        process.stdout.write(
          `epoch ${String(event.epoch).padStart(width)}/${title.epochs}   ${phrases(event.metrics)}   ${duration(event.seconds)}\n`,
        );
      if (event.event === "done") process.stdout.write(`${summary(event)}\n`);
    },
    close() {},
  };
}

/** A bar that lives on one line, as wide as the terminal leaves room for, while the run goes on. */
export function terminalDisplay(title: RunTitle): Display {
  /** The text behind the bar. */
  let metrics = "";
  const bar = new SingleBar({
    format: (_options: object, { progress, eta }: Params, { epoch }: { epoch: number }) => {
      const columns = (process.stdout.columns || 80) - 1;
      const head = `epoch ${epoch}/${title.epochs} `;
      const rate = Number(title.rate().toPrecision(3));
      const tail = ` ${Math.floor(progress * 100)}%${metrics}  lr ${rate}  ETA ${duration(Number.isFinite(eta) ? eta : 0)}`;
      const width = Math.max(0, Math.min(24, columns - head.length - tail.length));
      const done = Math.round(progress * width);
      return `${head}${"█".repeat(done)}${"░".repeat(width - done)}${tail}`.slice(0, columns);
    },
    hideCursor: true,
    etaBuffer: 200,
    fps: 15,
    gracefulExit: false,
  });
  let running = false;
  /** The loss of the latest batches: an exponentially weighted mean, corrected for its start. */
  const recent = { sum: 0, weight: 0 };
  const history: EpochEvent[] = [];
  return {
    show(event) {
      switch (event.event) {
        case "start":
          process.stdout.write(`${bold(title.lines[0])}\n${title.lines.slice(1).join("\n")}\n\n`);
          break;
        case "batch":
          recent.sum = 0.98 * recent.sum + 0.02 * event.loss;
          recent.weight = 0.98 * recent.weight + 0.02;
          metrics = metrics.replace(/^(  loss \S+)?/, `  loss ${compact(recent.sum / recent.weight)}`);
          if (!running) bar.start(title.epochs * title.batches, 0, { epoch: 1 });
          running = true;
          bar.update(event.step, { epoch: event.epoch });
          break;
        case "epoch": {
          history.push(event);
          const { train, validation, test } = event.metrics;
          const held = validation ? "valid" : "test";
          const { accuracy, rmse } = validation ?? test ?? {};
          metrics = train === undefined ? "" : `  loss ${compact(train.loss)}`;
          if (accuracy !== undefined) metrics += `  ${held} ${percent(accuracy)}`;
          else if (rmse !== undefined) metrics += `  ${held} rmse ${compact(rmse)}`;
          if (running) bar.update({ epoch: event.epoch });
          break;
        }
        case "done": {
          this.close();
          const curve = lossCurve(history, process.stdout.columns || 80);
          if (curve.length > 0) process.stdout.write(`\n${curve.join("\n")}\n`);
          process.stdout.write(`${summary(event)}\n`);
        }
      }
    },
    close() {
      if (running) bar.stop();
      running = false;
    },
  };
}

function lastLine(event: RunDone): string {
  return `${phrases(event.metrics)}   ${event.out}`;
}

/** A line for each part of the data that has metrics, below a line that names them. */
export function metricsTable(metrics: PartMetrics): string[] {
  const rows = partNames.flatMap((part) => {
    const { loss, accuracy, rmse, r2 } = metrics[part] ?? {};
    if (loss === undefined) return [];
    const second = accuracy !== undefined ? percent(accuracy) : rmse !== undefined ? compact(rmse) : "";
    const third = part === "test" && r2 !== undefined ? `   R² ${r2.toFixed(4)}` : "";
    return [`${longNames[part].padEnd(12)}${compact(loss).padStart(10)}${second.padStart(12)}${third}`];
  });
  const numbers = partNames.some((part) => metrics[part]?.rmse !== undefined);
  const head = `${"loss".padStart(22)}${(numbers ? "rmse" : "accuracy").padStart(12)}`;
  return [bold(head), ...rows];
}

/** The table at the end. */
function summary(event: RunDone): string {
  const work = `${counted(event.epochs, "epoch")}, ${counted(event.steps, "update")} in ${duration(event.seconds)}`;
  const how = event.stopped ? `stopped after ${work}` : work;
  const report = join(event.out, "report.html");
  return [
    "",
    ...metricsTable(event.metrics),
    "",
    how,
    `run folder  ${event.out}`,
    `report      ${report}`,
  ].join("\n");
}
