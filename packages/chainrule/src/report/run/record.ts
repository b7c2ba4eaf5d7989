/** The plain data of a report on a training run. Any trainer can supply it. */
import type { Grid } from "../../plots/heat-map.ts";
import type { DoneEvent, EpochEvent, PartName } from "../../train/events.ts";

export interface RunRecord {
  /** The name of the data set, or of its file. */
  readonly data: string;
  readonly task: "classification" | "regression";
  /** Layer sizes. */
  readonly net: readonly number[];
  readonly activation: string;
  /** The name of the loss, such as "cross-entropy". */
  readonly loss: string;
  readonly parameters: number;
  readonly rows: Readonly<Record<PartName, number>>;
  readonly status: "done" | "stopped" | "diverged";
  /** Why the run diverged, in a sentence. */
  readonly reason?: string;
  /** The number of planned epochs. */
  readonly epochs: number;
  /** The events of all epochs; epoch 0 is the untrained network. */
  readonly history: readonly EpochEvent[];
  /** The batch loss of each update. */
  readonly batches: ArrayLike<number>;
  readonly batchesPerEpoch: number;
  /** Whether training metrics are means over the batches of an epoch, each computed before its update. */
  readonly runningMeans: boolean;
  /** The metrics at the end; a run that diverged has none. */
  readonly results?: Omit<DoneEvent, "event">;
  readonly outcome?: ClassOutcome | NumberOutcome;
  readonly plane?: Plane;
  readonly fit?: Fit;
  readonly weights?: Weights;
  /** Settings, seed, versions, machine and checksum, in titled groups. */
  readonly facts: readonly FactGroup[];
  /** The program that made the report, and the time. */
  readonly footer?: string;
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** A classifier's predictions on the evaluated rows. */
export interface ClassOutcome {
  readonly kind: "classes";
  readonly part: PartName;
  readonly classNames: readonly string[];
  /** The true class of each row. */
  readonly truth: ArrayLike<number>;
  /** The predicted class of each row. */
  readonly predicted: ArrayLike<number>;
  /** The probability of the predicted class. */
  readonly probability: ArrayLike<number>;
  /** The worst mistakes, in the order of `worstMistakes`. */
  readonly mistakes: readonly Mistake[];
  /** The height and width of the mistakes' images, and the values of black and white. */
  readonly image?: { readonly size: readonly [number, number]; readonly range: readonly [number, number] };
}

export interface Mistake {
  /** The row's number in the data. */
  readonly row: number;
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
  /** The pixels, row by row, if rows are images. */
  readonly image?: ArrayLike<number>;
}

/** A regression's predictions on the evaluated rows. */
export interface NumberOutcome {
  readonly kind: "numbers";
  readonly part: PartName;
  /** The name of the predicted column. */
  readonly target: string;
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** The rows' numbers in the data. */
  readonly rows: ArrayLike<number>;
}

/** Points of two inputs, with their classes if the target is a class. */
export interface PlanePoints {
  readonly part: PartName;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly classes?: ArrayLike<number>;
}

/** Predictions over the plane of two inputs. */
export interface Plane {
  readonly names: readonly [string, string];
  readonly columns: Grid;
  readonly rows: Grid;
  /**
   * The values cell by cell, x fastest, from the smallest y on: the probabilities of all classes, or the predicted
   * number.
   */
  readonly values: ArrayLike<number>;
  readonly points: readonly PlanePoints[];
}

/** The curve of a number that is predicted from one input, with the data points. */
export interface Fit {
  readonly name: string;
  readonly target: string;
  readonly curve: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
  readonly points: readonly PlanePoints[];
}

/** The incoming weights of units of the first layer, for images as inputs. */
export interface Weights {
  readonly size: readonly [number, number];
  /** The units shown, those with the largest weights first. */
  readonly units: readonly {
    readonly unit: number;
    readonly name: string;
    readonly values: ArrayLike<number>;
  }[];
  /** √Σw² of every unit of the layer. */
  readonly norms: ArrayLike<number>;
}
