/**
 * Adadelta: steps in the units of the parameters, from averages of squared gradients and of squared steps:
 *
 *     S ← ρ S + (1 − ρ) g²     d = √(U + ε)/√(S + ε) · g     U ← ρ U + (1 − ρ) d²     w ← w − a d
 */
import type { Parameter, StateCell } from "../ops/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ewa } from "./averages.ts";
import { Optimizer, decayed } from "./optimizer.ts";
import type { Options, Trained } from "./optimizer.ts";

export interface AdadeltaSettings {
  /** ρ */
  readonly rho: number;
  /** ε */
  readonly eps: number;
  /** λ, of L2: g ← g + λ w */
  readonly weightDecay: number;
}

type Cell = "S" | "U";

/**
 * Adadelta. Defaults: lr 1, rho 0.9, eps 1e-6, weightDecay 0.
 * @throws ValueError for options out of range
 * @see Zeiler, ADADELTA (2012), algorithm 1; PyTorch's torch.optim.Adadelta
 * @example
 * const w = new Parameter(tensor([1]));
 * const optimizer = new Adadelta([w]);
 * w.mul(w).sum().backward();
 * optimizer.step();
 * w.item() < 1; // true
 */
export class Adadelta extends Optimizer<AdadeltaSettings, Cell> {
  constructor(trained: Trained<AdadeltaSettings>, options: Options<AdadeltaSettings> = {}) {
    super("Adadelta", trained, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 }, options);
  }

  protected override cells(): Cell[] {
    return ["S", "U"];
  }

  protected override update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    { S, U }: Record<Cell, StateCell>,
    { rho, eps, weightDecay }: AdadeltaSettings,
  ): void {
    g = decayed(g, w, weightDecay);
    S.assign(ewa(S, g.mul(g), rho));
    const d = U.add(eps).sqrt().div(S.add(eps).sqrt()).mul(g);
    U.assign(ewa(U, d.mul(d), rho));
    w.assign(w.sub(d.mul(a)));
  }
}
