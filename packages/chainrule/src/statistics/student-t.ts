/**
 * Student's t distribution for whole degrees of freedom, computed from sines and cosines.
 *
 * With θ = atan(t / √n), the probability A that |T| ≤ t is, for n even and odd,
 *
 *     A = sin θ {1 + 1/2 cos² θ + (1·3)/(2·4) cos⁴ θ + … + (1·3·…·(n−3))/(2·4·…·(n−2)) cosⁿ⁻² θ}
 *     A = 2/π (θ + sin θ {cos θ + 2/3 cos³ θ + … + (2·4·…·(n−3))/(3·5·…·(n−2)) cosⁿ⁻² θ})
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
 */
import { requireCount } from "../tensor/check.ts";
import { cos, sin, tan } from "../tensor/math/index.ts";

/** A(θ). */
function within(theta: number, n: number): number {
  const [s, c] = [sin(theta), cos(theta)];
  const odd = n % 2 === 1;
  let term = odd ? c : 1;
  let sum = n === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= n - 2; k += 2) {
    term *= ((k - 1) / k) * c * c;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + s * sum) : s * sum;
}

/** The θ in [0, π/2] at which an increasing function reaches a value, accurate to about the last bit. */
function solve(grows: (theta: number) => number, value: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return middle;
    if (grows(middle) < value) low = middle;
    else high = middle;
  }
}

/** The t with P(|T| ≤ t) = level, for n degrees of freedom. */
export function studentQuantile(level: number, n: number): number {
  requireCount("studentQuantile", "the degrees of freedom", n);
  return Math.sqrt(n) * tan(solve((theta) => within(theta, n), level));
}

/** P(|T| > t) for t ≥ 0, for n degrees of freedom. */
export function studentTail(t: number, n: number): number {
  requireCount("studentTail", "the degrees of freedom", n);
  if (Number.isNaN(t)) return NaN;
  if (t === Infinity) return 0;
  return Math.max(0, 1 - within(solve(tan, t / Math.sqrt(n)), n));
}
