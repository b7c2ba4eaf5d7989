/** The practicals: starting one, checking a student's file, and the pages of the course. */
export { loadPractical } from "./practicals.ts";
export { pointsOf } from "./frame/files.ts";
export { grade } from "./frame/grade.ts";
export type { CheckResult, FunctionResult, Grade, GradeOptions } from "./frame/grade.ts";
export type { Practical } from "./frame/practical.ts";
export { startPractical } from "./frame/start.ts";
export type { StartOptions } from "./frame/start.ts";
export { writeSite } from "./frame/site.ts";
export type { SiteOptions } from "./frame/site.ts";
