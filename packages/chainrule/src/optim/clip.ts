/** Gradient clipping, between `backward()` and `step()`. It uses ops only, so a traced step clips too. */
import { noGrad } from "../ops/emit.ts";
import { Parameter } from "../ops/state.ts";
import { describe } from "../tensor/check.ts";
import { requireItems } from "../tensor/options.ts";
import { requirePositive } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Scales all gradients by one factor, min(1, maxNorm/(‖g‖ + 1e-6)), where ‖g‖ is the norm of all gradients as one
 * vector. Returns ‖g‖ before clipping, a 0-d float64 tensor. Parameters without a gradient are skipped.
 * Squares are added in float64, so the norm of float32 gradients does not overflow.
 * @throws ValueError unless maxNorm is a finite number above 0, for no parameters, and for a norm that is not finite
 * @see Pascanu et al., On the difficulty of training recurrent networks (2013); PyTorch's clip_grad_norm_
 * @example
 * const w = new Parameter(tensor([3, 4]));
 * w.mul(w).sum().mul(0.5).backward();
 * clipGradNorm([w], 2.5).item(); // 5
 * w.grad; // tensor([1.5, 2.0])
 */
export function clipGradNorm(parameters: Iterable<Parameter>, maxNorm: number): Tensor {
  requirePositive("clipGradNorm", "maxNorm", maxNorm);
  return noGrad(() => {
    const held = withGradient("clipGradNorm", parameters);
    let squares: Tensor = scalar(0, "float64");
    // the square of a float32 may overflow float32
    for (const { grad } of held) squares = squares.add(grad.to("float64").pow(2).sum());
    const norm = squares.sqrt();
    requireFiniteNorm(norm, held);
    const factor = scalar(maxNorm, "float64").div(norm.add(1e-6)).clamp(-Infinity, 1);
    for (const w of held) w.grad = w.grad.mul(factor.to(w.dtype));
    return norm;
  });
}

/**
 * Clamps every element of every gradient to −value … value.
 * @throws ValueError unless value is a finite number above 0
 * @see PyTorch's clip_grad_value_
 * @example
 * const w = new Parameter(tensor([3, -0.25]));
 * w.mul(w).sum().backward();
 * clipGradValue([w], 1);
 * w.grad; // tensor([ 1.0, -0.5])
 */
export function clipGradValue(parameters: Iterable<Parameter>, value: number): void {
  requirePositive("clipGradValue", "value", value);
  noGrad(() => {
    for (const w of withGradient("clipGradValue", parameters)) w.grad = w.grad.clamp(-value, value);
  });
}

type Held = Parameter & { grad: Tensor };

function withGradient(where: string, parameters: Iterable<Parameter>): Held[] {
  const all = requireItems(where, "the parameters", parameters);
  const stray = all.find((one) => !(one instanceof Parameter));
  if (stray !== undefined)
    throw new ValueError(where, `takes parameters, not ${describe(stray)}`, {
      advice: "pass module.parameters()",
    });
  if (all.length === 0)
    throw new ValueError(where, "was given no parameters", {
      advice: "an iterator can be read once; pass an array, such as [...module.parameters()]",
    });
  return all.filter((w): w is Held => w.grad !== null);
}

/** A norm that is not finite scales nothing. A trace has no values to check; there the loss shows it. */
function requireFiniteNorm(norm: Tensor, held: readonly Held[]): void {
  if (!norm.hasValues || Number.isFinite(norm.item())) return;
  const at = held.findIndex(({ grad }) => !grad.data.every(Number.isFinite));
  const name = held[at]?.name || `of parameter ${at}`;
  throw new ValueError("clipGradNorm", `the gradient ${name} is not finite, so its norm is ${norm.item()}`, {
    advice: "lower the learning rate, or scale the inputs",
  });
}
