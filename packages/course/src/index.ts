/** The practicals: starting one, checking a student's file, and the pages of the course. */
export { practicalNamed } from "./practicals.ts";
export { pointsOf } from "./practical/files.ts";
export { grade } from "./marking/grade.ts";
export type { CheckResult, FunctionResult, Grade, GradeOptions } from "./marking/grade.ts";
export type { Practical } from "./practical/practical.ts";
export { startPractical } from "./start.ts";
export type { StartOptions } from "./start.ts";
export { writeSite } from "./site.ts";
export type { SiteOptions } from "./site.ts";
