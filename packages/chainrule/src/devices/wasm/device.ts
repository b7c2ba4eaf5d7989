/** The WebAssembly device: whole training steps as one tape of fast kernels. */
import type { StateCell } from "../../ops/state.ts";
import type { Device, Executable, Program } from "../device.ts";
import { WasmExecutable } from "./executable.ts";
import { instantiate } from "./kernels/instance.ts";
import type { InstanceOptions } from "./kernels/instance.ts";
import { Machine } from "./machine.ts";

export interface WasmOptions extends InstanceOptions {
  /** Threads share a kernel from this much work on, as a multiple of the default amount; default 1. */
  readonly grain?: number;
}

export interface WasmDevice extends Device {
  /** The build that runs: `relaxed` has fused multiply-add, `strict` the same bits on every machine; `-shared` has threads. */
  readonly build: string;
  readonly threads: number;
  /** Whether `later` and `runLater` of a compiled step run in a worker, so that this thread goes on. */
  readonly worker: boolean;
  /** The bytes of its heap that are in use. */
  readonly heapBytes: number;
  /** Ends its threads and drops its memory, which is freed with the last reference to it. Cells keep their values. */
  dispose(): void;
  /** `dispose`, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * The device that runs programs in WebAssembly: `compile(step, { device: await wasm() })`. `threads` share the larger
 * kernels, with the same bits for any number of them; `strict` gives the same bits on every machine, slower.
 * @throws ValueError where WebAssembly has no SIMD, or threads are asked for in a page that is not isolated
 * @example
 * const device = await wasm();
 * const w = new Parameter(tensor([2]));
 * const step = compile((x: Tensor) => {
 *   w.assign(w.mul(x));
 *   return w.sum();
 * }, { device });
 * step(tensor([3])).item(); // 6
 */
export async function wasm(options: WasmOptions = {}): Promise<WasmDevice> {
  return deviceOn(new Machine(await instantiate(options), options.grain ?? 1));
}

/** The device on a machine. Tests call it with a machine of their own, whose memory they look into. */
export function deviceOn(machine: Machine): WasmDevice {
  const { instance } = machine;
  const dispose = (): void => machine.dispose();
  return {
    name: "wasm",
    build: instance.build,
    threads: instance.threads,
    worker: instance.background !== null,
    get heapBytes() {
      return machine.heap.used;
    },
    load(program: Program, cells: readonly StateCell[]): Executable {
      machine.requireReady();
      return new WasmExecutable(machine, program, cells);
    },
    inTurn: (body) => machine.turns.take(body),
    dispose,
    [Symbol.dispose]: dispose,
  };
}
