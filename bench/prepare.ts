/** Installs what the peers need, into folders that git ignores: packages by npm, and PyTorch and JAX by pip where it can. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder } from "./engines.ts";

/** Whether the installed packages are those of a file; a copy of the file beside them tells. */
function upToDate(wanted: string, kept: string): boolean {
  return existsSync(kept) && readFileSync(kept, "utf8") === readFileSync(wanted, "utf8");
}

export function installPackages(): void {
  const lock = join(benchFolder, "package-lock.json");
  const kept = join(benchFolder, "node_modules/.installed-lock.json");
  if (upToDate(lock, kept)) return;
  console.error("installing the peers' packages (some 600 MB) …");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
    cwd: benchFolder,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) throw new Error("npm ci failed in bench/; its message is above");
  writeFileSync(kept, readFileSync(lock, "utf8"));
}

/** Installs PyTorch and JAX in bench/.venv; returns the reason if that fails. */
export function installPython(): string | undefined {
  if (process.env.BENCH_PYTHON) return undefined;
  const folder = join(benchFolder, ".venv");
  const requirements = join(benchFolder, "peers/requirements.txt");
  const kept = join(folder, "installed-requirements.txt");
  if (upToDate(requirements, kept)) return undefined;
  console.error("installing PyTorch and JAX into bench/.venv (some GB; --no-python leaves them out) …");
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", folder]],
    [join(folder, "bin/pip"), ["install", "--quiet", "--requirement", requirements]],
  ];
  for (const [program, args] of steps) {
    const result = spawnSync(program, args, { encoding: "utf8" });
    if (result.status === 0) continue;
    const said = result.stderr?.trim().split("\n").at(-1) ?? result.error?.message;
    return `${program.split("/").at(-1)} ${args[0]} failed: ${said}`;
  }
  writeFileSync(kept, readFileSync(requirements, "utf8"));
  return undefined;
}
