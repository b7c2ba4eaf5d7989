/** The events of `train()`. The command line writes them too, with the metrics under flat names. */
import type { Tensor } from "../tensor/tensor.ts";
import type { Metrics } from "./evaluate.ts";

/** The parts of the data, in the order in which they are shown. */
export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

/** The metrics of each part of the data; a part that was not evaluated is left out. */
export type PartMetrics = { readonly [Part in PartName]?: Metrics };

/** Before the first batch: how many numbers are trained, and how many rows each part has. */
export interface StartEvent {
  event: "start";
  parameters: number;
  seed?: number;
  train: number;
  validation?: number;
  test?: number;
  /** Why the steps run eagerly, if they should be compiled and cannot be. */
  note?: string;
}

/**
 * After each update: `step` counts from 1 over the whole run, and `loss` is the batch's mean before the update. Compiled
 * steps run in slices of several: a slice is done whole and its events follow. So parameters read at this event, or after
 * leaving the loop here, are those after the slice, and a rate that is set here holds from the next slice on (a schedule
 * moves it batch by batch). `train({ steps })` ends at an exact step.
 */
export interface BatchEvent {
  event: "batch";
  epoch: number;
  step: number;
  loss: number;
}

/** After each epoch; epoch 0 is the untrained network. */
export interface EpochEvent {
  event: "epoch";
  epoch: number;
  metrics: PartMetrics;
  /** Why the steps run eagerly from now on; only once. */
  note?: string;
  /** The time of this epoch, its evaluation included. */
  seconds: number;
}

/** At the end, also of a run that was stopped. The metrics are those of the final parameters. */
export interface DoneEvent {
  event: "done";
  /** How many epochs were completed. */
  epochs: number;
  steps: number;
  metrics: PartMetrics;
  /** The outputs of the final parameters for the rows of the part that `train({ outputs })` names. */
  outputs?: Tensor;
  /** Present when a signal ended the run early. */
  stopped?: true;
  /** As in an epoch's event, for an epoch that was not completed. */
  note?: string;
  seconds: number;
}

export type TrainEvent = StartEvent | BatchEvent | EpochEvent | DoneEvent;
