/** How a worker for the kernels is started in a page; start-worker.node.ts is the same for Node. */

import { ValueError } from "../../../tensor/errors.ts";

/** What a worker is given. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  /** The memory that all share; null for a worker with one of its own. */
  readonly memory: WebAssembly.Memory | null;
  /** The thread that it is: 1 and above serve all their life, 0 runs what it is asked to. */
  readonly number: number;
  readonly count: number;
  /** What a memory of its own begins with. */
  readonly image?: Uint8Array;
  /** A script that holds `workerSource`, where a page's policy forbids blob URLs. */
  readonly url?: string | URL | undefined;
}

/** Bytes of the memory, and where they lie. */
export interface Bytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A run of a tape for a worker; what is put and taken is for one with a memory of its own. */
export interface Errand {
  readonly tape: number;
  readonly end: number;
  /** It runs for the steps first … first + steps − 1. */
  readonly first: number;
  readonly steps: number;
  /** How many take part. */
  readonly threads: number;
  /** How large the memory is. */
  readonly size: number;
  readonly puts: readonly Bytes[];
  readonly takes: readonly { readonly at: number; readonly length: number }[];
}

/** Bytes that were taken, in arrays of their own. */
export type Taken = readonly Uint8Array<ArrayBuffer>[];

export interface StartedWorker {
  /** False after it failed; it answers nothing any more. */
  readonly alive: boolean;
  /** Runs a tape on thread 0: what was to be taken. One at a time. */
  ask(errand: Errand): Promise<Taken>;
  /** Ends thread 0 and all that serve it, when the run under way is over. */
  end(): void;
}

/** What a worker answers when it is ready: another number whenever what it is told, or what it does then, changes. */
export const greeting = 2;

/** The whole of what a worker of the kernels runs, for a file of your own that `workerUrl` names. */
export const workerSource = `onmessage = ({ data: { module, memory, number, count, image } }) => {
  const own = memory === null;
  if (own) memory = new WebAssembly.Memory({ initial: image.length / 65536, maximum: 65536 });
  const host = () => 0;
  const { exports } = new WebAssembly.Instance(module, { env: { memory, host } });
  const put = ({ at, bytes }) => new Uint8Array(memory.buffer).set(bytes, at);
  const take = ({ at, length }) => new Uint8Array(memory.buffer).slice(at, at + length);
  if (own) put({ at: 0, bytes: image });
  onmessage = ({ data: errand }) => {
    if (errand === null) {
      exports.dismiss();
      return close();
    }
    const { tape, end, first, steps, threads, size, puts, takes } = errand;
    if (own && memory.buffer.byteLength < size) memory.grow((size - memory.buffer.byteLength) / 65536);
    puts.forEach(put);
    exports.setThread(0, threads);
    exports.run(tape, end, first, steps);
    const taken = takes.map(take);
    postMessage(taken, taken.map(({ buffer }) => buffer));
  };
  postMessage(${greeting});
  if (number === 0) return;
  exports.serve(number, count);
  close();
};`;

/** Starts a worker and waits until it is ready; threads above 0 end by themselves when the kernels dismiss them. */
export async function startWorker({ url, ...start }: WorkerStart): Promise<StartedWorker> {
  if (typeof Worker === "undefined") throw new ValueError("wasm", noWorker);
  const blob =
    url === undefined ? URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" })) : null;
  const worker = new Worker(url ?? blob!);
  const answer = <T>(refusal: (message?: string) => string): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<T>) => resolve(data);
      worker.onerror = ({ message }) => reject(new ValueError("wasm", refusal(message)));
    });
  try {
    const ready = answer((message) => refusal(message, blob !== null));
    worker.postMessage(start);
    if ((await ready) !== greeting) {
      worker.terminate();
      throw new ValueError("wasm", otherVersion);
    }
  } finally {
    if (blob !== null) URL.revokeObjectURL(blob);
  }
  let alive = true;
  return {
    get alive() {
      return alive;
    },
    // async, so that what posting throws is a rejection, too
    async ask(errand) {
      worker.postMessage(errand, buffersOf(errand));
      return answer<Taken>((message) => {
        // nobody knows what its memory holds
        alive = false;
        worker.terminate();
        return `the worker failed: ${message}`;
      });
    },
    end: () => worker.postMessage(null),
  };
}

/** What is handed over instead of being copied once more. */
export const buffersOf = ({ puts }: Errand): ArrayBuffer[] =>
  puts.map(({ bytes }) => bytes.buffer as ArrayBuffer);

const noWorker =
  "there is no Worker here; in Node chainrule/wasm has workers and threads, and chainrule/bundle has none";
const otherVersion =
  "workerUrl names a worker of another version of the library; write workerSource of this one into it";

/** A worker that a page's policy forbids fails without a message. */
function refusal(message: string | undefined, fromBlob: boolean): string {
  if (message) return `a worker failed: ${message}`;
  return fromBlob
    ? "a worker could not start; if the page's policy forbids blob URLs, write workerSource into a script and name it with workerUrl"
    : "a worker could not start; is workerUrl a script of this site that holds workerSource?";
}

/** Whether this thread may sleep: the main thread of a page may not. */
export const maySleep: boolean = typeof document === "undefined";
