/** From a request to a run that can begin: its rows, its settings in full, its network. */
import { ChainruleError, StateDictError } from "chainrule";
import type { Module, Sequential } from "chainrule/nn";
import { loadSafetensors } from "chainrule/node";
import { factsOf, makeModel, resolveSettings, specOf } from "chainrule/runs";
import type { RunRequest, RunSpec } from "chainrule/runs";
import { loadParts } from "./data.ts";
import type { LoadedParts } from "./data.ts";
import { downloadNote } from "./download-note.ts";
import { sourceAt } from "./files.ts";

export interface PreparedRun {
  readonly spec: RunSpec;
  readonly parts: LoadedParts;
  readonly model: Sequential;
}

/** Loads the data that a request names, checks the other settings against them, and makes the network. */
export async function prepare(request: RunRequest): Promise<PreparedRun> {
  const { places, output } = request;
  const parts = await loadParts(request, { ...places, onProgress: downloadNote(output) });
  const spec = specFor(request, parts);
  const model = makeModel(spec.model, spec);
  if (places.initFrom !== undefined) loadWeights(model, places.initFrom);
  return { parts, spec, model };
}

/** All that a request says of a run on rows that were loaded. */
export function specFor({ settings, places }: RunRequest, parts: LoadedParts): RunSpec {
  return specOf(resolveSettings(settings, sourceAt(settings.data, places), factsOf(parts)));
}

/** Starts the network from the tensors of a file. */
function loadWeights(model: Module, path: string): void {
  try {
    model.loadStateDict(loadSafetensors(path).tensors);
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    const fault =
      error instanceof StateDictError ? `${path} does not fit the network: ${error.problem}` : error.message;
    throw new ChainruleError(error.code, `--init-from: ${fault}`);
  }
}
