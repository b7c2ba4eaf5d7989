/** The practicals by name; each is loaded when it is asked for. */
import { DataError } from "chainrule";
import type { Practical } from "./practical/practical.ts";

const loaders: Readonly<Record<string, () => Promise<{ readonly practical: Practical }>>> = {
  "four-levels": () => import("./four-levels/index.ts"),
  regression: () => import("./regression/index.ts"),
  "l-layer": () => import("./l-layer/index.ts"),
  averages: () => import("./averages/index.ts"),
  "scalars-to-mnist": () => import("./scalars-to-mnist/index.ts"),
  "pen-and-paper": () => import("./pen-and-paper/index.ts"),
  descent: () => import("./descent/index.ts"),
};

/** Every name, in the order of the course. */
export const practicalNames = Object.keys(loaders) as [string, ...string[]];

/** @throws DataError for a name that is none */
export async function loadPractical(name: string): Promise<Practical> {
  if (!Object.hasOwn(loaders, name))
    throw new DataError(`there is no practical "${name}"; there are ${practicalNames.join(", ")}`);
  return (await loaders[name]()).practical;
}
