/** A project like a user's: the built package in node_modules, and the sources of this site. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { build as buildWithVite, createServer } from "vite";
import type { ViteDevServer } from "vite";
import { root } from "../../scripts/command.ts";
import { compile } from "../../scripts/compile.ts";
import { publishedPackageJson } from "../../scripts/pack.ts";
import type { Here } from "./site/here.ts";

const library = join(root, "packages/chainrule");

/** Builds the library if its sources or build scripts are newer than the build. */
async function requireBuilt(): Promise<void> {
  const built = statSync(join(library, "dist/bundle/index.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = [
    ...globSync(["src/**/*", "package.json", "tsconfig.build.json"], { cwd: library }).map((path) =>
      join(library, path),
    ),
    join(root, "scripts/compile.ts"),
    join(root, "package-lock.json"),
  ];
  if (sources.some((path) => statSync(path).mtimeMs > built)) await compile("chainrule");
}

export async function makeProject(): Promise<string> {
  await requireBuilt();
  const folder = mkdtempSync(join(tmpdir(), "chainrule-site-"));
  cpSync(join(import.meta.dirname, "site"), folder, { recursive: true });
  cpSync(join(root, "test/fixtures/runs-43c891e/houses"), join(folder, "run"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "private": true, "type": "module" }\n`);
  const installed = join(folder, "node_modules/chainrule");
  mkdirSync(installed, { recursive: true });
  cpSync(join(library, "dist"), join(installed, "dist"), { recursive: true });
  const published = publishedPackageJson(JSON.parse(readFileSync(join(library, "package.json"), "utf8")));
  writeFileSync(join(installed, "package.json"), JSON.stringify(published));
  // what reads a run folder imports the packages of the library's edge
  for (const name of Object.keys(published.dependencies ?? {})) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  return folder;
}

/** The results of the project in Node. */
export function inNode(folder: string): Here {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["here.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`here.ts failed: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Bundles the site's scripts with esbuild, with the ordinary settings of a browser bundle. Returns the files by path.
 */
export async function withEsbuild(folder: string): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: globSync("{training,worker,compiled,compiled-worker,in-worker,loaded,policy,app}.ts", {
      cwd: folder,
    }),
    absWorkingDir: folder,
    outdir: "/",
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  return new Map(outputFiles.map(({ path, contents }) => [path, contents]));
}

/** Builds the app with Vite, below /vite/. */
export async function withVite(folder: string): Promise<Map<string, Uint8Array>> {
  await buildWithVite({ root: folder, base: "/vite/", configFile: false, logLevel: "warn" });
  const dist = join(folder, "dist");
  const files = globSync("**/*.*", { cwd: dist });
  return new Map(files.map((path) => [`/vite/${path}`, readFileSync(join(dist, path))]));
}

export async function serveWithVite(folder: string): Promise<ViteDevServer> {
  const server = await createServer({ root: folder, configFile: false, logLevel: "warn" });
  return server.listen();
}

/** The app without a bundler: its imports from the library lead to the single file beside it. */
export async function besideSingleFile(folder: string): Promise<string> {
  const single: Plugin = {
    name: "single file",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^chainrule/ }, () => ({ path: "./chainrule.js", external: true })),
  };
  const { outputFiles } = await build({
    entryPoints: ["app.ts"],
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    plugins: [single],
    write: false,
  });
  return outputFiles[0].text;
}
