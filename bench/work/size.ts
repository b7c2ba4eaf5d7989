/** What a page loads: library and engine bundled, minified and gzipped; of several builds of the kernels the one that is loaded. */
import { chunksOf, loadedBytes } from "../../scripts/chunks.ts";
import { benchFolder } from "../engines.ts";
import type { WorkItem } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

export const size: WorkItem = {
  id: "size",
  title: "core and WebAssembly engine, minified and gzipped",
  async run({ engines }) {
    const wanted = [
      { id: "chainrule", program: `export * from "chainrule"; export { wasm } from "chainrule/wasm";` },
      { id: "jax-js", program: `export * from "@jax-js/jax";` },
    ] as const;
    const rows = [];
    for (const { id: engine, program } of wanted) {
      const entry = engines.find(({ id }) => id === engine);
      if (!entry) continue;
      const { rest, build } = loadedBytes(await chunksOf(program, benchFolder));
      rows.push(rowOf({ engine, title: entry.title, threads: 1, times: [(rest + build) / 1024] }));
    }
    const { id, title } = size;
    const note =
      "Chainrule's has the largest of its four builds of the kernels in it; only one is ever loaded.";
    return { sections: [{ id, title, unit: "KB", rows: withRatios(rows), leftOut: [], note }] };
  },
};
