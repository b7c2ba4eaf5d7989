/**
 * Stochastic gradient descent, with PyTorch's momentum:
 *
 *     g ← g + λ w
 *     V ← μ V + (1 − d) g        V ← g at the first step
 *     w ← w − a V                w ← w − a (g + μ V) with Nesterov, w ← w − a g without momentum
 */
import { where } from "../ops/index.ts";
import type { Parameter, StateCell } from "../ops/state.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface SGDSettings {
  /** μ; 0 keeps no average */
  readonly momentum: number;
  /** d */
  readonly dampening: number;
  readonly nesterov: boolean;
  /** λ */
  readonly weightDecay: number;
}

/**
 * Gradient descent w ← w − a g, with PyTorch's momentum. Defaults: lr 0.001, all else off.
 * @throws ValueError for options out of range, and for Nesterov without momentum or with dampening
 * @see Sutskever et al., On the importance of initialization and momentum (2013), as PyTorch's torch.optim.SGD
 * @example
 * const w = new Parameter(tensor([3]));
 * const optimizer = new SGD([w], { lr: 0.1 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 2.4000000953674316 ]
 */
export class SGD extends Optimizer<SGDSettings, "V" | "t"> {
  constructor(trained: Trained<SGDSettings>, options: Options<SGDSettings> = {}) {
    const defaults = { lr: 1e-3, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };
    super("SGD", trained, defaults, options);
  }

  protected override check({ momentum, dampening, nesterov }: SGDSettings): void {
    if (nesterov && (momentum === 0 || dampening !== 0))
      throw new ValueError("SGD", "nesterov needs a momentum above 0 and no dampening");
  }

  protected override cells({ momentum, dampening }: SGDSettings): ("V" | "t")[] {
    if (momentum === 0) return [];
    return dampening === 0 ? ["V"] : ["V", "t"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { V, t }: Record<"V" | "t", StateCell>,
    { momentum, dampening, nesterov, weightDecay }: SGDSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    if (momentum === 0) {
      w.assign(w.sub(g.mul(a)));
      return;
    }
    // V starts at 0, so without dampening the first V is g
    V.assign(V.mul(momentum).add(dampening === 0 ? g : where(t.eq(1), g, g.mul(1 - dampening))));
    w.assign(w.sub((nesterov ? g.add(V.mul(momentum)) : V).mul(a)));
  }
}
