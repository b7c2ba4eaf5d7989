/** The harness's side of the protocol with an engine in a separate process. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import type { Case } from "./cases.ts";

export type Request =
  | { readonly do: "start" }
  | { readonly do: "load"; readonly work: Case }
  | { readonly do: "check" | "time"; readonly count: number }
  | { readonly do: "memory" | "limits" };

/** The machine's limits from WebAssembly, in GFLOP/s and GB/s. */
export interface Limits {
  readonly relaxedGflops: number;
  readonly strictGflops: number;
  readonly copyGigabytes: number;
}

export interface Reply {
  /** An error, in place of all other fields. */
  readonly error?: string;
  readonly version?: string;
  readonly values?: readonly (number | null)[];
  /** The counts of this work must be multiples of this number. */
  readonly unit?: number;
  readonly milliseconds?: number;
  /** Processor time of all threads of the process. */
  readonly cpuMilliseconds?: number;
  readonly peakBytes?: number;
  readonly limits?: Limits;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An engine that failed, with its last words. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

export class EngineProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #replies: AsyncIterator<string>;
  #stderr = "";

  constructor({ program, args, env }: Command) {
    this.#child = spawn(program, args, { env: { ...process.env, ...env } });
    this.#child.on("error", (error) => (this.#stderr += error.message));
    this.#child.stdin.on("error", () => {}); // A missing reply shows that an engine ended.
    this.#child.stderr.on("data", (data: Buffer) => (this.#stderr = (this.#stderr + data).slice(-4000)));
    this.#replies = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws EngineError when the engine says so, or ends, or takes more than `seconds` */
  async ask(request: Request, seconds = 300): Promise<Reply> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), seconds * 1000);
    try {
      for (;;) {
        const { value, done } = await this.#replies.next();
        if (done) throw new EngineError(this.#lastWords(`no reply to "${request.do}"`));
        // Engines print greetings and warnings on standard output, too.
        if (!value.startsWith("{")) continue;
        const reply: Reply = JSON.parse(value);
        if (reply.error !== undefined) throw new EngineError(reply.error);
        return reply;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  #lastWords(what: string): string {
    const lines = this.#stderr.trim().split("\n");
    const line = lines.findLast((one) => /error|cannot|not found/i.test(one)) ?? lines.at(-1);
    return line ? `${what}: ${line.trim()}` : what;
  }
}
