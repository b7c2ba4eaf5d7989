/** Layer normalisation as a layer. */
import { layerNorm } from "../functions/norm.ts";
import { Parameter } from "../ops/state.ts";
import { requireCount } from "../tensor/check.ts";
import { ones, zeros } from "../tensor/create.ts";
import { ShapeError } from "../tensor/errors.ts";
import { between, checkOptions, flag, requireItems, requireTensor } from "../tensor/options.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { layerChecks, place } from "./layer.ts";
import type { LayerOptions } from "./layer.ts";
import { Module } from "./module.ts";

/**
 * Normalises each example over its last axes, of the given shape: (x − μ)/√(σ² + ε) · γ + β, in both training and
 * evaluation. γ starts at 1, β at 0.
 * @throws ShapeError when the input does not end in the shape
 * @example
 * new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 3]])).toArray(); // [ [ -1, 1 ] ]
 */
export class LayerNorm extends Module {
  readonly shape: Shape;
  readonly eps: number;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;

  constructor(
    shape: number | Shape,
    options: Pick<LayerOptions, "dtype"> & {
      readonly eps?: number;
      /** Whether γ and β are learned; default true. */
      readonly affine?: boolean;
      /** Whether there is a β beside γ; default true. */
      readonly bias?: boolean;
    } = {},
  ) {
    super();
    const {
      eps = 1e-5,
      affine = true,
      bias = true,
      dtype = "float32",
    } = checkOptions("LayerNorm", options, {
      dtype: layerChecks.dtype,
      eps: between(0),
      affine: flag,
      bias: flag,
    });
    this.shape = requireItems("LayerNorm", "the shape", typeof shape === "number" ? [shape] : shape).map(
      (length) => requireCount("LayerNorm", "each length", length),
    );
    this.eps = eps;
    this.weight = affine ? new Parameter(ones(this.shape, { dtype }), { name: "weight" }) : null;
    this.bias = affine && bias ? new Parameter(zeros(this.shape, { dtype }), { name: "bias" }) : null;
  }

  forward(x: Tensor): Tensor {
    requireTensor("LayerNorm", "the input", x);
    if (!sameShape(x.shape.slice(-this.shape.length), this.shape))
      throw new ShapeError(
        this.toString(),
        [x.shape, this.shape],
        `input ${formatShape(x.shape)} does not end in ${formatShape(this.shape)}${place(this.weight)}`,
      );
    return layerNorm(x, this.shape, {
      eps: this.eps,
      weight: this.weight ?? undefined,
      bias: this.bias ?? undefined,
    });
  }

  protected override describe(): string {
    const off = [
      ...(this.weight ? [] : ["affine=false"]),
      ...(this.weight && !this.bias ? ["bias=false"] : []),
    ];
    return [formatShape(this.shape), `eps=${this.eps}`, ...off].join(", ");
  }
}
