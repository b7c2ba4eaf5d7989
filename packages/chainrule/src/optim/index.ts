/** Optimizers, learning rate schedules, gradient clipping, and exponentially weighted averages. */
import "../graph/eager.ts";

export { Optimizer, ParameterGroup } from "./optimizer.ts";
export type { Options, Trained } from "./optimizer.ts";
export type { Setting } from "./settings.ts";
export type { OptimizerState } from "./state-dict.ts";

export { SGD } from "./sgd.ts";
export type { SGDSettings } from "./sgd.ts";
export { MomentumEWA } from "./momentum-ewa.ts";
export type { MomentumEWASettings } from "./momentum-ewa.ts";
export { RMSprop } from "./rmsprop.ts";
export type { RMSpropSettings } from "./rmsprop.ts";
export { Adagrad } from "./adagrad.ts";
export type { AdagradSettings } from "./adagrad.ts";
export { Adam } from "./adam.ts";
export type { AdamSettings } from "./adam.ts";
export { AdamW } from "./adamw.ts";
export { Adadelta } from "./adadelta.ts";
export type { AdadeltaSettings } from "./adadelta.ts";
export { Adamax } from "./adamax.ts";
export type { AdamaxSettings } from "./adamax.ts";

export { NAdam } from "./nadam.ts";
export type { NAdamSettings } from "./nadam.ts";
export { RAdam } from "./radam.ts";
export type { RAdamSettings } from "./radam.ts";

export { ewa, ewaSeries, ewaWeight, ewaWindow } from "./averages.ts";

export { RateSchedule } from "./schedule.ts";
export type { Rate, Schedule, Scheduled, ScheduleState } from "./schedule.ts";
export {
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  StepLR,
  WarmupLR,
} from "./schedules.ts";
export type { Length } from "./schedules.ts";
export { ReduceLROnPlateau } from "./plateau.ts";
export type { PlateauOptions } from "./plateau.ts";
export { cosineFactor, exponentialFactor, oneCycleFactor, stepFactor, warmupFactor } from "./factors.ts";
export type { OneCycleShape } from "./factors.ts";

export { clipGradNorm, clipGradValue } from "./clip.ts";
