/** Bundles a program for browsers and lists the chunks that a page loads. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface Chunk {
  /** The bytes of the chunk, minified and gzipped. */
  readonly bytes: number;
  /** Whether one of the builds of the kernels is in it, of which a page loads one. */
  readonly isBuild: boolean;
}

/** The chunks of a program, whose imports are found from `resolveDir`. */
export async function chunksOf(contents: string, resolveDir: string): Promise<Chunk[]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, loader: "js" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["chainrule-source"],
    outdir: "/",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const outputs = Object.values(metafile.outputs);
  return outputFiles.map(({ contents: file }, i) => ({
    bytes: gzipSync(file, { level: 9 }).length,
    isBuild: Object.keys(outputs[i].inputs).some((path) => path.includes("devices/wasm/kernels/builds/")),
  }));
}

/** The bytes of all chunks but the builds, and of the largest build. */
export function loadedBytes(chunks: readonly Chunk[]): { readonly rest: number; readonly build: number } {
  const builds = chunks.filter(({ isBuild }) => isBuild).map(({ bytes }) => bytes);
  const rest = chunks.filter(({ isBuild }) => !isBuild).reduce((sum, { bytes }) => sum + bytes, 0);
  return { rest, build: Math.max(0, ...builds) };
}
