/**
 * AdamW: Adam with decoupled weight decay. The decay shrinks the weights directly and does not enter the averages:
 *
 *     w ← (1 − a λ) w
 *     then Adam's step for g
 */
import { ops } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { AdamFamily } from "./adam.ts";
import type { AdamSettings } from "./adam.ts";
import type { Options, Trained } from "./optimizer.ts";

/**
 * Adam with w ← (1 − a λ) w in place of λ w in the gradient. Defaults: Adam's, with weightDecay 0.01.
 * @throws ValueError for options out of range
 * @see Loshchilov & Hutter, Decoupled weight decay regularization (2019), algorithm 2
 * @example
 * const w = new Parameter(tensor([4], { dtype: "float64" }));
 * const optimizer = new AdamW([w], { lr: 0.5, weightDecay: 0.5, betas: [0.5, 0.5], eps: 0 });
 * w.mul(w).sum().backward();
 * // 0.75 · 4 − 0.5
 * optimizer.step();
 * w.toArray(); // [ 2.5 ]
 */
export class AdamW extends AdamFamily {
  constructor(trained: Trained<AdamSettings>, options: Options<AdamSettings> = {}) {
    const defaults = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, epsInside: false, amsgrad: false } as const;
    super("AdamW", trained, { ...defaults, weightDecay: 0.01 }, options);
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    cells: Record<"V" | "S" | "M" | "t", StateCell>,
    settings: AdamSettings,
  ): void {
    if (settings.weightDecay !== 0) w.assign(w.mul(ops.sub(1, a.mul(settings.weightDecay))));
    super.update(w, g, a, cells, settings);
  }
}
