/**
 * The error function erf x = 2/√π ∫₀ˣ e^(−t²) dt and its complement erfc x = 1 − erf x, which is tiny for large x.
 *
 * For |x| < 1/2, erf x = x + x·p(x²): the polynomial stays between 0.04 and 0.13, so its rounding counts little.
 * Beyond, erfc behaves like e^(−x²)/x, and dividing by that leaves a smooth factor F: with t = 1/(1 + x),
 *
 *     erfc x = e^(−x²) · t · F(t),      0 < t ≤ 2/3,      0.56 < F < 0.92
 *
 * (compare Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", 1981). F is a
 * polynomial of degree 14 about the centre of each of four intervals of t. x² is taken exactly, as a double-double: its
 * rounding error alone, 2^−44 at x = 26, would be 500 ulps of e^(−x²). Errors: 0.81 ulp, 0.84 next to the subnormals.
 */
import { scale } from "./bits.ts";
import { product, quotient, rest, upperHalf } from "./double-double.ts";
import { binary, expParts } from "./exp.ts";

/** (erf x − x)/x for |x| < 1/2, z = x². */
function excess(z: number): number {
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

/** Four rows of 16: F at the centre (11/128)(2·row + 1) in two parts, then the coefficients of u, u², …, u¹⁴. */
export const erfTable: Float64Array = /* @__PURE__ */ new Float64Array([
  0.614540514800046, 1.057777121332425e-17, 0.6046458529076103, 0.17869608751095883, -0.5117464403283581,
  -0.5604704733294291, 0.8190286067136516, 1.6529416060183475, -2.220351187738914, -5.800951378067095,
  9.325574303085636, 23.322326664804752, -53.21120164967598, -94.52642283162997, 378.2168535306528,
  -197.96689570244297, 0.720808174555857, 4.308711081018305e-17, 0.6138720232517358, -0.1306096042622806,
  -0.5785261584202301, 0.3457533482310933, 0.7406140856786981, -1.2577438122989588, -0.3182102644963577,
  3.3826805712782897, -3.8091473815482275, -3.6237237605515835, 17.341075179988575, -19.580303517532087,
  -23.343675108241058, 104.06986913768603, 0.819902730735848, 5.0045402012285996e-17, 0.5268609105746206,
  -0.34568712185071654, -0.23964788595945216, 0.5011008662023064, -0.21135495031860016, -0.3953777893311397,
  0.8168542238131333, -0.5901399726716736, -0.3842651034726458, 1.6421432709379715, -2.226696490103658,
  1.099691029889382, 2.3546324148082682, -6.496949594211873, 0.8994267734495353, 5.5457902921310125e-17,
  0.3958171992132915, -0.3942162825033403, 0.022065839241313664, 0.2522646543881396, -0.28206121435292586,
  0.11456370684729897, 0.11817198207215297, -0.2824067213532698, 0.2956963025178232, -0.1492776017923082,
  -0.0968208791430869, 0.33921442765345566, -0.4709003763978507, 0.41899911529022676,
]);

/**
 * erfc a = (first + rest)·2^k for 1/2 ≤ a ≤ 28: returns `first`, 26 bits long, and leaves `rest` and k (in `binary`).
 */
function tail(a: number): number {
  const a1 = upperHalf(a);
  const a2 = a - a1;
  const square = a * a;
  const h = expParts(-square, square - a1 * a1 - 2 * a1 * a2 - a2 * a2);
  const l = rest[0];
  const d = 1 + a;
  const dl = a > 1 ? a - d + 1 : 1 - d + a;
  // u = t − centre = (1 − centre·d)/d, where d is split so that the products with the short centre are exact
  const row = Math.floor(64 / 11 / d);
  const centre = 0.0859375 * (2 * row + 1);
  const d1 = upperHalf(d);
  const u = (1 - centre * d1 - centre * (d - d1 + dl)) / d;
  const i = 16 * row;
  const u2 = u * u;
  let odd = erfTable[i + 14];
  let even = erfTable[i + 15];
  for (let j = i + 13; j > i + 1; j -= 2) {
    even = even * u2 + erfTable[j];
    odd = odd * u2 + erfTable[j - 1];
  }
  const p = odd + u * even;
  const f = erfTable[i];
  const y = product(h, l, f, erfTable[i + 1] + p * u);
  return quotient(y, rest[0], d, dl);
}

/** from − erfc a for 1/2 ≤ a ≤ 6. */
function minusTail(from: number, a: number): number {
  const first = scale(tail(a), binary[0]);
  const s = from - first;
  return s + (from - s - first - scale(rest[0], binary[0]));
}

/** The error function. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 0.5) return x + x * excess(x * x);
  if (!(a < 6)) return a >= 6 ? Math.sign(x) : x;
  const y = minusTail(1, a);
  return x < 0 ? -y : y;
}

/** The complementary error function 1 − erf x. */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (a < 0.5) {
    const y = x * excess(x * x);
    const s = 1 - x;
    return s + (1 - s - x - y);
  }
  if (!(a < 27.3)) return a >= 27.3 ? (x < 0 ? 2 : 0) : x;
  if (x < 0) return x < -6 ? 2 : minusTail(2, a);
  const first = tail(a);
  return scale(first + rest[0], binary[0]);
}
