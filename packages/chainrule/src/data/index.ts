/** Data: sets and batches, splits, scaling, and small data sets drawn from a formula. */
import "../graph/eager.ts";

export { Dataset, fromPoints } from "./dataset.ts";
export type { Batch, DatasetInfo } from "./dataset.ts";
export { DataLoader } from "./loader.ts";
export type { LoaderOptions } from "./loader.ts";
export { applyScaling, fitScaling } from "./scale.ts";
export type { Scaling, ScalingKind } from "./scale.ts";
export { kFold, split } from "./split.ts";
export type { Held, Split } from "./split.ts";
export * from "./synthetic.ts";
