/** One instance of the kernels, with its memory: what the device runs tapes on, and what tests call kernels of. */
import { requireCount } from "../../../tensor/check.ts";
import { ValueError } from "../../../tensor/errors.ts";
import { expTable } from "../../../tensor/math/exp.ts";
import { logTable } from "../../../tensor/math/log.ts";
import { digits, trigTable } from "../../../tensor/math/trig.ts";
import { erfTable } from "../../../tensor/math/erf.ts";
import { powers } from "../../../tensor/math/bits.ts";
import { maySleep, startWorker } from "#start-worker";
import { startApart } from "../worker/background.ts";
import type { Apart, WorkerOptions } from "../worker/background.ts";
import { buildBytes, chooseBuild, runsKernels, sharesMemory } from "./builds.ts";
import type { BuildName } from "./builds.ts";
import type { KernelName } from "./signatures.ts";

/** What every build exports beside its kernels. */
interface Machinery {
  run(tape: number, end: number, first: number, count: number): number;
  dismiss(): void;
  setThread(number: number, count: number): void;
  setSleep(allowed: number): void;
  changes(at: number, value: number, looks: number): number;
}
type Address =
  | "EXP_TABLE"
  | "LOG_TABLE"
  | "TRIG_TABLE"
  | "DIGITS_TABLE"
  | "ERF_TABLE"
  | "POWERS_TABLE"
  | "CONTROL"
  | "FAULT"
  | "HEAP"
  | "PACKED_BYTES"
  | "MOST_THREADS"
  | "PATIENCE";
type Exports = Machinery &
  Record<KernelName, (...args: number[]) => void> &
  Record<Address, WebAssembly.Global<"i32">>;

export interface InstanceOptions extends WorkerOptions {
  /** The same bits on every machine: no fused multiply-add. */
  readonly strict?: boolean;
}

/** An index out of range, as a kernel noted it. */
export interface Fault {
  readonly index: number;
  readonly length: number;
  /** Where the instruction lies on the tape. */
  readonly instruction: number;
}

/** Where a tape lies and before where it ends, the first step, and how many there are. */
type Tape = [tape: number, end: number, first: number, steps: number];

export interface KernelInstance {
  readonly build: BuildName;
  readonly threads: number;
  readonly memory: WebAssembly.Memory;
  /** Where the memory is free from. */
  readonly heap: number;
  /** The kernels themselves, addresses first, in the catalog's order; for tests and single calls. */
  readonly kernels: Record<KernelName, (...args: number[]) => void>;
  /**
   * Runs a tape. What a host call throws ends the run and is thrown here; an index out of range ends it too, ask
   * `takeFault`.
   */
  run(...tape: Tape): void;
  /** The same on this thread alone, for tapes of which the threads share nothing; the others stay asleep. */
  runAlone(...tape: Tape): void;
  /**
   * The worker that runs tapes while this thread goes on, if there is one; tapes with `host` instructions are run here.
   * When it failed, this thread runs all, alone: other threads may still wait for it.
   */
  readonly apart: Apart | null;
  /** What `host` instructions call, with the number given there and the step. */
  setHost(call: (id: number, step: number) => void): void;
  /** The index out of range that was met since this was last asked. */
  takeFault(): Fault | null;
  /** Ends the workers; the memory is freed with the last reference to it. */
  dispose(): void;
}

/** Loads the build that this machine runs fastest, gives it memory and starts its workers. */
export async function instantiate(options: InstanceOptions = {}): Promise<KernelInstance> {
  const { strict = false, threads = 1, worker = !maySleep } = options;
  if (!runsKernels())
    throw new ValueError("wasm", "this machine has no WebAssembly with SIMD; use the reference device");
  // as many as kernels/memory.ts has workspaces for; asked again there, before they are used
  requireCount("wasm", "threads", threads, 1, 16);
  if (threads > 1 && !sharesMemory())
    throw new ValueError("wasm", "this page may not share memory; isolate it, or use threads: 1");
  const build = chooseBuild({ strict, shared: threads > 1 || (worker && sharesMemory()) });
  return instantiateBytes(build, await buildBytes(build), options);
}

/** The same from given bytes, which tests change. */
export async function instantiateBytes(
  build: BuildName,
  bytes: Uint8Array<ArrayBuffer>,
  options: InstanceOptions = {},
): Promise<KernelInstance> {
  const { threads = 1 } = options;
  const shared = build.endsWith("-shared");
  const memory = new WebAssembly.Memory({ initial: 32 + 16 * threads, maximum: 65536, shared });
  const module = await WebAssembly.compile(bytes);
  let call: ((id: number, step: number) => void) | null = null;
  let failure: { readonly cause: unknown } | null = null;
  const host = (id: number, step: number): number => {
    // of several threads the first goes on after an index out of range, to where they wait for each other
    if (new Int32Array(memory.buffer, exports.FAULT.value, 1)[0] !== 0) return 1;
    try {
      call?.(id, step);
      return 0;
    } catch (cause) {
      failure = { cause };
      return 1;
    }
  };
  const exports = (await WebAssembly.instantiate(module, { env: { memory, host } }))
    .exports as unknown as Exports;
  requireCount("wasm", "threads", threads, 1, exports.MOST_THREADS.value);
  writeTables(memory, exports);
  if (threads > 1) await startThreads(module, memory, exports, options);
  const apart = await startApart(module, memory, exports.FAULT.value, options);
  const run = (...tape: Tape): void => {
    exports.run(...tape);
    if (failure === null) return;
    const { cause } = failure;
    failure = null;
    throw cause;
  };
  const runAlone = (...tape: Tape): void => {
    exports.setThread(0, 1);
    try {
      run(...tape);
    } finally {
      exports.setThread(0, threads);
    }
  };
  return {
    build,
    threads,
    memory,
    heap: exports.HEAP.value + (threads - 1) * exports.PACKED_BYTES.value,
    kernels: exports,
    run: (...tape) => (apart?.alive === false ? runAlone : run)(...tape),
    runAlone,
    get apart() {
      return apart?.alive ? apart : null;
    },
    setHost(to) {
      call = to;
    },
    takeFault() {
      const words = new Int32Array(memory.buffer, exports.FAULT.value, 4);
      const [found, index, length, instruction] = words;
      words[0] = 0;
      return found === 0 ? null : { index, length, instruction: instruction >>> 0 };
    },
    dispose() {
      if (apart?.alive) apart.end();
      else if (threads > 1) exports.dismiss();
    },
  };
}

/** Starts the workers, and measures how often a thread looks in 100 µs. */
async function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  exports: Exports,
  { threads = 1, workerUrl: url }: InstanceOptions,
): Promise<void> {
  exports.setThread(0, threads);
  exports.setSleep(maySleep ? 1 : 0);
  const looks = 20_000;
  const at = exports.PATIENCE.value;
  // the shortest of several times: in others the machine did something else
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    exports.changes(at, 0, looks);
    return performance.now() - start;
  });
  new Int32Array(memory.buffer, at, 1)[0] = Math.ceil((looks * 0.1) / Math.max(0.002, Math.min(...times)));
  const numbers = Array.from({ length: threads - 1 }, (_, i) => i + 1);
  const started = await Promise.allSettled(
    numbers.map((number) => startWorker({ module, memory, number, count: threads, url })),
  );
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return;
  exports.dismiss();
  throw failed.reason;
}

/** The tables of tensor/math: computed once, there, so that the kernels have the same bits. */
function writeTables(memory: WebAssembly.Memory, exports: Exports): void {
  const tables: readonly [Address, Float64Array][] = [
    ["EXP_TABLE", expTable],
    ["LOG_TABLE", logTable],
    ["TRIG_TABLE", trigTable],
    ["DIGITS_TABLE", digits],
    ["ERF_TABLE", erfTable],
    ["POWERS_TABLE", powers],
  ];
  for (const [name, values] of tables)
    new Float64Array(memory.buffer, exports[name].value, values.length).set(values);
}
