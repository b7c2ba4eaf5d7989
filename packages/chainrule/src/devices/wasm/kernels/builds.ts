/** The four builds of the kernels, and which of them this machine can run. */

import { inflate } from "#inflate";

export type BuildName = "relaxed" | "strict" | "relaxed-shared" | "strict-shared";

/** A build is loaded only when it is chosen. */
const sources: Record<BuildName, () => Promise<{ readonly wasm: string }>> = {
  relaxed: () => import("./builds/relaxed.ts"),
  strict: () => import("./builds/strict.ts"),
  "relaxed-shared": () => import("./builds/relaxed-shared.ts"),
  "strict-shared": () => import("./builds/strict-shared.ts"),
};

/** (func (result v128) i32.const 0 i8x16.splat): vectors of 16 bytes. */
const simd = [253, 15];
/** Three such vectors, then f32x4.relaxed_madd: a product and a sum in one instruction. */
const relaxed = [253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2];

/** Whether this machine accepts a module of one function with these instructions. */
function supports(instructions: readonly number[]): boolean {
  const body = [0, 65, 0, ...instructions, 11];
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0]; // "\0asm", version 1
  bytes.push(1, 5, 1, 96, 0, 1, 123); // one type: () → v128
  bytes.push(3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body);
  return WebAssembly.validate(new Uint8Array(bytes));
}

/** Whether this machine can run the kernels. */
export function runsKernels(): boolean {
  return typeof WebAssembly === "object" && supports(simd);
}

/** Whether memory can be shared with other threads: always in Node, in a page only where it is isolated. */
export function sharesMemory(): boolean {
  return typeof SharedArrayBuffer === "function";
}

/** The name of the fastest build: with fused multiply-add unless `strict`; `shared` if other threads use the memory too. */
export function chooseBuild({ strict = false, shared = false } = {}): BuildName {
  const arithmetic = !strict && supports(relaxed) ? "relaxed" : "strict";
  return shared ? `${arithmetic}-shared` : arithmetic;
}

/** The bytes of a build. */
export async function buildBytes(build: BuildName): Promise<Uint8Array<ArrayBuffer>> {
  const { wasm } = await sources[build]();
  const packed = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  return inflate(packed);
}
