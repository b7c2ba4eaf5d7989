/**
 * RMSProp divides each gradient by the root of the average of its squares:
 *
 *     S ← α S + (1 − α) g²
 *     w ← w − a g / (√S + ε)
 *
 * This is the lecture's rule (its b is α here) and PyTorch's. ε stands outside the root. The lecture has no ε; with eps
 * 0 a gradient of 0 gives 0/0 = NaN. PyTorch's extras are off by default:
 *
 *     g ← g + λ w                before anything else
 *     G ← α G + (1 − α) g        centred: √(S − G²) in place of √S
 *     V ← μ V + g / (√S + ε)     momentum: w ← w − a V
 */
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

type Cell = "S" | "G" | "V";

export interface RMSpropSettings {
  /** α, the lecture's b */
  readonly alpha: number;
  /** ε */
  readonly eps: number;
  readonly centered: boolean;
  /** μ */
  readonly momentum: number;
  /** λ */
  readonly weightDecay: number;
}

/**
 * RMSProp, w ← w − a g / (√S + ε) with S the average of g². Defaults are PyTorch's: lr 0.01, alpha 0.99, eps 1e-8; the
 * lecture has alpha 0.9. There is no bias correction, so the first step has length a/√(1 − α) in every coordinate.
 * @throws ValueError for options out of range
 * @see Hinton, Neural Networks for Machine Learning (2012), lecture 6e
 * @example
 * const w = new Parameter(tensor([5, -3], { dtype: "float64" }));
 * const optimizer = new RMSprop([w], { lr: 1, alpha: 0.75, eps: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 3, -1 ]
 */
export class RMSprop extends Optimizer<RMSpropSettings, Cell> {
  constructor(trained: Trained<RMSpropSettings>, options: Options<RMSpropSettings> = {}) {
    const defaults = { lr: 0.01, alpha: 0.99, eps: 1e-8, centered: false, momentum: 0, weightDecay: 0 };
    super("RMSprop", trained, defaults, options);
  }

  protected override cells({ centered, momentum }: RMSpropSettings): Cell[] {
    return ["S", ...(centered ? ["G" as const] : []), ...(momentum > 0 ? ["V" as const] : [])];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { S, G, V }: Record<Cell, StateCell>,
    { alpha, eps, centered, momentum, weightDecay }: RMSpropSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    S.assign(ewa(S, g.mul(g), alpha));
    if (centered) G.assign(ewa(G, g, alpha));
    // S ≥ G², except for rounding
    const root = (centered ? S.sub(G.mul(G)).clamp(0, Infinity) : S).sqrt();
    const scaled = g.div(root.add(eps));
    if (momentum > 0) V.assign(V.mul(momentum).add(scaled));
    w.assign(w.sub((momentum > 0 ? V : scaled).mul(a)));
  }
}
