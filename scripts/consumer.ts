import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { output, root, run } from "./command.ts";

/**
 * Installs the tarballs in an empty project and uses them like a user: import every sub-path in Node, find its types
 * under both module resolutions, bundle it, run the command line, and start a practical.
 */
export function checkConsumer(tarballs: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-consumer-"));
  try {
    writeFileSync(
      join(folder, "package.json"),
      `{ "name": "consumer", "private": true, "type": "module" }\n`,
    );
    run("npm", ["install", "--no-audit", "--no-fund", "--loglevel", "error", ...tarballs], folder);
    const subPaths = checkPackageJson(join(folder, "node_modules/chainrule"));
    importAll(folder, subPaths);
    resolveTypes(folder, subPaths);
    bundle(folder);
    runCommandLine(folder);
    console.log(
      `consumer: ${subPaths.length} sub-paths import, type-check and bundle; the command line runs and starts a practical`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sub-paths that the installed package exports. */
function checkPackageJson(installed: string): string[] {
  const text = readFileSync(join(installed, "package.json"), "utf8");
  if (text.includes("chainrule-source")) throw new Error("the tarball's package.json names chainrule-source");
  if (existsSync(join(installed, "src"))) throw new Error("the tarball carries src");
  const exports = Object.keys(JSON.parse(text).exports);
  return exports.filter((path) => path !== "./package.json").map((path) => `chainrule${path.slice(1)}`);
}

function importAll(folder: string, subPaths: readonly string[]): void {
  const lines = subPaths.map(
    (path) =>
      `if (Object.keys(await import("${path}")).length === 0) throw new Error("${path} exports nothing");`,
  );
  writeFileSync(join(folder, "import.js"), lines.join("\n"));
  run("node", ["import.js"], folder);
}

function resolveTypes(folder: string, subPaths: readonly string[]): void {
  const names = subPaths.map((_, i) => `m${i}`);
  const imports = subPaths.map((path, i) => `import * as ${names[i]} from "${path}";`);
  // `keyof typeof m` is never (or everything) when the types were not found.
  const uses = names.map(
    (name) => `export const k_${name}: keyof typeof ${name} extends never ? never : 1 = 1;`,
  );
  writeFileSync(join(folder, "types.ts"), [...imports, ...uses].join("\n"));
  for (const [module, moduleResolution, lib] of [
    ["nodenext", "nodenext", "es2024,esnext,dom"],
    ["esnext", "bundler", "es2022,dom"],
  ]) {
    const options = ["--module", module, "--moduleResolution", moduleResolution, "--lib", lib];
    run(
      "tsc",
      ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", ...options, "types.ts"],
      folder,
    );
  }
}

/** Checks that a program still runs after a bundler dropped all modules that `sideEffects` allows. */
function bundle(folder: string): void {
  const program = `import { Parameter, tensor } from "chainrule";
const w = new Parameter(tensor([1, 2]));
const loss = w.mul(w).sum();
loss.backward();
console.log(loss.item(), ...w.grad.toArray());`;
  writeFileSync(join(folder, "program.js"), program);
  run(
    "esbuild",
    ["program.js", "--bundle", "--format=esm", "--outfile=bundled.js", "--log-level=warning"],
    folder,
  );
  const printed = output("node", ["bundled.js"], folder);
  if (printed !== "5 2 4\n")
    throw new Error(`the bundled program printed ${JSON.stringify(printed)}, not 5 2 4`);
}

function runCommandLine(folder: string): void {
  const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
  const bin = "node_modules/.bin/chainrule";
  const printed = output("node", [bin, "--version"], folder).trim();
  if (!printed.includes(version))
    throw new Error(`the installed command line printed ${printed}, not ${version}`);
  // Its worker processes are files that nothing imports.
  const sweep = "sweep --data xor --samples 20 --lr 0.1,0.2 --seeds 1 --epochs 1 --out sweep --quiet".split(
    " ",
  );
  const ended = output("node", [bin, ...sweep], folder).trim();
  if (!ended.endsWith("sweep")) throw new Error(`the installed sweep printed ${ended}`);
  startPractical(folder, bin, version);
}

/**
 * Starts a practical from the package. It must depend on the published packages, and its skeleton must get no points.
 */
function startPractical(folder: string, bin: string, version: string): void {
  run("node", [bin, "practical", "start", "four-levels"], folder);
  const { dependencies } = JSON.parse(readFileSync(join(folder, "four-levels/package.json"), "utf8"));
  if (JSON.stringify(dependencies) !== JSON.stringify({ chainrule: version, "chainrule-cli": version }))
    throw new Error(`the practical depends on ${JSON.stringify(dependencies)}`);
  const args = [bin, "practical", "check", "four-levels"];
  const checked = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (checked.status !== 1 || !/not written yet[^]*\n0 of \d+ points\n$/.test(checked.stdout))
    throw new Error(`checking the skeleton ended with ${checked.status}: ${checked.stdout}${checked.stderr}`);
}
