/**
 * The engine's side of the conversation, a JSON object per line. An engine lives in a process of its own, stays idle while
 * others work, and takes its own time, so that the pipe costs nothing.
 */
import { createInterface } from "node:readline";
import type { Case, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import type { Limits, Reply, Request } from "../process.ts";

/** One kind of work, made ready. */
export interface Runner {
  /** Back to the first weights, where there are weights. */
  reset?(): void | Promise<void>;
  /** Counts are multiples of it, where what is more would be computed and not counted; 1 unless given. */
  readonly unit?: number;
  /**
   * Does the work `count` times. Returns numbers to compare: the loss of every step, or samples of the result. Training
   * hands back every loss, since a loop that never looks at its losses is none.
   */
  run(count: number): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface Engine {
  /** Name and version, as the engine itself tells them. */
  readonly version: string;
  training?(work: TrainingCase): Runner | Promise<Runner>;
  matmul?(work: MatmulCase): Runner | Promise<Runner>;
  inference?(work: InferenceCase): Runner | Promise<Runner>;
  /** What the machine can do, where the engine is the machine. */
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
        // whatever a reset put off is done in a step that does not count
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
