/** What `train()` yields. The command line writes these same objects; figures that do not apply are left out. */
import type { Figures } from "./evaluate.ts";

/** Figures of each part of the data, as events name them: accuracies for classes, errors for numbers. */
export interface EventFigures {
  trainLoss?: number;
  trainAccuracy?: number;
  trainRmse?: number;
  validLoss?: number;
  validAccuracy?: number;
  validRmse?: number;
  testLoss?: number;
  testAccuracy?: number;
  testRmse?: number;
  testR2?: number;
}

/** Before the first batch: how many numbers are trained, and how many rows each part has. */
export interface StartEvent {
  event: "start";
  parameters: number;
  seed?: number;
  train: number;
  validation?: number;
  test?: number;
  /** Why the steps are not compiled, where they were to be and cannot. */
  note?: string;
}

/**
 * After each update; `step` counts from 1 over the whole run, `loss` is the batch's mean from before the update. Compiled
 * steps run several at a time: parameters read at this event are already those after the last of these, and a rate that is
 * set here is that of the steps after them (a schedule moves it batch by batch). Whoever leaves the loop here finds the
 * parameters of this update.
 */
export interface BatchEvent {
  event: "batch";
  epoch: number;
  step: number;
  loss: number;
}

/** After each epoch; epoch 0 is the untrained network. */
export interface EpochEvent extends EventFigures {
  event: "epoch";
  epoch: number;
  /** Why the steps are not compiled any more, once, after what it was noticed in. */
  note?: string;
  /** The time of this epoch, its evaluation included. */
  seconds: number;
}

/** At the end, also of a run that was stopped: the figures are those of the parameters as they are now. */
export interface DoneEvent extends EventFigures {
  event: "done";
  /** How many epochs were completed. */
  epochs: number;
  steps: number;
  /** Present when a signal ended the run early. */
  stopped?: true;
  /** As in an epoch's event, of an epoch that was not completed. */
  note?: string;
  seconds: number;
}

export type TrainEvent = StartEvent | BatchEvent | EpochEvent | DoneEvent;

/** Figures under the names that events give them, absent ones left out. */
export function named(part: "train" | "valid" | "test", { loss, accuracy, rmse, r2 }: Figures): EventFigures {
  return {
    [`${part}Loss`]: loss,
    ...(accuracy !== undefined && { [`${part}Accuracy`]: accuracy }),
    ...(rmse !== undefined && { [`${part}Rmse`]: rmse }),
    ...(r2 !== undefined && part === "test" && { testR2: r2 }),
  };
}
