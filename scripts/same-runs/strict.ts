/** Checksums of the runs under `--strict`, which have the same bits on every machine. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chainrule } from "./checkout.ts";
import type { Checkout } from "./checkout.ts";
import { each } from "./each.ts";
import { requireExit, withoutTimes } from "./outcome.ts";
import { writeOwnTables } from "./own-tables.ts";
import { runs } from "./runs.ts";
import type { Run } from "./runs.ts";

export interface Checksums {
  readonly model: string;
  /** A checksum of the lines of batches and epochs in `metrics.jsonl`, without times. */
  readonly metrics: string;
  /** A checksum of the output of `predict --rows test`. */
  readonly predictions: string;
}

export const strictRunsFile = join(import.meta.dirname, "../../test/fixtures/strict-runs.json");

/** The runs that always end at the same step and leave one model. */
export const strictRuns: readonly Run[] = runs.filter(
  (run) => run.command === undefined && run.stopAt === undefined && run.exit === undefined,
);

/** The command lines of a run, to be called one after the other in one folder; the last one prints predictions. */
export function strictCommands(run: Run): string[] {
  const strict = (flags: string): string => (/--strict|reference/.test(flags) ? flags : `${flags} --strict`);
  return [
    ...(run.first === undefined ? [] : [`train ${strict(run.first)} --quiet --out first`]),
    `train ${strict(run.flags)} --quiet --out run`,
    "predict run --rows test",
  ];
}

const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Reads the run folder that the commands wrote into `cwd`. */
export function checksums(cwd: string, predictions: string): Checksums {
  const lines = readFileSync(join(cwd, "run/metrics.jsonl"), "utf8").split("\n");
  const numbers = lines.filter((one) => /^\{"event":"(batch|epoch)"/.test(one));
  return {
    model: sha256(readFileSync(join(cwd, "run/model.safetensors"))),
    metrics: sha256(withoutTimes(numbers.join("\n"))),
    predictions: sha256(predictions),
  };
}

/** Runs every command line of a checkout and writes the fixture anew. */
export async function recordStrict(checkout: Checkout, jobs: number): Promise<void> {
  const recorded = new Map<Run, Checksums>();
  await each(strictRuns, jobs, async (run) => {
    recorded.set(run, await record(checkout, run));
    console.log(`recorded ${run.name}`);
  });
  const inOrder = Object.fromEntries(strictRuns.map((run) => [run.name, recorded.get(run)]));
  writeFileSync(strictRunsFile, `${JSON.stringify(inOrder, null, 1)}\n`);
}

async function record(checkout: Checkout, run: Run): Promise<Checksums> {
  const cwd = mkdtempSync(join(tmpdir(), "chainrule-strict-"));
  try {
    writeOwnTables(cwd);
    let predictions = "";
    for (const command of strictCommands(run)) {
      const ended = await chainrule(checkout, command.split(" "), { cwd });
      // a run without a test part has nothing to predict
      if (command.startsWith("train")) requireExit(ended, 0);
      predictions = ended.stdout;
    }
    return checksums(cwd, predictions);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
