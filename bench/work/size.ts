/** The bytes that a page loads: library and engine bundled, minified and gzipped, with the largest build of the kernels. */
import { join } from "node:path";
import type * as Chunks from "../../scripts/chunks.ts";
import { benchFolder } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

const chainrule = `export * from "chainrule"; export { wasm } from "chainrule/wasm";`;
const programs: ReadonlyMap<string, string> = new Map([
  ["chainrule", chainrule],
  ["chainrule@other", chainrule],
  ["jax-js", `export * from "@jax-js/jax";`],
]);

export const size: WorkItem = {
  id: "size",
  title: "core and WebAssembly engine, minified and gzipped",
  async run({ engines }) {
    const rows = [];
    for (const entry of engines) {
      const program = programs.get(entry.id);
      if (program === undefined) continue;
      const times = [(await loaded(program, entry)) / 1024];
      rows.push(rowOf({ engine: entry.id, title: entry.title, threads: 1, times }));
    }
    const { id, title } = size;
    const note =
      "Chainrule's bytes include the largest of its four builds of the kernels; a page loads only one.";
    return { sections: [{ id, title, unit: "KB", rows: withRatios(rows), leftOut: [], note }] };
  },
};

/** Bundled by the script of the engine's own checkout, which knows where its builds of the kernels are. */
async function loaded(program: string, { checkout }: EngineEntry): Promise<number> {
  const script = join(checkout?.root ?? join(benchFolder, ".."), "scripts/chunks.ts");
  const { chunksOf, loadedBytes }: typeof Chunks = await import(script);
  const { rest, build } = loadedBytes(await chunksOf(program, checkout?.root ?? benchFolder));
  return rest + build;
}
