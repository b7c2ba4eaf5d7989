/** Batches of a data set in an order that depends on seed and epoch alone, so that resuming never replays. */
import { ValueError } from "../tensor/errors.ts";
import { describe } from "../tensor/check.ts";
import { checkOptions, flag, instance, requireFunction } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";
import { Generator, defaultGenerator } from "../tensor/random/index.ts";
import { Dataset } from "./dataset.ts";
import type { Batch } from "./dataset.ts";

export interface LoaderOptions {
  /** Rows per batch; "full" for all at once (classic gradient descent), 1 for online descent. Default 32. */
  readonly batchSize?: number | "full";
  /** A new order each epoch (the default), or the order of the data. */
  readonly shuffle?: boolean;
  /** Leaves out a last batch that is smaller than the others. */
  readonly dropLast?: boolean;
  /** Draws the orders. Default: a stream of the shared generator. */
  readonly generator?: Generator;
  /**
   * The row order of an epoch (counted from 1), in place of `shuffle` and `generator`. It has as many entries as the
   * data set has rows; a row may appear twice.
   */
  readonly order?: (epoch: number) => Int32Array;
}

const loaderChecks: Checks<LoaderOptions> = {
  batchSize(where, name, value) {
    if (value === "full" || (Number.isSafeInteger(value) && (value as number) >= 1)) return;
    throw new ValueError(where, `${name} must be a whole number ≥ 1 or "full", not ${describe(value)}`);
  },
  shuffle: flag,
  dropLast: flag,
  generator: instance(Generator, "a Generator"),
  order: requireFunction,
};

/**
 * Splits each epoch into batches. `for (const batch of loader.batches(epoch))` reads them; the loader itself is not
 * iterable, because the order depends on the epoch.
 * @throws ValueError for a batch size below 1, or when dropping the last batch leaves none; while looping, for an order
 * of the wrong length or with a number that is not a row
 */
export class DataLoader {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly #order: (epoch: number) => Int32Array;

  constructor(dataset: Dataset, options: LoaderOptions = {}) {
    const {
      batchSize = 32,
      shuffle = true,
      dropLast = false,
      generator = defaultGenerator().stream("order"),
    } = checkOptions("DataLoader", options, loaderChecks);
    instance(Dataset, "a Dataset, such as new Dataset(inputs, targets)")(
      "DataLoader",
      "the data set",
      dataset,
    );
    if (dataset.length === 0) throw new ValueError("DataLoader", "the data set has no rows");
    this.dataset = dataset;
    this.batchSize = batchSize === "full" ? dataset.length : batchSize;
    this.dropLast = dropLast;
    const rows = dataset.length;
    this.#order =
      options.order ??
      (shuffle
        ? (epoch) => generator.epochPermutation(rows, epoch)
        : () => new Int32Array(rows).map((_, row) => row));
    if (this.length === 0)
      throw new ValueError(
        "DataLoader",
        `dropLast leaves no batch: ${dataset.length} rows are fewer than the batch size ${this.batchSize}`,
      );
  }

  /** Refused: a loader has no order of its own, each epoch has one. */
  [Symbol.iterator](): never {
    throw new ValueError("DataLoader", "a loader is not iterable, since each epoch has an order of its own", {
      advice: "for (const { inputs, targets } of loader.batches(epoch))",
    });
  }

  /** The number of batches in an epoch. */
  get length(): number {
    const whole = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(whole) : Math.ceil(whole);
  }

  /** The lengths of the batches: the batch size, and the length of a smaller last batch. */
  get sizes(): number[] {
    const rows = this.dataset.length;
    const rest = this.dropLast ? 0 : rows % this.batchSize;
    return [...(rows >= this.batchSize ? [this.batchSize] : []), ...(rest > 0 ? [rest] : [])];
  }

  /** The rows of each batch of an epoch, counted from 1. */
  *indices(epoch: number): globalThis.Generator<Int32Array, void, void> {
    const rows = this.dataset.length;
    const order = this.#order(epoch);
    requireOrder(order, rows);
    for (let batch = 0; batch < this.length; batch++)
      yield order.subarray(batch * this.batchSize, Math.min(rows, (batch + 1) * this.batchSize));
  }

  /** The batches of an epoch, counted from 1. */
  *batches(epoch: number): globalThis.Generator<Batch, void, void> {
    for (const indices of this.indices(epoch)) yield this.dataset.batch(indices);
  }
}

function requireOrder(order: Int32Array, rows: number): void {
  if (order.length !== rows)
    throw new ValueError("DataLoader", `the order names ${order.length} rows, the data set has ${rows}`);
  const stray = order.findIndex((row) => !(row >= 0 && row < rows));
  if (stray >= 0)
    throw new ValueError(
      "DataLoader",
      `the order has ${order[stray]} at place ${stray}; rows are 0 … ${rows - 1}`,
    );
}
