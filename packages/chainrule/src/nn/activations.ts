/** Activations as layers. Each applies the function of its name to every element. */
import { requireFinite } from "../tensor/check.ts";
import { requireTensor } from "../tensor/options.ts";
import { gelu, leakyRelu, silu } from "../functions/activations.ts";
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

/** x Φ(x), Φ the normal distribution function */
export class GELU extends Module {
  forward(x: Tensor): Tensor {
    return gelu(x);
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
