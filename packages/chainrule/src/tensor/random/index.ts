/**
 * Random numbers: the library's own counter-based generator, and a port of NumPy's for numbers that courses printed.
 */
export { defaultGenerator, manualSeed } from "./default.ts";
export { normalQuantile, uniform32From, uniformFrom } from "./distributions.ts";
export { Generator } from "./generator.ts";
export type { GeneratorState } from "./generator.ts";
export { RandomState } from "./numpy.ts";
export type { Size } from "./numpy.ts";
export { threefry2x32 } from "./threefry.ts";
