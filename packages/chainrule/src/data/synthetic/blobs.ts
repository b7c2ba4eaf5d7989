import { requireCount } from "../../tensor/check.ts";
import { ValueError } from "../../tensor/errors.ts";
import { cos, sin } from "../../tensor/math/index.ts";
import { checked, requireNumbers, scatter } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

/**
 * Round Gaussian clouds, one class each: x = centre_c + noise · z, with noise 0.5 by default.
 *
 * The centres may be given, in any number of dimensions. By default they are `classes` (3) points evenly on the circle
 * of radius 2, the first at (2, 0). They are not random, so that a training and a test set come from the same clouds.
 * Rows come in class order. Throws `ValueError` for bad options, centres of different lengths among them.
 *
 * @example
 * blobs({ samples: 90, centers: [[0, 0, 0], [4, 4, 4]], generator: new Generator(0).stream("data") }).featureCount; // 3
 */
export function blobs(
  options: SyntheticOptions & { classes?: number; centers?: readonly (readonly number[])[] },
): LabelledPoints {
  const { samples, noise, generator } = checked("blobs", options, 0.5, ["classes", "centers"]);
  const centers = options.centers ?? evenly(options.classes ?? 3);
  requireCount("blobs", "the number of centers", centers.length);
  if (options.classes !== undefined && options.classes !== centers.length)
    throw new ValueError(
      "blobs",
      `classes is ${options.classes}, but ${centers.length} centers are given; drop one of the two`,
    );
  for (const [i, center] of centers.entries()) {
    requireNumbers("blobs", Object.fromEntries(center.map((value, k) => [`centers[${i}][${k}]`, value])));
    if (center.length === 0 || center.length !== centers[0].length)
      throw new ValueError(
        "blobs",
        `centers[${i}] has ${center.length} coordinates, centers[0] has ${centers[0].length}`,
      );
  }
  return scatter(
    samples,
    centers.length,
    noise,
    () => generator.normal(),
    (label) => centers[label],
  );
}

function evenly(classes: number): number[][] {
  requireCount("blobs", "classes", classes);
  return Array.from({ length: classes }, (_, label) => {
    const angle = (2 * Math.PI * label) / classes;
    return [2 * cos(angle), 2 * sin(angle)];
  });
}
