/**
 * RAdam: Adam whose scaling waits until the variance of its average is known well enough:
 *
 *     V' = V / (1 − b₁ᵗ)     r∞ = 2/(1 − b₂) − 1     rₜ = r∞ − 2 t b₂ᵗ/(1 − b₂ᵗ)
 *     rₜ > 5:  w ← w − a V' q √(1 − b₂ᵗ) / (√S + ε),  q² = (rₜ − 4)(rₜ − 2) r∞ / ((r∞ − 4)(r∞ − 2) rₜ)
 *     else:    w ← w − a V'
 */
import { where } from "../ops/arithmetic.ts";
import { ops } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa, ewaShare } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface RAdamSettings {
  /** b₁ and b₂ */
  readonly betas: readonly [number, number];
  /** ε */
  readonly eps: number;
  /** λ, of L2: g ← g + λ w */
  readonly weightDecay: number;
}

type Cell = "V" | "S" | "t";

/**
 * RAdam. Defaults: lr 0.001, betas [0.9, 0.999], eps 1e-8, weightDecay 0.
 * @throws ValueError for options out of range
 * @see Liu et al., On the variance of the adaptive learning rate (2020); PyTorch's torch.optim.RAdam
 * @example
 * const w = new Parameter(tensor([1]));
 * const optimizer = new RAdam([w], { lr: 0.1 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.item(); // ≈ 0.8
 */
export class RAdam extends Optimizer<RAdamSettings, Cell> {
  constructor(trained: Trained<RAdamSettings>, options: Options<RAdamSettings> = {}) {
    super("RAdam", trained, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options);
  }

  protected override cells(): Cell[] {
    return ["V", "S", "t"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, S, t }: Record<Cell, StateCell>,
    { betas: [b1, b2], eps, weightDecay }: RAdamSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    V.assign(ewa(V, g, b1));
    S.assign(ewa(S, g.mul(g), b2));
    const Vc = V.div(ewaShare(b1, t, w.dtype));
    const most = 2 / (1 - b2) - 1;
    const power = ops.pow(b2, t);
    const left = ops.sub(1, power);
    const length = ops.sub(most, t.mul(2).mul(power).div(left));
    const ratio = length
      .sub(4)
      .mul(length.sub(2))
      .mul(most / ((most - 4) * (most - 2)))
      .div(length);
    const known = length.gt(5);
    // a root below 0 is never chosen
    const factor = where(known, ratio, 1).sqrt().mul(left.sqrt()).to(w.dtype);
    const scaled = where(known, factor.div(S.sqrt().add(eps)), 1);
    w.assign(w.sub(Vc.mul(scaled).mul(a)));
  }
}
