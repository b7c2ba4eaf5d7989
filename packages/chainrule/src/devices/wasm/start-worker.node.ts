/** How a worker for the kernels is started in Node. */
import type { WorkerStart } from "./start-worker.ts";

const source = `const { parentPort, workerData: { module, memory, number, count } } = require("node:worker_threads");
const host = () => 0;
const { exports } = new WebAssembly.Instance(module, { env: { memory, host } });
parentPort.postMessage("ready");
exports.serve(number, count);`;

/** Starts a worker and waits until it is ready; it keeps no process alive, and ends when the kernels dismiss it. */
export async function startWorker({ module, memory, number, count }: WorkerStart): Promise<void> {
  // loaded only where there are threads: most programs start without
  const { Worker } = await import("node:worker_threads");
  const workerData = { module, memory, number, count };
  // no flags of this process: a worker refuses some, and needs none
  const worker = new Worker(source, { eval: true, workerData, execArgv: [], name: "chainrule kernels" });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  worker.removeAllListeners("error");
  worker.unref();
}

export const maySleep: boolean = true;
