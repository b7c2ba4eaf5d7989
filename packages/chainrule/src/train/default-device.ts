/** The default device of training: WebAssembly, loaded and created at its first use. */
import type { Device } from "../devices/device.ts";
import { uncompiled } from "./step-runner.ts";

/** The device, or null and the reason why steps run eagerly. */
interface DefaultDevice {
  readonly device: Device | null;
  readonly note: string | null;
}

let made: Promise<Device> | null = null;

/** Gives null if there is no WebAssembly, or if a page's policy forbids it. */
export async function defaultDevice(): Promise<DefaultDevice> {
  try {
    made ??= import("../devices/wasm/device.ts").then(({ wasm }) => wasm());
    return { device: await made, note: null };
  } catch (error) {
    // a later attempt may succeed, such as when the network is back
    made = null;
    return { device: null, note: uncompiled(error) };
  }
}
