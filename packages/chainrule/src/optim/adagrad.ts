/**
 * Adagrad divides each gradient by the root of the sum of its past squares, so the effective rates only fall:
 *
 *     g ← g + λ w
 *     S ← S + g²
 *     w ← w − a g / (√S + ε)
 */
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface AdagradSettings {
  /** ε */
  readonly eps: number;
  /** λ */
  readonly weightDecay: number;
}

/**
 * Adagrad, w ← w − a g / (√S + ε) with S the sum of all g². Defaults: lr 0.01, eps 1e-10, no weight decay.
 * @throws ValueError for options out of range
 * @see Duchi, Hazan, Singer, Adaptive subgradient methods (2011), as PyTorch's torch.optim.Adagrad
 * @example
 * const w = new Parameter(tensor([5, -3], { dtype: "float64" }));
 * const optimizer = new Adagrad([w], { lr: 1, eps: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.toArray(); // [ 4, -2 ]
 */
export class Adagrad extends Optimizer<AdagradSettings, "S"> {
  constructor(trained: Trained<AdagradSettings>, options: Options<AdagradSettings> = {}) {
    super("Adagrad", trained, { lr: 0.01, eps: 1e-10, weightDecay: 0 }, options);
  }

  protected override cells(): "S"[] {
    return ["S"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { S }: Record<"S", StateCell>,
    { eps, weightDecay }: AdagradSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    S.assign(S.add(g.mul(g)));
    w.assign(w.sub(g.div(S.sqrt().add(eps)).mul(a)));
  }
}
