/** A checkout of Chainrule, and its command line run with the Node that it pins. */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

export interface Checkout {
  readonly root: string;
  readonly node: string;
}

export interface Ended {
  /** The exit code, or the signal that ended the process. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Send SIGINT once, as soon as stdout contains this text. */
  readonly stopAt?: string;
}

/** Finds the checkout's bin and its pinned Node. */
export function checkoutAt(path: string): Checkout {
  const bin = "packages/cli/bin/chainrule.js";
  if (!existsSync(join(path, bin))) throw new Error(`${path} is not a checkout: ${bin} is missing`);
  const root = realpathSync(path);
  const node = join(root, "node_modules/node/bin/node");
  if (!existsSync(node)) throw new Error(`the checkout ${path} is not installed; run npm ci there`);
  return { root, node };
}

/** Runs `chainrule ...words` of a checkout. */
export function chainrule(
  checkout: Checkout,
  words: readonly string[],
  options?: RunOptions,
): Promise<Ended> {
  return run(checkout, [join(checkout.root, "packages/cli/bin/chainrule.js"), ...words], options);
}

/** Runs a program with the Node of a checkout. */
export function run(
  { node }: Checkout,
  args: readonly string[],
  { cwd, stopAt }: RunOptions = {},
): Promise<Ended> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd,
      env: { ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let stopped = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stopAt === undefined || stopped || !stdout.includes(stopAt)) return;
      stopped = true;
      child.kill("SIGINT");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: signal ?? code, stdout, stderr }));
  });
}
