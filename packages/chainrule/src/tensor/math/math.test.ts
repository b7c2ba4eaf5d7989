import { describe, expect, test } from "vitest";
import { real, ulps } from "../../../../../test/math/oracle.ts";
import { randomBits, subjects } from "../../../../../test/math/subjects.ts";
import * as math from "./index.ts";

const inf = Infinity;

/** [x, f(x)] to the bit, the sign of zero included. */
const special: Record<string, readonly (readonly [number, number])[]> = {
  exp: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, 0],
    [709.782712893384, 1.7976931348622732e308],
    [709.7827128933841, inf],
    [-745.1332191019411, 5e-324],
    [-745.1332191019412, 0],
    [1e300, inf],
    [-1e300, 0],
    [5e-324, 1],
  ],
  expm1: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -1],
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
    [-50, -1],
    [709.7827128933841, inf],
    [1e-200, 1e-200],
  ],
  log: [
    [1, 0],
    [0, -inf],
    [-0, -inf],
    [inf, inf],
    [-1, NaN],
    [-inf, NaN],
    [-5e-324, NaN],
  ],
  log1p: [
    [0, 0],
    [-0, -0],
    [-1, -inf],
    [inf, inf],
    [-1.5, NaN],
    [-inf, NaN],
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
  ],
  log2: [
    [1, 0],
    [0, -inf],
    [-0, -inf],
    [inf, inf],
    [-1, NaN],
    [8, 3],
    [0.125, -3],
    [5e-324, -1074],
    [2 ** 1023, 1023],
  ],
  log10: [
    [1, 0],
    [0, -inf],
    [-0, -inf],
    [inf, inf],
    [-1, NaN],
    [1000, 3],
    [1e22, 22],
    [1e15, 15],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [40, 1],
    [-40, -1],
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
  ],
  sigmoid: [
    [0, 0.5],
    [-0, 0.5],
    [inf, 1],
    [-inf, 0],
    [1000, 1],
    [-1000, 0],
    [40, 1],
    [-745.1332191019411, 5e-324],
  ],
  softplus: [
    [0, Math.LN2],
    [-0, Math.LN2],
    [inf, inf],
    [-inf, 0],
    [1000, 1000],
    [-1000, 0],
    [1e300, 1e300],
    [-745.1332191019411, 5e-324],
  ],
  sinh: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -inf],
    [5e-324, 5e-324],
    [711, inf],
    [-711, -inf],
    [1e300, inf],
  ],
  cosh: [
    [0, 1],
    [-0, 1],
    [inf, inf],
    [-inf, inf],
    [711, inf],
    [-711, inf],
    [5e-324, 1],
  ],
  sin: [
    [0, 0],
    [-0, -0],
    [inf, NaN],
    [-inf, NaN],
    [5e-324, 5e-324],
    [-1e-300, -1e-300],
  ],
  cos: [
    [0, 1],
    [-0, 1],
    [inf, NaN],
    [-inf, NaN],
    [1e-300, 1],
  ],
  tan: [
    [0, 0],
    [-0, -0],
    [inf, NaN],
    [-inf, NaN],
    [5e-324, 5e-324],
    [-1e-300, -1e-300],
  ],
  erf: [
    [0, 0],
    [-0, -0],
    [inf, 1],
    [-inf, -1],
    [7, 1],
    [-7, -1],
    [5e-324, 5e-324],
  ],
  erfc: [
    [0, 1],
    [-0, 1],
    [inf, 0],
    [-inf, 2],
    [-7, 2],
    [28, 0],
    [5e-324, 1],
  ],
  cbrt: [
    [0, 0],
    [-0, -0],
    [inf, inf],
    [-inf, -inf],
    [27, 3],
    [-27, -3],
    [1e-300, 1e-100],
    [8 * 5e-324, 1.7031839360032603e-108 * 2],
  ],
};

/** [x, y, x^y] of IEEE 754. */
const powers: readonly (readonly [number, number, number])[] = [
  [NaN, 0, 1],
  [NaN, -0, 1],
  [inf, 0, 1],
  [0, 0, 1],
  [-5, -0, 1],
  [2, NaN, NaN],
  [1, NaN, 1],
  [NaN, 1, NaN],
  [NaN, 2, NaN],
  [1, inf, 1],
  [1, -inf, 1],
  [-1, inf, 1],
  [-1, -inf, 1],
  [2, inf, inf],
  [-2, inf, inf],
  [2, -inf, 0],
  [0.5, inf, 0],
  [-0.5, inf, 0],
  [0.5, -inf, inf],
  [0, inf, 0],
  [0, -inf, inf],
  [inf, 3, inf],
  [inf, 0.1, inf],
  [inf, -3, 0],
  [-inf, 3, -inf],
  [-inf, 2, inf],
  [-inf, 0.5, inf],
  [-inf, -3, -0],
  [-inf, -2, 0],
  [-inf, -0.5, 0],
  [0, 3, 0],
  [-0, 3, -0],
  [-0, 2, 0],
  [-0, 0.5, 0],
  [0, -3, inf],
  [-0, -3, -inf],
  [-0, -2, inf],
  [-0, -0.5, inf],
  [-0, 1, -0],
  [-0, -1, -inf],
  [-2, 0.5, NaN],
  [-2, 1 / 3, NaN],
  [-2, 3, -8],
  [-2, -3, -0.125],
  [-2, 2, 4],
  [-1, 9007199254740991, -1],
  [-1, 9007199254740992, 1],
  [2, 1023, 2 ** 1023],
  [2, 1024, inf],
  [2, -1074, 5e-324],
  [2, -1075, 0],
  [-2, 1025, -inf],
  [-2, -1077, -0],
  [3, 5, 243],
  [7, 13, 96889010407],
  [10, 15, 1e15],
  [10, 22, 1e22],
  [1.5, 4, 5.0625],
  [4, 0.5, 2],
  [9, 1.5, 27],
  [4, -0.5, 0.5],
  [1, 1e300, 1],
  [-1, 1e300, 1],
  [2, 1e300, inf],
  [0.5, 1e300, 0],
  [2, -1e300, 0],
  [2, 1e-300, 1],
  [5e-324, -1, inf],
  [1e-308, -1, 1e308],
];

/** Inputs at which the accuracy script found each function's largest error, and that error rounded up. */
const worst: Record<string, readonly [number, number, number]> = {
  exp: [-708.6924199707211, 0, 0.7506],
  expm1: [-0.12487975379765966, 0, 0.5786],
  log: [0.9999999999999998, 0, 0.5006],
  log1p: [0.003906250478393437, 0, 0.5026],
  log2: [1.0004587543306127, 0, 0.5006],
  log10: [8.515753471860822e-28, 0, 0.5006],
  tanh: [0.1255859399998644, 0, 0.5136],
  sigmoid: [-708.4000231765831, 0, 0.7506],
  softplus: [-708.4000231765831, 0, 0.7506],
  sinh: [0.24183331158505783, 0, 0.5246],
  cosh: [569.0551478574373, 0, 0.5046],
  sin: [61.966182708740234, 0, 0.5266],
  cos: [16367859989569274, 0, 0.5236],
  tan: [-247.483319768123, 0, 0.5326],
  erf: [7.249079962310957e-308, 0, 0.8366],
  erfc: [4.707902686924647, 0, 0.8016],
  pow: [6.237343444936417e-222, 1.3911959367684414, 0.7466],
  cbrt: [0.883929167585356, 0, 0.5056],
};

/** FNV-1a over the bits of f at 6000 fixed inputs, NaN as one pattern; no input depends on an engine's Math. */
function fingerprint(f: (x: number, y: number) => number): string {
  const random = randomBits(7);
  const words = new Uint32Array(2);
  const float = new Float64Array(words.buffer);
  let hash = 0x811c9dc5;
  for (let i = 0; i < 6000; i++) {
    words[0] = random() * 4294967296;
    words[1] = random() * 4294967296;
    const pattern = float[0];
    const plain = 60 * random() - 30;
    const x = i % 3 === 0 ? pattern : i % 3 === 1 ? plain : plain / (1 + (i % 1000) * (i % 1000));
    float[0] = f(x, 20 * random() - 10);
    if (float[0] !== float[0]) words.set([0, 0x7ff80000]);
    hash = Math.imul(hash ^ words[0], 0x01000193);
    hash = Math.imul(hash ^ words[1], 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const golden: Record<string, string> = {
  exp: "6342091a",
  expm1: "fd4a5907",
  log: "88bc534d",
  log1p: "718b2aba",
  log2: "bd7597cd",
  log10: "b25180c5",
  tanh: "d868950e",
  sigmoid: "1c3db1f3",
  softplus: "4340e70f",
  sinh: "4e86eb76",
  cosh: "8eae17ba",
  sin: "8a9d13e7",
  cos: "a8f701e0",
  tan: "9d462f1e",
  erf: "a70c234e",
  erfc: "76f62e68",
  pow: "279a91e3",
  cbrt: "730a477d",
};

describe.each(subjects.map((subject) => [subject.name, subject] as const))("%s", (name, subject) => {
  test("is within one ulp of the exact value", () => {
    const random = randomBits(3);
    for (const regime of subject.regimes) {
      for (let i = 0; i < 300; i++) {
        const [x, y] = regime(random);
        const error = ulps(subject.f(x, y), subject.exact(real(x), real(y)));
        if (!(error <= 1)) expect.fail(`${name}(${x}, ${y}) is ${error} ulps off`);
      }
    }
  });

  test("is as accurate as recorded at its worst known input", () => {
    const [x, y, bound] = worst[name];
    const error = ulps(subject.f(x, y), subject.exact(real(x), real(y)));
    expect(error).toBeLessThanOrEqual(bound);
    expect(error).toBeGreaterThan(bound - 0.002);
  });

  test("has the bits it always had", () => {
    expect(fingerprint(subject.f)).toBe(golden[name]);
  });
});

test.each(Object.keys(special))("%s's special cases", (name) => {
  const { f } = subjects.find((subject) => subject.name === name)!;
  expect(f(NaN, 0)).toBeNaN();
  for (const [x, y] of special[name]) expect([x, f(x, 0)]).toStrictEqual([x, y]);
});

test("pow's special cases", () => {
  for (const [x, y, z] of powers) expect([x, y, math.pow(x, y)]).toStrictEqual([x, y, z]);
});

test("pow of whole numbers is exact where the result is a double", () => {
  for (let x = 1n; x <= 60n; x++) {
    let exact = 1n;
    for (let y = 0; exact < 9007199254740992n; y++, exact *= x) {
      expect(math.pow(Number(x), y)).toBe(Number(exact));
      expect(math.pow(-Number(x), y)).toBe(y % 2 === 0 ? Number(exact) : -Number(exact));
      if (x === 1n && y > 60) break;
    }
  }
});

test("log2 of powers of two, log10 of powers of ten and cbrt of cubes are exact", () => {
  for (let k = -1022, x = 2 ** -1022; k < 1024; k++, x *= 2) expect(math.log2(x)).toBe(k);
  for (let k = 0; k <= 22; k++) expect(math.log10(Number(`1e${k}`))).toBe(k);
  for (let n = -2000; n <= 2000; n++) expect(math.cbrt(n * n * n)).toBe(n === 0 ? 0 : n);
});

test("odd functions are odd and cos, cosh even, to the bit", () => {
  const random = randomBits(11);
  for (let i = 0; i < 2000; i++) {
    const x = 100 * random() * random();
    for (const f of [math.sin, math.tan, math.tanh, math.sinh, math.erf, math.cbrt])
      expect(f(-x)).toBe(-f(x));
    for (const f of [math.cos, math.cosh]) expect(f(-x)).toBe(f(x));
  }
});

test("neighbouring results do not go down where the function rises through its table's boundaries", () => {
  for (const f of [math.exp, math.log, math.tanh, math.sigmoid, math.softplus, math.erf]) {
    for (let x = 0.05; x < 4; x += 0.0131) {
      const step = x * 2 ** -52;
      let last = f(x);
      for (let k = 1; k < 20; k++) {
        const next = f(x + k * step);
        expect(next).toBeGreaterThanOrEqual(last);
        last = next;
      }
    }
  }
});
