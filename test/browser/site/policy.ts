import { compile, tensor, type Tensor } from "chainrule";
import { wasm, type WasmOptions } from "chainrule/wasm";

/** What `wasm()` may do here: where steps run, or how it fails. */
async function found(options: WasmOptions): Promise<string> {
  try {
    const device = await wasm({ strict: true, ...options });
    device.dispose();
    return device.worker ? "yes" : "own thread";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** What the page's policy allows, with and without a script for the worker, and with threads. */
export async function allowed(workerUrl: string): Promise<Record<string, string>> {
  return {
    plain: await found({}),
    withUrl: await found({ workerUrl }),
    threads: await found({ threads: 2 }),
  };
}

/** Whether a timer ticks during a loop of awaited steps on the page's own thread. */
export async function breathes(): Promise<boolean> {
  const device = await wasm({ worker: false });
  const step = compile((x: Tensor) => x.mul(2).sum(), { device });
  let ticked = false;
  setTimeout(() => (ticked = true));
  for (let i = 0; i < 1_000_000 && !ticked; i++) await step.runLater([tensor([[1, 2]])], [Int32Array.of(0)]);
  device.dispose();
  return ticked;
}
