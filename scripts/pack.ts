/**
 * Packs a workspace. The published files go into a folder with a package.json without the `chainrule-source` condition,
 * since sources are not published, and npm packs that folder. npm itself cannot change `exports` when it packs.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, root } from "./command.ts";

type PackageJson = {
  name: string;
  version: string;
  exports?: Record<string, string | Record<string, string>>;
  imports?: Record<string, Record<string, unknown>>;
  sideEffects?: string[];
  files: string[];
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};

/** The published package.json of a workspace, without the fields for sources, scripts and development. */
export function publishedPackageJson(source: PackageJson): PackageJson {
  const { scripts: _scripts, devDependencies: _development, ...published } = structuredClone(source);
  for (const target of Object.values(published.exports ?? {})) {
    if (typeof target === "object") delete target["chainrule-source"];
  }
  for (const target of Object.values(published.imports ?? {})) delete target["chainrule-source"];
  if (published.sideEffects) {
    published.sideEffects = published.sideEffects.filter((path) => !path.startsWith("./src/"));
  }
  return published;
}

/** Stage one built workspace below `folder` and pack it there; the tarball's path. */
export function pack(workspace: string, folder: string): string {
  const from = join(root, "packages", workspace);
  const stage = join(folder, workspace);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const published = publishedPackageJson(JSON.parse(readFileSync(join(from, "package.json"), "utf8")));
  for (const path of published.files) {
    if (!existsSync(join(from, path))) throw new Error(`${published.name}: ${path} is missing; build first`);
    cpSync(join(from, path), join(stage, path), { recursive: true });
  }
  cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
  cpSync(join(from, "README.md"), join(stage, "README.md"));
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  const [packed] = JSON.parse(output("npm", ["pack", "--json", "--pack-destination", folder], stage)) as {
    filename: string;
  }[];
  return join(folder, packed.filename);
}
