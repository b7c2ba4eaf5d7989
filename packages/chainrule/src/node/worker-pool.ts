/** Worker processes that share the runs of a plan. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Outcome } from "../experiments/events.ts";
import type { PlannedRun } from "../experiments/plan.ts";
import { ValueError } from "../tensor/errors.ts";
import type { FromWorker, MeasureModule, ToWorker } from "./experiment-worker.ts";

/** After this many processes ended without an answer, a run is given up. */
const attempts = 3;

export interface Pool {
  /** Kills the processes. Unfinished runs are lost, and no callback is called any more. */
  stop(): void;
}

export interface PoolOptions {
  readonly runs: readonly PlannedRun[];
  readonly measure: MeasureModule;
  readonly workers: number;
  /** Called once for each run. */
  onOutcome(outcome: Outcome, given: { readonly crashed: boolean }): void;
  /** Called when no run is possible; no outcomes follow. */
  onFailure(error: Error): void;
}

/**
 * Starts the processes and hands each a run as soon as it is free. A process that ends is replaced, and its run is
 * given to another process.
 */
export function startPool({ runs, measure, workers, onOutcome, onFailure }: PoolOptions): Pool {
  const open = [...runs];
  const crashes = new Map<string, number>();
  const children = new Set<ChildProcess>();
  let stopped = false;
  let killedEarly = 0;

  const stop = (): void => {
    stopped = true;
    for (const child of children) child.kill("SIGKILL");
  };
  const fail = (error: Error): void => {
    if (stopped) return;
    stop();
    onFailure(error);
  };

  const start = (): void => {
    const child = forkWorker();
    children.add(child);
    let current: PlannedRun | undefined;
    let ready = false;
    let complaint = "";
    const send = (message: ToWorker): void => {
      // An ended process is handled by its exit event.
      child.send(message, () => {});
    };
    const next = (): void => {
      current = open.shift();
      if (current) send({ run: current });
      else child.disconnect();
    };
    child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => (complaint = (complaint + text).slice(-2000)));
    child.on("message", (message: FromWorker) => {
      if (stopped) return;
      if ("refused" in message) return fail(new ValueError("experiment", message.refused));
      if ("outcome" in message) {
        current = undefined;
        onOutcome(message.outcome, { crashed: false });
        if (stopped) return;
      }
      ready = true;
      killedEarly = 0;
      next();
    });
    let ended = false;
    const onEnd = (how: string, signal: NodeJS.Signals | null): void => {
      if (ended) return;
      ended = true;
      children.delete(child);
      if (stopped) return;
      const last = complaint.trim().split("\n").at(-1) ?? "";
      const reason = `${how}${last === "" ? "" : `: ${last}`}`;
      // A process that was killed while it started is replaced like any other.
      if (!ready && (signal === null || ++killedEarly >= attempts))
        return fail(new ValueError("experiment", `a worker process ended before its first run, ${reason}`));
      if (current) {
        const { id } = current;
        const count = (crashes.get(id) ?? 0) + 1;
        crashes.set(id, count);
        if (count < attempts) open.unshift(current);
        else {
          const error = `its process ended ${attempts} times, the last time ${reason}`;
          onOutcome({ id, error, seconds: 0 }, { crashed: true });
        }
      }
      if (!stopped && children.size < workers && open.length > 0) start();
    };
    child.on("error", (error) => onEnd(`with ${error.message}`, null));
    child.on("exit", (code, signal) => onEnd(signal ? `by ${signal}` : `with code ${code}`, signal));
    send({ measure });
  };

  for (let i = 0; i < Math.min(workers, runs.length); i++) start();
  return { stop };
}

function forkWorker(): ChildProcess {
  // The worker's file is beside this file, as source or built.
  const source = import.meta.url.endsWith(".ts");
  const file = fileURLToPath(new URL(`./experiment-worker${source ? ".ts" : ".js"}`, import.meta.url));
  return fork(file, [], {
    execArgv: source ? ["--conditions=chainrule-source"] : [],
    // Structured clones keep every number.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}
