import { checked, requireNumbers } from "./points.ts";
import type { MeasuredPoints, SyntheticOptions } from "./points.ts";

/**
 * A straight line with noisy measurements: the smallest regression.
 *
 *     x uniform on [−1, 1),   y = slope · x + intercept + noise · z
 *
 * Slope 2, intercept 1 and noise 0.1 by default. Throws `ValueError` for bad options.
 *
 * @example
 * line({ samples: 50, slope: -3, generator: new Generator(0).stream("data") }).targets.length; // 50
 */
export function line(options: SyntheticOptions & { slope?: number; intercept?: number }): MeasuredPoints {
  const { samples, noise, generator } = checked("line", options, 0.1, ["slope", "intercept"]);
  const { slope = 2, intercept = 1 } = options;
  requireNumbers("line", { slope, intercept });
  const features = generator.fillUniform(new Float64Array(samples), -1, 1);
  const targets = features.map((x) => slope * x + intercept + noise * generator.normal());
  return { features, featureCount: 1, targets };
}
