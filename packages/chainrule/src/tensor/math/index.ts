/**
 * The transcendental functions, computed with + − × ÷ √, comparisons and exponent bits only. They give the same bits on
 * every machine and in every engine, with an error below one unit in the last place. docs/math.md has the measured
 * errors.
 */
export { exp, expm1 } from "./exp.ts";
export { log, log10, log1p, log2 } from "./log.ts";
export { cosh, sigmoid, sinh, softplus, tanh } from "./hyperbolic.ts";
export { cos, sin, tan } from "./trig.ts";
export { erf, erfc } from "./erf.ts";
export { cbrt, pow } from "./pow.ts";
