import { requireCount } from "../../tensor/check.ts";
import { cos, sin } from "../../tensor/math/index.ts";
import { checked, requireNumbers, scatter } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

/**
 * Interleaved spiral arms, one class each: a hard data set for a small network.
 *
 *     x = radius · s (sin φ, cos φ) + noise · z,   φ = 2π (turns · s + c / classes),   s = (i + 1) / n for i = 0 … n − 1
 *
 * By default two arms of 1.75 turns and radius 5, as TensorFlow Playground draws them (which starts at s = 0, where both classes
 * would hold the same point, and whose noise is uniform); the default noise 0.2 is a seventh of the distance between two arms.
 * Rows come in class order, from the centre outwards. Throws `ValueError` for bad options.
 *
 * @example
 * spirals({ samples: 300, classes: 3, generator: new Generator(0).stream("data") }).classCount; // 3
 */
export function spirals(
  options: SyntheticOptions & { classes?: number; turns?: number; radius?: number },
): LabelledPoints {
  const { samples, noise, generator } = checked("spirals", options, 0.2, ["classes", "turns", "radius"]);
  const { classes = 2, turns = 1.75, radius = 5 } = options;
  requireCount("spirals", "classes", classes);
  requireNumbers("spirals", { turns, radius });
  return scatter(
    samples,
    classes,
    noise,
    () => generator.normal(),
    (label, i, n) => {
      const s = (i + 1) / n;
      const angle = 2 * Math.PI * (turns * s + label / classes);
      return [radius * s * sin(angle), radius * s * cos(angle)];
    },
  );
}
