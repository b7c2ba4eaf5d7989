/**
 * A worker that runs tapes in place of this thread, so that a page can go on meanwhile. Where memory can be shared, the
 * worker uses the device's memory. Elsewhere it has its own memory, with everything at the same addresses: what a run needs
 * is copied there before the run, and the results are copied back after it.
 */
import { ValueError } from "../../../tensor/errors.ts";
import { Stamps } from "../memory/stamps.ts";
import type { Segment } from "../memory/stamps.ts";
import { maySleep, startWorker } from "#start-worker";
import type { Bytes, WorkerRequest, WorkerAnswer } from "./start-worker.ts";

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

export interface BackgroundWorker {
  /** The stamps of its own memory; null if it uses the device's memory, which this thread writes and reads. */
  readonly ownStamps: Stamps | null;
  /** False after it failed. It cannot run anything then. */
  readonly alive: boolean;
  /** Runs a tape for some steps, on all threads or alone. One run at a time. */
  run(
    request: Omit<WorkerRequest, "size" | "threads" | "writes"> & {
      readonly alone: boolean;
      readonly segments: readonly Segment[];
    },
  ): Promise<WorkerAnswer>;
  /** Ends the worker, and the threads that work with it, after the current run. */
  end(): void;
}

/**
 * Starts the worker if the options want one. The result is null if they do not, and also where the page's policy forbids
 * workers, unless the options name a worker or its script explicitly.
 */
export async function startBackground(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  fault: number,
  { threads = 1, worker, workerUrl: url }: WorkerOptions,
): Promise<BackgroundWorker | null> {
  if (!(worker ?? !maySleep)) return null;
  const shares = !(memory.buffer instanceof ArrayBuffer);
  const image = shares ? undefined : new Uint8Array(memory.buffer).slice();
  const start = { module, memory: shares ? memory : null, number: 0, count: threads, image, url };
  const started = await startWorker(start).catch((error: unknown) => {
    if (worker === undefined && url === undefined && error instanceof ValueError) return null;
    throw error;
  });
  if (started === null) return null;
  const ownStamps = shares ? null : new Stamps();
  return {
    ownStamps,
    get alive() {
      return started.alive;
    },
    async run({ segments, reads, alone, ...rest }) {
      const request = { ...rest, size: memory.buffer.byteLength, threads: alone ? 1 : threads };
      if (ownStamps === null) return started.ask({ ...request, writes: [], reads: [] });
      const missing = segments.filter(({ at, stamp }) => !ownStamps.has(at, stamp));
      // read now, since a cell may be assigned to during the run
      const stamps = missing.map(({ stamp }) => stamp);
      // a failing kernel notes its index there: copy the note to this memory, and clear it in the worker's
      const [noted, ...answer] = await started.ask({
        ...request,
        writes: [{ at: fault, bytes: new Uint8Array(16) }, ...missing.map(copied)],
        reads: [{ at: fault, length: 16 }, ...reads],
      });
      // only now: nothing was copied if sending failed, and if the worker failed it is not used again
      missing.forEach(({ at }, i) => ownStamps.add(at, stamps[i]));
      new Uint8Array(memory.buffer).set(noted, fault);
      return answer;
    },
    end: () => started.end(),
  };
}

function copied(segment: Segment): Bytes {
  const bytes = new Uint8Array(segment.length);
  segment.write(bytes);
  return { at: segment.at, bytes };
}
