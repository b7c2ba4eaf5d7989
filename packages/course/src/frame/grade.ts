/**
 * Grades a student's file: each exported function is held against its checks, and earns its points if it passes all of
 * them. The file runs in processes of its own, so that an endless loop or a crash is a result like any other.
 */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pointsOf } from "./files.ts";
import type { FromChild, ToChild } from "./messages.ts";

export interface CheckResult {
  readonly says: string;
  readonly ok: boolean;
  /** What was found instead, where it did not pass. */
  readonly found?: string;
}

export interface FunctionResult {
  readonly name: string;
  readonly points: number;
  readonly earned: number;
  readonly checks: readonly CheckResult[];
}

export interface Grade {
  readonly practical: string;
  readonly file: string;
  readonly points: number;
  readonly earned: number;
  readonly functions: readonly FunctionResult[];
  /** Why no function could be looked at: the file did not load. */
  readonly failure?: string;
}

export interface GradeOptions {
  /** How long one function's checks, or loading the file, may take, in milliseconds; 20,000 unless given. */
  readonly limit?: number;
  /** Where the file's own output goes: shown with ours unless it is to be kept apart on stderr. */
  readonly output?: "stdout" | "stderr";
}

/** Grades a file against a practical's checks. */
export async function grade(practical: string, file: string, options: GradeOptions = {}): Promise<Grade> {
  const points = pointsOf(practical);
  const results = new Map<string, CheckResult[]>();
  let failure: string | undefined;
  let rest = Object.keys(points);
  // a child answers function after function; where it ends early, the next one goes on behind the culprit
  while (rest.length > 0 && failure === undefined) {
    const ended = await runChild({ practical, file, functions: rest }, options, (name, checks) =>
      results.set(name, checks),
    );
    const left = rest.filter((name) => !results.has(name));
    if (left.length === 0) break;
    if (ended.loaded) results.set(left[0], [{ says: "it ends", ok: false, found: ended.why }]);
    else failure = ended.why;
    rest = left.slice(1);
  }
  const functions = Object.entries(points).map(([name, worth]): FunctionResult => {
    const checks = results.get(name) ?? [];
    const earned = checks.length > 0 && checks.every(({ ok }) => ok) ? worth : 0;
    return { name, points: worth, earned, checks };
  });
  const sum = (of: (one: FunctionResult) => number): number =>
    functions.reduce((total, one) => total + of(one), 0);
  return {
    practical,
    file,
    points: sum((one) => one.points),
    earned: sum((one) => one.earned),
    functions,
    ...(failure !== undefined && { failure }),
  };
}

interface Ended {
  readonly loaded: boolean;
  readonly why: string;
}

/** Runs one child until it is done, dies or is silent for too long. */
function runChild(
  task: ToChild,
  { limit = 20_000, output = "stdout" }: GradeOptions,
  onResult: (name: string, checks: CheckResult[]) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = fork(program.file, [], {
      execArgv: [
        ...(program.isSource ? ["--conditions=chainrule-source"] : []),
        // the child runs the student's TypeScript, also on a Node that asks for the flag
        ...(process.features.typescript ? [] : ["--experimental-strip-types"]),
      ],
      stdio: ["ignore", output === "stdout" ? "inherit" : 2, "pipe", "ipc"],
    });
    let loaded = false;
    let why: string | undefined;
    let stderr = "";
    const tooLong = (): void => {
      const seconds = `${limit / 1000} s`;
      why = loaded
        ? `it ran for more than ${seconds}: an endless loop?`
        : `it did not load within ${seconds}: an endless loop outside of the functions?`;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(tooLong, limit);
    // a child in an endless loop would not notice that nobody waits for it any more
    const terminated = (): void => {
      child.kill("SIGKILL");
      process.exit(143);
    };
    process.once("SIGTERM", terminated);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-4000)));
    child.on("message", (message: FromChild) => {
      clearTimeout(timer);
      timer = setTimeout(tooLong, limit);
      if (message.kind === "loaded") loaded = true;
      else if (message.kind === "failed") why = message.why;
      else onResult(message.name, message.checks);
    });
    child.on("error", (error) => (why = error.message));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      process.off("SIGTERM", terminated);
      resolve({
        loaded,
        why: why ?? `the process ended early, with ${signal ?? `exit code ${code}`}${lastLine(stderr)}`,
      });
    });
    child.send(task);
  });
}

/** What Node says at the end of a crash, without its stack. */
function lastLine(stderr: string): string {
  const line = stderr.split("\n").find((one) => /Error|FATAL/.test(one));
  return line === undefined ? "" : `: ${line.trim()}`;
}

/** The child's program: TypeScript in the checkout, JavaScript in the package. */
const program = ["./child.ts", "./child.js"]
  .map((name) => ({
    file: fileURLToPath(new URL(name, import.meta.url)),
    isSource: name.endsWith(".ts"),
  }))
  .find(({ file }) => existsSync(file))!;
