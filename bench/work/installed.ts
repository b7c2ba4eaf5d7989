/**
 * Engines as users install them: Chainrule is built, packed and installed in an empty folder, and all programs are
 * JavaScript already. Stripping types takes time and 17 MB or more, which no user pays.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { benchFolder, isChainrule, thisCheckout } from "../engines.ts";
import type { Checkout, EngineEntry } from "../engines.ts";
import type { Command } from "../process.ts";

/** Calls `measure` with a function that says how to start each engine. Removes what was installed afterwards. */
export async function asInstalled<T>(
  engines: readonly EngineEntry[],
  measure: (commandOf: (entry: EngineEntry) => Command) => Promise<T>,
): Promise<T> {
  const temporary = mkdtempSync(join(tmpdir(), "chainrule-bench-"));
  // inside node_modules, so that the programs find the peers' packages and git ignores the folder
  const peers = join(benchFolder, "node_modules/.bench");
  const installed = new Map<EngineEntry, string>();
  const folders = new Map<string, string>();
  try {
    for (const entry of engines) {
      const checkout = entry.checkout ?? thisCheckout;
      const from = isChainrule(entry.id) ? `${checkout.root}\n${checkout.programs}` : "";
      if (!folders.has(from)) {
        const folder = from === "" ? peers : join(temporary, String(folders.size));
        if (from !== "") installPacked(checkout, folder);
        stripTypes(checkout.programs, join(folder, "programs"));
        folders.set(from, folder);
      }
      installed.set(entry, folders.get(from)!);
    }
    return await measure((entry) => commandIn(installed.get(entry)!, entry));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(peers, { recursive: true, force: true });
  }
}

/** Builds and packs the library of a checkout in a copy of it, and installs the tarball in `folder`. */
function installPacked({ root }: Checkout, folder: string): void {
  const copy = join(folder, "checkout");
  mkdirSync(copy, { recursive: true });
  for (const name of ["packages", "scripts", "package.json", "tsconfig.json", "README.md", "LICENSE"])
    cpSync(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const script = `
    import { compile } from ${JSON.stringify(join(copy, "scripts/compile.ts"))};
    import { pack } from ${JSON.stringify(join(copy, "scripts/pack.ts"))};
    await compile("chainrule");
    console.log(pack("chainrule", ${JSON.stringify(folder)}));`;
  const packed = command(process.execPath, ["--input-type=module", "--eval", script], copy);
  const tarball = packed.trim().split("\n").at(-1)!;
  rmSync(copy, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "name": "user", "private": true, "type": "module" }\n`);
  command("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
}

function command(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(`${program} ${args.slice(0, 2).join(" ")} failed: ${result.stderr ?? result.error}`);
  return result.stdout;
}

/** Writes the programs as JavaScript. */
function stripTypes(from: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.endsWith(".ts"))
      writeFileSync(
        join(target, name.replace(/\.ts$/, ".js")),
        stripTypeScriptTypes(readFileSync(join(from, name), "utf8")).replace(
          /(from "\.[^"]*)\.ts"/g,
          '$1.js"',
        ),
      );
    else if (name.endsWith(".py")) cpSync(join(from, name), join(target, name));
  }
}

function commandIn(folder: string, { command }: EngineEntry): Command {
  const name = basename(command.args.at(-1)!).replace(/\.ts$/, ".js");
  return { ...command, args: [join(folder, "programs", name)] };
}
