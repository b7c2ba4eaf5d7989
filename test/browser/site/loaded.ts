/** A saved run that a page loads from the files of the site. */
import { loadRun } from "chainrule/runs";

export const runFiles = ["run.json", "preprocess.json", "model.safetensors"];

export const rows = [
  { district: "north", size: 120, age: 30 },
  { size: 64.5, age: null, district: "harbour" },
];

export async function predictFetched(): Promise<unknown> {
  const files = await Promise.all(
    runFiles.map(async (name) => [name, await (await fetch(`/run/${name}`)).arrayBuffer()] as const),
  );
  return loadRun(new Map(files)).predict(rows);
}
