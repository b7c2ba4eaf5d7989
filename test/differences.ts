/**
 * An oracle for derivatives that is independent of the library: finite differences of a function from arrays to one
 * number. They are of fourth order, which allows a tolerance of 1e-8; central differences of second order allow 1e-5.
 */

/** The slope by one element, and whether f has a kink within two steps of it. */
interface Slope {
  readonly value: number;
  readonly kinked: boolean;
}

const h = 1e-3;

/** (8 (f₊₁ − f₋₁) − (f₊₂ − f₋₂))/12h + O(h⁴), from the values at −2, −1, 1 and 2 steps of h. */
function fourthOrder(below2: number, below: number, above: number, above2: number, step: number): number {
  return (8 * (above - below) - (above2 - below2)) / (12 * step);
}

/** ∂f/∂at[element] */
function slope(f: () => number, at: Float64Array, element: number, lookForKinks: boolean): Slope {
  const here = at[element];
  const moved = (steps: number): number => {
    at[element] = here + steps * h;
    const value = f();
    at[element] = here;
    return value;
  };
  const [below2, below, above, above2] = [-2, -1, 1, 2].map(moved);
  const value = fourthOrder(below2, below, above, above2, h);
  if (!lookForKinks) return { value, kinked: false };
  const center = f();
  const right = (-3 * center + 4 * above - above2) / (2 * h);
  const left = (3 * center - 4 * below + below2) / (2 * h);
  // At a kink, even one of a higher derivative, half the step gives another slope.
  const closer = fourthOrder(below, moved(-0.5), moved(0.5), above, h / 2);
  const kinked =
    Math.abs(right - left) > 1e-4 * (1 + Math.abs(right) + Math.abs(left)) ||
    Math.abs(value - closer) > 3e-9 * (1 + Math.abs(value));
  return { value, kinked };
}

export interface Differences {
  /** One array per input, in its order. */
  readonly slopes: readonly Float64Array[];
  /** Whether a kink lies within two steps of any element; checked only with the option. */
  readonly kinked: boolean;
}

/** The slopes of f by every element of every array. The arrays, which f reads, are changed and restored. */
export function differences(
  f: () => number,
  arrays: readonly Float64Array[],
  lookForKinks = false,
): Differences {
  let kinked = false;
  const slopes = arrays.map((array) =>
    Float64Array.from(array, (_, element) => {
      const found = slope(f, array, element, lookForKinks);
      kinked ||= found.kinked;
      return found.value;
    }),
  );
  return { slopes, kinked };
}

/** Throws unless got ≈ expected: |Δ| ≤ tolerance (1 + |expected|), element by element; NaN agrees with nothing. */
export function expectClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  if (got.length !== expected.length)
    throw new Error(`${what}: ${got.length} numbers where ${expected.length} are expected`);
  for (let i = 0; i < got.length; i++)
    if (!(Math.abs(got[i] - expected[i]) <= tolerance * (1 + Math.abs(expected[i]))))
      throw new Error(`${what}: element ${i} is ${got[i]}, expected ${expected[i]}`);
}
