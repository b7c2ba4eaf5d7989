/** Runs many command lines one after the other in a single separate process, which saves starts of Node. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freshFolder } from "./process.ts";

export interface Task {
  readonly command: string;
  /** The working folder. Default: a fresh folder. */
  readonly cwd?: string;
}
export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The objects on stdout, for `--json`. */
  readonly events: Record<string, unknown>[];
}

const script = join(import.meta.dirname, "one-by-one.ts");

/** The output and exit code of each command, in order. */
export async function inTurn(tasks: readonly Task[]): Promise<Done[]> {
  const { CHAINRULE_DATA: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--conditions=chainrule-source", script], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(
    JSON.stringify(
      tasks.map(({ command, cwd = freshFolder() }) => ({ words: command.split(" ").filter(Boolean), cwd })),
    ),
  );
  const ended = JSON.parse(await text(child.stdout)) as Omit<Done, "events">[];
  return ended.map((one) => {
    const lines = one.stdout.split("\n").filter((line) => line.startsWith("{"));
    return { ...one, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  });
}
