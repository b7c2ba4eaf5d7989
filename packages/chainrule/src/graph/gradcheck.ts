/**
 * Compares gradients with central differences: (f(x + h) − f(x − h))/2h for every element of every input, h = 1e-5, in
 * float64. The verdict is the course's relative error |a − n|/max(1e-8, |a| + |n|).
 */
import { noGrad, withGrad } from "../ops/emit.ts";
import { randn } from "../tensor/create.ts";
import { convert, isFloat } from "../tensor/dtype.ts";
import { GraphError, ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradients } from "./gradients.ts";

export interface GradcheckOptions {
  /** Names of the inputs, for the report. */
  readonly names?: readonly string[];
  /** The step of the differences; 1e-5. */
  readonly h?: number;
  /** The largest relative error that passes; 1e-5. */
  readonly tolerance?: number;
  /** Differences below this pass whatever the relative error; 1e-9 by default, scaled with the gradient's largest element. */
  readonly floor?: number;
  /** Whether a failure throws (the default) or is only reported. */
  readonly throws?: boolean;
}

/** The largest disagreement for one input. */
export interface GradcheckEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly ok: boolean;
  /** Where the two differ most. */
  readonly index: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  readonly relativeError: number;
  /** How many elements sit at a kink, where the differences from left and right disagree; they are not judged. */
  readonly kinks: number;
  readonly checked: number;
}

export interface GradcheckReport {
  readonly ok: boolean;
  readonly entries: readonly GradcheckEntry[];
}

/**
 * Checks the gradient of f at the inputs, which are taken to float64. A result that is no scalar is weighted with fixed
 * random numbers first, so that every element of it counts.
 * @throws GraphError `gradient-mismatch` naming the input, the element and both numbers, unless `throws` is false
 * @example
 * gradcheck((x) => x.tanh().sum(), [tensor([0.5, -1])]).ok; // true
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const { h = 1e-5, tolerance = 1e-5, floor = 1e-9, names = [], throws = true } = options;
  if (!(h > 0)) throw new ValueError("gradcheck", `the step h must be above 0, not ${h}`);
  const leaves = inputs.map((input) => {
    const differentiable = isFloat(input.dtype);
    return fromValues(
      convert(input.data, differentiable ? "float64" : input.dtype),
      input.shape,
      differentiable ? "float64" : input.dtype,
      differentiable,
    );
  });
  let weights: Tensor | null = null;
  const scalarOf = (values: readonly Tensor[]): Tensor => {
    const y = f(...values);
    if (y.size === 1) return y.reshape([]);
    weights ??= randn(y.shape, { dtype: "float64", generator: new Generator(0).stream("gradcheck") });
    return y.mul(weights).sum();
  };
  const judged = leaves.filter((leaf) => leaf.requiresGrad);
  const grads = withGrad(true, () => gradients(scalarOf(leaves), judged));
  const value = (): number => noGrad(() => scalarOf(leaves).item());

  const entries = judged.map((leaf, i) =>
    compare(leaf, grads[i], value, {
      h,
      tolerance,
      floor,
      name: names[leaves.indexOf(leaf)] ?? `input ${leaves.indexOf(leaf)}`,
    }),
  );
  const report = { ok: entries.every((entry) => entry.ok), entries };
  const worst = entries.find((entry) => !entry.ok);
  if (worst && throws)
    throw new GraphError(
      "gradient-mismatch",
      `gradcheck: the gradient of ${worst.name} [${worst.shape.join(",")}] differs most at [${worst.index.join(",")}]: ` +
        `${worst.analytic} here, ${worst.numeric} by finite differences (relative error ${worst.relativeError.toExponential(1)}, ` +
        `allowed ${tolerance.toExponential(0)})`,
    );
  return report;
}

function compare(
  leaf: Tensor,
  grad: Tensor,
  value: () => number,
  { h, tolerance, floor, name }: { h: number; tolerance: number; floor: number; name: string },
): GradcheckEntry {
  const x = leaf.data;
  const center = value();
  const scale = Math.max(1, ...grad.data.map(Math.abs));
  let worst = { at: 0, analytic: x.length > 0 ? grad.data[0] : 0, numeric: NaN, relativeError: -1 };
  let kinks = 0;
  let ok = true;
  for (let i = 0; i < x.length; i++) {
    const before = x[i];
    x[i] = before + h;
    const above = value();
    x[i] = before - h;
    const below = value();
    x[i] = before;
    const numeric = (above - below) / (2 * h);
    const analytic = grad.data[i];
    const relativeError =
      Math.abs(analytic - numeric) / Math.max(1e-8, Math.abs(analytic) + Math.abs(numeric));
    const agrees = relativeError <= tolerance || Math.abs(analytic - numeric) <= floor * scale;
    if (!agrees) {
      // at a kink the two one-sided slopes differ by far more than a curve of this step would
      const right = (above - center) / h;
      const left = (center - below) / h;
      const between =
        Math.min(left, right) - 1e-6 * scale <= analytic && analytic <= Math.max(left, right) + 1e-6 * scale;
      if (between && Math.abs(right - left) > 1e-2 * scale) {
        kinks++;
        continue;
      }
      ok = false;
    }
    // a NaN is the worst that can be
    if (!(relativeError <= worst.relativeError) && (!agrees || ok))
      worst = { at: i, analytic, numeric, relativeError };
  }
  return {
    name,
    shape: leaf.shape,
    ok,
    index: unravel(worst.at, leaf.shape),
    analytic: worst.analytic,
    numeric: worst.numeric,
    relativeError: Math.max(0, worst.relativeError),
    kinks,
    checked: x.length - kinks,
  };
}

/** The index along each axis of element number `at`. */
function unravel(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(at % shape[axis]);
    at = Math.floor(at / shape[axis]);
  }
  return index;
}
