/** A table of learned vectors. */
import { embedding } from "../functions/embedding.ts";
import { Parameter } from "../ops/state.ts";
import { requireCount } from "../tensor/check.ts";
import { zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { init } from "./init.ts";
import { checkOptions } from "../tensor/options.ts";
import { layerChecks } from "./layer.ts";
import type { LayerOptions } from "./layer.ts";
import { Module } from "./module.ts";

/**
 * Looks up a learned vector per index: int32 indices of any shape → [.., features]. The weight [count, features] is
 * drawn from N(0, 1).
 * @throws DTypeError, ShapeError for indices of another type or out of range
 * @example
 * new Embedding(10, 3).forward(tensor([[1, 2], [4, 9]], { dtype: "int32" })).shape; // [ 2, 2, 3 ]
 */
export class Embedding extends Module {
  readonly count: number;
  readonly features: number;
  readonly weight: Parameter;

  constructor(count: number, features: number, options: LayerOptions = {}) {
    super();
    const { dtype = "float32", generator } = checkOptions("Embedding", options, layerChecks);
    this.count = requireCount("Embedding", "the number of vectors", count);
    this.features = requireCount("Embedding", "the number of features", features);
    this.weight = init.normal(new Parameter(zeros([count, features], { dtype }), { name: "weight" }), {
      generator,
    });
  }

  forward(indices: Tensor): Tensor {
    return embedding(indices, this.weight);
  }

  protected override describe(): string {
    return `${this.count}, ${this.features}`;
  }
}
