/** The files of a practical's folder, as they lie beside this code in the checkout and in the package. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Points } from "./practical.ts";

export type CourseFile = "README.md" | "page.md" | "questions.md" | "skeleton.ts" | "points.json";

export function courseFile(name: string, file: CourseFile): string {
  return readFileSync(fileURLToPath(new URL(`../${name}/${file}`, import.meta.url)), "utf8");
}

export function pointsOf(name: string): Points {
  return JSON.parse(courseFile(name, "points.json")) as Points;
}
