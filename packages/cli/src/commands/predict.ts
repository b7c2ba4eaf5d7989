/** `chainrule predict`: what a saved network says of rows, as CSV or JSON lines on stdout. */
import { Command } from "@commander-js/extra-typings";
import type { Tensor } from "chainrule";
import { readChunks } from "chainrule/node";
import {
  actualValues,
  dataNames,
  flatMetrics,
  inputBlocks,
  networkOf,
  predictionsOf,
  scaled,
  valuesOf,
} from "chainrule/runs";
import type { Preprocess } from "chainrule/runs";
import { UsageError } from "../failure.ts";
import { Lines } from "../lines.ts";
import { phrases } from "../train/display.ts";
import { PredictionWriter } from "../train/prediction-writer.ts";
import { partNames, partRows, readSaved, requireOwn, rowNumbers } from "../train/saved-rows.ts";
import type { PartName, RowFlags } from "../train/saved-rows.ts";
import { readRun } from "../train/saved-run.ts";
import type { SavedRun } from "../train/saved-run.ts";
import { fileOrInput, folder as folderValue, nameOrFile, oneOf } from "../values.ts";

export function predictCommand() {
  return new Command("predict")
    .description("Predict from rows of a CSV or IDX file, or from the rows of the run.")
    .argument("<folder>", "the run folder, as runs/digits-1")
    .argument("[file|-]", "a CSV or IDX file, gzipped or not, or - for standard input", fileOrInput)
    .option("--rows <part>", "rows of the run instead of a file: test validation train", oneOf(partNames))
    .option("--data <name|file>", "with --rows: where the run's data are now", nameOrFile(dataNames))
    .option(
      "--data-dir <folder>",
      "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
      folderValue,
    )
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Columns are found by name, in any order; what is predicted needs no column.
Rows count from 0.

Examples:
  chainrule predict runs/flowers-1 new-flowers.csv > predictions.csv
  chainrule predict runs/flowers-1 --rows test --json
  zcat rows.csv.gz | chainrule predict runs/flowers-1 - | head
`,
    )
    .action(run);
}

interface PredictFlags extends RowFlags {
  readonly rows?: PartName;
}

async function run(folder: string, file: string | undefined, flags: PredictFlags): Promise<void> {
  if ((file === undefined) === (flags.rows === undefined))
    throw new UsageError("give either a file (or -) or --rows test");
  if (file !== undefined && flags.data !== undefined)
    throw new UsageError("--data goes with --rows; a file stands behind the run folder");
  const saved = readRun(folder);
  const out = new Lines(process.stdout);
  try {
    if (flags.rows === undefined) await predictFile(saved, file!, flags, out);
    else await predictPart(saved, flags.rows, flags, out);
  } finally {
    out.release();
  }
}

async function predictFile(saved: SavedRun, file: string, flags: PredictFlags, out: Lines): Promise<void> {
  const { preprocess } = saved;
  const { classNames } = preprocess;
  const writer = new PredictionWriter({ json: flags.json ?? false, actual: false, classNames });
  const network = await networkOf(saved);
  const name = file === "-" ? "standard input" : file;
  let rows = 0;
  for await (const { inputs, numbers } of inputBlocks(saved, readChunks(file), name)) {
    const predictions = predictionsOf(preprocess, await network.predict(inputs));
    const head = rows === 0 ? writer.head() : "";
    if (!(await out.write(head + writer.rows(predictions, numbers)))) return;
    rows += numbers.length;
  }
  await out.write(writer.end({ rows }));
}

/** The run's own rows, with their own classes or numbers, and the metrics of these rows. */
async function predictPart(saved: SavedRun, part: PartName, flags: PredictFlags, out: Lines): Promise<void> {
  const { spec, preprocess } = saved;
  const { raw, own } = await readSaved(saved, flags);
  if (!own)
    requireOwn(saved, raw, `chainrule predict ${saved.name} FILE predicts from other rows`, flags.data);
  const rows = partRows(saved, raw, part);
  const data = scaled(rows, preprocess.scaling, spec.dtype);
  const network = await networkOf(saved);
  const predictions = predictionsOf(preprocess, await network.predict(data.inputs));
  const metrics = { [part]: await network.evaluate(data) };
  const { classNames } = preprocess;
  const writer = new PredictionWriter({ json: flags.json ?? false, actual: true, classNames });
  const body =
    writer.head() + writer.rows(predictions, rowNumbers(saved, part), actualOf(preprocess, rows.targets));
  if (!(await out.write(body + writer.end({ rows: rows.length, ...flatMetrics(metrics) })))) return;
  if (!flags.json) process.stderr.write(`${phrases(metrics)}\n`);
}

/** What targets say: the class of each row, or its number in the target's units. */
function actualOf(preprocess: Preprocess, targets: Tensor): (string | number)[] {
  const { classNames } = preprocess;
  if (classNames === null)
    return targets.dtype === "float64" ? actualValues(preprocess, targets) : valuesOf(preprocess, targets);
  return Array.from(targets.data as Int32Array, (label) => classNames[label]);
}
