/** Layers one after another. */
import { requireTensor } from "../tensor/options.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";

/**
 * Applies its layers in turn. They are named "0", "1", …, so a state dict has `0.weight`, `2.weight` as PyTorch's.
 * @throws ValueError for an argument that is not a module
 * @example
 * const net = new Sequential(new Linear(2, 10), new Tanh(), new Linear(10, 2));
 * net.parameterCount(); // 52
 */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    layers.forEach((layer, i) => {
      if (!(layer instanceof Module))
        throw new ValueError("Sequential", `argument ${i} is not a module${hint(layer)}`);
    });
    this.layers = layers;
    this.nameCells();
  }

  forward(x: Tensor): Tensor {
    requireTensor("Sequential", "the input", x);
    return this.layers.reduce((output, layer) => layer.forward(output), x);
  }

  protected override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this.layers);
  }
}

function hint(layer: unknown): string {
  if (Array.isArray(layer)) return "; spread the array: new Sequential(...layers)";
  return typeof layer === "function" ? "; an activation is new Tanh()" : "";
}
