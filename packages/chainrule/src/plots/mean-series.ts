/** Several runs as one curve with a band. */
import { mean, standardDeviation } from "../statistics/spread.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import type { Series } from "./line.ts";

/**
 * The mean of several curves with a band of one standard deviation on either side, for `line`.
 *
 * At each place mᵢ = Σₖ yₖᵢ / n and the band's ends mᵢ ± sᵢ, where sᵢ² = Σₖ (yₖᵢ − mᵢ)² / (n − 1). A single curve has
 * no band. A value that is not finite leaves a gap.
 * @throws ShapeError when the curves differ in length
 * @throws ValueError without curves
 * @example
 * const { y, low } = meanSeries("SGD", [[0.9, 0.5], [0.7, 0.3]]);
 * [y[0], y[1], (low as number[])[0]]; // [ 0.8, 0.4, 0.6585786437626905 ]
 */
export function meanSeries(
  name: string,
  curves: readonly ArrayLike<number>[],
  x?: ArrayLike<number>,
): Series {
  if (curves.length === 0) throw new ValueError("meanSeries", `"${name}" has no curves to average`);
  const { length } = curves[0];
  const other = curves.find((curve) => curve.length !== length);
  if (other)
    throw new ShapeError(
      "meanSeries",
      [[length], [other.length]],
      `the curves of "${name}" have ${length} and ${other.length} values; give as many of each`,
    );
  const places = Array.from({ length }, (_, i) => curves.map((curve) => curve[i]));
  const y = places.map(mean);
  const at = x === undefined ? {} : { x };
  if (curves.length === 1) return { name, ...at, y };
  const deviation = places.map(standardDeviation);
  return {
    name,
    ...at,
    y,
    low: y.map((middle, i) => middle - deviation[i]),
    high: y.map((middle, i) => middle + deviation[i]),
  };
}
