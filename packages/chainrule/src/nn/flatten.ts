/** The layer that joins axes into one. */
import { requireTensor } from "../tensor/options.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape, normalizeAxis, sizeOf } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";

/**
 * Joins the axes from `start` to `end` (both included), by default all but the first: [N, 28, 28] → [N, 784].
 * @throws ShapeError for axes that the input does not have
 * @example
 * new Flatten().forward(zeros([5, 28, 28])).shape; // [ 5, 784 ]
 */
export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    requireTensor("Flatten", "the input", x);
    const start = normalizeAxis("Flatten", this.start, x.shape);
    const end = normalizeAxis("Flatten", this.end, x.shape);
    if (end < start)
      throw new ShapeError(
        "Flatten",
        [x.shape],
        `axis ${this.start} comes after axis ${this.end} in ${formatShape(x.shape)}`,
        "bad-axis",
      );
    return x.reshape(x.shape.toSpliced(start, end - start + 1, sizeOf(x.shape.slice(start, end + 1))));
  }

  protected override describe(): string {
    return this.start === 1 && this.end === -1 ? "" : `${this.start}, ${this.end}`;
  }
}
