/**
 * The functions of packages/chainrule/src/tensor/math, each with the data to measure it: the exact function, the
 * distributions of inputs, and the engine's function for comparing times.
 */
import * as math from "../../packages/chainrule/src/tensor/math/index.ts";
import * as oracle from "./oracle.ts";
import type { Real } from "./oracle.ts";

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** Draws one input (for pow: two). */
export type Regime = (random: Random) => readonly [number, number];

export interface Subject {
  readonly name: string;
  readonly f: (x: number, y: number) => number;
  readonly exact: (x: Real, y: Real) => Real;
  /** The method in a phrase, and the inputs that the `regimes` cover. */
  readonly method: string;
  readonly range: string;
  readonly regimes: readonly Regime[];
  readonly peer?: (x: number, y: number) => number;
  /** The interval on which the time is measured. */
  readonly timed: readonly [number, number];
}

/** Uniform numbers of 53 bits from a xorshift generator of 64 bits (Marsaglia, "Xorshift RNGs", 2003). */
export function randomBits(seed: number): Random {
  let high = seed | 0 || 1;
  let low = 0x9e3779b9 | 0;
  return () => {
    for (let round = 0; round < 2; round++) {
      const t = high ^ (high << 11);
      high = low;
      low = low ^ (low >>> 19) ^ (t ^ (t >>> 8));
    }
    return ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992;
  };
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The double `steps` representable numbers away from x. */
export function neighbour(x: number, steps: number): number {
  float[0] = x;
  bits[0] += BigInt(steps);
  return float[0];
}

const word = new Float32Array(1);
const integer = new Int32Array(word.buffer);

/** The next float32 away from zero. */
function nextSingle(y: number): number {
  word[0] = y;
  integer[0] += 1;
  return word[0];
}

function sign(random: Random): number {
  return random() < 0.5 ? -1 : 1;
}

/** Uniform in from…to. */
function uniform(from: number, to: number): Regime {
  return (random) => [from + (to - from) * random(), 0];
}

/** ±2^k·m with k uniform in from…to, so that every order of magnitude is equally frequent. */
function sized(from: number, to: number, signs: "+" | "±"): Regime {
  return (random) => {
    const k = Math.floor(from + (to - from) * random());
    const m = 1 + random();
    const x = k < -1022 ? (m * 2 ** (k + 200)) / 2 ** 200 : m * 2 ** k;
    return [signs === "+" ? x || 5e-324 : sign(random) * (x || 5e-324), 0];
  };
}

/** One of the corners, or a number up to 50 neighbours from it, or at a relative distance of 2^−1 … 2^−50. */
function around(corners: readonly number[]): Regime {
  return (random) => {
    const corner = corners[Math.floor(random() * corners.length)];
    const x =
      random() < 0.3
        ? neighbour(corner, Math.floor(101 * random()) - 50)
        : corner * (1 + sign(random) * random() * 2 ** -Math.floor(1 + 50 * random()));
    return [x || corner, 0];
  };
}

/** Draws from `regime` and rounds to float32, the inputs of a float32 tensor. */
function single(regime: Regime): Regime {
  return (random) => {
    const [x] = regime(random);
    const rounded = Math.fround(x);
    return [rounded !== 0 && Number.isFinite(rounded) ? rounded : x, 0];
  };
}

/** The input whose result is nearest to the midpoint of two float32, where correct rounding is hardest. */
function ties(inverted: (y: number) => number, regime: Regime): Regime {
  return (random) => {
    const y = Math.fround(regime(random)[0]);
    const x = inverted((y + nextSingle(y)) / 2);
    return [Number.isFinite(x) && x !== 0 ? x : 1, 0];
  };
}

/** The inverse of a monotonic f between two points, by bisection. */
function inverse(f: (x: number) => number, from: number, to: number): (y: number) => number {
  const rising = f(from) < f(to);
  return (y) => {
    let [a, b] = [from, to];
    for (let i = 0; i < 60; i++) {
      const middle = (a + b) / 2;
      if (f(middle) < y === rising) a = middle;
      else b = middle;
    }
    return a;
  };
}

/** Keeps only inputs inside the open interval. */
function inside(low: number, high: number, regimes: readonly Regime[]): Regime[] {
  return regimes.map((regime) => (random) => {
    for (;;) {
      const drawn = regime(random);
      if (drawn[0] > low && drawn[0] < high) return drawn;
    }
  });
}

const quarterTurns: Regime = (random) => {
  const n = 1 + Math.floor(random() ** 4 * 2 ** 22);
  const k = random() < 0.5 ? n : n / 2;
  return [neighbour((k * Math.PI) / 2, Math.floor(9 * random()) - 4), 0];
};

/**
 * 6381956970095103·2^797 (Kahan), the double that is nearest of all to a multiple of π/2, and others known to be near.
 */
const nearTurns = [
  6381956970095103 * 2 ** 797,
  5319372648326541 * 2 ** -52,
  5.706674932067741e15,
  2.5261587302000193e304,
  1.6367862238085946e16,
  Math.PI,
  Math.PI / 2,
  3 * (Math.PI / 4),
  1048576,
  0.785,
];

const logarithmic = inside(0, Infinity, [
  sized(-1074, 1024, "+"),
  uniform(0.5, 2),
  (random) => [1 + sign(random) * 2 ** -Math.floor(1 + 52 * random()) * (1 + random()), 0],
  around([
    1,
    2,
    0.5,
    Math.SQRT2,
    Math.SQRT1_2,
    0.705078125,
    2 ** -1022,
    5e-324,
    1.7976931348623157e308,
    10,
    1e22,
  ]),
  single(sized(-126, 128, "+")),
  ties(Math.exp, uniform(-80, 80)),
]);

const circular: Regime[] = [
  uniform(-10, 10),
  uniform(-1000, 1000),
  sized(-40, 24, "±"),
  sized(20, 1024, "±"),
  quarterTurns,
  around(nearTurns),
  single(sized(-30, 128, "±")),
  single(uniform(-7, 7)),
];

const exponential: Regime[] = [
  uniform(-5, 5),
  uniform(-708, 709.78),
  sized(-60, 9, "±"),
  uniform(-745.5, -707),
  around([
    709.782712893384,
    -745.1332191019411,
    -708.3964185322641,
    Math.LN2,
    Math.LN2 / 256,
    -Math.LN2 / 2,
    1,
    -37.5,
  ]),
  single(uniform(-104, 89)),
  ties(Math.log, sized(-126, 128, "+")),
];

const hyperbolic: Regime[] = [
  uniform(-5, 5),
  uniform(-30, 30),
  sized(-60, 5, "±"),
  sized(-1074, -40, "±"),
  around([0.125, -0.125, 0.25, 1, 18.4, 19.06, 22, -22, 0.5493061443340549]),
  single(uniform(-12, 12)),
];

const gaussian: Regime[] = [
  uniform(-6.5, 6.5),
  uniform(-0.5, 0.5),
  sized(-60, 2, "±"),
  sized(-1074, -40, "±"),
  around([0.5, -0.5, 0.46875, 0.93939393939, 1.909090909, 4.818181818, 5.9, 1, 2]),
  single(uniform(-5, 5)),
];

const powers: Regime[] = [
  (random) => [0.01 + 10 * random(), -5 + 10 * random()],
  (random) => {
    const x = sized(-1074, 1024, "+")(random)[0];
    return [x, (sign(random) * 750 * random()) / (Math.abs(Math.log(x)) + 1e-3)];
  },
  (random) => {
    const x = 1 + sign(random) * 2 ** -Math.floor(1 + 52 * random()) * (1 + random()) * 0.49;
    return [x, x === 1 ? 3 : (sign(random) * 750 * random()) / Math.abs(Math.log(x))];
  },
  (random) => [Math.fround(20 * random()) + 0.01, Math.floor(41 * random()) - 20],
  (random) => [
    Math.floor(1 + 1000 * random()),
    [0.5, 1.5, 2, 3, -0.5, 1 / 3, 10, 0.25][Math.floor(8 * random())],
  ],
  (random) => [Math.fround(2 ** (40 * random() - 20)), Math.fround(6 * random() - 3)],
  (random) => {
    const y = Math.floor(1 + 4 * random()) / 2;
    return [ties((z) => z ** (1 / y), sized(-40, 40, "+"))(random)[0], y];
  },
];

/** Every function that is measured. */
export const subjects: readonly Subject[] = [
  {
    name: "exp",
    f: math.exp,
    exact: oracle.exp,
    method: "table of 2^(j/128), polynomial of degree 5",
    range: "−745.5 … 709.8",
    regimes: exponential,
    peer: Math.exp,
    timed: [-10, 10],
  },
  {
    name: "expm1",
    f: math.expm1,
    exact: oracle.expm1,
    method: "exp kept in two doubles, less one; polynomial below 1/8",
    range: "−60 … 709.8, down to ±5e−324",
    regimes: [
      uniform(-5, 5),
      uniform(-60, 709.78),
      sized(-60, 9, "±"),
      around([709.782712893384, Math.LN2, Math.LN2 / 256, -Math.LN2 / 2, 1]),
      single(uniform(-20, 89)),
      sized(-1074, -40, "±"),
      around([0.125, -0.125, -37.4, 41.6]),
      ties(Math.log1p, sized(-60, 128, "+")),
    ],
    peer: Math.expm1,
    timed: [-3, 3],
  },
  {
    name: "log",
    f: math.log,
    exact: oracle.log,
    method: "table of 128 logarithms, polynomial of degree 8",
    range: "5e−324 … 1.8e308",
    regimes: logarithmic,
    peer: Math.log,
    timed: [0.001, 100],
  },
  {
    name: "log1p",
    f: math.log1p,
    exact: oracle.log1p,
    method: "log of 1 + x in two doubles",
    range: "−1 … 1.8e308, down to ±5e−324",
    regimes: inside(-1, Infinity, [
      ...logarithmic,
      uniform(-1, 1),
      sized(-60, 1, "±"),
      sized(-1074, -50, "±"),
      around([-1, 0.00390625, -0.00390625, 1e-16, -0.5, 1]),
      ties(Math.expm1, uniform(-20, 20)),
    ]),
    peer: Math.log1p,
    timed: [-0.9, 10],
  },
  {
    name: "log2",
    f: math.log2,
    exact: oracle.log2,
    method: "log in two doubles times 1/ln 2",
    range: "5e−324 … 1.8e308",
    regimes: [...logarithmic, ties((y) => 2 ** y, uniform(-100, 100))],
    peer: Math.log2,
    timed: [0.001, 100],
  },
  {
    name: "log10",
    f: math.log10,
    exact: oracle.log10,
    method: "log in two doubles times 1/ln 10",
    range: "5e−324 … 1.8e308",
    regimes: [...logarithmic, ties((y) => 10 ** y, uniform(-40, 40))],
    peer: Math.log10,
    timed: [0.001, 100],
  },
  {
    name: "tanh",
    f: math.tanh,
    exact: oracle.tanh,
    method: "(e²ˣ − 1)/(e²ˣ + 1) in two doubles; polynomial below 1/8",
    range: "−32 … 32, down to ±5e−324",
    regimes: [...hyperbolic, ties(Math.atanh, uniform(-1, 1))],
    peer: Math.tanh,
    timed: [-4, 4],
  },
  {
    name: "sigmoid",
    f: math.sigmoid,
    exact: oracle.sigmoid,
    method: "1/(1 + e^−|x|) in two doubles",
    range: "−745.5 … 60, down to ±5e−324",
    regimes: [
      ...hyperbolic,
      uniform(-745.5, 60),
      around([-45, 45, 36.7, -36.7, -708.4, -745.13]),
      ties((y) => Math.log(y / (1 - y)), uniform(0, 1)),
    ],
    timed: [-8, 8],
  },
  {
    name: "softplus",
    f: math.softplus,
    exact: oracle.softplus,
    method: "max(x, 0) + log(1 + e^−|x|) in two doubles",
    range: "−745.5 … 1000, down to ±5e−324",
    regimes: [
      ...hyperbolic,
      uniform(-745.5, 1000),
      around([-45, 45, 36.7, -36.7, 5.545, -5.545, -708.4, -745.13]),
      ties((y) => Math.log(Math.expm1(y)), uniform(0, 20)),
    ],
    timed: [-8, 8],
  },
  {
    name: "sinh",
    f: math.sinh,
    exact: oracle.sinh,
    method: "(eˣ − e^−x)/2 in two doubles; polynomial below 1/4",
    range: "−710.5 … 710.5, down to ±5e−324",
    regimes: [
      ...hyperbolic,
      uniform(-710.5, 710.5),
      around([710.4758600739439, 22, 0.25]),
      ties(Math.asinh, uniform(-1e6, 1e6)),
    ],
    peer: Math.sinh,
    timed: [-4, 4],
  },
  {
    name: "cosh",
    f: math.cosh,
    exact: oracle.cosh,
    method: "(eˣ + e^−x)/2 in two doubles",
    range: "−710.5 … 710.5",
    regimes: [
      ...hyperbolic,
      uniform(-710.5, 710.5),
      around([710.4758600739439, 22]),
      ties(Math.acosh, uniform(1, 1e6)),
    ],
    peer: Math.cosh,
    timed: [-4, 4],
  },
  {
    name: "sin",
    f: math.sin,
    exact: oracle.sin,
    method: "Cody–Waite or Payne–Hanek reduction, table of 26 angles",
    range: "±1e−12 … ±1.8e308",
    regimes: [...circular, ties(Math.asin, uniform(-1, 1))],
    peer: Math.sin,
    timed: [-10, 10],
  },
  {
    name: "cos",
    f: math.cos,
    exact: oracle.cos,
    method: "as sin",
    range: "±1e−12 … ±1.8e308",
    regimes: [...circular, ties(Math.acos, uniform(-1, 1))],
    peer: Math.cos,
    timed: [-10, 10],
  },
  {
    name: "tan",
    f: math.tan,
    exact: oracle.tan,
    method: "sin/cos in two doubles",
    range: "±1e−12 … ±1.8e308",
    regimes: [...circular, ties(Math.atan, uniform(-20, 20))],
    peer: Math.tan,
    timed: [-10, 10],
  },
  {
    name: "erf",
    f: math.erf,
    exact: oracle.erf,
    method: "x + x·p(x²) below 1/2, else 1 − erfc",
    range: "−6.5 … 6.5, down to ±5e−324",
    regimes: [...gaussian, ties(inverse(math.erf, -6, 6), uniform(-1, 1))],
    timed: [-4, 4],
  },
  {
    name: "erfc",
    f: math.erfc,
    exact: oracle.erfc,
    method: "e^(−x²)·t·F(t), t = 1/(1 + x), four polynomials of degree 14",
    range: "−6.5 … 27.3",
    regimes: [
      ...gaussian,
      uniform(0.5, 27.3),
      uniform(26, 27.3),
      around([26.543, 27.226, 10]),
      ties(inverse(math.erfc, -6, 14), sized(-126, 1, "+")),
    ],
    timed: [-4, 4],
  },
  {
    name: "pow",
    f: math.pow,
    exact: oracle.pow,
    method: "e^(y·log x), the exponent in two doubles",
    range: "x from 5e−324 to 1.8e308, result to both ends",
    regimes: powers,
    peer: Math.pow,
    timed: [0.01, 10],
  },
  {
    name: "cbrt",
    f: math.cbrt,
    exact: oracle.cbrt,
    method: "e^(log(x)/3), the exponent in two doubles",
    range: "5e−324 … 1.8e308",
    regimes: [...logarithmic, ties((y) => y * y * y, uniform(-100, 100))],
    peer: Math.cbrt,
    timed: [0.1, 100],
  },
];
