/** Starts a worker that runs kernels in a page; start-worker.node.ts does the same in Node. */

import { ValueError } from "../../../tensor/errors.ts";

/** The first message to a worker. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  /** The memory that all threads share; null for a worker with its own memory. */
  readonly memory: WebAssembly.Memory | null;
  /** The number of the thread. Threads from 1 on take part in each run; thread 0 runs the tapes that it is sent. */
  readonly number: number;
  readonly count: number;
  /** The initial bytes of its own memory. */
  readonly image?: Uint8Array;
  /** A script that holds `workerSource`, where a page's policy forbids blob URLs. */
  readonly url?: string | URL | undefined;
}

/** Bytes of the memory and their address. */
export interface Bytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A run of a tape in a worker. `writes` and `reads` are for a worker with its own memory. */
export interface WorkerRequest {
  readonly tape: number;
  readonly end: number;
  /** The run does the steps first … first + steps − 1. */
  readonly first: number;
  readonly steps: number;
  /** The number of threads that take part. */
  readonly threads: number;
  /** The size of the device's memory in bytes. */
  readonly size: number;
  /** Bytes to write before the run. */
  readonly writes: readonly Bytes[];
  /** Bytes to send back after the run. */
  readonly reads: readonly { readonly at: number; readonly length: number }[];
}

/** The bytes that a worker sends back. */
export type WorkerAnswer = readonly Uint8Array<ArrayBuffer>[];

export interface StartedWorker {
  /** False after it failed. It does not answer then. */
  readonly alive: boolean;
  /** Runs a tape on thread 0 and returns the bytes of `reads`. One run at a time. */
  ask(request: WorkerRequest): Promise<WorkerAnswer>;
  /** Ends thread 0 and the threads that work with it, after the current run. */
  end(): void;
}

/** What a worker answers when it is ready. The number changes whenever the messages or `workerSource` change. */
export const greeting = 3;

/** The source of a worker, for a script of your own that the option `workerUrl` names. */
export const workerSource = `onmessage = ({ data: { module, memory, number, count, image } }) => {
  const own = memory === null;
  if (own) memory = new WebAssembly.Memory({ initial: image.length / 65536, maximum: 65536 });
  const host = () => 0;
  const { exports } = new WebAssembly.Instance(module, { env: { memory, host } });
  const write = ({ at, bytes }) => new Uint8Array(memory.buffer).set(bytes, at);
  const read = ({ at, length }) => new Uint8Array(memory.buffer).slice(at, at + length);
  if (own) write({ at: 0, bytes: image });
  onmessage = ({ data: request }) => {
    if (request === null) {
      exports.dismiss();
      return close();
    }
    const { tape, end, first, steps, threads, size, writes, reads } = request;
    if (own && memory.buffer.byteLength < size) memory.grow((size - memory.buffer.byteLength) / 65536);
    writes.forEach(write);
    exports.setThread(0, threads);
    exports.run(tape, end, first, steps);
    const answer = reads.map(read);
    postMessage(answer, answer.map(({ buffer }) => buffer));
  };
  postMessage(${greeting});
  if (number === 0) return;
  exports.serve(number, count);
  close();
};`;

/** Starts a worker and waits until it is ready. Threads above 0 end when the kernels dismiss them. */
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
    // async, so that an error of postMessage is a rejection
    async ask(request) {
      worker.postMessage(request, buffersOf(request));
      return answer<WorkerAnswer>((message) => {
        // the contents of its memory are unknown now
        alive = false;
        worker.terminate();
        return `the worker failed: ${message}`;
      });
    },
    end: () => worker.postMessage(null),
  };
}

/** The buffers that a message transfers in place of copying them. */
export const buffersOf = ({ writes }: WorkerRequest): ArrayBuffer[] =>
  writes.map(({ bytes }) => bytes.buffer as ArrayBuffer);

const noWorker =
  "there is no Worker here; in Node chainrule/wasm has workers and threads, and chainrule/bundle has none";
const otherVersion =
  "workerUrl names a worker of another version of the library; write workerSource of this one into it";

/** The message of an error. A worker that the page's policy forbids fails without one. */
function refusal(message: string | undefined, fromBlob: boolean): string {
  if (message) return `a worker failed: ${message}`;
  return fromBlob
    ? "a worker could not start; if the page's policy forbids blob URLs, write workerSource into a script and name it with workerUrl"
    : "a worker could not start; is workerUrl a script of this site that holds workerSource?";
}

/** Whether this thread may sleep. The main thread of a page may not. */
export const maySleep: boolean = typeof document === "undefined";
