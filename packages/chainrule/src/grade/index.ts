/** For grading: the difference between a result and what is expected, what a mistake's numbers have in common, in words. */
import "../graph/eager.ts";

export { describeDifference } from "./describe.ts";
export { difference } from "./difference.ts";
export type { Comparison, Difference, Tolerance, Value } from "./difference.ts";
export { numericalGradient } from "./numerical-gradient.ts";
export { batchOf, halfOfLoss, outputsOf } from "./pattern.ts";
export type { Factor, Pattern } from "./pattern.ts";
