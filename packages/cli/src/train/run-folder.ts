/** The folder of a run: every setting, every metric, the model, and what is needed to use it again. */
import { join, relative, resolve } from "node:path";
import { reference } from "chainrule";
import { FileError } from "chainrule/node";
import type { Tensor } from "chainrule";
import {
  LineWriter,
  createFolder,
  createNumberedFolder,
  describeMachine,
  saveSafetensors,
  writeFileAtomic,
} from "chainrule/node";
import type { NewFolder } from "chainrule/node";
import type { EpochEvent } from "chainrule/train";
import { flattened, preprocessRecord, settingsOf, splitRecord } from "chainrule/runs";
import type { RunRequest } from "chainrule/runs";
import type { WasmDevice } from "chainrule/wasm";
import { UsageError, inTheWay } from "../failure.ts";
import { version } from "../version.ts";
import type { RunDone, RunEvent } from "./display.ts";
import { filesRead } from "./identity.ts";
import type { RunAbout } from "./report-facts.ts";
import type { PreparedRun } from "./prepare.ts";

/** How a run ended. */
export type Ended = { status: "done" | "stopped" } | { status: "diverged"; reason: string };
/** What stands in run.json about how the run goes. */
type Outcome = { status: "running" } | Ended;

/** Writes a run as it happens. metrics.jsonl grows by whole lines; the other files appear whole or not at all. */
export class RunFolder {
  /** As a user would write it. */
  readonly path: string;
  readonly #folder: NewFolder;
  readonly #metrics: LineWriter;
  readonly #about: RunAbout;
  readonly #prepared: PreparedRun;
  readonly #device: WasmDevice | null;
  readonly #history: EpochEvent[] = [];
  readonly #batches: number[] = [];
  #results: Omit<RunDone, "event" | "out"> | null = null;

  /**
   * Makes the folder of `--out`, or `runs/<data>-<n>`.
   * @throws UsageError for a folder that is not empty, except with `--force`, if it holds a run
   */
  constructor({ places, output }: RunRequest, prepared: PreparedRun, device: WasmDevice | null) {
    const { spec, parts, model } = prepared;
    const files = filesRead(places);
    this.#folder = make(
      output.out,
      output.force ?? false,
      spec.data.replace(/\.(csv|tsv|txt)?(\.gz)?$/i, ""),
    );
    this.path = output.out ?? relative(process.cwd(), this.#folder.path);
    this.#prepared = prepared;
    this.#device = device;
    const { rows, checksum } = parts;
    const { file, testFile, initFrom } = places;
    const about = {
      started: new Date().toISOString(),
      settings: settingsOf(spec),
      seed: spec.seed,
      initFrom: initFrom ?? null,
      files,
      device: device?.name ?? reference.name,
      ...(device && { build: device.build, threads: device.threads }),
      parameters: model.parameterCount(),
      rows: { train: rows.train.length, validation: rows.validation.length, test: rows.test.length },
      data: {
        name: spec.data,
        sha256: checksum,
        ...(file !== undefined && { file: resolve(file) }),
        ...(testFile !== undefined && { testFile: resolve(testFile) }),
      },
      versions: { chainrule: version, node: process.versions.node },
      machine: describeMachine(),
    };
    this.#about = about;
    try {
      // First: by it the folder of a run that was killed is known as one that may be replaced.
      this.#describe({ status: "running" });
      this.#write("preprocess.json", preprocessRecord(spec, parts));
      this.#write("split.json", splitRecord(parts));
      this.#metrics = new LineWriter(join(this.path, "metrics.jsonl"), { fresh: true });
    } catch (error) {
      this.#folder.discard();
      throw error;
    }
    this.#folder.keep();
  }

  record(event: RunEvent): void {
    switch (event.event) {
      case "batch":
        this.#batches.push(event.loss);
        return this.#metrics.write({ event: event.event, step: event.step, loss: event.loss });
      case "epoch":
        this.#history.push(event);
        return this.#metrics.write(flattened(event));
      case "start":
        return this.#metrics.write(event);
      case "done": {
        const { event: _event, out: _out, ...results } = event;
        this.#results = results;
      }
    }
  }

  /** Writes the model, how the run ended, and then the report; `outputs` are those for the rows that judge the run. */
  async finish(outcome: Ended, outputs?: Tensor): Promise<void> {
    this.#metrics.close();
    const { model } = this.#prepared;
    saveSafetensors(join(this.path, "model.safetensors"), model.stateDict(), { format: "pt" });
    this.#describe(outcome);
    // what draws is loaded when there is something to draw, so that training starts sooner
    const { reportOn } = await import("./report.ts");
    const report = await reportOn({
      ...this.#prepared,
      device: this.#device,
      log: {
        history: this.#history,
        batches: this.#batches,
        ...(this.#results && { results: this.#results }),
      },
      ...outcome,
      outputs: outputs ?? null,
      about: this.#about,
    });
    writeFileAtomic(join(this.path, "report.html"), report);
  }

  #describe(outcome: Outcome): void {
    this.#write("run.json", {
      format: 1,
      ...outcome,
      ...this.#about,
      ...(this.#results && { results: flattened(this.#results) }),
    });
  }

  #write(name: string, content: object): void {
    writeFileAtomic(
      join(this.path, name),
      `${JSON.stringify(content, null, name === "split.json" ? 0 : 2)}\n`,
    );
  }
}

function make(out: string | undefined, force: boolean, data: string): NewFolder {
  if (out === undefined) return createNumberedFolder("runs", data);
  try {
    return createFolder(out, force ? { replaceHolding: ["run.json"] } : {});
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(`--out: ${inTheWay(error, "replace the run with --force")}`);
  }
}
