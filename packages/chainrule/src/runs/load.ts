/** A saved run as a program uses it: rows in, predictions out. */
import type { RowValues } from "../data/table/of-rows.ts";
import type { Device } from "../devices/device.ts";
import { FormatError, ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { networkOf } from "./network.ts";
import type { RunNetwork } from "./network.ts";
import { inputBlocks, inputsOfRows } from "./prediction-rows.ts";
import { predictionsOf } from "./predictions.ts";
import type { Prediction } from "./predictions.ts";
import { readRun } from "./saved.ts";
import type { RunSource, SavedRun } from "./saved.ts";

/** The files of a run folder by their names; those that hold text may be given as text. */
export type RunFiles =
  | ReadonlyMap<string, Uint8Array | ArrayBuffer | string>
  | Readonly<Record<string, Uint8Array | ArrayBuffer | string>>;

export interface LoadRunOptions {
  /** What computes the outputs: the device that the run was trained on unless given; null stands for the reference kernels. */
  readonly device?: Device | null;
}

/**
 * The rows to predict from: objects by column name; lists of numbers for a run whose columns have no names of their own, as
 * of generated points and images; the text of a CSV file; or the bytes of a CSV or IDX file.
 */
export type PredictionRows = readonly RowValues[] | string | Uint8Array;

export interface LoadedRun extends SavedRun {
  /**
   * Predicts from rows, one prediction for each in their order, with the numbers of `chainrule predict`. What is to be
   * predicted needs no column.
   * @throws FormatError naming the row (from 0; for text the line, from 1) and the column: for a column that is missing, a
   * category that the run does not know, a value of another kind, and a gap that the run does not fill
   */
  predict(rows: PredictionRows): Promise<Prediction[]>;
}

/**
 * Loads a saved run from the content of its files: run.json, preprocess.json and model.safetensors. It works in a page;
 * in Node, `loadRun(folder)` of `chainrule/node` reads the files.
 *
 * @throws FormatError for a file that is missing or not what it should be, naming the field, and for a run without a model to use
 * @example
 * loadRun({ "run.json": "{}" }); // throws FormatError
 */
export function loadRun(files: RunFiles, options: LoadRunOptions = {}): LoadedRun {
  return loadFrom(sourceOfFiles(files), options);
}

/** Loads a run from wherever its files are. */
export function loadFrom(source: RunSource, { device }: LoadRunOptions = {}): LoadedRun {
  const run = readRun(source);
  let network: Promise<RunNetwork> | null = null;
  const outputs = async (inputs: Tensor): Promise<Tensor> => {
    network ??= networkOf(run, device);
    // a device that fails once may work another time
    network.catch(() => (network = null));
    return (await network).predict(inputs);
  };
  return {
    ...run,
    async predict(rows) {
      const predictions: Prediction[] = [];
      for await (const inputs of inputsOf(run, rows))
        for (const one of predictionsOf(run.preprocess, await outputs(inputs))) predictions.push(one);
      return predictions;
    },
  };
}

/** Inputs for all rows. A row that the run would leave out is refused, so that each row has its prediction. */
async function* inputsOf(run: SavedRun, rows: PredictionRows): AsyncGenerator<Tensor, void, void> {
  const { plan } = run.preprocess;
  const missing = plan.missing === "drop" ? "refuse" : plan.missing;
  const strict = { ...run, preprocess: { ...run.preprocess, plan: { ...plan, missing } as const } };
  if (typeof rows === "string" || rows instanceof Uint8Array) {
    const bytes = typeof rows === "string" ? new TextEncoder().encode(rows) : rows;
    const chunks = (async function* () {
      yield bytes;
    })();
    for await (const { inputs } of inputBlocks(strict, chunks, "predict")) yield inputs;
  } else if (!Array.isArray(rows))
    throw new ValueError("predict", "expected a list of rows, CSV text or the bytes of a file", {
      advice: "put a single row in a list",
    });
  else if (rows.length > 0) yield inputsOfRows(strict, rows, "predict");
}

function sourceOfFiles(files: RunFiles): RunSource {
  const byName = new Map(files instanceof Map ? files : Object.entries(files));
  return {
    name: "the run",
    nameOf: (file) => file,
    read(file) {
      const content = byName.get(file);
      if (content === undefined)
        throw new FormatError(
          `the run has no file ${file}; found ${[...byName.keys()].join(", ") || "none"}`,
        );
      return content instanceof ArrayBuffer ? new Uint8Array(content) : content;
    },
  };
}
