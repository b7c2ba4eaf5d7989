/**
 * The machine's own limits, measured as a peer in the same rounds: GFLOP/s of multiply-adds in registers from WebAssembly,
 * fused and not, and GB/s of copying memory. Each answer is the best of 20 bursts of some milliseconds.
 */
import wabt from "wabt";
import { serve } from "./serve.ts";
import { flopsPerTurn, memoryCopy, multiplyAdd } from "./roofline-text.ts";

const { parseWat } = await wabt();

function instantiate(text: string): WebAssembly.Exports {
  const parsed = parseWat("roofline.wat", text, { simd: true, relaxed_simd: true, bulk_memory: true });
  const { buffer } = parsed.toBinary({});
  return new WebAssembly.Instance(new WebAssembly.Module(buffer as Uint8Array<ArrayBuffer>)).exports;
}

type Run = (turns: number) => number;

function registers(fused: boolean): Run {
  const { run, set } = instantiate(multiplyAdd(fused)) as {
    run: Run;
    set: (at: number, value: number) => void;
  };
  // the product and its sum stay far from overflow and from denormal numbers
  for (let at = 0; at < 32; at += 4) set(at, at < 16 ? 0.5 : 1 + at / 1024);
  return run;
}

const pages = 2048; // 64 MiB from and 64 MiB to, which no cache holds
const relaxed = registers(true);
const strict = registers(false);
const copy = instantiate(memoryCopy(pages)).run as () => void;

/** The most of 20 bursts, in units per nanosecond. */
function best(units: number, burst: () => void): number {
  let most = 0;
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    burst();
    most = Math.max(most, units / ((performance.now() - began) * 1e6));
  }
  return most;
}

const turns = 1_000_000;
await serve(() => ({
  version: `WebAssembly of Node ${process.version}`,
  limits: () => ({
    relaxedGflops: best(turns * flopsPerTurn, () => relaxed(turns)),
    strictGflops: best(turns * flopsPerTurn, () => strict(turns)),
    copyGigabytes: best(pages * 65536, copy), // read and written
  }),
}));
