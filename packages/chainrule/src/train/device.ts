/** The device that training runs on when none is named: WebAssembly, made once, loaded only now. */
import type { Device } from "../devices/device.ts";

let made: Promise<Device | null> | null = null;

/** Null where there is no WebAssembly with SIMD: then steps run as they are written. */
export function usualDevice(): Promise<Device | null> {
  made ??= import("../devices/wasm/device.ts").then(({ wasm }) => wasm()).catch(() => null);
  return made;
}
