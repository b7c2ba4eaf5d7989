/** The default generator of creation functions and layers. */
import { Generator } from "./generator.ts";

const shared = new Generator(0);

/** The shared generator. Its seed is 0 until {@link manualSeed} sets another. */
export function defaultGenerator(): Generator {
  return shared;
}

/**
 * Restarts the shared generator from a seed, and returns it. Throws {@link ValueError} as {@link Generator} does.
 *
 * @example
 * manualSeed(3);
 * const a = defaultGenerator().uniform();
 * manualSeed(3);
 * defaultGenerator().uniform() === a; // true
 */
export function manualSeed(seed: number): Generator {
  shared.state = new Generator(seed).state;
  return shared;
}
