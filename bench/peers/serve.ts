/**
 * The engine's side of the protocol, a JSON object per line. An engine is a separate process, stays idle while others
 * work, and measures its own time, so that the pipe costs nothing.
 */
import { createInterface } from "node:readline";
import type { Case, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import type { Limits, Reply, Request } from "../process.ts";

/** One kind of work, made ready. */
export interface Runner {
  /** Restores the first weights, if there are weights. */
  reset?(): void | Promise<void>;
  /** Counts must be multiples of this number; other counts would compute steps that are not counted. Default 1. */
  readonly unit?: number;
  /**
   * Does the work `count` times. Returns numbers to compare: the loss of every step, or samples of the result. Training
   * returns every loss, since a real training loop reads its losses.
   */
  run(count: number): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface Engine {
  /** The engine's own name and version. */
  readonly version: string;
  training?(work: TrainingCase): Runner | Promise<Runner>;
  matmul?(work: MatmulCase): Runner | Promise<Runner>;
  inference?(work: InferenceCase): Runner | Promise<Runner>;
  /** The limits of the machine, if the engine measures the machine. */
  limits?(): Limits;
}

function make(engine: Engine, work: Case): Runner | Promise<Runner> | undefined {
  switch (work.kind) {
    case "training":
      return engine.training?.(work);
    case "matmul":
      return engine.matmul?.(work);
    case "inference":
      return engine.inference?.(work);
  }
}

/** Answers requests until the input ends. */
export async function serve(start: () => Engine | Promise<Engine>): Promise<void> {
  let engine: Engine | undefined;
  let runner: Runner | undefined;

  async function answer(request: Request): Promise<Reply> {
    engine ??= await start();
    switch (request.do) {
      case "start":
        return { version: engine.version };
      case "load": {
        runner = await make(engine, request.work);
        if (!runner) return { error: `cannot do ${request.work.kind}` };
        return { unit: runner.unit };
      }
      case "check":
        await runner!.reset?.();
        return { values: Array.from(await runner!.run(request.count)) };
      case "time": {
        await runner!.reset?.();
        // Work that a reset deferred is done in a step that does not count.
        if (runner!.reset) await runner!.run(1);
        const cpu = process.cpuUsage();
        const began = performance.now();
        await runner!.run(request.count);
        const milliseconds = performance.now() - began;
        const { user, system } = process.cpuUsage(cpu);
        return { milliseconds, cpuMilliseconds: (user + system) / 1000 };
      }
      case "limits":
        return { limits: engine.limits!() };
      case "memory":
        // kilobytes, on every system
        return { peakBytes: process.resourceUsage().maxRSS * 1024 };
    }
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line)).catch((error: unknown): Reply => ({
      error: error instanceof Error ? error.message : String(error),
    }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}
