/**
 * Adamax: Adam with the largest recent gradient in place of the root of the average square:
 *
 *     g ← g + λ w
 *     V ← b₁ V + (1 − b₁) g          V' = V / (1 − b₁ᵗ)
 *     U ← max(b₂ U, |g| + ε)
 *     w ← w − a V' / U
 */
import { ops } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa, ewaShare } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

type Cell = "V" | "U" | "t";

export interface AdamaxSettings {
  /** b₁ and b₂ */
  readonly betas: readonly [number, number];
  /** ε, which PyTorch adds to |g|; the paper has no ε */
  readonly eps: number;
  /** λ */
  readonly weightDecay: number;
}

/**
 * Adamax, w ← w − a V' / U with U a running maximum of |g|. Defaults: lr 0.002, betas [0.9, 0.999], eps 1e-8.
 * @throws ValueError for options out of range
 * @see Kingma & Ba, Adam (2015), algorithm 2, with the ε of PyTorch's torch.optim.Adamax
 * @example
 * const w = new Parameter(tensor([5, -3], { dtype: "float64" }));
 * const optimizer = new Adamax([w], { lr: 0.5, betas: [0.5, 0.5], eps: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 4.5, -2.5 ]
 */
export class Adamax extends Optimizer<AdamaxSettings, Cell> {
  constructor(trained: Trained<AdamaxSettings>, options: Options<AdamaxSettings> = {}) {
    super("Adamax", trained, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options);
  }

  protected override cells(): Cell[] {
    return ["V", "U", "t"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, U, t }: Record<Cell, StateCell>,
    { betas: [b1, b2], eps, weightDecay }: AdamaxSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    V.assign(ewa(V, g, b1));
    U.assign(ops.maximum(U.mul(b2), g.abs().add(eps)));
    const Vc = V.div(ewaShare(b1, t, w.dtype));
    w.assign(w.sub(Vc.div(U).mul(a)));
  }
}
