/** The files of a practical's folder, as they lie beside this code in the checkout and in the package. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { skeletonFrom } from "./skeleton.ts";
import type { Points } from "./practical.ts";

export type CourseFile =
  "README.md" | "page.md" | "questions.md" | "solution.ts" | "skeleton.ts" | "points.json";

export function courseFile(name: string, file: CourseFile): string {
  return readFileSync(fileURLToPath(new URL(`../${name}/${file}`, import.meta.url)), "utf8");
}

export function pointsOf(name: string): Points {
  return JSON.parse(courseFile(name, "points.json")) as Points;
}

/** The file that the student fills in. The package holds it; the checkout makes it from the solution. */
export function skeletonOf(name: string): string {
  return import.meta.url.endsWith(".ts")
    ? skeletonFrom(courseFile(name, "solution.ts"))
    : courseFile(name, "skeleton.ts");
}
