import { requireCount } from "../../tensor/check.ts";
import { exp } from "../../tensor/math/index.ts";
import { RandomState } from "../../tensor/random/index.ts";
import { checked } from "./points.ts";
import type { MeasuredPoints, SyntheticOptions } from "./points.ts";

/**
 * A Gaussian bump above a constant floor, measured with noise at evenly spaced x.
 *
 *     x = 10 i / (n − 1) for i = 0 … n − 1,   y = exp(−(x − 5)² / 4) + 1 + noise · z
 *
 * Noise 0.25 by default, as in the lecture on weighted averages. The x are the same at every call, in rising order.
 * Throws `ValueError` for bad options.
 *
 * @example
 * bump({ samples: 3, noise: 0, generator: new Generator(0) }).targets[1]; // 2
 */
export function bump(options: SyntheticOptions): MeasuredPoints {
  const { samples, noise, generator } = checked("bump", options, 0.25);
  return measure(samples, noise, () => generator.normal());
}

/**
 * The {@link bump} with noise 0.25 drawn by NumPy's `RandomState(seed).randn(samples)`, 100 of them with seed 0 by default.
 *
 * @example
 * bumpCourse().targets[0]; // 1.4429435406281437
 */
export function bumpCourse(seed = 0, samples = 100): MeasuredPoints {
  requireCount("bumpCourse", "samples", samples);
  const random = new RandomState(seed);
  return measure(samples, 0.25, () => random.randn());
}

function measure(samples: number, noise: number, normal: () => number): MeasuredPoints {
  const features = new Float64Array(samples).map((_, i) => (samples > 1 ? (10 * i) / (samples - 1) : 0));
  const targets = features.map((x) => exp((-(x - 5) * (x - 5)) / 4) + 1 + noise * normal());
  return { features, featureCount: 1, targets };
}
