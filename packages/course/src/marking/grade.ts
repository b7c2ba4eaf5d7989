/**
 * Grades a student's file: an exported function earns its points if it passes all of its checks. The file runs in
 * child processes, so that an endless loop or a crash costs one function and not the whole grade.
 */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pointsOf } from "../practical/files.ts";
import type { FromChild, ToChild } from "./messages.ts";

export interface CheckResult {
  readonly says: string;
  readonly ok: boolean;
  /** What was found instead, if the check failed. */
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
  /** Why no function was checked: the file did not load. */
  readonly failure?: string;
}

export interface GradeOptions {
  /**
   * How long the checks of one function, or loading the file, may take, in milliseconds; default 20,000. The clock
   * starts when the child process is ready, so the time that the process itself takes to start does not count.
   */
  readonly limit?: number;
  /** Where the file's own output goes; default "stdout". */
  readonly output?: "stdout" | "stderr";
}

/** Grades a file against a practical's checks. */
export async function grade(practical: string, file: string, options: GradeOptions = {}): Promise<Grade> {
  const points = pointsOf(practical);
  const results = new Map<string, CheckResult[]>();
  let failure: string | undefined;
  let rest = Object.keys(points);
  // a child reports function after function; if it ends early, the next child continues after the function that ended it
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

/** How long a child process may take to start, in milliseconds: a guard against a hang, far above any slow machine. */
const startLimit = 300_000;

/** Runs one child until it has reported everything, dies, or sends nothing for longer than the limit. */
function runChild(
  task: ToChild,
  { limit = 20_000, output = "stdout" }: GradeOptions,
  onResult: (name: string, checks: CheckResult[]) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = fork(program.file, [], {
      execArgv: [
        ...(program.isSource ? ["--conditions=chainrule-source"] : []),
        // the child runs the student's TypeScript, and some versions of Node need the flag for that
        ...(process.features.typescript ? [] : ["--experimental-strip-types"]),
      ],
      stdio: ["ignore", output === "stdout" ? "inherit" : 2, "pipe", "ipc"],
    });
    let loaded = false;
    let why: string | undefined;
    let stderr = "";
    let timer: NodeJS.Timeout | undefined;
    const killAfter = (milliseconds: number, reason: (seconds: string) => string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        why = reason(`${milliseconds / 1000} s`);
        child.kill("SIGKILL");
      }, milliseconds);
    };
    killAfter(startLimit, (seconds) => `the process that runs the file did not start within ${seconds}`);
    // a child in an endless loop does not notice that this process has ended
    const terminated = (): void => {
      child.kill("SIGKILL");
      process.exit(143);
    };
    process.once("SIGTERM", terminated);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-4000)));
    child.on("message", (message: FromChild) => {
      if (message.kind === "loaded") loaded = true;
      else if (message.kind === "failed") why = message.why;
      else if (message.kind === "function") onResult(message.name, message.checks);
      killAfter(limit, (seconds) =>
        loaded
          ? `it ran for more than ${seconds}: an endless loop?`
          : `it did not load within ${seconds}: an endless loop outside of the functions?`,
      );
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

/** The line of Node's crash report that names the error, without the stack. */
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
