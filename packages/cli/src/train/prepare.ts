/** What every command that trains or checks a network begins with: from flags to data, settings and network. */
import { ChainruleError } from "chainrule";
import type { Module, Sequential } from "chainrule/nn";
import { loadSafetensors } from "chainrule/node";
import { loadParts } from "./data.ts";
import type { Parts } from "./data.ts";
import { downloadNote } from "./download-note.ts";
import { network } from "./network.ts";
import { dataPlaces, dataSettings, trainSettings } from "./settings.ts";
import type { TrainFlags, TrainSettings } from "./settings.ts";

/** Loads the data that the flags name, checks the rest against them, and makes the network. */
export async function prepare(
  flags: TrainFlags,
): Promise<{ parts: Parts; settings: TrainSettings; model: Sequential }> {
  const parts = await loadParts(dataSettings(flags), {
    ...dataPlaces(flags),
    onProgress: downloadNote(flags),
  });
  const settings = trainSettings(flags, parts);
  const model = network(settings);
  if (flags.initFrom !== undefined) loadWeights(model, flags.initFrom);
  return { parts, settings, model };
}

/** Starts the network from the tensors of a file. */
function loadWeights(model: Module, path: string): void {
  try {
    model.loadStateDict(loadSafetensors(path).tensors);
  } catch (error) {
    if (error instanceof ChainruleError)
      throw new ChainruleError(
        error.code,
        `--init-from: ${error.message.replace(/^\w+\.loadStateDict: /, `${path} does not fit the network: `)}`,
      );
    throw error;
  }
}
