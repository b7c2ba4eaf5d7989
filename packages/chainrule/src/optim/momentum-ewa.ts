/**
 * The lecture's momentum, an exponentially weighted average of the gradients:
 *
 *     V ← b V + (1 − b) g
 *     w ← w − a V                with bias correction  w ← w − a V / (1 − bᵗ)
 *
 * Without the correction the first steps are too small by a factor of 1 − b. SGD's momentum sums the gradients instead:
 * the same steps in the long run need a learning rate (1 − b) times as large.
 */
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa, ewaShare } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface MomentumEWASettings {
  /** b */
  readonly beta: number;
  readonly biasCorrection: boolean;
  /** λ in g ← g + λ w, as the first step */
  readonly weightDecay: number;
}

/**
 * Averaged momentum, V ← b V + (1 − b) g, w ← w − a V. Defaults: lr 0.01, beta 0.9, no correction, no weight decay.
 * @throws ValueError for options out of range
 * @example
 * const w = new Parameter(tensor([3], { dtype: "float64" }));
 * const optimizer = new MomentumEWA([w], { lr: 1, beta: 0.5 });
 * // g = 6, so V = 3
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 0 ]
 */
export class MomentumEWA extends Optimizer<MomentumEWASettings, "V" | "t"> {
  constructor(trained: Trained<MomentumEWASettings>, options: Options<MomentumEWASettings> = {}) {
    super("MomentumEWA", trained, { lr: 0.01, beta: 0.9, biasCorrection: false, weightDecay: 0 }, options);
  }

  protected override cells({ biasCorrection }: MomentumEWASettings): ("V" | "t")[] {
    return biasCorrection ? ["V", "t"] : ["V"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, t }: Record<"V" | "t", StateCell>,
    { beta, biasCorrection, weightDecay }: MomentumEWASettings,
  ): void {
    V.assign(ewa(V, decayed(g, w, weightDecay), beta));
    const Vc = biasCorrection ? V.div(ewaShare(beta, t, w.dtype)) : V;
    w.assign(w.sub(Vc.mul(a)));
  }
}
