/** Run every program of examples/ with a small budget, each in a process of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./command.ts";

const folder = join(root, "examples");
const programs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
let failed = 0;
for (const program of programs.sort()) {
  const started = performance.now();
  const result = spawnSync(process.execPath, ["--conditions=chainrule-source", join(folder, program)], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CHAINRULE_QUICK: "1" },
    // Only a guard against hanging.
    timeout: 300_000,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = result.status === 0;
  if (!ok) failed += 1;
  console.log(`${ok ? "ok" : "FAILED"} examples/${program} (${seconds} s)`);
  if (!ok) console.log(result.stdout, result.stderr, result.error ?? "");
}
console.log(`examples: ${programs.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
