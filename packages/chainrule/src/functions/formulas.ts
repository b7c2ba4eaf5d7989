/** Functions that are one formula of other ops, as PyTorch names them. */
import { ops } from "../ops/index.ts";
import { where } from "../ops/arithmetic.ts";
import { requireTensor } from "../tensor/options.ts";
import type { Axes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Whether any number is not 0, over the axes (all).
 * @example
 * any(tensor([[0, 2], [0, 0]]), 1).toArray(); // [ true, false ]
 */
export function any(x: Tensor, axes?: Axes, keepDim = false): Tensor {
  return requireTensor("any", "the input", x).ne(0).to("int32").sum(axes, keepDim).gt(0);
}

/**
 * Whether no number is 0, over the axes (all).
 * @example
 * all(tensor([[1, 2], [0, 3]]), 1).toArray(); // [ true, false ]
 */
export function all(x: Tensor, axes?: Axes, keepDim = false): Tensor {
  return requireTensor("all", "the input", x).eq(0).to("int32").sum(axes, keepDim).eq(0);
}

/**
 * True where a number is NaN.
 * @example
 * isnan(tensor([1, NaN])).toArray(); // [ false, true ]
 */
export function isnan(x: Tensor): Tensor {
  return requireTensor("isnan", "the input", x).ne(x);
}

/**
 * True where a number is neither NaN nor infinite.
 * @example
 * isfinite(tensor([1, Infinity, NaN])).toArray(); // [ true, false, false ]
 */
export function isfinite(x: Tensor): Tensor {
  return requireTensor("isfinite", "the input", x).abs().lt(Infinity);
}

/**
 * The standard deviation √(Σ(x − mean)²/(n − correction)) over the axes (all); correction 1 by default. Its
 * gradient for equal values is 0, as in PyTorch.
 * @example
 * std(tensor([1, 2, 3])).item(); // 1
 */
export function std(
  x: Tensor,
  axes?: Axes,
  options: { readonly correction?: number; readonly keepDim?: boolean } = {},
): Tensor {
  return root(requireTensor("std", "the input", x).variance(axes, options));
}

/**
 * The Euclidean norm √Σx² over the axes (all); its gradient x/‖x‖ is 0 for a vector of zeros.
 * @example
 * norm(tensor([3, 4])).item(); // 5
 */
export function norm(x: Tensor, axes?: Axes, keepDim = false): Tensor {
  return root(requireTensor("norm", "the input", x).mul(x).sum(axes, keepDim));
}

/** √x of a sum of squares, whose gradients at 0 are 0 in place of 0/0. */
function root(x: Tensor): Tensor {
  const positive = x.gt(0);
  return where(positive, where(positive, x, 1).sqrt(), x);
}

/**
 * x²; derivative 2x.
 * @example
 * square(tensor([-2, 3])).toArray(); // [ 4, 9 ]
 */
export function square(x: Tensor): Tensor {
  return requireTensor("square", "the input", x).mul(x);
}

/**
 * 1/√x; derivative −x^(−3/2)/2.
 * @example
 * rsqrt(tensor([4])).toArray(); // [ 0.5 ]
 */
export function rsqrt(x: Tensor): Tensor {
  return ops.div(1, requireTensor("rsqrt", "the input", x).sqrt());
}

/**
 * The logarithm to base 2, ln x/ln 2.
 * @example
 * log2(tensor([8])).item(); // ≈ 3
 */
export function log2(x: Tensor): Tensor {
  return requireTensor("log2", "the input", x).log().div(Math.LN2);
}

/**
 * sin x/cos x; derivative 1 + tan² x.
 * @example
 * tan(tensor([0])).item(); // 0
 */
export function tan(x: Tensor): Tensor {
  return requireTensor("tan", "the input", x).sin().div(x.cos());
}

/**
 * (eˣ − e⁻ˣ)/2, computed from eˣ − 1, so that small numbers keep their digits; derivative cosh x.
 * @example
 * sinh(tensor([1])).item(); // ≈ 1.175
 */
export function sinh(x: Tensor): Tensor {
  requireTensor("sinh", "the input", x);
  return x.expm1().sub(x.neg().expm1()).mul(0.5);
}

/**
 * (eˣ + e⁻ˣ)/2; derivative sinh x.
 * @example
 * cosh(tensor([0])).item(); // 1
 */
export function cosh(x: Tensor): Tensor {
  return requireTensor("cosh", "the input", x).exp().add(x.neg().exp()).mul(0.5);
}

/**
 * The inverse of sinh, sign(x) ln(1 + |x| + x²/(1 + √(1 + x²))); derivative 1/√(1 + x²).
 * @example
 * asinh(tensor([1])).item(); // ≈ 0.881
 */
export function asinh(x: Tensor): Tensor {
  // the sign is 1 at 0, so that the derivative is 1 there
  const sign = where(requireTensor("asinh", "the input", x).lt(0), -1, 1);
  const size = x.mul(sign);
  const squares = size.mul(size);
  return size
    .add(squares.div(squares.add(1).sqrt().add(1)))
    .log1p()
    .mul(sign);
}

/**
 * The inverse of cosh for x ≥ 1, ln(x + √(x² − 1)); derivative 1/√(x² − 1).
 * @example
 * acosh(tensor([2])).item(); // ≈ 1.317
 */
export function acosh(x: Tensor): Tensor {
  const over = requireTensor("acosh", "the input", x).sub(1);
  return over.add(over.mul(x.add(1)).sqrt()).log1p();
}

/**
 * The inverse of tanh between −1 and 1, ½(ln(1 + x) − ln(1 − x)); derivative 1/(1 − x²).
 * @example
 * atanh(tensor([0.5])).item(); // ≈ 0.549
 */
export function atanh(x: Tensor): Tensor {
  requireTensor("atanh", "the input", x);
  return x.log1p().sub(x.neg().log1p()).mul(0.5);
}

/**
 * ln(eᵃ + eᵇ) = max + ln(1 + e^−|a − b|), without overflow.
 * @throws ShapeError when the shapes do not broadcast
 * @example
 * logaddexp(tensor([1000]), tensor([1000])).item(); // ≈ 1000.693
 */
export function logaddexp(a: Tensor, b: Tensor): Tensor {
  requireTensor("logaddexp", "the first tensor", a);
  requireTensor("logaddexp", "the second tensor", b);
  const most = ops.maximum(a, b);
  // equal infinities have no difference
  const apart = where(a.eq(b), 0, a.sub(b)).abs();
  return most.add(apart.neg().exp().log1p());
}
