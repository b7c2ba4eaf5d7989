/** How a worker for the kernels is started in a page; start-worker.node.ts is the same for Node. */

import { ValueError } from "../../tensor/errors.ts";

/** What a worker is given. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly number: number;
  readonly count: number;
  /** A script that holds `workerSource`, where a page's policy forbids blob URLs. */
  readonly url?: string | URL | undefined;
}

/** The whole of what a worker of the kernels runs, for a file of your own that `workerUrl` names. */
export const workerSource = `onmessage = ({ data: { module, memory, number, count } }) => {
  const host = () => 0;
  const { exports } = new WebAssembly.Instance(module, { env: { memory, host } });
  postMessage("ready");
  exports.serve(number, count);
  close();
};`;

/** Starts a worker and waits until it is ready; it ends by itself when the kernels dismiss it. */
export async function startWorker({ url, ...start }: WorkerStart): Promise<void> {
  const blob =
    url === undefined ? URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" })) : null;
  const worker = new Worker(url ?? blob!);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => reject(new ValueError("wasm", refusal(message, blob !== null)));
      worker.postMessage(start);
    });
  } finally {
    if (blob !== null) URL.revokeObjectURL(blob);
  }
}

/** A worker that a page's policy forbids fails without a message. */
function refusal(message: string | undefined, fromBlob: boolean): string {
  if (message) return `a worker failed: ${message}`;
  return fromBlob
    ? "a worker could not start; if the page's policy forbids blob URLs, write workerSource into a script and name it with workerUrl"
    : "a worker could not start; is workerUrl a script of this site that holds workerSource?";
}

/** Whether this thread may sleep: the main thread of a page may not. */
export const maySleep: boolean = typeof document === "undefined";
