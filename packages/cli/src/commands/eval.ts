/** `chainrule eval`: the test metrics of a saved run, once more. */
import { Command } from "@commander-js/extra-typings";
import { dataNames, flatMetrics, modelWords, networkOf, scaled, titleOf } from "chainrule/runs";
import { grouped, metricsTable } from "../train/display.ts";
import { otherRows, partRows, readSaved, requireOwn } from "../train/saved-rows.ts";
import type { RowFlags } from "../train/saved-rows.ts";
import { readRun } from "../train/saved-run.ts";
import { folder as folderValue, nameOrFile } from "../values.ts";

export function evalCommand() {
  return new Command("eval")
    .description("Repeat the test metrics of a saved run, to the last digit.")
    .argument("<folder>", "the run folder, as runs/digits-1")
    .option(
      "--data <name|file>",
      "other data of the same form (default: the test rows of the run)",
      nameOrFile(dataNames),
    )
    .option(
      "--data-dir <folder>",
      "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
      folderValue,
    )
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule eval runs/digits-1
  chainrule eval runs/circles-1 --data moons --json
  chainrule eval runs/flowers-1 --data new-flowers.csv
`,
    )
    .action(run);
}

async function run(path: string, flags: RowFlags): Promise<void> {
  const saved = readRun(path);
  const { spec, preprocess, results } = saved;
  const data = flags.data === undefined ? spec.data : titleOf(flags.data);
  const { raw, own } = await readSaved(saved, flags);
  if (flags.data === undefined)
    requireOwn(saved, raw, `--data ${saved.data.file ?? saved.data.name} evaluates them all the same`);
  const test = scaled(
    own ? partRows(saved, raw, "test") : otherRows(saved, raw, data),
    preprocess.scaling,
    spec.dtype,
  );
  const network = await networkOf(saved);
  const metrics = { test: await network.evaluate(test) };
  const flat = flatMetrics(metrics);
  const same = own && Object.entries(flat).every(([name, value]) => results[name] === value);
  if (flags.json) {
    const line = { event: "eval", run: path, data, rows: test.length, ...flat, ...(own && { same }) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const ended = saved.status === "stopped" ? `, stopped after ${String(results.epochs)} epochs` : "";
  const rows = `${grouped(test.length)} ${own ? "test rows of the run" : "rows that are not the run's"}`;
  const verdict = same
    ? "equal to the run's own metrics, to the last digit"
    : "not the metrics in run.json: the folder or Chainrule has changed since";
  process.stdout.write(
    [
      `${path}: ${modelWords(spec.model)} ${spec.activation}, seed ${spec.seed}${ended}`,
      `${data}: ${rows}`,
      "",
      ...metricsTable(metrics),
      ...(own ? ["", verdict] : []),
      "",
    ].join("\n"),
  );
}
