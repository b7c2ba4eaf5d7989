import { ChainruleError } from "../tensor/errors.ts";

/** A loss that is NaN or infinite, with the epoch and batch (from 1) where it was first seen. */
export class DivergedError extends ChainruleError {
  override name = "DivergedError";
  readonly epoch: number;
  readonly batch: number;
  constructor(
    epoch: number,
    batch: number,
    problem: string,
    advice = "try a smaller learning rate, scaled inputs or clipped gradients",
  ) {
    super("diverged", problem, { advice });
    this.epoch = epoch;
    this.batch = batch;
  }
}
