/** `chainrule data list`: the data sets that have names, and where they are. */
import { Command } from "@commander-js/extra-typings";
import { requireDataDir } from "chainrule/node";
import { dataNames, sourceOf } from "chainrule/runs";
import type { DataName, Size, Source } from "chainrule/runs";
import { aligned, bold, grouped } from "../../train/display.ts";
import { findData } from "../../train/files.ts";
import type { FoundAt } from "../../train/files.ts";
import { folder } from "../../values.ts";

export function listCommand() {
  return new Command("list")
    .description("The data sets that have names, and where they are.")
    .option(
      "--data-dir <folder>",
      "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
      folder,
    )
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Example:
  chainrule data list --json
`,
    )
    .action(run);
}

interface Entry extends Size {
  readonly name: DataName;
  readonly kind: Source["kind"];
  /** Of what is looked for: where it is; null if nowhere. */
  readonly found?: FoundAt | null;
}

function run(flags: { dataDir?: string; json?: true }): void {
  requireDataDir(flags);
  const entries = dataNames.map((name): Entry => {
    const { kind, size } = sourceOf(name);
    const found = findData(name, flags);
    return { name, kind, ...size!, ...(found !== undefined && { found }) };
  });
  if (flags.json) {
    process.stdout.write(entries.map((entry) => `${JSON.stringify({ event: "data", ...entry })}\n`).join(""));
    return;
  }
  const [head, ...lines] = aligned(
    [["name", "rows", "test", "inputs", "predicts", "where"], ...entries.map(cells)],
    [0, 4, 5],
  );
  process.stdout.write([bold(head), ...lines, "", ...hints(entries), ""].join("\n"));
}

function cells({ name, kind, train, test, inputs, classes, outputs, found }: Entry): string[] {
  const predicts = classes === undefined ? counted(outputs ?? 1, "number") : `${classes} classes`;
  const places = { generated: "drawn from the seed", embedded: "comes with chainrule" } as const;
  const place = found ? `in ${found.named.replace(/^dataDir \((.*)\)$/, "$1")}` : "not here";
  const where = kind === "generated" || kind === "embedded" ? places[kind] : place;
  return [name, grouped(train), test === undefined ? "" : grouped(test), String(inputs), predicts, where];
}

function counted(count: number, thing: string): string {
  return count === 1 ? `a ${thing}` : `${count} ${thing}s`;
}

/** How to get what is not here. */
function hints(entries: readonly Entry[]): string[] {
  const lacking = entries.filter((entry) => entry.found === null);
  const images = lacking.filter(({ kind }) => kind === "images").map(({ name }) => name);
  return [
    ...images.map((name) => `chainrule data fetch ${name}   downloads it`),
    ...(lacking.length > images.length
      ? ["tables are looked for in tabular/ of --data-dir, CHAINRULE_DATA and the cache"]
      : []),
    "chainrule data info NAME   tells what is in one, and in a CSV or IDX file",
  ];
}
