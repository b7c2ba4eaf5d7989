/** The range of each metric of a run, so that no interval of few seeds promises an accuracy above 1. */
import type { RankBy } from "chainrule/experiments";

const bounds = { Accuracy: [0, 1], Loss: [0, Infinity], Rmse: [0, Infinity] } as const;

/** By the names that runs write: `validAccuracy` from 0 to 1, `trainLoss` and `testRmse` from 0. */
export const ranges: NonNullable<RankBy["ranges"]> = Object.fromEntries(
  ["train", "valid", "test"].flatMap((part) =>
    Object.entries(bounds).map(([metric, range]) => [`${part}${metric}`, range] as const),
  ),
);
