/** What the layers share: their options, and how their messages name them. */
import type { StateCell } from "../ops/state.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Generator } from "../tensor/random/index.ts";

export interface LayerOptions {
  /** The type of the parameters: float32 unless told otherwise. */
  readonly dtype?: DType;
  /** Where initial values come from; the shared generator of `manualSeed` unless given. */
  readonly generator?: Generator;
}

/** " in layer 2", where the layer's cells carry the path that a network gave them. */
export function place(cell: StateCell | null): string {
  const end = cell?.name.lastIndexOf(".") ?? -1;
  return cell && end > 0 ? ` in layer ${cell.name.slice(0, end)}` : "";
}
