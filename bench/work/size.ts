/** What a page loads: library and engine bundled, minified and gzipped; of several builds of the kernels the one that is loaded. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
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
      const bytes = await bundled(program);
      rows.push(rowOf({ engine, title: entry.title, threads: 1, times: [bytes / 1024] }));
    }
    const { id, title } = size;
    const note =
      "Chainrule's has the largest of its four builds of the kernels in it; only one is ever loaded.";
    return { sections: [{ id, title, unit: "KB", rows: withRatios(rows), leftOut: [], note }] };
  },
};

/** Bytes of all chunks, gzipped each, without all but the largest of the builds. */
async function bundled(program: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: benchFolder, loader: "js" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["chainrule-source"],
    outdir: "/out",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const isBuild = (name: string) =>
    Object.keys(metafile.outputs[name]?.inputs ?? {}).some((input) => input.includes("devices/wasm/builds/"));
  const chunks = Object.keys(metafile.outputs).map((name) => {
    const file = outputFiles.find(({ path }) => name.endsWith(path.slice(path.lastIndexOf("/"))))!;
    return { build: isBuild(name), bytes: gzipSync(file.contents, { level: 9 }).length };
  });
  const sum = chunks.filter(({ build }) => !build).reduce((total, { bytes }) => total + bytes, 0);
  return sum + Math.max(0, ...chunks.filter(({ build }) => build).map(({ bytes }) => bytes));
}
