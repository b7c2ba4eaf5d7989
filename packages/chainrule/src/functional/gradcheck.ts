/**
 * Compares gradients with central differences: (f(x + h) − f(x − h))/2h for every element of every input, h = 1e-5, in
 * float64. The verdict is the course's relative error |a − n|/max(1e-8, |a| + |n|).
 */
import { requireCount, requirePositive } from "../tensor/check.ts";
import { anything, between, checkOptions, flag, requireFunction, requireTensor } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";
import { gradients } from "../graph/gradients.ts";
import { evaluator, installEvaluator, noGrad, withGrad } from "../ops/emit.ts";
import { StateCell } from "../ops/state.ts";
import { randn, zerosLike } from "../tensor/create.ts";
import { convert, isFloat } from "../tensor/dtype.ts";
import { GraphError, ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { unravel } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { centralDifference, moved } from "./central-difference.ts";

export interface GradcheckOptions {
  /** Names of the inputs, for the report. */
  readonly names?: readonly string[];
  /** The step of the differences; 1e-5. */
  readonly h?: number;
  /** The largest relative error that passes; 1e-5. */
  readonly tolerance?: number;
  /** Differences below this pass whatever the relative error; 1e-9 by default, scaled with the gradient's largest element. */
  readonly floor?: number;
  /** How many elements of each input are checked at most, drawn by a fixed seed; all of them. */
  readonly elements?: number;
  /** Whether a failure throws (the default) or is only reported. */
  readonly throws?: boolean;
}

const gradcheckOptions: Checks<GradcheckOptions> = {
  names: anything,
  h: requirePositive,
  tolerance: requirePositive,
  floor: between(0),
  elements: (where, name, value) => value === Infinity || requireCount(where, name, value),
  throws: flag,
};

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
  /**
   * How many elements sit at a kink, where differences tell nothing: the slopes to the left and right disagree and the
   * gradient lies between them. They count only if the gradient is right on both sides of the kink.
   */
  readonly kinks: number;
  readonly checked: number;
}

export interface GradcheckReport {
  readonly ok: boolean;
  readonly entries: readonly GradcheckEntry[];
}

/**
 * Checks the gradient of f at the inputs, which are taken to float64; a float64 Parameter is moved itself, so that f may
 * close over it. A result that is not a scalar is weighted with fixed random numbers first, so that every element counts.
 * @throws GraphError `gradient-mismatch` naming the input, the element and both numbers, unless `throws` is false;
 * ValueError for a function that does not repeat its value or does not use an input
 * @example
 * gradcheck((x) => x.tanh().sum(), [tensor([0.5, -1])]).ok; // true
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  requireFunction("gradcheck", "f", f);
  if (!Array.isArray(inputs))
    throw new ValueError("gradcheck", "the inputs are an array of tensors, as in gradcheck(f, [x])");
  inputs.forEach((input, i) => requireTensor("gradcheck", `input ${i}`, input));
  const {
    h = 1e-5,
    tolerance = 1e-5,
    floor = 1e-9,
    names = [],
    throws = true,
  } = checkOptions("gradcheck", options, gradcheckOptions);
  const { elements = Infinity } = options;
  const leaves = inputs.map((input) => {
    // the cell itself, so that a function that closes over it is checked, too
    if (input instanceof StateCell && input.dtype === "float64" && input.requiresGrad) return input;
    const differentiable = isFloat(input.dtype);
    const dtype = differentiable ? "float64" : input.dtype;
    return fromValues(convert(input.data, dtype), input.shape, dtype, differentiable);
  });
  let weights: Tensor | null = null;
  const scalarOf = (values: readonly Tensor[]): Tensor => {
    const y = f(...values);
    if (y.size === 1) return y.reshape([]);
    weights ??= randn(y.shape, { dtype: "float64", generator: new Generator(0).stream("gradcheck") });
    return y.mul(weights).sum();
  };
  const judged = leaves.filter((leaf) => leaf.requiresGrad);
  if (judged.length === 0)
    throw new ValueError("gradcheck", "needs a floating-point input to differentiate by");
  const value = (): number => noGrad(() => scalarOf(leaves).item());
  const analytic = (): Tensor[] => {
    const y = withGrad(true, () => scalarOf(leaves));
    return y.requiresGrad ? gradients(y, judged) : judged.map(zerosLike);
  };
  const used = usedBy(value);
  leaves.forEach((leaf, i) => {
    if (leaf.requiresGrad && !used.has(leaf))
      throw new ValueError(
        "gradcheck",
        `f does not use input ${i}; take it as an argument, or close over a float64 Parameter and pass that`,
      );
  });
  if (!Object.is(value(), value()))
    throw new ValueError(
      "gradcheck",
      "the function gives another value at each call; fix its seed, or check dropout in eval mode",
    );
  const grads = analytic();
  const entries = judged.map((leaf, i): GradcheckEntry => {
    const name = names[leaves.indexOf(leaf)] ?? `input ${leaves.indexOf(leaf)}`;
    const gradient = (at: number): number => analytic()[i].data[at];
    return { name, ...compare(leaf, grads[i], value, gradient, { h, tolerance, floor, elements }) };
  });
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

/** The tensors and state cells that ops read while `compute` runs. */
function usedBy(compute: () => unknown): ReadonlySet<Tensor> {
  const used = new Set<Tensor>();
  const before = evaluator();
  installEvaluator({
    ...before,
    emit: (node) => {
      for (const input of node.inputs) used.add(input.cell ?? input);
      return before.emit(node);
    },
  });
  try {
    compute();
  } finally {
    installEvaluator(before);
  }
  return used;
}

interface Pair {
  analytic: number;
  numeric: number;
}

/** Slopes to the left and right that differ by more are looked at closely: a kink, or a sharp curve. */
const bent = 1e-4;

/** Compares the gradient of one input; `value` and `gradient` compute anew from the numbers that `leaf` holds. */
function compare(
  leaf: Tensor,
  grad: Tensor,
  value: () => number,
  gradient: (at: number) => number,
  { h, tolerance, floor, elements }: Required<Omit<GradcheckOptions, "names" | "throws">>,
): Omit<GradcheckEntry, "name"> {
  const x = leaf.data;
  const scale = Array.from(grad.data).reduce((most, slope) => Math.max(most, Math.abs(slope)), 1);
  const errorOf = (analytic: number, numeric: number): number => {
    const error = Math.abs(analytic - numeric) / Math.max(1e-8, Math.abs(analytic) + Math.abs(numeric));
    return Number.isNaN(error) ? Infinity : error;
  };
  const center = value();
  /** Whether two slopes agree, but for the rounding of f in a difference over `step`. */
  const agree = ({ analytic, numeric }: Pair, step: number): boolean =>
    errorOf(analytic, numeric) <= tolerance ||
    Math.abs(analytic - numeric) <= floor * scale + (8 * Number.EPSILON * Math.abs(center)) / step;
  const probe = (i: number, around: number, step: number): { slope: number; bend: number } => {
    const { below, above, slope } = centralDifference((by) => moved(x, i, around + by, value), step);
    // how much the slopes to the left and right differ; it means something around 0 only
    return { slope, bend: Math.abs(above - 2 * center + below) / step };
  };
  const fine = h / 16;
  /** A wrong rule is wrong beside the kink, too: the gradient and the slope two fine steps away where they differ. */
  const wrongSide = (i: number): Pair | undefined =>
    [-2 * fine, 2 * fine]
      .map((by) => ({
        analytic: moved(x, i, by, () => gradient(i)),
        numeric: probe(i, by, fine).slope,
      }))
      .find((side) => !agree(side, fine));
  /** Whether the gradient lies between the one-sided slopes, of second order so that a curve does not count as a kink. */
  const between = (i: number): boolean => {
    const [left, right] = [-fine, fine].map(
      (step) => (4 * moved(x, i, step, value) - 3 * center - moved(x, i, 2 * step, value)) / (2 * step),
    );
    const slack = tolerance * (Math.abs(left) + Math.abs(right)) + floor * scale;
    return Math.min(left, right) - slack <= grad.data[i] && grad.data[i] <= Math.max(left, right) + slack;
  };
  let worst = { at: 0, analytic: 0, numeric: 0, error: -1, agrees: true };
  let kinks = 0;
  const chosen = sample(x.length, elements);
  for (const at of chosen) {
    const far = probe(at, 0, h);
    let found = { analytic: grad.data[at], numeric: far.slope };
    let agrees = agree(found, h);
    if (!agrees || far.bend > bent * scale) {
      // a kink close by, but not here, is out of reach of a smaller step
      const near = probe(at, 0, fine);
      if (!agrees) found.numeric = near.slope;
      agrees ||= agree(found, fine);
      const wrong = agrees && near.bend <= bent * scale ? undefined : wrongSide(at);
      if (!agrees && !wrong && between(at)) {
        kinks++;
        continue;
      }
      if (agrees && wrong) found = wrong;
      agrees &&= !wrong;
    }
    const error = errorOf(found.analytic, found.numeric);
    if (agrees === worst.agrees ? error > worst.error : worst.agrees) worst = { at, ...found, error, agrees };
  }
  return {
    shape: leaf.shape,
    ok: worst.agrees,
    index: x.length === 0 ? [] : unravel(worst.at, leaf.shape),
    analytic: worst.analytic,
    numeric: worst.numeric,
    relativeError: Math.max(0, worst.error),
    kinks,
    checked: chosen.length - kinks,
  };
}

/** The indices 0 … n − 1, or `most` of them drawn by a fixed seed, ascending. */
function sample(n: number, most: number): Int32Array {
  if (n <= most) return Int32Array.from({ length: n }, (_, at) => at);
  return new Generator(0).stream("gradcheck elements").permutation(n).subarray(0, most).sort();
}
