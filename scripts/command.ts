import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The root of the checkout. */
export const root = join(import.meta.dirname, "..");

/** The packages that are published, in the order they are built. */
export const packages = ["chainrule", "course", "cli"];

/** Run a command with its output shown, and throw when it fails. */
export function run(command: string, args: readonly string[], cwd: string = root): void {
  const result = spawnSync(command, args, { cwd, stdio: "inherit", env: environment() });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${ending(result)}`);
}

/** Run a command and return its standard output; its standard error is shown. */
export function output(command: string, args: readonly string[], cwd: string = root): string {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const result = spawnSync(command, args, { cwd, stdio: [...stdio], encoding: "utf8", env: environment() });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${ending(result)}\n${result.stdout}`);
  }
  return result.stdout;
}

/** The tools of the checkout come first; what npm set for the script that runs now is not passed on. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  return { ...Object.fromEntries(own), PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
}

function ending(result: { status: number | null; signal: NodeJS.Signals | null }): string {
  return result.signal ?? `exit code ${result.status}`;
}
