/** The outcome of a run as named texts, without times, versions and the machine, which differ from run to run. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { chainrule } from "./checkout.ts";
import type { Checkout, Ended } from "./checkout.ts";
import { kernelList } from "./kernel-list.ts";
import { writeOwnTables } from "./own-tables.ts";
import type { Run } from "./runs.ts";

/** Texts by name, such as `metrics.jsonl`. */
export type Outcome = Record<string, string>;

/** The folder that a run writes, beside its tables. */
const out = "run";

/** Runs `run` in an empty folder and collects everything that must be equal in both checkouts. */
export async function outcomeOf(checkout: Checkout, run: Run, folder: string): Promise<Outcome> {
  const cwd = realpathSync(folder);
  const parts = Object.entries(await partsOf(checkout, run, cwd));
  return Object.fromEntries(parts.map(([name, text]) => [name, text.replaceAll(cwd, "FOLDER")]));
}

async function partsOf(checkout: Checkout, run: Run, cwd: string): Promise<Outcome> {
  writeOwnTables(cwd);
  const command = (text: string, stopAt?: string): Promise<Ended> =>
    chainrule(checkout, text.split(" "), { cwd, ...(stopAt !== undefined && { stopAt }) });
  if (run.first !== undefined) requireExit(await command(`train ${run.first} --quiet --out first`), 0);
  if (run.command === "sweep") {
    // with one worker process the runs end in the order of the plan
    const swept = await command(`sweep ${run.flags} --workers 1 --json --out ${out}`);
    requireExit(swept, run.exit ?? 0);
    return { stdout: withoutTimes(swept.stdout), ...filesOf(join(cwd, out)) };
  }
  const trained = await command(`train ${run.flags} --json --out ${out}`, run.stopAt);
  requireExit(trained, run.exit ?? 0);
  const evaluated = await command(`eval ${out} --json`);
  const program = await command(`program ${run.flags}`);
  const kernels = program.code === 0 ? kernelList(program.stdout) : ending(program);
  if (run.stopAt !== undefined)
    return { ...stoppedParts(run.stopAt, trained, evaluated, join(cwd, out)), kernels };
  const predicted = await command(`predict ${out} --rows test`);
  return {
    stdout: withoutTimes(trained.stdout),
    ...filesOf(join(cwd, out)),
    predict: predicted.stdout + ending(predicted),
    eval: evaluated.stdout + ending(evaluated),
    kernels,
  };
}

/**
 * The parts of a stopped run that do not depend on the moment: all lines up to the awaited one, the names of the files,
 * the fields of the last event, and whether eval repeats its metrics.
 */
function stoppedParts(stopAt: string, trained: Ended, evaluated: Ended, folder: string): Outcome {
  const files = filesOf(folder);
  const upToStop = (text: string): string => {
    const lines = text.split("\n");
    return lines.slice(0, lines.findIndex((one) => one.includes(stopAt)) + 1).join("\n");
  };
  const last = JSON.parse(trained.stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
  const repeated = JSON.parse(evaluated.stdout) as { same: unknown };
  return {
    stdout: withoutTimes(upToStop(trained.stdout)),
    "last event": `${String(last.event)}: ${Object.keys(last).join()}, stopped ${String(last.stopped)}`,
    files: files.files,
    "metrics.jsonl": upToStop(files["metrics.jsonl"]),
    "preprocess.json": files["preprocess.json"],
    "split.json": files["split.json"],
    "run.json": files["run.json"].replace(/"results": \{[^}]*\}/, '"results": {}'),
    eval: `same ${String(repeated.same)}, ${ending(evaluated)}`,
  };
}

/** Selects the compared content of `run.json`, of a sweep's results and of the other files. */
const readers: Readonly<Record<string, (path: string) => string>> = {
  "run.json": (path) => withoutMachine(readFileSync(path, "utf8")),
  "metrics.jsonl": (path) => withoutTimes(readFileSync(path, "utf8")),
  "preprocess.json": (path) => readFileSync(path, "utf8"),
  "split.json": (path) => readFileSync(path, "utf8"),
  "results.json": (path) => readFileSync(path, "utf8"),
  "results.csv": (path) => readFileSync(path, "utf8"),
  "model.safetensors": tensorsAsText,
};

/** The names of all files below a folder, and the contents of those that must be equal. */
function filesOf(folder: string): Outcome & { files: string } {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()
    : ["no folder"];
  const parts: Outcome & { files: string } = { files: names.join("\n") };
  for (const name of names) {
    const reader = readers[name.split("/").at(-1)!];
    if (reader) parts[name] = reader(join(folder, name));
  }
  return parts;
}

export function withoutTimes(text: string): string {
  return text.replaceAll(/"seconds": ?[\d.e+-]+/g, '"seconds":0');
}

function withoutMachine(text: string): string {
  return withoutTimes(text)
    .replace(/"started": "[^"]*"/, '"started": ""')
    .replace(/"versions": \{[^}]*\}/, '"versions": {}')
    .replace(/"machine": \{[^}]*\}/, '"machine": {}');
}

interface TensorPlace {
  readonly dtype: string;
  readonly data_offsets: readonly [from: number, to: number];
}

/** A model as lines: the numbers of the float tensors, the header, and a checksum that sees every bit. */
function tensorsAsText(path: string): string {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = bytes.toString("utf8", 8, 8 + length);
  const { __metadata__: _, ...tensors } = JSON.parse(header) as Record<string, TensorPlace>;
  const lines = Object.entries(tensors).flatMap(
    ([
      name,
      {
        dtype,
        data_offsets: [from, to],
      },
    ]) => {
      const data = Uint8Array.from(bytes.subarray(8 + length + from, 8 + length + to)).buffer;
      const values =
        dtype === "F32" ? new Float32Array(data) : dtype === "F64" ? new Float64Array(data) : undefined;
      return values ? Array.from(values, (value, i) => `${name}[${i}] ${value}`) : [];
    },
  );
  return [...lines, header, `sha256 ${createHash("sha256").update(bytes).digest("hex")}`].join("\n");
}

export const ending = ({ code }: Ended): string => `exit ${code}`;

/** A run that fails in both checkouts compares nothing, so its exit code is required. */
export function requireExit(ended: Ended, code: number): void {
  if (ended.code === code) return;
  const says = ended.stderr.trim().split("\n").slice(0, 3).join("; ");
  throw new Error(`${ending(ended)} instead of ${code}${says && `: ${says}`}`);
}
