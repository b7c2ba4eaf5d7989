/** The dense layer. */
import { linear } from "../functions/linear.ts";
import { Parameter } from "../ops/state.ts";
import { requireCount } from "../tensor/check.ts";
import { zeros } from "../tensor/create.ts";
import { ShapeError } from "../tensor/errors.ts";
import { checkOptions, flag, instance, requireFunction, requireTensor } from "../tensor/options.ts";
import { formatShape, sizeOf } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { init } from "./init.ts";
import { layerChecks, place } from "./layer.ts";
import type { LayerOptions } from "./layer.ts";
import { Module } from "./module.ts";

/**
 * y = x Wᵀ + b: inputs [.., in] → [.., out], weight [out, in], bias [out]. Weight and bias are drawn from U(±1/√in) in
 * this order, as in PyTorch.
 * @throws ShapeError when the input has another number of features
 * @example
 * new Linear(784, 300).forward(zeros([100, 784])).shape; // [ 100, 300 ]
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    options: LayerOptions & { readonly bias?: boolean } = {},
  ) {
    super();
    const {
      dtype = "float32",
      generator,
      bias = true,
    } = checkOptions("Linear", options, {
      ...layerChecks,
      bias: flag,
    });
    this.inFeatures = requireCount("Linear", "the number of inputs", inFeatures);
    this.outFeatures = requireCount("Linear", "the number of outputs", outFeatures);
    const bound = 1 / Math.sqrt(inFeatures);
    const drawn = (name: string, shape: number[]): Parameter =>
      init.uniform(new Parameter(zeros(shape, { dtype }), { name }), { low: -bound, high: bound, generator });
    this.weight = drawn("weight", [outFeatures, inFeatures]);
    this.bias = bias ? drawn("bias", [outFeatures]) : null;
  }

  forward(x: Tensor): Tensor {
    requireTensor("Linear", "the input", x);
    const features = x.shape[x.rank - 1];
    if (features !== this.inFeatures)
      throw new ShapeError(
        this.toString(),
        [x.shape, this.weight.shape],
        `input has ${features ?? "no"} features (${formatShape(x.shape)})${place(this.weight)}` +
          (x.rank > 2 && sizeOf(x.shape.slice(1)) === this.inFeatures ? "; put a Flatten before it" : ""),
      );
    return this.bias ? linear(x, this.weight, this.bias) : linear(x, this.weight);
  }

  protected override describe(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias ? "" : ", bias=false"}`;
  }
}

/**
 * Initialises the dense layers of a network anew: `weight` is applied to their weights in order, `bias` to their biases
 * (default: zeros).
 * @example
 * const net = new Sequential(new Linear(2, 10), new Tanh(), new Linear(10, 2));
 * initializeLinear(net, { weight: (w) => init.normal(w, { std: 0.3 }) });
 */
export function initializeLinear(
  network: Module<unknown>,
  rules: { readonly weight: (weight: Parameter) => unknown; readonly bias?: (bias: Parameter) => unknown },
): void {
  instance(Module, "a module")("initializeLinear", "the network", network);
  const { weight, bias = init.zeros } = checkOptions("initializeLinear", rules, {
    weight: requireFunction,
    bias: requireFunction,
  });
  requireFunction("initializeLinear", "weight", weight);
  for (const [, layer] of network.namedModules())
    if (layer instanceof Linear) {
      weight(layer.weight);
      if (layer.bias) bias(layer.bias);
    }
}
