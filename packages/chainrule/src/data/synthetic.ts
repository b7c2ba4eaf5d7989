/**
 * Small data sets that a formula draws: two-dimensional classes to look at, and two curves to fit.
 *
 * Each is a pure function of its options: the numbers of a generator's stream, laid out row by row in float64. Where the rows
 * come in class order, training has to shuffle them. The `…Course` functions give the very numbers that courses used.
 */
export { blobs } from "./synthetic/blobs.ts";
export { bump, bumpCourse } from "./synthetic/bump.ts";
export { circles, circlesCourse } from "./synthetic/circles.ts";
export { ELLIPSE, HYPERBOLA, ellipse, ellipseCourse } from "./synthetic/ellipse.ts";
export { line } from "./synthetic/line.ts";
export { moons } from "./synthetic/moons.ts";
export { spirals } from "./synthetic/spirals.ts";
export { xor } from "./synthetic/xor.ts";
export type { LabelledPoints, MeasuredPoints, SyntheticOptions } from "./synthetic/points.ts";
