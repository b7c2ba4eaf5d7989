/** How a worker for the kernels is started in Node. */
import { ValueError } from "../../../tensor/errors.ts";
import { buffersOf, workerSource } from "./start-worker.ts";
import type { StartedWorker, Taken, WorkerStart } from "./start-worker.ts";

/** What a worker of a page has, so that both run the same source. */
const pageLike = `const { parentPort } = require("node:worker_threads");
let onmessage;
parentPort.on("message", (data) => onmessage({ data }));
const postMessage = (data, buffers) => parentPort.postMessage(data, buffers);
const close = () => parentPort.close();
`;

/** Starts a worker and waits until it is ready; it keeps no process alive while nothing is asked of it. */
export async function startWorker({
  module,
  memory,
  number,
  count,
  image,
}: WorkerStart): Promise<StartedWorker> {
  // loaded only where there are threads: most programs start without
  const { Worker } = await import("node:worker_threads");
  // no flags of this process: a worker refuses some, and needs none
  const worker = new Worker(pageLike + workerSource, { eval: true, execArgv: [], name: "chainrule kernels" });
  let dead: ValueError | null = null;
  let refuse: (error: ValueError) => void = () => {};
  const fail = (why: string): void => {
    dead ??= new ValueError("wasm", `the worker failed: ${why}`);
    refuse(dead);
  };
  worker.on("error", ({ message }) => fail(message));
  worker.on("exit", () => fail("it ended"));
  const answer = async <T>(): Promise<T> => {
    if (dead !== null) throw dead;
    worker.ref();
    try {
      return await new Promise<T>((resolve, reject) => {
        refuse = reject;
        worker.once("message", resolve);
      });
    } finally {
      worker.removeAllListeners("message").unref();
    }
  };
  const ready = answer();
  worker.postMessage({ module, memory, number, count, image });
  await ready;
  return {
    get alive() {
      return dead === null;
    },
    // async, so that what posting throws is a rejection, too
    async ask(errand) {
      worker.postMessage(errand, buffersOf(errand));
      return answer<Taken>();
    },
    end: () => worker.postMessage(null),
  };
}

export const maySleep: boolean = true;
