/** The data that a report on a training run is made from. It is plain, so any trainer can supply it. */
import type { Grid } from "../../plots/heat-map.ts";
import type { DoneEvent, EpochEvent, PartName } from "../../train/events.ts";

export interface RunRecord {
  /** The name of the data, or of their file. */
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
  /** Why it diverged, in a sentence. */
  readonly reason?: string;
  /** How many epochs were asked for. */
  readonly epochs: number;
  /** Epoch 0 is the untrained network. */
  readonly history: readonly EpochEvent[];
  /** The loss of each update's batch, from the first on. */
  readonly batches: ArrayLike<number>;
  readonly batchesPerEpoch: number;
  /** Whether training figures are means over the batches of an epoch, each from before its update. */
  readonly runningMeans: boolean;
  /** The figures at the end; a run that diverged has none. */
  readonly results?: Omit<DoneEvent, "event">;
  readonly outcome?: ClassOutcome | NumberOutcome;
  readonly plane?: Plane;
  readonly fit?: Fit;
  readonly weights?: Weights;
  /** Settings, seed, versions, machine, checksum: in groups with a title each. */
  readonly facts: readonly FactGroup[];
  /** What made the report, and when. */
  readonly footer?: string;
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** What the network says on the rows that judge it, for classes. */
export interface ClassOutcome {
  readonly kind: "classes";
  readonly part: PartName;
  readonly classNames: readonly string[];
  /** The class of each row. */
  readonly truth: ArrayLike<number>;
  /** The class that the network gives it. */
  readonly predicted: ArrayLike<number>;
  /** The probability that the network gives to the class that it predicts. */
  readonly probability: ArrayLike<number>;
  /** The worst mistakes, as `worstMistakes` orders them. */
  readonly mistakes: readonly Mistake[];
  /** Height and width of the mistakes' images, and the values of black and white. */
  readonly image?: { readonly size: readonly [number, number]; readonly range: readonly [number, number] };
}

export interface Mistake {
  /** As the data number it. */
  readonly row: number;
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
  /** The pixels, row by row, where rows are images. */
  readonly image?: ArrayLike<number>;
}

/** What the network says on the rows that judge it, for a number. */
export interface NumberOutcome {
  readonly kind: "numbers";
  readonly part: PartName;
  /** What is predicted. */
  readonly target: string;
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** As the data number them. */
  readonly rows: ArrayLike<number>;
}

/** Points of two inputs, with a class each where there are classes. */
export interface PlanePoints {
  readonly part: PartName;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly classes?: ArrayLike<number>;
}

/** What the network says over the plane of two inputs. */
export interface Plane {
  readonly names: readonly [string, string];
  readonly columns: Grid;
  readonly rows: Grid;
  /** Cell after cell, x fastest, the lowest y first: for classes a probability each, for a number the number. */
  readonly values: ArrayLike<number>;
  readonly points: readonly PlanePoints[];
}

/** A number predicted from one input: the curve through the points. */
export interface Fit {
  readonly name: string;
  readonly target: string;
  readonly curve: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
  readonly points: readonly PlanePoints[];
}

/** The incoming weights of units of the first layer, where inputs are images. */
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
