/** A run as plain data, and how run.json writes it. */
import { denseLayers, layerSizesOf } from "./model.ts";
import type { ModelSpec } from "./model.ts";
import { storedSettings } from "./settings/table.ts";
import type { RunSettings } from "./settings/table.ts";

/** Everything that decides the numbers of a run: data, model, loss, optimizer, schedule, batches and seed. */
export interface RunSpec extends Omit<RunSettings, "net"> {
  readonly model: ModelSpec;
}

/** The run that the settings of a run.json describe. */
export function specOf(settings: RunSettings): RunSpec {
  const { net, ...rest } = settings;
  return { ...rest, model: denseLayers(net, settings.activation) };
}

/** The settings as run.json has them, in the order of their table: the network as the sizes of its layers. */
export function settingsOf({ model, ...rest }: RunSpec): RunSettings {
  const values = { ...rest, net: layerSizesOf(model) };
  const names = Object.keys(storedSettings) as (keyof RunSettings)[];
  return Object.fromEntries(names.map((name) => [name, values[name]])) as unknown as RunSettings;
}
