/** The error function: a copy of src/tensor/math/erf.ts, which explains the method. */
import { ERF_TABLE } from "../memory";
import { scale } from "./bits";
import { product, quotient, rest, upperHalf } from "./double-double";
import { binary, expParts } from "./exp";

function excess(z: f64): f64 {
  const z2 = z * z;
  const z4 = z2 * z2;
  const p =
    -0.3761263890318375 +
    z * 0.1128379167095487 +
    z2 * (-0.02686617064499972 + z * 0.005223977622016935) +
    z4 *
      (-0.0008548326510724621 +
        z * 0.0001205528620199492 +
        z2 * (-0.000014923003367757525 + z * 0.000001637123441788095)) +
    z4 * z4 * -1.4620913343035752e-7;
  return 0.1283791670955126 + (z * p - 1.2444403972117931e-17);
}

@inline
function entry(i: i32): f64 {
  return load<f64>(ERF_TABLE + ((<usize>i) << 3));
}

function tail(a: f64): f64 {
  const a1 = upperHalf(a);
  const a2 = a - a1;
  const square = a * a;
  const h = expParts(-square, square - a1 * a1 - 2 * a1 * a2 - a2 * a2);
  const l = rest;
  const d = 1 + a;
  const dl = a > 1 ? a - d + 1 : 1 - d + a;
  const row = floor<f64>(5.818181818181818 / d);
  const centre = 0.0859375 * (2 * row + 1);
  const d1 = upperHalf(d);
  const u = (1 - centre * d1 - centre * (d - d1 + dl)) / d;
  const i = 16 * <i32>row;
  const u2 = u * u;
  let odd = entry(i + 14);
  let even = entry(i + 15);
  for (let j = i + 13; j > i + 1; j -= 2) {
    even = even * u2 + entry(j);
    odd = odd * u2 + entry(j - 1);
  }
  const p = odd + u * even;
  const f = entry(i);
  const y = product(h, l, f, entry(i + 1) + p * u);
  return quotient(y, rest, d, dl);
}

export function erf(x: f64): f64 {
  const a = abs(x);
  if (a < 0.5) return x + x * excess(x * x);
  if (!(a < 6)) return a >= 6 ? copysign<f64>(1, x) : x;
  const first = scale(tail(a), binary);
  const s: f64 = 1 - first;
  const y = s + (1 - s - first - scale(rest, binary));
  return x < 0 ? -y : y;
}
