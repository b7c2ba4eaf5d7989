/**
 * The WebAssembly device, a separate entry so that only programs that use it load it. Importing it installs the eager
 * evaluator.
 */
import "../graph/eager.ts";

export { wasm } from "../devices/wasm/device.ts";
export type { WasmDevice, WasmOptions } from "../devices/wasm/device.ts";
export { chooseBuild, runsKernels } from "../devices/wasm/kernels/builds.ts";
export { workerSource } from "../devices/wasm/worker/start-worker.ts";
