/** Training: a loop one can read, the events it yields, and the figures of a model on data. */
import "../graph/eager.ts";

export { breather } from "./breather.ts";
export { evaluate, predictAll, usualJudge } from "./evaluate.ts";
export type { Figures, Judge } from "./evaluate.ts";
export { named } from "./events.ts";
export type { BatchEvent, DoneEvent, EpochEvent, EventFigures, StartEvent, TrainEvent } from "./events.ts";
export { learner } from "./learner.ts";
export type { Learner, LearnerOptions } from "./learner.ts";
export { CompiledEvaluation } from "./evaluation.ts";
export { explainTraining } from "./program.ts";
export { train } from "./train.ts";
export type { TrainOptions } from "./train.ts";
