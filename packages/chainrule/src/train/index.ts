/** Training: the loop, its events, and the metrics of a model on data. */
import "../graph/eager.ts";

export { DivergedError } from "./diverged-error.ts";
export { pauseEvery } from "./pause.ts";
export type { Pause } from "./pause.ts";
export { defaultMetrics } from "./evaluate.ts";
export type { Metrics, OutputMetrics } from "./evaluate.ts";
export { evaluate, predictAll } from "./evaluation.ts";
export type { EvaluateOptions } from "./evaluation.ts";
export { partNames } from "./events.ts";
export type {
  BatchEvent,
  DoneEvent,
  EpochEvent,
  PartMetrics,
  PartName,
  StartEvent,
  TrainEvent,
} from "./events.ts";
export { earlyStopping } from "./early-stopping.ts";
export type { EarlyStopping, EarlyStoppingOptions } from "./early-stopping.ts";
export { findLearningRate } from "./find-learning-rate.ts";
export type { FindLearningRateOptions, LearningRates } from "./find-learning-rate.ts";
export { learner } from "./learner.ts";
export type { Learner, LearnerOptions } from "./learner.ts";
export { CompiledEvaluation } from "./compiled-evaluation.ts";
export { explainTraining } from "./explain.ts";
export { train } from "./train.ts";
export type { TrainOptions } from "./train.ts";
