/** `chainrule data info`: what is in a data set or a file, before anything is trained on it. */
import { Command } from "@commander-js/extra-typings";
import { ChainruleError } from "chainrule";
import { describeTable, planColumns } from "chainrule/data/table";
import type { ColumnDescription, Plan, Table } from "chainrule/data/table";
import { gunzip, isGzip, parseIdx } from "chainrule/formats";
import type { IdxArray } from "chainrule/formats";
import { DataError, readBytes, requireDataDir } from "chainrule/node";
import {
  dataNames,
  flagAdvice,
  flagOf,
  isDataName,
  readBySettings,
  settingRows,
  sourceOf,
} from "chainrule/runs";
import type { FileSettings, NumberRows } from "chainrule/runs";
import { UsageError } from "../../failure.ts";
import { aligned, bold, counted, grouped, visible, wrapped } from "../../train/display.ts";
import { findData, loadSource, readFiles } from "../../train/files.ts";
import { optionOf } from "../../train/flags.ts";
import { checkNames, refusedAsUsage } from "../../train/table-words.ts";
import { folder, nameOrFile } from "../../values.ts";

/** The settings that say how a file is read. */
const ofFiles: readonly string[] = ["header", "na", "text", "dates", "encoding", "skipLines"];

export function infoCommand() {
  const command = new Command("info")
    .description(
      "What is in a data set, or in a CSV or IDX file: rows, columns, types, classes, ranges, gaps.",
    )
    .argument("<name|file>", "a name, or a file", nameOrFile(dataNames))
    .option(
      "--data-dir <folder>",
      "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
      folder,
    )
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces");
  for (const [name, row] of settingRows) if (ofFiles.includes(name)) command.addOption(optionOf(name, row));
  return command
    .addHelpText(
      "after",
      `
Examples:
  chainrule data info flowers.csv
  chainrule data info export.csv --na "-,." --dates day --encoding windows-1252
  chainrule data info digits
  chainrule data info data/mnist/t10k-images-idx3-ubyte.gz --json
`,
    )
    .action(run);
}

interface InfoFlags extends Partial<FileSettings> {
  readonly dataDir?: string;
  readonly json?: true;
}

async function run(given: string, flags: InfoFlags): Promise<void> {
  const { about, lines } = await describe(given, flags);
  process.stdout.write(
    flags.json ? `${JSON.stringify({ event: "info", ...about })}\n` : `${lines.join("\n")}\n`,
  );
}

/** What `--json` writes, and the same in lines. */
interface Description {
  readonly about: object;
  readonly lines: readonly string[];
}

async function describe(given: string, flags: InfoFlags): Promise<Description> {
  if (!isDataName(given)) {
    const packed = readBytes(given);
    const bytes = isGzip(packed) ? gunzip(packed, { name: given }) : packed;
    return bytes[0] === 0 && bytes[1] === 0
      ? describeIdx(given, parseIdx(bytes, { name: given }))
      : describeFile(given, fileSettings(flags));
  }
  const idle = settingRows.find(([name]) => ofFiles.includes(name) && name in flags);
  if (idle !== undefined && sourceOf(given).kind !== "table")
    throw new UsageError(`${flagOf(idle[0])} applies to CSV files, not to ${given}`);
  const settings = { samples: 200, noise: null, seed: 0, dtype: "float32" } as const;
  const places = { dataDir: flags.dataDir };
  requireDataDir(places);
  // whoever only asks does not want a download
  if (sourceOf(given).kind === "images" && findData(given, places) === null)
    throw new DataError(`${given} is not on this machine; chainrule data fetch ${given} downloads it`);
  const { tables, numbers } = await loadSource(given, settings, places, readBySettings(fileSettings(flags)));
  return tables ? describeOne(given, tables.table, fileSettings(flags)) : describeRows(given, numbers!);
}

function fileSettings(flags: InfoFlags): FileSettings {
  const { header = null, na = null, text = [], dates = [], encoding = null, skipLines = null } = flags;
  return { header, na, text, dates, encoding, skipLines };
}

function describeFile(file: string, settings: FileSettings): Description {
  return describeOne(file, readFiles({ file }, readBySettings(settings)).table, settings);
}

const separators: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab" };

function describeOne(name: string, table: Table, settings: FileSettings): Description {
  const { text, dates } = settings;
  checkNames(table, { target: null, features: null, drop: [], text, dates });
  const description = describeTable(table);
  const { rows, columns, separator, header, skippedLines, notes, classNames } = description;
  const plan = planned(table, settings);
  const first = header
    ? `names in ${skippedLines ? `line ${skippedLines + 1}` : "the first line"}`
    : classNames
      ? "class names in the first line"
      : "no names";
  const parted = separators[separator] ?? JSON.stringify(separator);
  const [head, ...lines] = aligned(
    [["column", "type", "missing", "values"], ...columns.map(columnCells)],
    [0, 1, 3],
  );
  return {
    about: {
      ...description,
      name,
      ...("task" in plan ? { task: plan.task, target: plan.target.name } : plan),
    },
    lines: [
      `${name}: ${counted(rows, "row")}, ${counted(columns.length, "column")}; separator ${parted}, ${first}`,
      ...notes.flatMap((note) => wrapped(visible(`note: ${note}`))),
      "",
      bold(head),
      ...lines.map((line) => (line.length > 80 ? `${line.slice(0, 79)}…` : line)),
      "",
      ...("task" in plan
        ? [
            ...wrapped(
              visible(`train would predict ${plan.target.name}: ${plan.task}, since ${plan.reason}`),
            ),
            ...plan.notes.flatMap((note) => wrapped(visible(`note: ${note}`))),
          ]
        : wrapped(visible(`train would refuse it: ${plan.refused}`))),
    ],
  };
}

/** What `train` would make of the columns without further flags. */
function planned(table: Table, { text, dates }: FileSettings): Plan | { refused: string } {
  try {
    return refusedAsUsage(() => planColumns(table, { text, dates, advice: flagAdvice }));
  } catch (error) {
    if (error instanceof ChainruleError || error instanceof UsageError) return { refused: error.message };
    throw error;
  }
}

const short = (value: number, digits = 4): string => String(Number(value.toPrecision(digits)));

/** The digits that tell the ends of a range apart: at least four. */
function digitsOf(low: number, high: number): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return Math.min(
    15,
    low === high || size === 0 ? 15 : Math.max(4, Math.ceil(Math.log10(size / (high - low))) + 3),
  );
}

function columnCells({
  name,
  type,
  missing,
  distinct,
  min,
  max,
  mean,
  whole,
  values,
  seen,
}: ColumnDescription): string[] {
  const kind = seen?.dates ? "dates" : seen?.marks?.kind;
  const cells = [
    cut(name, 24),
    kind === undefined ? type : `${type} (${kind})`,
    missing.count === 0 ? "" : grouped(missing.count),
  ];
  if (distinct === 0) return [...cells, ""];
  const listed = (values ?? []).map(({ value, count }) => `${cut(String(value), 16)} ×${count}`);
  if (distinct > listed.length) listed.push(`… ${distinct} different`);
  if (type === "text") return [...cells, listed.join("  ")];
  const digits = digitsOf(min!, max!);
  const range = `${short(min!, digits)} … ${short(max!, digits)}, mean ${short(mean!, digits)}`;
  const few = whole && distinct <= 10 && values!.every(({ count }) => count > 1);
  return [...cells, few ? listed.join("  ") : range];
}

function cut(text: string, most: number): string {
  const shown = visible(text);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

function describeIdx(name: string, { shape, values }: IdxArray): Description {
  const { min, max, mean } = rangeOf(values);
  const type = values.constructor.name.replace("Array", "").toLowerCase();
  const labels = shape.length === 1 && values instanceof Uint8Array ? countsOf(values) : undefined;
  return {
    about: { name, format: "IDX", type, shape, min, max, mean, ...(labels && { values: labels }) },
    lines: [
      `${name}: IDX, ${type} [${shape.join(",")}]`,
      `${shape.length === 3 ? `${grouped(shape[0])} images of ${shape[1]}×${shape[2]}, ` : ""}from ${short(min)} to ${short(max)}, mean ${short(mean)}`,
      ...(labels ? wrapped(listed(labels)) : []),
    ],
  };
}

function describeRows(name: string, { data, test }: NumberRows): Description {
  const { inputs, targets, info, length } = data;
  const { min, max, mean } = rangeOf(inputs.data as ArrayLike<number>);
  const { classNames, featureNames, image } = info;
  const counts = classNames && countsOf(targets.data as ArrayLike<number>);
  const classes = counts?.map(({ value, count }) => ({ value: classNames![value], count }));
  const goal = classes ? undefined : rangeOf(targets.data as ArrayLike<number>);
  const form = image ? `images of ${image[0]}×${image[1]}` : counted(inputs.shape[1], "input");
  const rows = test
    ? `${grouped(length)} training and ${grouped(test.length)} test rows`
    : counted(length, "row");
  return {
    about: {
      name,
      rows: length,
      ...(test && { test: test.length }),
      inputs: inputs.shape[1],
      ...(image && { image }),
      ...(featureNames && { featureNames }),
      min,
      max,
      mean,
      ...(classes ? { classes } : { target: goal }),
    },
    lines: [
      `${name}: ${rows}, ${form}`,
      ...(featureNames ? wrapped(`inputs: ${featureNames.join(", ")}`) : []),
      `from ${short(min)} to ${short(max)}, mean ${short(mean)}`,
      ...(classes
        ? wrapped(`${classes.length} classes: ${listed(classes)}`)
        : [`predicts a number from ${short(goal!.min)} to ${short(goal!.max)}, mean ${short(goal!.mean)}`]),
    ],
  };
}

function rangeOf(values: ArrayLike<number>): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
    sum += values[i];
  }
  return { min, max, mean: sum / values.length };
}

function listed(counts: readonly { value: string | number; count: number }[]): string {
  return counts.map(({ value, count }) => `${value}\u00a0×${grouped(count)}`).join(", ");
}

function countsOf(labels: ArrayLike<number>): { value: number; count: number }[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([value, count]) => ({ value, count }));
}
