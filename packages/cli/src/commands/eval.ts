/** `chainrule eval`: the test figures of a saved run, once more. */
import { Command } from "@commander-js/extra-typings";
import { DataError, FormatError, noGrad } from "chainrule";
import type { Dataset } from "chainrule/data";
import { evaluate, named } from "chainrule/train";
import { UsageError } from "../failure.ts";
import { checksum, dataNames, readData, scaled } from "../train/data.ts";
import type { DataName, Raw } from "../train/data.ts";
import { figureTable, grouped } from "../train/display.ts";
import { downloadNote } from "../train/download-note.ts";
import { lossOf } from "../train/network.ts";
import { readRun } from "../train/saved-run.ts";
import type { SavedRun } from "../train/saved-run.ts";
import { oneOf } from "../values.ts";

export function evalCommand() {
  return new Command("eval")
    .description("Repeat the test figures of a saved run, to the last digit.")
    .argument("<folder>", "the run folder, as runs/digits-1")
    .option(
      "--data <name>",
      "other data of the same form (default: the test rows of the run)",
      oneOf(dataNames),
    )
    .option("--data-dir <folder>", "where mnist/ and fashion/ lie (else CHAINRULE_DATA, else the cache)")
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule eval runs/digits-1
  chainrule eval runs/circles-1 --data moons --json
`,
    )
    .action(run);
}

interface EvalFlags {
  readonly data?: DataName;
  readonly dataDir?: string;
  readonly json?: true;
}

async function run(path: string, flags: EvalFlags): Promise<void> {
  const saved = readRun(path);
  const { settings, model, results } = saved;
  const data = flags.data ?? settings.data;
  const raw = await readData(
    { ...settings, data },
    { dataDir: flags.dataDir, onProgress: downloadNote(flags) },
  );
  const own = checksum(raw) === saved.data.sha256;
  const test = scaled(
    own ? ownRows(saved, raw) : otherRows(saved, raw, flags),
    saved.preprocess.scaling,
    settings.dtype,
  );
  const figures = named(
    "test",
    await evaluate({ predict: (x) => noGrad(() => model.forward(x)), loss: lossOf(settings) }, test),
  );
  const same = own && Object.entries(figures).every(([name, figure]) => results[name] === figure);
  if (flags.json) {
    const line = { event: "eval", run: path, data, rows: test.length, ...figures, ...(own && { same }) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const ended = saved.status === "stopped" ? `, stopped after ${String(results.epochs)} epochs` : "";
  const rows = `${grouped(test.length)} ${own ? "test rows of the run" : "rows that are not the run's"}`;
  const verdict = same
    ? "equal to the run's own figures, to the last digit"
    : "not the figures in run.json: the folder or Chainrule has changed since";
  process.stdout.write(
    [
      `${path}: ${settings.net.join("-")} ${settings.activation}, seed ${settings.seed}${ended}`,
      `${data}: ${rows}`,
      "",
      ...figureTable(figures),
      ...(own ? ["", verdict] : []),
      "",
    ].join("\n"),
  );
}

/** The rows that the run held back. */
function ownRows({ path, split }: SavedRun, raw: Raw): Dataset {
  const from = split.ownTest ? raw.test : raw.data;
  if (split.test.length === 0)
    throw new UsageError(
      `${path} held back no test rows, so there is nothing to repeat; others are given with --data`,
    );
  const last = split.test.reduce((most, row) => Math.max(most, row), 0);
  if (from === null || last >= from.length)
    throw new FormatError(
      `${path}/split.json: test: row ${last} is not among the ${from?.length ?? 0} rows of the data`,
    );
  return from.subset(split.test);
}

/** All rows of other data, or of their own test set; only where the user asked for them. */
function otherRows({ path, data, settings, preprocess }: SavedRun, raw: Raw, flags: EvalFlags): Dataset {
  if (flags.data === undefined)
    throw new DataError(
      `${path}: the numbers of ${data.name} are not those of the run: their sha256 is ${checksum(raw).slice(0, 12)}… and was ` +
        `${data.sha256.slice(0, 12)}…; --data ${data.name} evaluates them all the same`,
    );
  const rows = raw.test ?? raw.data;
  const features = rows.inputs.shape[1];
  const classes = rows.info.classNames?.length;
  const outputs = settings.net[settings.net.length - 1];
  const kind = settings.task === "classification" ? "classes" : "outputs";
  if (
    features !== preprocess.features ||
    (classes !== undefined) !== (settings.task === "classification") ||
    (classes ?? rows.targets.shape[1]) !== outputs
  )
    throw new UsageError(
      `--data ${flags.data} does not fit ${path}: it has ${features} inputs and ` +
        `${classes === undefined ? `${rows.targets.shape[1]} outputs` : `${classes} classes`}, the run ${preprocess.features} inputs and ${outputs} ${kind}`,
    );
  return rows;
}
