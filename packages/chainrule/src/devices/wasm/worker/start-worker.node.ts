/** Starts a worker that runs kernels in Node. */
import { ValueError } from "../../../tensor/errors.ts";
import { buffersOf, workerSource } from "./start-worker.ts";
import type { StartedWorker, WorkerAnswer, WorkerStart } from "./start-worker.ts";

/** Defines what a worker of a page has, so that Node and pages run the same source. */
const pageLike = `const { parentPort } = require("node:worker_threads");
let onmessage;
parentPort.on("message", (data) => onmessage({ data }));
const postMessage = (data, buffers) => parentPort.postMessage(data, buffers);
const close = () => parentPort.close();
`;

/** Starts a worker and waits until it is ready. An idle worker does not keep the process alive. */
export async function startWorker({
  module,
  memory,
  number,
  count,
  image,
}: WorkerStart): Promise<StartedWorker> {
  // loaded only for programs that use threads or a worker; most do not
  const { Worker } = await import("node:worker_threads");
  // without the flags of this process: a worker refuses some of them
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
    // async, so that an error of postMessage is a rejection
    async ask(request) {
      worker.postMessage(request, buffersOf(request));
      return answer<WorkerAnswer>();
    },
    end: () => worker.postMessage(null),
  };
}

export const maySleep: boolean = true;
