import { checked } from "./points.ts";
import type { LabelledPoints, SyntheticOptions } from "./points.ts";

/**
 * Exclusive or: clouds at the corners of a square, where opposite corners share their class.
 *
 *     x = (2a − 1, 2b − 1) + noise · z,   class = a ⊕ b,   (a, b) = (0,0), (0,1), (1,0), (1,1) in turn
 *
 * Four samples without noise are the truth table, with −1 for 0; the default noise is 0.3. The class is that of the corner,
 * wherever the noise takes the point. Throws `ValueError` for bad options.
 *
 * @example
 * xor({ samples: 4, noise: 0, generator: new Generator(0) }).labels; // Int32Array [0, 1, 1, 0]
 */
export function xor(options: SyntheticOptions): LabelledPoints {
  const { samples, noise, generator } = checked("xor", options, 0.3);
  const features = new Float64Array(2 * samples);
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    const a = (i >> 1) & 1;
    const b = i & 1;
    labels[i] = a ^ b;
    features[2 * i] = 2 * a - 1 + noise * generator.normal();
    features[2 * i + 1] = 2 * b - 1 + noise * generator.normal();
  }
  return { features, featureCount: 2, labels, classCount: 2 };
}
