/**
 * A worker that is thread 0 in place of this one, so that a page goes on while a tape runs. Where memory can be shared, it
 * works on the device's own. Elsewhere it has a memory of its own in which everything lies at the same address: what
 * it needs is put there before a run, and what came out is taken after it.
 */
import { ValueError } from "../../../tensor/errors.ts";
import { Contents } from "../memory/stamps.ts";
import type { Put } from "../memory/stamps.ts";
import { maySleep, startWorker } from "#start-worker";
import type { Bytes, Errand, Taken } from "./start-worker.ts";

export interface WorkerOptions {
  readonly threads?: number;
  /**
   * Whether steps that are asked for later (`runLater`) run in a worker, so that this thread goes on. The default is true in
   * a page, unless no worker can start there.
   */
  readonly worker?: boolean;
  /** In a page: a script that holds `workerSource`, where the page's policy forbids blob URLs. */
  readonly workerUrl?: string | URL;
}

export interface Apart {
  /** What its own memory holds; null where it works on the device's, into which things are put and read here. */
  readonly own: Contents | null;
  /** False when it failed: it runs nothing any more. */
  readonly alive: boolean;
  /** Runs a tape for some steps, on all threads or alone. One at a time. */
  run(
    errand: Omit<Errand, "size" | "threads" | "puts"> & {
      readonly alone: boolean;
      readonly puts: readonly Put[];
    },
  ): Promise<Taken>;
  /** Ends it, and the threads that serve it, when the run under way is over. */
  end(): void;
}

/** Null where there is to be none; also, unless it or its script was asked for, where the page's policy allows none. */
export async function startApart(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  fault: number,
  { threads = 1, worker, workerUrl: url }: WorkerOptions,
): Promise<Apart | null> {
  if (!(worker ?? !maySleep)) return null;
  const shares = !(memory.buffer instanceof ArrayBuffer);
  const image = shares ? undefined : new Uint8Array(memory.buffer).slice();
  const start = { module, memory: shares ? memory : null, number: 0, count: threads, image, url };
  const started = await startWorker(start).catch((error: unknown) => {
    if (worker === undefined && url === undefined && error instanceof ValueError) return null;
    throw error;
  });
  if (started === null) return null;
  const own = shares ? null : new Contents();
  return {
    own,
    get alive() {
      return started.alive;
    },
    async run({ puts, takes, alone, ...rest }) {
      const errand = { ...rest, size: memory.buffer.byteLength, threads: alone ? 1 : threads };
      if (own === null) return started.ask({ ...errand, puts: [], takes: [] });
      const missing = puts.filter(({ at, stamp }) => !own.has(at, stamp));
      // as they are now: a cell may be assigned to meanwhile
      const stamps = missing.map(({ stamp }) => stamp);
      // what a failing kernel notes is noted here, too, and forgotten there
      const [noted, ...taken] = await started.ask({
        ...errand,
        puts: [{ at: fault, bytes: new Uint8Array(16) }, ...missing.map(copied)],
        takes: [{ at: fault, length: 16 }, ...takes],
      });
      // not when it was not sent; and after it fails over there, there is no worker any more
      missing.forEach(({ at }, i) => own.add(at, stamps[i]));
      new Uint8Array(memory.buffer).set(noted, fault);
      return taken;
    },
    end: () => started.end(),
  };
}

function copied(put: Put): Bytes {
  const bytes = new Uint8Array(put.length);
  put.write(bytes);
  return { at: put.at, bytes };
}
