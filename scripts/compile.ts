/** Compiling a workspace into its dist: JavaScript, types, and the files that the course reads. */
import { cpSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { rolldown } from "rolldown";
import type { OutputAsset, OutputChunk } from "rolldown";
import { skeletonFrom } from "../packages/course/src/practical/skeleton.ts";
import { root, run } from "./command.ts";

export async function compile(workspace: string): Promise<void> {
  const folder = join(root, "packages", workspace);
  const dist = join(folder, "dist");
  rmSync(dist, { recursive: true, force: true });
  run("tsc", ["-p", `packages/${workspace}/tsconfig.build.json`]);
  if (workspace === "chainrule") {
    const output = [...(await bundle(folder)), ...(await bundleWhole(folder))];
    writeLicences(dist, output);
  }
  finishDeclarations(dist);
  // what the course reads of a practical: its documents and points, and the skeleton made from its solution
  const src = join(folder, "src");
  for (const path of globSync("*/{*.md,points.json}", { cwd: src }))
    cpSync(join(src, path), join(dist, path));
  for (const path of globSync("*/solution.ts", { cwd: src }))
    writeFileSync(
      join(dist, dirname(path), "skeleton.ts"),
      skeletonFrom(readFileSync(join(src, path), "utf8")),
    );
}

/**
 * The library's JavaScript: a file for every entry, and chunks for what they share. A program that trains then loads
 * some fifteen files; one file per source, over a hundred, would take longer to load than the first training step
 * takes. The dependencies stay imports, and so do `#` names, whose conditions choose for Node or for a page. Other packages
 * are bundled: of d3, which the figures use, only the few functions that they call are published.
 */
async function bundle(folder: string): Promise<(OutputChunk | OutputAsset)[]> {
  const { exports, imports, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // the worker processes of experiments are started by the name of their file
  const { [whole]: _, ...parts } = exports;
  const entries = [...sources(parts), ...sources(imports), "./src/node/experiment-worker.ts"];
  const bundled = await rolldown({
    cwd: folder,
    input: Object.fromEntries(entries.map((path) => [path.slice("./src/".length, -".ts".length), path])),
    external: (id) =>
      /^(#|node:)/.test(id) || Object.keys(dependencies).some((name) => `${id}/`.startsWith(`${name}/`)),
    platform: "neutral",
  });
  const { output } = await bundled.write({
    dir: join(folder, "dist"),
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    minifyInternalExports: false,
  });
  await bundled.close();
  requireKept(folder, output);
  return output;
}

/** Writes the licences of all packages whose code is in the files, since each asks for its text beside its code. */
function writeLicences(dist: string, output: readonly (OutputChunk | OutputAsset)[]): void {
  const modules = output.flatMap((one) => (one.type === "chunk" ? Object.entries(one.modules) : []));
  const used = modules.filter(([, { renderedLength }]) => renderedLength > 0).map(([id]) => id);
  const folders = new Set(used.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
  const texts = [...folders].sort().map((from) => {
    const { name, version } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    return `${name} ${version}\n\n${readFileSync(join(from, "LICENSE"), "utf8").trim()}\n`;
  });
  const head = "These files contain code of the following packages.\n";
  writeFileSync(join(dist, "THIRD-PARTY.txt"), [head, ...texts].join(`\n${"-".repeat(80)}\n\n`));
}

/** Modules that do something when they are imported: every bundler must leave them in. */
const doing = ["src/graph/eager.ts", "src/graph/gradients.ts", "src/ops/index.ts"];

/** `sideEffects` must name the chunk that holds these modules, under the name that the bundler gives it. */
function requireKept(folder: string, output: readonly (OutputChunk | OutputAsset)[]): void {
  const { sideEffects } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const path of doing) {
    const module = join(folder, path);
    const chunk = output.find((one) => one.type === "chunk" && one.moduleIds.includes(module));
    const file = chunk && `dist/${chunk.fileName}`;
    if (!sideEffects.some((pattern: string) => file && matchesGlob(file, pattern.slice(2))))
      throw new Error(`${path} is in ${file}, which "sideEffects" of package.json does not name`);
  }
}

/** The entry that becomes a separate file. */
const whole = "./bundle";

/** Bundles all that trains a network into one file, with all builds of the kernels, for a page without a bundler. */
async function bundleWhole(folder: string): Promise<(OutputChunk | OutputAsset)[]> {
  const bundled = await rolldown({
    cwd: folder,
    input: "./src/bundle/index.ts",
    platform: "browser",
    resolve: { conditionNames: ["chainrule-source", "browser", "default"] },
  });
  const file = join(folder, "dist/bundle/index.js");
  const { output } = await bundled.write({ file, codeSplitting: false, minify: true });
  await bundled.close();
  return output;
}

/** The sources in a part of package.json: the strings under the condition that only the checkout uses. */
function sources(target: unknown): string[] {
  if (typeof target === "string") return target.startsWith("./src/") ? [target] : [];
  return target === null || typeof target !== "object" ? [] : Object.values(target).flatMap(sources);
}

/** The compiler rewrites `./x.ts` to `./x.js` in JavaScript and leaves it in declarations; older compilers trip over it. */
function finishDeclarations(dist: string): void {
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = readFileSync(join(dist, path), "utf8");
    const finished = text.replace(/\b(from|import|module)(\s*\(?\s*)"(\.[^"]*)\.ts"/g, '$1$2"$3.js"');
    writeFileSync(join(dist, path), finished);
  }
}
