/**
 * Small synthetic data sets: two-dimensional classes to look at, and two curves to fit.
 *
 * Each function draws from the given generator and returns float64 rows. Where the rows come in class order, training
 * has to shuffle them. The `…Course` functions return the exact numbers that courses used.
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
