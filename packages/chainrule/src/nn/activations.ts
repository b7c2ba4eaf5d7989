/** Activations as layers. Each applies the function of its name to every element. */
import { requireCount, requireFinite } from "../tensor/check.ts";
import { checkOptions, oneOf, requireTensor } from "../tensor/options.ts";
import { gelu, glu, leakyRelu, mish, prelu, selu, silu } from "../functions/activations.ts";
import type { GELUOptions } from "../functions/activations.ts";
import { Parameter } from "../ops/state.ts";
import { full } from "../tensor/create.ts";
import { layerChecks } from "./layer.ts";
import type { LayerOptions } from "./layer.ts";
import { logSoftmax, softmax } from "../functions/softmax.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";

/** Returns the input unchanged. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return requireTensor("Identity", "the input", x);
  }
}

/** max(0, x) */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return requireTensor("ReLU", "the input", x).relu();
  }
}

/** tanh x as a module; see `tanh`. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return requireTensor("Tanh", "the input", x).tanh();
  }
}

/** 1/(1 + e⁻ˣ) */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return requireTensor("Sigmoid", "the input", x).sigmoid();
  }
}

/** x Φ(x), Φ the normal distribution function; with `approximate: "tanh"` GPT-2's approximation. */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";
  constructor(options: GELUOptions = {}) {
    super();
    this.approximate =
      checkOptions("GELU", options, { approximate: oneOf("none", "tanh") }).approximate ?? "none";
  }
  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
  protected override describe(): string {
    return this.approximate === "tanh" ? "approximate=tanh" : "";
  }
}

/** λ x above 0, λ α (eˣ − 1) below. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/** x tanh(ln(1 + eˣ)) */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/** a ⊙ σ(b), a and b the halves of the input along an axis, by default the last. */
export class GLU extends Module {
  readonly axis: number;
  constructor(axis = -1) {
    super();
    this.axis = requireFinite("GLU", "axis", axis);
  }
  forward(x: Tensor): Tensor {
    return glu(x, this.axis);
  }
}

/** x above 0, w x below, with learned slopes w: one, or one per feature; they begin at 0.25. */
export class PReLU extends Module {
  readonly weight: Parameter;
  constructor(features = 1, options: Pick<LayerOptions, "dtype"> & { readonly init?: number } = {}) {
    super();
    const { dtype = "float32", init = 0.25 } = checkOptions("PReLU", options, {
      dtype: layerChecks.dtype,
      init: requireFinite,
    });
    const shape = [requireCount("PReLU", "the number of features", features)];
    this.weight = new Parameter(full(shape, init, { dtype }), { name: "weight" });
  }
  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
  protected override describe(): string {
    return String(this.weight.size);
  }
}

/** x σ(x) as a module, also called swish. */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** x above 0, α(eˣ − 1) below; default α = 1. */
export class ELU extends Module {
  readonly alpha: number;
  constructor(alpha = 1) {
    super();
    this.alpha = requireFinite("ELU", "alpha", alpha);
  }
  forward(x: Tensor): Tensor {
    return requireTensor("ELU", "the input", x).elu(this.alpha);
  }
  protected override describe(): string {
    return `alpha=${this.alpha}`;
  }
}

/** ln(1 + e^(βx))/β; default β = 1. */
export class Softplus extends Module {
  readonly beta: number;
  constructor(beta = 1) {
    super();
    this.beta = requireFinite("Softplus", "beta", beta);
  }
  forward(x: Tensor): Tensor {
    return requireTensor("Softplus", "the input", x).softplus(this.beta);
  }
  protected override describe(): string {
    return `beta=${this.beta}`;
  }
}

/** x above 0, slope · x below; default slope 0.01. */
export class LeakyReLU extends Module {
  readonly slope: number;
  constructor(slope = 0.01) {
    super();
    this.slope = requireFinite("LeakyReLU", "slope", slope);
  }
  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.slope);
  }
  protected override describe(): string {
    return `slope=${this.slope}`;
  }
}

/** Softmax along an axis, by default the last. A network trained with `crossEntropy` must not end with it. */
export class Softmax extends Module {
  readonly axis: number;
  constructor(axis = -1) {
    super();
    this.axis = axis;
  }
  forward(x: Tensor): Tensor {
    return softmax(x, this.axis);
  }
  protected override describe(): string {
    return `axis=${this.axis}`;
  }
}

/** The logarithm of softmax along an axis, by default the last; for `nllLoss`. */
export class LogSoftmax extends Module {
  readonly axis: number;
  constructor(axis = -1) {
    super();
    this.axis = axis;
  }
  forward(x: Tensor): Tensor {
    return logSoftmax(x, this.axis);
  }
  protected override describe(): string {
    return `axis=${this.axis}`;
  }
}
