/** `chainrule data fetch`: downloads a data set into the cache, verified. */
import { Argument, Command } from "@commander-js/extra-typings";
import { findDataset } from "chainrule/node";
import { isDataName, sourceOf } from "chainrule/runs";
import type { DataName } from "chainrule/runs";
import { UsageError } from "../../failure.ts";
import { downloadNote } from "../../train/download-note.ts";
import { grouped } from "../../train/display.ts";
import { oneOf } from "../../values.ts";

const downloads = oneOf(["mnist", "fashion"]);

/** A name; the other data sets are let through, for a word on where they come from. */
const downloadable = Object.assign((given: string) => (isDataName(given) ? given : downloads(given)), {
  names: downloads.names,
});

export function fetchCommand() {
  return new Command("fetch")
    .description("Download a data set into the cache, unless it is on this machine; either way verify it.")
    .addArgument(new Argument("<name>", "mnist or fashion").argParser(downloadable))
    .option("--mirror <url>", "a folder on the web with its files, in place of the default ones")
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule data fetch mnist
  chainrule data fetch mnist --mirror http://intranet/data/mnist
`,
    )
    .action(run);
}

async function run(name: DataName, flags: { mirror?: string; json?: true }): Promise<void> {
  if (name !== "mnist" && name !== "fashion") throw new UsageError(noDownload(name));
  const { folder, train, test, sha256 } = await findDataset(name, {
    onProgress: downloadNote(flags),
    ...(flags.mirror !== undefined && { mirrors: [flags.mirror] }),
  });
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify({ event: "fetch", name, path: folder, train: train.count, test: test.count, sha256 })}\n`,
    );
  else
    process.stdout.write(
      `${name}: ${grouped(train.count)} and ${grouped(test.count)} images, verified, in ${folder}\n`,
    );
}

function noDownload(name: DataName): string {
  const why = {
    generated: "it is drawn from the seed",
    embedded: "it comes with chainrule",
    table: "its file is put into tabular/ of --data-dir, CHAINRULE_DATA or the cache",
  };
  const { kind } = sourceOf(name);
  return `${name} is not downloaded: ${kind === "images" ? "" : why[kind]}; mnist and fashion are`;
}
