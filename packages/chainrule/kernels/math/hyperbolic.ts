/** tanh, sigmoid and softplus: a copy of src/tensor/math/hyperbolic.ts, which explains the method. */
import { powerOfTwo } from "./bits";
import { quotient, rest } from "./double-double";
import { binary, exp, expParts } from "./exp";
import { log1pParts } from "./log";

export function tanh(x: f64): f64 {
  const a = abs(x);
  if (a < 0.125) {
    if (a < 1e-9) return x;
    const z = x * x;
    const p =
      -0.3333333333333333 +
      z * 0.13333333333328656 +
      z * z * (-0.053968253933311915 + z * 0.02186947898568453) +
      z * z * (z * z) * (-0.008862054607931822 + z * 0.003524688347618352);
    return x + x * (z * p);
  }
  if (!(a < 22)) return a >= 22 ? copysign<f64>(1, x) : x;
  const m = expParts(2 * a, 0);
  const power = powerOfTwo(binary);
  const h = m * power;
  const l = rest * power;
  const above = h + 1;
  const below = h - 1;
  const y = quotient(below, h - below - 1 + l, above, h - above + 1 + l) + rest;
  return x < 0 ? -y : y;
}

export function sigmoid(x: f64): f64 {
  const a = abs(x);
  if (!(a < 45)) return x > 0 ? 1 : exp(x);
  const m = expParts(-a, 0);
  const power = powerOfTwo(binary);
  const h = m * power;
  const l = rest * power;
  const d = 1 + h;
  const dl = 1 - d + h + l;
  return x < 0 ? quotient(h, l, d, dl) + rest : quotient(1, 0, d, dl) + rest;
}

export function softplus(x: f64): f64 {
  const a = abs(x);
  if (!(a < 45)) return x > 0 ? x : exp(x);
  const m = expParts(-a, 0);
  const power = powerOfTwo(binary);
  const y = log1pParts(m * power, rest * power);
  if (x <= 0) return y;
  const s = x > y ? x + y : y + x;
  const error = x > y ? x - s + y : y - s + x;
  return s + (error + rest);
}
