/**
 * Runs a step on four threads, does nothing, prints how busy the process was meanwhile and comes to its end, which is
 * where it ends if no thread keeps it; `look` adds a thread that does not sleep.
 */
import { Worker } from "node:worker_threads";
import { compile, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { wasm } from "chainrule/wasm";

const device = await wasm({ threads: 4, grain: 0 });
const step = compile((x: Tensor) => x.matmul(x).tanh().sum(), { device });
step(tensor([[1, 2], [3, 4]])); // prettier-ignore

if (process.argv[2] === "look") {
  const worker = new Worker("for (;;);", { eval: true });
  await new Promise((resolve) => worker.once("online", resolve));
  worker.unref();
}

const milliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const [start, before] = [performance.now(), milliseconds()];
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(JSON.stringify({ busy: (milliseconds() - before) / (performance.now() - start) }));
