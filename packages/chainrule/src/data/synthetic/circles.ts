import { requireCount } from "../../tensor/check.ts";
import { cos, sin } from "../../tensor/math/index.ts";
import { RandomState } from "../../tensor/random/index.ts";
import { checked, requireNumbers, scatter } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

/**
 * Concentric rings, one class each, the outer one first; no straight line separates them.
 *
 *     x = r_c (cos θ, sin θ) + noise · z,   θ = 2π i / n for i = 0 … n − 1 of the n points of class c
 *
 * Radii 1 and 0.3 and noise 0.2 are those of the course's circles file. With them the classes overlap, and no
 * classifier gets more than about 96 % of new points right. Rows come in class order, by angle. Throws `ValueError` for
 * bad options.
 *
 * @example
 * circles({ samples: 200, generator: new Generator(0).stream("data") }).classCount; // 2
 */
export function circles(options: SyntheticOptions & { radii?: readonly number[] }): LabelledPoints {
  const { samples, noise, generator } = checked("circles", options, 0.2, ["radii"]);
  const radii = options.radii ?? [1, 0.3];
  requireCount("circles", "the number of radii", radii.length);
  requireNumbers("circles", Object.fromEntries(radii.map((radius, c) => [`radii[${c}]`, radius])));
  return rings(samples, radii, noise, () => generator.normal());
}

/**
 * The deterministic stand-in for the course's circles: 200 training and 200 test points of {@link circles}, their noise drawn
 * by NumPy's `RandomState(seed).randn(200, 2)`, first for training, then for test.
 *
 * @example
 * circlesCourse().train.features[0]; // 1.3528104691935328
 */
export function circlesCourse(seed = 0): { train: LabelledPoints; test: LabelledPoints } {
  const random = new RandomState(seed);
  const draw = (): LabelledPoints => rings(200, [1, 0.3], 0.2, () => random.randn());
  return { train: draw(), test: draw() };
}

function rings(
  samples: number,
  radii: readonly number[],
  noise: number,
  normal: () => number,
): LabelledPoints {
  return scatter(samples, radii.length, noise, normal, (label, i, n) => {
    const angle = (2 * Math.PI * i) / n;
    return [radii[label] * cos(angle), radii[label] * sin(angle)];
  });
}
