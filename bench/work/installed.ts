/**
 * Engines as strangers have them: Chainrule is packed and installed in an empty folder, and all programs are JavaScript
 * already, so that nobody pays for stripping types, which takes time and 17 MB or more.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchFolder } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { Command } from "../process.ts";

const root = join(benchFolder, "..");

/** Calls `measure` with how to start each engine; what was installed is gone afterwards. */
export async function asInstalled<T>(
  measure: (commandOf: (entry: EngineEntry) => Command) => Promise<T>,
): Promise<T> {
  const stranger = mkdtempSync(join(tmpdir(), "chainrule-bench-"));
  // below node_modules, where the peers' packages are found and git looks away
  const peers = join(benchFolder, "node_modules/.bench");
  try {
    installPacked(stranger);
    for (const target of [stranger, peers]) stripped(join(target, "peers"));
    return await measure((entry) => packedCommand(entry, stranger, peers));
  } finally {
    rmSync(stranger, { recursive: true, force: true });
    rmSync(peers, { recursive: true, force: true });
  }
}

/** The library is built and packed as it is published; another folder installs it. */
function installPacked(folder: string): void {
  const script = `
    import { compile } from ${JSON.stringify(join(root, "scripts/compile.ts"))};
    import { pack } from ${JSON.stringify(join(root, "scripts/pack.ts"))};
    await compile("chainrule");
    console.log(pack("chainrule", ${JSON.stringify(join(folder, "packed"))}));`;
  mkdirSync(join(folder, "packed"));
  const packed = command(process.execPath, ["--input-type=module", "--eval", script], root);
  const tarball = packed.trim().split("\n").at(-1)!;
  writeFileSync(join(folder, "package.json"), `{ "name": "stranger", "private": true, "type": "module" }\n`);
  command("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
}

function command(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(`${program} ${args.slice(0, 2).join(" ")} failed: ${result.stderr ?? result.error}`);
  return result.stdout;
}

/** The peers as JavaScript. */
function stripped(target: string): void {
  mkdirSync(target, { recursive: true });
  const from = join(benchFolder, "peers");
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

/** Chainrule's program where the packed library is installed, others' beside their packages. */
function packedCommand({ id, command }: EngineEntry, stranger: string, peers: string): Command {
  const file = command.args.at(-1)!;
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  const folder = id.startsWith("chainrule") ? stranger : peers;
  return { ...command, args: [join(folder, "peers", name)] };
}
