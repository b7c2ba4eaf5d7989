/** The options and results of the synthetic data sets, and the layout that several of them share. */
import { anything, checkOptions } from "../../tensor/options.ts";
import { Generator } from "../../tensor/random/index.ts";
import { describe, requireBetween, requireCount, requireFinite } from "../../tensor/check.ts";
import { ValueError } from "../../tensor/errors.ts";

export interface SyntheticOptions {
  /** The number of examples over all classes, a whole number ≥ 1. */
  samples: number;
  /** Standard deviation of the Gaussian noise, ≥ 0; each function says its default and what the noise is added to. */
  noise?: number;
  /** The source of the random numbers. Its counter advances, so that a second call draws new examples. */
  generator: Generator;
}

/** Examples with class labels: `features` row by row, labels 0 … classCount − 1. */
export interface LabelledPoints {
  features: Float64Array;
  featureCount: number;
  labels: Int32Array;
  classCount: number;
}

/** Examples with one number each to predict. */
export interface MeasuredPoints {
  features: Float64Array;
  featureCount: number;
  targets: Float64Array;
}

/** Checks `samples`, `noise` and the names of all options, of which a generator has `others`, and fills in the noise. */
export function checked(
  where: string,
  options: SyntheticOptions,
  noise: number,
  others: readonly string[] = [],
): Required<SyntheticOptions> {
  requireOptions(where, options);
  const names = ["samples", "noise", "generator", ...others];
  checkOptions(where, options as object, Object.fromEntries(names.map((name) => [name, anything])));
  const all = { ...options, noise: options.noise ?? noise };
  requireCount(where, "samples", all.samples);
  requireBetween(where, "noise", all.noise, 0);
  return all;
}

/** Every generator of points needs a number of samples and a source of random numbers. */
function requireOptions(where: string, options: SyntheticOptions): void {
  const advice = `write ${where}({ samples: 200, generator: new Generator(0) })`;
  if (typeof options !== "object" || options === null)
    throw new ValueError(where, `the options must be an object, not ${describe(options)}`, { advice });
  if (!(options.generator instanceof Generator))
    throw new ValueError(where, `generator must be a Generator, not ${describe(options.generator)}`, {
      advice,
    });
}

export function requireNumbers(where: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) requireFinite(where, name, value);
}

/**
 * Points in class order. Each class has an equal share of the samples; the first classes have one more where the
 * samples do not divide evenly. The i-th of the n points of class c is `place(c, i, n)` plus noise · z on every
 * coordinate; z is drawn point by point, coordinate by coordinate.
 */
export function scatter(
  samples: number,
  classCount: number,
  noise: number,
  normal: () => number,
  place: (label: number, i: number, n: number) => readonly number[],
): LabelledPoints {
  const featureCount = place(0, 0, 1).length;
  const features = new Float64Array(samples * featureCount);
  const labels = new Int32Array(samples);
  let row = 0;
  for (let label = 0; label < classCount; label++) {
    const n = Math.floor((samples + classCount - 1 - label) / classCount);
    for (let i = 0; i < n; i++, row++) {
      labels[row] = label;
      const point = place(label, i, n);
      for (let k = 0; k < featureCount; k++) features[row * featureCount + k] = point[k] + noise * normal();
    }
  }
  return { features, featureCount, labels, classCount };
}
