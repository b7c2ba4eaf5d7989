/**
 * Exponentially weighted averages, the idea behind momentum and the scaling of RMSProp and Adam:
 *
 *     v₀ = 0,  vₜ = β vₜ₋₁ + (1 − β) yₜ  =  (1 − β) Σᵢ βᵗ⁻ⁱ yᵢ
 *
 * averages over about the last 1/(1 − β) values. It starts at 0, so it is too small at first; vₜ/(1 − βᵗ) corrects this
 * bias.
 */
import { checkOptions, flag, requireObject, requireTensor } from "../tensor/options.ts";
import type { StateCell } from "../ops/state.ts";
import { ops } from "../ops/index.ts";
import { requireCount, requireShare } from "../tensor/check.ts";
import type { DType } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import { pow } from "../tensor/math/index.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** β v + (1 − β) y, the average `v` updated by a value `y`. */
export function ewa(v: Tensor, y: Tensor, beta: number): Tensor {
  requireTensor("ewa", "the average", v);
  requireTensor("ewa", "the value", y);
  return v.mul(beta).add(y.mul(1 - beta));
}

/**
 * 1 − βᵗ, the divisor of the bias correction after t values. `t` is a 0-d float64 cell; the result has type `dtype`.
 */
export function ewaShare(beta: number, t: StateCell, dtype: DType): Tensor {
  // always in float64: 1 − 0.999 keeps only four digits in float32
  const share = ops.sub(1, ops.pow(beta, t));
  return share.to(dtype);
}

/**
 * The exponentially weighted average of a series, vₜ = β vₜ₋₁ + (1 − β) yₜ with v₀ = 0; y₀ is not used. `series` and
 * the result have the same length T. With `biasCorrection` each vₜ is divided by 1 − βᵗ, which returns a constant
 * series unchanged; v₀ stays 0.
 *
 * @throws ValueError unless 0 ≤ β < 1
 * @see Kingma & Ba, Adam (2015), section 3
 * @example
 * ewaSeries([0, 8, 8, 8], 0.5); // [ 0, 4, 6, 7 ]
 * ewaSeries([0, 8, 8, 8], 0.5, { biasCorrection: true }); // [ 0, 8, 8, 8 ]
 */
export function ewaSeries(
  series: ArrayLike<number>,
  beta: number,
  options: { readonly biasCorrection?: boolean } = {},
): number[] {
  const { biasCorrection = false } = checkOptions("ewaSeries", options, { biasCorrection: flag });
  requireShare("ewaSeries", "beta", beta);
  requireObject("ewaSeries", "the series", series);
  requireCount("ewaSeries", "the length of the series", series.length, 0);
  const averages = new Array<number>(series.length).fill(0);
  for (let t = 1, v = 0; t < series.length; t++) {
    v = beta * v + (1 - beta) * series[t];
    averages[t] = biasCorrection ? v / (1 - pow(beta, t)) : v;
  }
  return averages;
}

/**
 * (1 − β) βᵃ, the weight of a value that is `age` = a steps old. For plots, the age may be any real number ≥ 0.
 * @throws ValueError unless 0 ≤ β < 1 and age ≥ 0
 * @example
 * [0, 1, 2].map((age) => ewaWeight(0.5, age)); // [ 0.5, 0.25, 0.125 ]
 */
export function ewaWeight(beta: number, age: number): number {
  requireShare("ewaWeight", "beta", beta);
  if (!(age >= 0)) throw new ValueError("ewaWeight", `the age must be at least 0, not ${age}`);
  return (1 - beta) * pow(beta, age);
}

/**
 * 1/(1 − β), the effective number of values in the average. Older values have a total weight of β^(1/(1−β)) ≈ 1/e.
 * @throws ValueError unless 0 ≤ β < 1
 * @example
 * ewaWindow(0.75); // 4
 */
export function ewaWindow(beta: number): number {
  requireShare("ewaWindow", "beta", beta);
  return 1 / (1 - beta);
}
