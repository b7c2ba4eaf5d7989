/**
 * Adam: averaged momentum, scaled as in RMSProp, with bias correction of both averages:
 *
 *     V ← b₁ V + (1 − b₁) g          V' = V / (1 − b₁ᵗ)
 *     S ← b₂ S + (1 − b₂) g²         S' = S / (1 − b₂ᵗ)
 *     w ← w − a V' / (√S' + ε)
 *
 * ε stands outside the root; `epsInside` gives √(S' + ε), as some course texts print it. With `amsgrad`, S' comes from
 * M ← max(M, S). Weight decay is L2, g ← g + λ w as the first step; adamw.ts has decoupled weight decay.
 */
import { ops } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa, ewaShare } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

type Cell = "V" | "S" | "M" | "t";

export interface AdamSettings {
  /** b₁ and b₂ */
  readonly betas: readonly [number, number];
  /** ε */
  readonly eps: number;
  readonly epsInside: boolean;
  readonly amsgrad: boolean;
  /** λ */
  readonly weightDecay: number;
}

/** The common part of Adam and AdamW: everything except the weight decay. */
export abstract class AdamFamily extends Optimizer<AdamSettings, Cell> {
  protected override cells({ amsgrad }: AdamSettings): Cell[] {
    return amsgrad ? ["V", "S", "M", "t"] : ["V", "S", "t"];
  }

  /** Adam's step without weight decay. */
  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, S, M, t }: Record<Cell, StateCell>,
    { betas: [b1, b2], eps, epsInside, amsgrad }: AdamSettings,
  ): void {
    V.assign(ewa(V, g, b1));
    S.assign(ewa(S, g.mul(g), b2));
    if (amsgrad) M.assign(ops.maximum(M, S));
    const Vc = V.div(ewaShare(b1, t, w.dtype));
    const Sc = (amsgrad ? M : S).div(ewaShare(b2, t, w.dtype));
    const root = epsInside ? Sc.add(eps).sqrt() : Sc.sqrt().add(eps);
    w.assign(w.sub(Vc.div(root).mul(a)));
  }
}

/**
 * Adam, w ← w − a V' / (√S' + ε). Defaults: lr 0.001, betas [0.9, 0.999], eps 1e-8, all else off. The first step has
 * length a in every coordinate, for a gradient of any size.
 * @throws ValueError for options out of range
 * @see Kingma & Ba, Adam (2015), algorithm 1; Reddi et al., On the convergence of Adam (2018), for amsgrad
 * @example
 * const w = new Parameter(tensor([5, -3], { dtype: "float64" }));
 * const optimizer = new Adam([w], { lr: 0.5, betas: [0.5, 0.5], eps: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 4.5, -2.5 ]
 */
export class Adam extends AdamFamily {
  constructor(trained: Trained<AdamSettings>, options: Options<AdamSettings> = {}) {
    const defaults = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, epsInside: false, amsgrad: false } as const;
    super("Adam", trained, { ...defaults, weightDecay: 0 }, options);
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    cells: Record<Cell, StateCell>,
    settings: AdamSettings,
  ): void {
    super.update(w, decayed(g, w, settings.weightDecay), a, cells, settings);
  }
}
