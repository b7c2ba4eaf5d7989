/** Dropout as a layer. */
import { dropout } from "../functions/dropout.ts";
import { state } from "../ops/state.ts";
import type { StateCell } from "../ops/state.ts";
import { tensor } from "../tensor/create.ts";
import { requireBetween } from "../tensor/check.ts";
import { checkOptions, requireTensor } from "../tensor/options.ts";
import { layerChecks } from "./layer.ts";
import { defaultGenerator } from "../tensor/random/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LayerOptions } from "./layer.ts";
import { Module } from "./module.ts";

const nextDraw = tensor([0, 0, 1], { dtype: "int32" });

/**
 * In training each element is 0 with probability p, else x/(1 − p); in evaluation the input passes unchanged. Each
 * forward pass advances the layer's random state, a cell, by one, so a traced step draws a new mask each time. The
 * state can be saved (`namedBuffers`); state dicts leave it out, as PyTorch's do.
 * @throws ValueError unless 0 ≤ p ≤ 1
 * @example
 * new Dropout(0.5).eval().forward(tensor([1, 2])).toArray(); // [ 1, 2 ]
 */
export class Dropout extends Module {
  readonly p: number;
  /** The random state for the op `uniform`, int32 [key, key, draw]. */
  readonly random: StateCell;

  constructor(p = 0.5, options: Pick<LayerOptions, "generator"> = {}) {
    super();
    const { generator = defaultGenerator() } = checkOptions("Dropout", options, {
      generator: layerChecks.generator,
    });
    this.p = requireBetween("Dropout", "the probability p", p, 0, 1);
    const word = (): number => generator.integer(-2147483648, 2147483648);
    this.random = state(tensor([word(), word(), 0], { dtype: "int32" }), { name: "random" });
  }

  forward(x: Tensor): Tensor {
    requireTensor("Dropout", "the input", x);
    if (!this.training || this.p === 0) return x;
    this.random.assign(this.random.add(nextDraw));
    return dropout(x, this.p, this.random);
  }

  protected override unsaved(): readonly string[] {
    return ["random"];
  }

  protected override describe(): string {
    return `p=${this.p}`;
  }
}
