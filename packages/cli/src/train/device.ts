/** The device that flags name. */
import type { RunRequest } from "chainrule/runs";
import type { WasmDevice } from "chainrule/wasm";
import { UsageError, say } from "../failure.ts";

/** The device that was asked for; null for the reference kernels, on which steps run uncompiled. */
export async function deviceOf({
  device,
  threads,
  strict,
}: RunRequest["device"]): Promise<WasmDevice | null> {
  if (device === "reference") {
    if (threads !== undefined)
      throw new UsageError("--threads does nothing with --device reference, which has one");
    if (strict) throw new UsageError("--strict does nothing with --device reference, which is strict");
    return null;
  }
  // loaded only by who uses it
  const { runsKernels, wasm } = await import("chainrule/wasm");
  if (device === "auto" && !runsKernels()) {
    if (threads !== undefined || strict)
      throw new UsageError(
        `${strict ? "--strict" : "--threads"} needs WebAssembly with SIMD, which this Node lacks`,
      );
    say("this Node has no WebAssembly with SIMD: steps run uncompiled, which is slower");
    return null;
  }
  return wasm({ threads, strict });
}
