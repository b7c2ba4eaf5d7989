import { anything, checkOptions, count } from "../../tensor/options.ts";
import { requireCount } from "../../tensor/check.ts";
import { RandomState } from "../../tensor/random/index.ts";
import { checked, requireNumbers } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

type Matrix = readonly [readonly [number, number], readonly [number, number]];

/** q(x) = x₁² + 0.95 x₁x₂ + 0.4 x₂²: the set q = 0.6 is an ellipse with the semi-axes 2.0837 and 0.6896. */
export const ELLIPSE: Matrix = [
  [1, -0.05],
  [1, 0.4],
];

/**
 * q(x) = x₁² + 1.5 x₁x₂ + 0.2 x₂² of the course's 2020 loader. Its comment says ellipse, but the determinant of Q is
 * negative, so it is a hyperbola.
 */
export const HYPERBOLA: Matrix = [
  [1, 0.5],
  [1, 0.2],
];

interface Conic {
  /** Q of the quadratic form xᵀ Q x; {@link ELLIPSE} by default. */
  matrix?: Matrix;
  /** Points where the form exceeds this number are of class 1. Default 0.6. */
  threshold?: number;
}

/**
 * Standard normal points of the plane, of class 1 where a quadratic form exceeds a threshold.
 *
 *     x ~ N(0, I),   class = 1 if xᵀ Q x > threshold, else 0
 *
 * Outside the default ellipse lie 56 % of the points. The noise, 0 by default, is added to x after the class was
 * decided, and so blurs the boundary. Its random numbers are drawn even when the noise is 0. Throws `ValueError` for
 * bad options.
 *
 * @example
 * ellipse({ samples: 1000, matrix: HYPERBOLA, generator: new Generator(0).stream("data") }).featureCount; // 2
 */
export function ellipse(options: SyntheticOptions & Conic): LabelledPoints {
  const { samples, noise, generator } = checked("ellipse", options, 0, ["matrix", "threshold"]);
  const points = classify(generator.fillNormal(new Float64Array(2 * samples)), options);
  for (let i = 0; i < points.features.length; i++) points.features[i] += noise * generator.normal();
  return points;
}

/**
 * The exact points of the course's loader: `RandomState(seed).randn(70000, 2)`, the first 60000 rows for training, the
 * last 10000 for validation. The current loader uses seed 0 and {@link ELLIPSE}, that of 2020 {@link HYPERBOLA}.
 *
 * @example
 * ellipseCourse({ train: 100, validation: 20 }).train.labels[0]; // 1
 */
export function ellipseCourse(options: Conic & { seed?: number; train?: number; validation?: number } = {}): {
  train: LabelledPoints;
  validation: LabelledPoints;
} {
  const {
    seed = 0,
    train = 60000,
    validation = 10000,
  } = checkOptions("ellipseCourse", options, {
    seed: anything,
    train: count(),
    validation: count(),
    matrix: anything,
    threshold: anything,
  });
  requireCount("ellipseCourse", "train", train);
  requireCount("ellipseCourse", "validation", validation);
  const random = new RandomState(seed);
  return {
    train: classify(random.randn(train, 2), options),
    validation: classify(random.randn(validation, 2), options),
  };
}

function classify(features: Float64Array, { matrix = ELLIPSE, threshold = 0.6 }: Conic): LabelledPoints {
  const [[a, b], [c, d]] = matrix;
  requireNumbers("ellipse", {
    threshold,
    "matrix[0][0]": a,
    "matrix[0][1]": b,
    "matrix[1][0]": c,
    "matrix[1][1]": d,
  });
  const labels = new Int32Array(features.length / 2);
  for (let i = 0; i < labels.length; i++) {
    const x1 = features[2 * i];
    const x2 = features[2 * i + 1];
    labels[i] = a * x1 * x1 + (b + c) * x1 * x2 + d * x2 * x2 > threshold ? 1 : 0;
  }
  return { features, featureCount: 2, labels, classCount: 2 };
}
