/** The devices of the test suites, made at first use. */
import { reference } from "../packages/chainrule/src/index.ts";
import type { Device } from "../packages/chainrule/src/index.ts";
import { wasm } from "../packages/chainrule/src/wasm/index.ts";

/** All devices but the reference, with which they are compared. */
export const fastDevices: Record<string, () => Promise<Device>> = {
  wasm: () => wasm(),
  "strict wasm": () => wasm({ strict: true }),
  // With a grain of 0, threads share even the smallest kernels.
  "wasm with 2 threads": () => wasm({ threads: 2, grain: 0 }),
  "strict wasm with 3 threads": () => wasm({ threads: 3, strict: true, grain: 0 }),
};

export const devices: Record<string, () => Promise<Device>> = {
  reference: () => Promise.resolve(reference),
  ...fastDevices,
};
