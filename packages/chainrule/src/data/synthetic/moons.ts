import { cos, sin } from "../../tensor/math/index.ts";
import { checked, scatter } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

/**
 * Two half circles of radius 1 that reach into each other, one class each.
 *
 *     class 0:  (cos t, sin t) + noise · z          class 1:  (1 − cos t, ½ − sin t) + noise · z
 *     t = π i / (n − 1) for i = 0 … n − 1 of the n points of a class
 *
 * Without noise the points lie in [−1, 2] × [−½, 1]; the default noise 0.2 makes the tips overlap a little. Rows come in class
 * order, along the curve. The layout is that of scikit-learn's `make_moons`. Throws `ValueError` for bad options.
 *
 * @example
 * moons({ samples: 200, noise: 0.1, generator: new Generator(0).stream("data") }).labels[199]; // 1
 */
export function moons(options: SyntheticOptions): LabelledPoints {
  const { samples, noise, generator } = checked("moons", options, 0.2);
  return scatter(
    samples,
    2,
    noise,
    () => generator.normal(),
    (label, i, n) => {
      const t = n > 1 ? (Math.PI * i) / (n - 1) : 0;
      return label === 0 ? [cos(t), sin(t)] : [1 - cos(t), 0.5 - sin(t)];
    },
  );
}
