/**
 * The elementary functions to about 140 correct bits, by BigInt arithmetic. The library's functions are compared with
 * them.
 *
 * A `Real` is m·2^e, exact. A "fixed" number is a BigInt a that stands for a·2^−p. Each function picks p so that even a
 * tiny result has 140 correct bits, and then uses the plainest method (Taylor series, one Halley step from a double, a
 * continued fraction). On purpose these are not the methods of the functions under test. Inputs are finite; the caller
 * handles poles and NaN.
 */

/** The real number m·2^e. */
export interface Real {
  readonly m: bigint;
  readonly e: number;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite double as the exact real it stands for. */
export function real(x: number): Real {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const m = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { m: x < 0 ? -m : m, e: (biased === 0 ? 1 : biased) - 1075 };
}

function abs(m: bigint): bigint {
  return m < 0n ? -m : m;
}

/** ⌊log₂|m|⌋. */
function magnitude(m: bigint): number {
  const a = abs(m);
  const approximate = Number(a);
  if (approximate === Infinity) return a.toString(2).length - 1;
  view.setFloat64(0, approximate);
  const k = ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
  return a >> BigInt(k) === 0n ? k - 1 : k; // The conversion may have rounded up to a power of two.
}

/** The exponent of x: 2^exponent ≤ |x| < 2^(exponent+1). */
function exponent(x: Real): number {
  return magnitude(x.m) + x.e;
}

function scale(x: number, k: number): number {
  for (; k > 1000; k -= 1000) x *= 2 ** 1000;
  for (; k < -1000; k += 1000) x *= 2 ** -1000;
  return x * 2 ** k;
}

/** x as a double, to about one unit in the last place (two where it is subnormal). */
export function toNumber(x: Real): number {
  if (x.m === 0n) return 0;
  const drop = magnitude(x.m) - 62;
  return drop > 0 ? scale(Number(x.m >> BigInt(drop)), x.e + drop) : scale(Number(x.m), x.e);
}

function fixed(x: Real, p: number): bigint {
  const shift = x.e + p;
  return shift >= 0 ? x.m << BigInt(shift) : x.m >> BigInt(-shift);
}

function add(a: Real, b: Real): Real {
  const e = Math.min(a.e, b.e);
  return { m: (a.m << BigInt(a.e - e)) + (b.m << BigInt(b.e - e)), e };
}

function negate(a: Real): Real {
  return { m: -a.m, e: a.e };
}

function multiply(a: Real, b: Real): Real {
  return { m: a.m * b.m, e: a.e + b.e };
}

function divide(a: Real, b: Real): Real {
  if (a.m === 0n) return a;
  const shift = Math.max(0, magnitude(b.m) - magnitude(a.m) + 180);
  return { m: (a.m << BigInt(shift)) / b.m, e: a.e - shift - b.e };
}

const one: Real = { m: 1n, e: 0 };

// ---- constants, to any precision ------------------------------------------------------------------------------

function constant(compute: (p: number) => bigint): (p: number) => bigint {
  const known = new Map<number, bigint>();
  return (p) => {
    let value = known.get(p);
    if (value === undefined) known.set(p, (value = compute(p + 32) >> 32n));
    return value;
  };
}

/** atan(1/n), or with sign = 1 atanh(1/n), as fixed. */
function inverseTangent(n: bigint, sign: 1n | -1n, p: number): bigint {
  let power = (1n << BigInt(p)) / n;
  let sum = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = (sign * power) / (n * n);
    sum += power / k;
  }
  return sum;
}

/** π, by Machin's formula. */
export const pi = constant((p) => 16n * inverseTangent(5n, -1n, p) - 4n * inverseTangent(239n, -1n, p));

/** ln 2 = 18 atanh(1/26) − 2 atanh(1/4801) + 8 atanh(1/8749). */
export const ln2 = constant(
  (p) =>
    18n * inverseTangent(26n, 1n, p) - 2n * inverseTangent(4801n, 1n, p) + 8n * inverseTangent(8749n, 1n, p),
);

/** ⌊√n⌋, by Newton's iteration from above. */
export function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((magnitude(n) >> 1) + 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** √π. */
export const rootPi = constant((p) => squareRoot(pi(p) << BigInt(p)));

// ---- the series -----------------------------------------------------------------------------------------------

/** e^(a·2^−p): a = k·ln 2 + r, the Taylor series of r/2⁸, then eight squarings. */
function exponential(a: bigint, p: number): Real {
  const log2 = ln2(p);
  const k = (2n * a + log2) / (2n * log2) - (2n * a + log2 < 0n ? 1n : 0n);
  const q = p + 24;
  const Q = BigInt(q);
  const r = (a - k * log2) << 16n; // (a − k ln 2)/2⁸ with 24 more bits
  let term = 1n << Q;
  let sum = term;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = ((term * r) / n) >> Q;
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = (sum * sum) >> Q;
  return { m: sum, e: Number(k) - q };
}

/** The logarithm of x > 0, as fixed: one Halley step, y + 2(x − eʸ)/(x + eʸ), from the double nearest to it. */
function logarithm(x: Real, p: number): bigint {
  let k = exponent(x);
  if (toNumber({ m: x.m, e: x.e - k }) > Math.SQRT2) k++;
  const m = fixed({ m: x.m, e: x.e - k }, p);
  const unit = 1n << BigInt(p);
  const start = Math.log1p(toNumber({ m: m - unit, e: -p }));
  const y = fixed(real(start), p);
  const power = fixed(exponential(y, p), p);
  return BigInt(k) * ln2(p) + y + (2n * (m - power) * unit) / (m + power);
}

/** [sin r, cos r] of a small fixed r, by their series. */
function circular(r: bigint, p: number): [bigint, bigint] {
  const P = BigInt(p);
  const square = (r * r) >> P;
  let sine = 0n;
  let cosine = 0n;
  let s = r;
  let c = 1n << P;
  for (let n = 1n; (c !== 0n && c !== -1n) || (s !== 0n && s !== -1n); n += 2n) {
    sine += s;
    cosine += c;
    c = (-(c * square) / (n * (n + 1n))) >> P;
    s = (-(s * square) / ((n + 1n) * (n + 2n))) >> P;
  }
  return [sine, cosine];
}

/** [sin x, cos x] for a double of any size. */
function sineCosine(x: Real): [Real, Real] {
  const e = exponent(x);
  const p = 320 + Math.abs(e);
  const a = fixed(x, p);
  const half = pi(p) >> 1n;
  const n = (2n * a + half) / (2n * half) - (2n * a + half < 0n ? 1n : 0n);
  const [s, c] = circular(a - n * half, p);
  const sine: Real = { m: s, e: -p };
  const cosine: Real = { m: c, e: -p };
  switch (Number(((n % 4n) + 4n) % 4n)) {
    case 0:
      return [sine, cosine];
    case 1:
      return [cosine, negate(sine)];
    case 2:
      return [negate(sine), negate(cosine)];
    default:
      return [negate(cosine), sine];
  }
}

/** The number of bits after the point that leaves 200 correct bits in a result as small as x. */
function precision(x: Real): number {
  return 220 + 2 * Math.max(0, -exponent(x));
}

/** erfc x for x ≥ 4: e^(−x²)/√π divided by x + ½/(x + 1/(x + (3/2)/(x + …))). */
function tail(x: Real): Real {
  const p = 240;
  const P = BigInt(p);
  const a = fixed(x, p);
  let f = a;
  const terms = Math.ceil(3200 / toNumber(x) ** 2) + 20;
  for (let n = terms; n > 0; n--) f = a + (BigInt(n) << (2n * P - 1n)) / f;
  const gauss = exponential(-fixed(multiply(x, x), p), p);
  return divide({ m: gauss.m, e: gauss.e }, { m: (f * rootPi(p)) >> P, e: -p });
}

// ---- the functions --------------------------------------------------------------------------------------------

export function exp(x: Real): Real {
  return exponential(fixed(x, 240), 240);
}

export function expm1(x: Real): Real {
  const p = precision(x);
  return add(exponential(fixed(x, p), p), { m: -1n, e: 0 });
}

export function log(x: Real): Real {
  return { m: logarithm(x, 300), e: -300 };
}

export function log1p(x: Real): Real {
  const p = precision(x);
  return { m: logarithm(add(one, x), p), e: -p };
}

export function log2(x: Real): Real {
  return divide(log(x), { m: ln2(300), e: -300 });
}

export function log10(x: Real): Real {
  return divide(log(x), log(real(10)));
}

export function sinh(x: Real): Real {
  const p = precision(x);
  const sum = add(exponential(fixed(x, p), p), negate(exponential(-fixed(x, p), p)));
  return { m: sum.m, e: sum.e - 1 };
}

export function cosh(x: Real): Real {
  const sum = add(exp(x), exp(negate(x)));
  return { m: sum.m, e: sum.e - 1 };
}

export function tanh(x: Real): Real {
  const p = precision(x);
  const square = exponential(2n * fixed(x, p), p);
  return divide(add(square, negate(one)), add(square, one));
}

/** 1/(1 + e^−x). */
export function sigmoid(x: Real): Real {
  return divide(one, add(one, exp(negate(x))));
}

/** log(1 + eˣ); below −200 the first term of its series, eˣ, is already right to 288 bits. */
export function softplus(x: Real): Real {
  const value = toNumber(x);
  if (value < -200) return exp(x);
  const p = 760;
  const e = exponential(fixed(x, p), p);
  return { m: logarithm(add(one, e), p), e: -p };
}

export function sin(x: Real): Real {
  return sineCosine(x)[0];
}

export function cos(x: Real): Real {
  return sineCosine(x)[1];
}

export function tan(x: Real): Real {
  const [sine, cosine] = sineCosine(x);
  return divide(sine, cosine);
}

/** erf x = (2/√π) e^(−x²) Σ 2ⁿ x^(2n+1)/(1·3·5⋯(2n+1)): no term is negative, so nothing cancels. */
export function erf(x: Real): Real {
  const size = Math.abs(toNumber(x));
  if (size > 12) return x.m < 0n ? negate(one) : one; // within 2^−200
  const p = precision(x) + 40;
  const P = BigInt(p);
  const a = fixed(x, p);
  const square = (a * a) >> P;
  let term = a;
  let sum = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = ((2n * term * square) / (n + 2n)) >> P;
  }
  const gauss = exponential(-square, p);
  return divide({ m: 2n * sum * gauss.m, e: gauss.e - p }, { m: rootPi(p), e: -p });
}

/** 1 − erf x, and beyond 4 a continued fraction. */
export function erfc(x: Real): Real {
  if (toNumber(x) > 4) return tail(x);
  return add(one, negate(erf(x)));
}

/** x^y for x > 0. */
export function pow(x: Real, y: Real): Real {
  const p = 400;
  const product = multiply({ m: logarithm(x, p), e: -p }, y);
  return exponential(fixed(product, p), p);
}

/** ∛x, from the integer cube root of a number of 480 bits. */
export function cbrt(x: Real): Real {
  const shift = 480 - magnitude(x.m);
  const up = shift + ((((x.e - shift) % 3) + 3) % 3);
  const n = abs(x.m) << BigInt(up);
  let root = 1n << BigInt(Math.ceil((magnitude(n) + 1) / 3));
  for (;;) {
    const next = (2n * root + n / (root * root)) / 3n;
    if (next >= root) break;
    root = next;
  }
  return { m: x.m < 0n ? -root : root, e: (x.e - up) / 3 };
}

/** atan x: y + atan((x − tan y)/(1 + x tan y)) from the double y, two terms of the small one. */
export function atan(x: Real): Real {
  const y = real(Math.atan(toNumber(x)));
  if (y.m === 0n) return x;
  const t = tan(y);
  const d = divide(add(x, negate(t)), add(one, multiply(x, t)));
  const cube = multiply(d, multiply(d, d));
  return add(add(y, d), divide(negate(cube), { m: 3n, e: 0 }));
}

// ---- the measure ----------------------------------------------------------------------------------------------

/** |y − exact| in units of the last place that a float of `bits` bits and least exponent `least` has at `exact`. */
export function ulps(y: number, exact: Real, bits = 53, least = -1022): number {
  if (exact.m === 0n) return y === 0 ? 0 : Infinity;
  if (Number.isNaN(y)) return Infinity;
  const greatest = bits === 53 ? 1024 : 128;
  const e = Math.min(exponent(exact), greatest);
  const shown: Real = Number.isFinite(y) ? real(y) : { m: BigInt(Math.sign(y)), e: greatest };
  const difference = add(
    shown,
    negate(e < greatest ? exact : { m: BigInt(exact.m > 0n ? 1 : -1), e: greatest }),
  );
  const unit = Math.max(e, least) - (bits - 1);
  return Math.abs(toNumber({ m: difference.m, e: difference.e - unit }));
}

/** The same after rounding y to float32. */
export function ulps32(y: number, exact: Real): number {
  return ulps(Math.fround(y), exact, 24, -126);
}
