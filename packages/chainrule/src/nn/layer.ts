/** Code shared by the layers: their options, and their names in messages. */
import type { StateCell } from "../ops/state.ts";
import type { DType } from "../tensor/dtype.ts";
import { Generator } from "../tensor/random/index.ts";
import { instance, oneOf } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";

export interface LayerOptions {
  /** The type of the parameters; default float32. */
  readonly dtype?: DType;
  /** The random generator of the initial values; default: the shared one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** " in layer 2", from the path that a network gave to the layer's cell; else "". */
export function place(cell: StateCell | null): string {
  const end = cell?.name.lastIndexOf(".") ?? -1;
  return cell && end > 0 ? ` in layer ${cell.name.slice(0, end)}` : "";
}

/** The checks of the options that layers share. */
export const layerChecks: Checks<LayerOptions> = {
  dtype: oneOf("float32", "float64"),
  generator: instance(Generator, "a Generator"),
};
