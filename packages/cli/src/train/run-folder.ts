/** The folder of a run: every setting, every figure, the model, and what is needed to use it again. */
import { join, relative, resolve } from "node:path";
import { FileError, reference } from "chainrule";
import type { Sequential } from "chainrule/nn";
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
import type { WasmDevice } from "chainrule/wasm";
import { UsageError, inTheWay } from "../failure.ts";
import { version } from "../version.ts";
import type { Parts } from "./data.ts";
import type { RunDone, RunEvent } from "./display.ts";
import { flattened } from "./flat-metrics.ts";
import { filesRead } from "./identity.ts";
import { preprocessing } from "./preprocess.ts";
import type { RunAbout } from "./report-facts.ts";
import { dataPlaces } from "./settings.ts";
import type { TrainFlags, TrainSettings } from "./settings.ts";

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
  readonly #settings: TrainSettings;
  readonly #parts: Parts;
  readonly #device: WasmDevice | null;
  readonly #history: EpochEvent[] = [];
  readonly #batches: number[] = [];
  #results: Omit<RunDone, "event" | "out"> | null = null;

  /**
   * Makes the folder of `--out`, or `runs/<data>-<n>`.
   * @throws UsageError for a folder that is not empty, unless with `--force` and a run in it
   */
  constructor(
    flags: TrainFlags,
    settings: TrainSettings,
    parts: Parts,
    parameters: number,
    device: WasmDevice | null,
  ) {
    const files = filesRead(flags);
    this.#folder = make(
      flags.out,
      flags.force ?? false,
      settings.data.replace(/\.(csv|tsv|txt)?(\.gz)?$/i, ""),
    );
    this.path = flags.out ?? relative(process.cwd(), this.#folder.path);
    this.#settings = settings;
    this.#parts = parts;
    this.#device = device;
    const { rows, ownTest, checksum } = parts;
    const { file, testFile } = dataPlaces(flags);
    const about = {
      started: new Date().toISOString(),
      settings,
      seed: settings.seed,
      initFrom: flags.initFrom ?? null,
      files,
      device: device?.name ?? reference.name,
      ...(device && { build: device.build, threads: device.threads }),
      parameters,
      rows: { train: rows.train.length, validation: rows.validation.length, test: rows.test.length },
      data: {
        name: settings.data,
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
      this.#write("preprocess.json", preprocessing(settings, parts));
      this.#write("split.json", {
        format: 1,
        ownTest,
        train: [...rows.train],
        validation: [...rows.validation],
        test: [...rows.test],
      });
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

  /** Writes the model, how the run ended, and then the report, which takes a look at the test rows. */
  async finish(model: Sequential, outcome: Ended): Promise<void> {
    this.#metrics.close();
    saveSafetensors(join(this.path, "model.safetensors"), model.stateDict(), { format: "pt" });
    this.#describe(outcome);
    // what draws is loaded when there is something to draw, so that training starts sooner
    const { reportOn } = await import("./report.ts");
    const report = await reportOn({
      settings: this.#settings,
      parts: this.#parts,
      model,
      device: this.#device,
      log: {
        history: this.#history,
        batches: this.#batches,
        ...(this.#results && { results: this.#results }),
      },
      ...outcome,
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
