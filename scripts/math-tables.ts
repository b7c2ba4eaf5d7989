/**
 * Derives the polynomial coefficients of packages/chainrule/src/tensor/math and the digits of 2/π.
 *
 *     node scripts/math-tables.ts          prints them, with the error each polynomial attains
 *
 * Each polynomial interpolates its function at Chebyshev nodes (within a bit or two of the best polynomial of that
 * degree), in BigInt arithmetic with the functions of test/math/oracle.ts; only the finished coefficients are
 * rounded to doubles. A test derives them again and compares them with the numbers that stand in the sources.
 */
import * as oracle from "../test/math/oracle.ts";
import { pi, real, toNumber, type Real } from "../test/math/oracle.ts";

const P = 400;
const unit = 1n << BigInt(P);

function fixed(x: Real): bigint {
  const shift = x.e + P;
  return shift >= 0 ? x.m << BigInt(shift) : x.m >> BigInt(-shift);
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> BigInt(P);
}

function over(a: bigint, b: bigint): bigint {
  return (a << BigInt(P)) / b;
}

function number(a: bigint): number {
  return toNumber({ m: a, e: -P });
}

/** One polynomial p(v) on lower ≤ x ≤ upper, where v = variable(x) and p(v) ≈ value(x). */
interface Request {
  readonly from: number;
  readonly to: number;
  readonly terms: number;
  /** The polynomial's variable, often x itself or x². */
  readonly variable: (x: bigint) => bigint;
  readonly value: (x: bigint) => bigint;
  /** What an error of the polynomial is multiplied by in the function's relative error. */
  readonly weight: (x: number) => number;
  /** The constant term as a sum of two doubles. */
  readonly split?: boolean;
}

export interface Polynomial {
  /** From the constant term upwards; with `split`, two numbers for the constant term. */
  readonly coefficients: readonly number[];
  /** log₂ of the largest relative error it causes, at 500 points. */
  readonly error: number;
}

function solve({ from, to, terms, variable, value, weight, split }: Request): Polynomial {
  const low = number(variable(fixed(real(from))));
  const high = number(variable(fixed(real(to))));
  const width = fixed(real(Math.max(Math.abs(low), Math.abs(high)))); // scales the variable to −1…1
  // Nodes: any x whose variable lies near a Chebyshev node will do, so the inverse is found by bisection in doubles.
  const nodes = Array.from({ length: terms }, (_, i) => {
    const target = (low + high) / 2 + ((high - low) / 2) * Math.cos((Math.PI * (2 * i + 1)) / (2 * terms));
    let a = from;
    let b = to;
    for (let step = 0; step < 60; step++) {
      const middle = (a + b) / 2;
      if (number(variable(fixed(real(middle)))) < target === low < high) a = middle;
      else b = middle;
    }
    return fixed(real(a));
  });
  const v = nodes.map((x) => over(variable(x), width));
  // Newton's divided differences, then the monomial coefficients by Horner's scheme on polynomials.
  const d = nodes.map(value);
  for (let k = 1; k < terms; k++) {
    for (let i = terms - 1; i >= k; i--) d[i] = over(d[i] - d[i - 1], v[i] - v[i - k]);
  }
  const c: bigint[] = Array.from({ length: terms }, () => 0n);
  for (let k = terms - 1; k >= 0; k--) {
    for (let i = terms - 1; i > 0; i--) c[i] = c[i - 1] - times(v[k], c[i]);
    c[0] = d[k] - times(v[k], c[0]);
  }
  let power = unit;
  const exact = c.map((coefficient) => {
    const result = over(coefficient, power);
    power = times(power, width);
    return result;
  });
  const coefficients = exact.map(number);
  if (split === true) coefficients.splice(1, 0, number(exact[0] - fixed(real(coefficients[0]))));
  let worst = 0;
  for (let i = 0; i <= 500; i++) {
    const x = from + ((to - from) * i) / 500;
    if (x === 0) continue;
    const at = variable(fixed(real(x)));
    let sum = 0n;
    for (let k = coefficients.length - 1; k >= 0; k--) {
      const carry = split === true && k === 0 ? sum : times(sum, at);
      sum = carry + fixed(real(coefficients[k]));
    }
    worst = Math.max(worst, Math.abs(number(sum - value(fixed(real(x))))) * weight(x));
  }
  return { coefficients, error: Math.log2(worst) };
}

const identity = (x: bigint): bigint => x;
const square = (x: bigint): bigint => times(x, x);
const cube = (x: bigint): bigint => times(x, times(x, x));
const at =
  (f: (x: Real) => Real) =>
  (x: bigint): bigint =>
    fixed(f({ m: x, e: -P }));

const requests: Record<string, Request> = {
  // e^r = 1 + r + r² p(r) for |r| ≤ ln 2/256
  exp: {
    from: -Math.LN2 / 256.0,
    to: Math.LN2 / 255.9,
    terms: 4,
    variable: identity,
    value: (r) => over(at(oracle.expm1)(r) - r, square(r)),
    weight: (r) => r * r,
  },
  // e^x − 1 = x + x²/2 + x³ p(x) for |x| ≤ 1/8
  expm1: {
    from: -0.125,
    to: 0.1251,
    terms: 8,
    variable: identity,
    value: (x) => over(at(oracle.expm1)(x) - x - square(x) / 2n, cube(x)),
    weight: (x) => x * x,
  },
  // log(1 + r) = r − r²/2 + r³ p(r) for |r| ≤ 1/228
  log: {
    from: -1 / 228,
    to: 1 / 227.9,
    terms: 6,
    variable: identity,
    value: (r) => over(at(oracle.log1p)(r) - r + square(r) / 2n, cube(r)),
    weight: (r) => r * r,
  },
  // tanh x = x + x³ p(x²) for |x| ≤ 1/8
  tanh: {
    from: 0.0001,
    to: 0.125,
    terms: 6,
    variable: square,
    value: (x) => over(at(oracle.tanh)(x) - x, cube(x)),
    weight: (x) => x * x,
  },
  // sinh x = x + x³ p(x²) for |x| ≤ 1/4
  sinh: {
    from: 0.0001,
    to: 0.25,
    terms: 5,
    variable: square,
    value: (x) => over(at(oracle.sinh)(x) - x, cube(x)),
    weight: (x) => x * x,
  },
  // sin d = d + d³ p(d²) and cos d = 1 + d² p(d²) for |d| ≤ 1/64
  sin: {
    from: 0.0001,
    to: 1 / 63.9,
    terms: 3,
    variable: square,
    value: (x) => over(at(oracle.sin)(x) - x, cube(x)),
    weight: (x) => x * x,
  },
  cos: {
    from: 0.0001,
    to: 1 / 63.9,
    terms: 3,
    variable: square,
    value: (x) => over(at(oracle.cos)(x) - unit, square(x)),
    weight: (x) => x * x,
  },
  // erf x = x + x p(x²) for |x| ≤ 1/2
  erf: {
    from: 0.0001,
    to: 0.5,
    terms: 10,
    split: true,
    variable: square,
    value: (x) => over(at(oracle.erf)(x), x) - unit,
    weight: () => 1,
  },
};

// erfc x = e^(−x²)/(1 + x) · p(t − centre), t = 1/(1 + x), on four intervals of length 11/64 from t = 0; x ≥ 1/2
for (let part = 0; part < 4; part++) {
  const from = part === 0 ? 1 / 29 : (11 * part) / 64; // x ≤ 28: beyond, erfc is zero
  const centre = fixed(real((11 * (2 * part + 1)) / 128));
  const x = (t: bigint): Real => ({ m: over(unit, t) - unit, e: -P });
  requests[`erfc${part}`] = {
    from,
    to: part === 3 ? 2 / 3 + 0.0001 : (11 * (part + 1)) / 64 + 0.0001,
    terms: 15,
    split: true,
    variable: (t) => t - centre,
    value: (t) => {
      const tail = oracle.erfc(x(t));
      const gauss = oracle.exp({ m: -(x(t).m * x(t).m) >> BigInt(P), e: -P });
      return over(fixed({ m: (tail.m << 600n) / gauss.m, e: tail.e - gauss.e - 600 }), t);
    },
    weight: () => 1 / 0.57,
  };
}

/** Every polynomial by name. */
export function polynomials(): Record<string, Polynomial> {
  return Object.fromEntries(Object.entries(requests).map(([name, request]) => [name, solve(request)]));
}

/** 2/π as `count` digits in base 2²⁴, the first one weighing 2^−24. */
export function twoOverPi(count: number): number[] {
  const p = 24 * count + 64;
  const bits = (1n << BigInt(2 * p + 1)) / pi(p);
  return Array.from({ length: count }, (_, i) => Number((bits >> BigInt(p - 24 * (i + 1))) & 0xffffffn));
}

/** π/2 in parts: the first `count − 1` have 33 bits, the last is a full double. */
export function halfPi(count: number): number[] {
  const p = 320;
  let rest = pi(p) >> 1n;
  return Array.from({ length: count }, (_, i) => {
    const keep = rest.toString(2).length - 33;
    const part = i === count - 1 ? rest : (rest >> BigInt(keep)) << BigInt(keep);
    const value = toNumber({ m: part, e: -p });
    rest -= i === count - 1 ? 0n : part;
    return value;
  });
}

if (import.meta.main) {
  for (const [name, { coefficients, error }] of Object.entries(polynomials())) {
    console.log(`${name}: error 2^${error.toFixed(1)}`);
    for (const c of coefficients) console.log(`  ${c},`);
  }
  console.log(`π/2: ${halfPi(3).join(", ")}`);
  console.log(`2/π: ${twoOverPi(66).join(", ")}`);
}
