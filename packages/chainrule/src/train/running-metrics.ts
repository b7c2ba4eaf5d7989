/** The running training metrics of an epoch: means over its batches, weighted by their rows. */
import type { Metrics } from "./evaluate.ts";

export class RunningMetrics {
  #rows = 0;
  #loss = 0;
  #right: number | null = null;
  #squares: number | null = null;

  add({ loss, accuracy, rmse }: Metrics, rows: number): void {
    this.#rows += rows;
    this.#loss += loss * rows;
    // a count of rows is a whole number, so the mean is an exact fraction
    if (accuracy !== undefined) this.#right = (this.#right ?? 0) + Math.round(accuracy * rows);
    if (rmse !== undefined) this.#squares = (this.#squares ?? 0) + rmse * rmse * rows;
  }

  /** Null before the first batch. */
  mean(): Metrics | null {
    if (this.#rows === 0) return null;
    return {
      loss: this.#loss / this.#rows,
      ...(this.#right !== null && { accuracy: this.#right / this.#rows }),
      ...(this.#squares !== null && { rmse: Math.sqrt(this.#squares / this.#rows) }),
    };
  }
}
