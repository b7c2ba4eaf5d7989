/**
 * A worker that is thread 0 in place of this one, so that a page goes on while a tape runs. Where memory can be shared, it
 * works on the device's own. Elsewhere it has a memory of its own in which everything lies at the same address: what
 * it needs is put there before a run, and what came out is taken after it.
 */
import { ValueError } from "../../tensor/errors.ts";
import type { Where } from "./cells.ts";
import type { InstanceOptions } from "./instance.ts";
import { maySleep, startWorker } from "#start-worker";
import type { Errand, Taken } from "./start-worker.ts";

export interface Apart {
  /** Whose memory it works on: the device's, into which things are put here, or its own. */
  readonly where: Where;
  /** Runs a tape for some steps, on all threads or alone; what was to be taken from a memory of its own. One at a time. */
  run(errand: Omit<Errand, "size" | "count"> & { readonly alone: boolean }): Promise<Taken>;
  /** Ends it, and the threads that serve it, when the run under way is over. */
  end(): void;
}

/** Null where there is to be none; also, unless it was asked for, where the page's policy allows none. */
export async function startApart(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  fault: number,
  { threads = 1, worker, workerUrl: url }: InstanceOptions,
): Promise<Apart | null> {
  if (!(worker ?? !maySleep)) return null;
  const shares = !(memory.buffer instanceof ArrayBuffer);
  const image = shares ? undefined : new Uint8Array(memory.buffer).slice();
  const start = { module, memory: shares ? memory : null, number: 0, count: threads, image, url };
  const started = await startWorker(start).catch((error: unknown) => {
    if (worker === undefined && error instanceof ValueError) return null;
    throw error;
  });
  if (started === null) return null;
  return {
    where: shares ? "here" : "there",
    async run({ puts, takes, alone, ...rest }) {
      const errand = { ...rest, size: memory.buffer.byteLength, count: alone ? 1 : threads };
      if (shares) return started.ask({ ...errand, puts: [], takes: [] });
      // what a failing kernel notes is noted here, too, and forgotten there
      const forgotten = { at: fault, bytes: new Uint8Array(16) };
      const [noted, ...taken] = await started.ask({
        ...errand,
        // copies of their own, which can be handed over
        puts: [forgotten, ...puts.map(({ at, bytes }) => ({ at, bytes: bytes.slice() }))],
        takes: [{ at: fault, length: 16 }, ...takes],
      });
      new Uint8Array(memory.buffer).set(noted, fault);
      return taken;
    },
    end: () => started.end(),
  };
}
