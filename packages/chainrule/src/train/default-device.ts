/** The device that training runs on when none is named: WebAssembly, made once, loaded only now. */
import type { Device } from "../devices/device.ts";
import { uncompiled } from "./step-runner.ts";

/** What steps run on, or null and a line that says why they run as they are written. */
interface Usual {
  readonly device: Device | null;
  readonly note: string | null;
}

let made: Promise<Device> | null = null;

/** Without WebAssembly, or where a page's policy forbids it, training goes on without a device. */
export async function usualDevice(): Promise<Usual> {
  try {
    made ??= import("../devices/wasm/device.ts").then(({ wasm }) => wasm());
    return { device: await made, note: null };
  } catch (error) {
    // it may work another time, such as when the network is back
    made = null;
    return { device: null, note: uncompiled(error) };
  }
}
