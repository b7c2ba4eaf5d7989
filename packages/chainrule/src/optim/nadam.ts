/**
 * NAdam: Adam with Nesterov's look-ahead, whose weight m grows with the steps:
 *
 *     mₜ = b₁ (1 − ½ · 0.96^(ψ t))        P ← P · mₜ
 *     V ← b₁ V + (1 − b₁) g               S ← b₂ S + (1 − b₂) g²,   S' = S / (1 − b₂ᵗ)
 *     w ← w − a [ (1 − mₜ)/(1 − P) g + mₜ₊₁/(1 − P mₜ₊₁) V ] / (√S' + ε)
 */
import { ops } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa, ewaShare } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface NAdamSettings {
  /** b₁ and b₂ */
  readonly betas: readonly [number, number];
  /** ε */
  readonly eps: number;
  /** ψ */
  readonly momentumDecay: number;
  /** λ, of L2: g ← g + λ w */
  readonly weightDecay: number;
}

type Cell = "V" | "S" | "P" | "t";

/**
 * NAdam. Defaults: lr 0.002, betas [0.9, 0.999], eps 1e-8, momentumDecay 0.004, weightDecay 0.
 * @throws ValueError for options out of range
 * @see Dozat, Incorporating Nesterov momentum into Adam (2016); PyTorch's torch.optim.NAdam
 * @example
 * const w = new Parameter(tensor([1]));
 * const optimizer = new NAdam([w], { lr: 0.1 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.item() < 1; // true
 */
export class NAdam extends Optimizer<NAdamSettings, Cell> {
  constructor(trained: Trained<NAdamSettings>, options: Options<NAdamSettings> = {}) {
    const defaults = {
      lr: 2e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      momentumDecay: 0.004,
      weightDecay: 0,
    } as const;
    super("NAdam", trained, defaults, options);
  }

  protected override cells(): Cell[] {
    return ["V", "S", "P", "t"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, S, P, t }: Record<Cell, StateCell>,
    { betas: [b1, b2], eps, momentumDecay, weightDecay }: NAdamSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    const weightAt = (step: Tensor): Tensor =>
      ops.sub(1, ops.pow(0.96, step.mul(momentumDecay)).mul(0.5)).mul(b1);
    const now = weightAt(t);
    const next = weightAt(t.add(1));
    P.assign(P.mul(now));
    V.assign(ewa(V, g, b1));
    S.assign(ewa(S, g.mul(g), b2));
    const root = S.div(ewaShare(b2, t, w.dtype))
      .sqrt()
      .add(eps);
    const share = (over: Tensor, product: Tensor): Tensor => over.div(ops.sub(1, product)).to(w.dtype);
    const ahead = g.mul(share(ops.sub(1, now), P)).add(V.mul(share(next, P.mul(next))));
    w.assign(w.sub(ahead.div(root).mul(a)));
  }
}
