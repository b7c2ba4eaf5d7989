/** Batch normalisation as a layer. */
import { batchAxes, batchNorm } from "../functions/norm.ts";
import { noGrad } from "../ops/emit.ts";
import { Parameter, state } from "../ops/state.ts";
import type { StateCell } from "../ops/state.ts";
import { requireCount } from "../tensor/check.ts";
import { ones, zeros } from "../tensor/create.ts";
import { ShapeError } from "../tensor/errors.ts";
import { between, checkOptions, flag, orNull, requireTensor } from "../tensor/options.ts";
import { formatShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { layerChecks, place } from "./layer.ts";
import type { LayerOptions } from "./layer.ts";
import { Module } from "./module.ts";

export interface BatchNormLayerOptions extends Pick<LayerOptions, "dtype"> {
  /** ε, added to the variance before the root; default 1e-5. */
  readonly eps?: number;
  /** The weight of the newest batch in the running statistics, default 0.1; null for the mean over all batches. */
  readonly momentum?: number | null;
  /** Whether a scale γ and a shift β are learned; default true. */
  readonly affine?: boolean;
  /** Whether running statistics are kept for evaluation; default true. */
  readonly trackRunningStats?: boolean;
}

/**
 * Normalises each feature, (x − μ)/√(σ² + ε) · γ + β: training uses the mean and the variance (divided by count) of the
 * batch, evaluation the running statistics r ← (1 − m) r + m · batch. The running variance takes the batch's variance
 * divided by count − 1, as in PyTorch. Inputs [N, features] or [N, features, L].
 * @throws ShapeError for other inputs, and in training for a batch with one number per feature
 * @example
 * new BatchNorm1d(1).forward(tensor([[1], [3]])).sum().item(); // 0
 */
export class BatchNorm1d extends Module {
  readonly features: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: StateCell | null;
  readonly runningVar: StateCell | null;
  readonly batchesTracked: StateCell | null;

  constructor(features: number, options: BatchNormLayerOptions = {}) {
    super();
    const given = checkOptions("BatchNorm1d", options, {
      dtype: layerChecks.dtype,
      eps: between(0),
      momentum: orNull(between(0, 1)),
      affine: flag,
      trackRunningStats: flag,
    });
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true, dtype = "float32" } = given;
    this.features = requireCount("BatchNorm1d", "the number of features", features);
    this.eps = eps;
    this.momentum = momentum;
    const shape = [features];
    this.weight = affine ? new Parameter(ones(shape, { dtype }), { name: "weight" }) : null;
    this.bias = affine ? new Parameter(zeros(shape, { dtype }), { name: "bias" }) : null;
    const tracked = (value: Tensor, name: string): StateCell | null =>
      trackRunningStats ? state(value, { name }) : null;
    this.runningMean = tracked(zeros(shape, { dtype }), "running_mean");
    this.runningVar = tracked(ones(shape, { dtype }), "running_var");
    this.batchesTracked = tracked(scalar(0, "int32"), "num_batches_tracked");
  }

  forward(x: Tensor): Tensor {
    requireTensor("BatchNorm1d", "the input", x);
    if ((x.rank !== 2 && x.rank !== 3) || x.shape[1] !== this.features)
      throw new ShapeError(
        this.toString(),
        [x.shape],
        `input is ${formatShape(x.shape)}${place(this.weight ?? this.runningMean)}; it takes [N,${this.features}] or ` +
          `[N,${this.features},L]`,
      );
    const { eps, runningMean, runningVar } = this;
    const affine = { eps, weight: this.weight ?? undefined, bias: this.bias ?? undefined };
    if (!this.training && runningMean && runningVar)
      return batchNorm(x, { ...affine, mean: runningMean, variance: runningVar });
    const count = x.size / this.features;
    if (this.training && count === 1)
      throw new ShapeError(
        this.toString(),
        [x.shape],
        `one number per feature in ${formatShape(x.shape)} has no variance for training; use larger batches, ` +
          "drop the last one, or call eval()",
      );
    if (this.training) this.#track(x, count);
    return batchNorm(x, affine);
  }

  #track(x: Tensor, count: number): void {
    const { runningMean, runningVar, batchesTracked, momentum } = this;
    if (!runningMean || !runningVar || !batchesTracked) return;
    noGrad(() => {
      // the same statistics as batchNorm's, so that a compiled step computes them once
      const over = batchAxes(x.shape);
      const mean = x.mean(over, true).reshape([this.features]);
      const variance = x.variance(over, { correction: 0, keepDim: true }).reshape([this.features]);
      batchesTracked.assign(batchesTracked.add(1));
      const m = momentum ?? scalar(1, runningMean.dtype).div(batchesTracked);
      const follow = (cell: StateCell, value: Tensor): void =>
        cell.assign(cell.add(value.sub(cell).mul(m)).to(cell.dtype));
      follow(runningMean, mean);
      follow(runningVar, variance.mul(count / (count - 1)));
    });
  }

  /** The buffers have PyTorch's names. */
  protected override *members(): Generator<[string, unknown]> {
    yield ["weight", this.weight];
    yield ["bias", this.bias];
    yield ["running_mean", this.runningMean];
    yield ["running_var", this.runningVar];
    yield ["num_batches_tracked", this.batchesTracked];
  }

  protected override describe(): string {
    const off = [
      ...(this.weight ? [] : ["affine=false"]),
      ...(this.runningMean ? [] : ["trackRunningStats=false"]),
    ];
    return [this.features, `eps=${this.eps}`, `momentum=${this.momentum}`, ...off].join(", ");
  }
}
