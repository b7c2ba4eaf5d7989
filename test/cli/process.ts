/** Runs the real command line in a process of its own, in a fresh folder. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Ended {
  readonly code: number | null;
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The objects on stdout, for `--json`. */
  readonly events: Record<string, unknown>[];
}

const bin = join(import.meta.dirname, "../../packages/cli/bin/chainrule.js");

/** A fresh folder that goes away after the test that asks for it. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions {
  /** A signal that is sent when the promise resolves. */
  readonly signal?: Promise<NodeJS.Signals>;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with stdout so far. It may send one signal or stop reading. */
  readonly watch?: (stdout: string, signal: (name: NodeJS.Signals) => void, leave: () => void) => void;
}

/** Runs `chainrule ...args`; the arguments are a command line or a list of words. */
export function chainrule(command: string | readonly string[], options: RunOptions = {}): Promise<Ended> {
  const args = typeof command === "string" ? command.split(" ").filter(Boolean) : command;
  const { CHAINRULE_DATA: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: options.cwd ?? freshFolder(),
      env: { ...env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const sent = new Set<NodeJS.Signals>();
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.watch?.(
        stdout,
        (name) => {
          if (!sent.has(name)) child.kill(name);
          sent.add(name);
        },
        () => child.stdout.destroy(),
      );
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    options.signal?.then((name) => child.kill(name), reject);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      resolve({
        code,
        signal,
        stdout,
        stderr,
        events: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      });
    });
  });
}

/** Sends a signal when the output contains `at`. A run that has ended before the signal arrives is started again, afresh. */
export async function interrupted(
  command: string,
  { cwd, at, by }: { readonly cwd: string; readonly at: string; readonly by: NodeJS.Signals },
): Promise<Ended> {
  const before = filesIn(cwd);
  for (;;) {
    const ended = await chainrule(command, {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes(at)) signal(by);
      },
    });
    if (ended.code !== 0) return ended;
    for (const name of filesIn(cwd))
      if (!before.includes(name)) rmSync(join(cwd, name), { recursive: true, force: true });
  }
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}
