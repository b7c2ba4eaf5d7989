/** One instance of the kernels with its memory. The device runs tapes on it, and tests call its kernels. */
import { requireCount } from "../../../tensor/check.ts";
import { ValueError } from "../../../tensor/errors.ts";
import { expTable } from "../../../tensor/math/exp.ts";
import { logTable } from "../../../tensor/math/log.ts";
import { digits, trigTable } from "../../../tensor/math/trig.ts";
import { erfTable } from "../../../tensor/math/erf.ts";
import { powers } from "../../../tensor/math/bits.ts";
import { maySleep, startWorker } from "#start-worker";
import { startBackground } from "../worker/background.ts";
import type { BackgroundWorker, WorkerOptions } from "../worker/background.ts";
import { buildBytes, chooseBuild, runsKernels, sharesMemory } from "./builds.ts";
import type { BuildName } from "./builds.ts";
import type { KernelName } from "./signatures.ts";

/** What every build exports in addition to its kernels. */
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

/** An index out of range that a kernel found. */
export interface Fault {
  readonly index: number;
  readonly length: number;
  /** The address of the instruction on the tape. */
  readonly instruction: number;
}

/** The address of a tape, the address after its end, the first step, and the number of steps. */
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
   * The worker that runs tapes while this thread goes on, or null. Tapes with `host` instructions run on this thread.
   * After the worker failed, this thread runs all tapes alone, since the other threads may still wait for the worker.
   */
  readonly background: BackgroundWorker | null;
  /** Sets the function that `host` instructions call, with the number of the host function and the step. */
  setHost(call: (id: number, step: number) => void): void;
  /** The index out of range that was found since the last call of this function. */
  takeFault(): Fault | null;
  /** Ends the workers. The memory is freed with the last reference to it. */
  dispose(): void;
}

/** Loads the fastest build that this machine can run, gives it memory and starts its workers. */
export async function instantiate(options: InstanceOptions = {}): Promise<KernelInstance> {
  const { strict = false, threads = 1, worker = !maySleep } = options;
  if (!runsKernels())
    throw new ValueError("wasm", "this machine has no WebAssembly with SIMD; use the reference device");
  // kernels/memory.ts has workspaces for 16; instantiateBytes checks the number that the build exports
  requireCount("wasm", "threads", threads, 1, 16);
  if (threads > 1 && !sharesMemory())
    throw new ValueError("wasm", "this page may not share memory; isolate it, or use threads: 1");
  const build = chooseBuild({ strict, shared: threads > 1 || (worker && sharesMemory()) });
  return instantiateBytes(build, await buildBytes(build), options);
}

/** The same from the bytes of a build, which tests change. */
export async function instantiateBytes(
  build: BuildName,
  bytes: Uint8Array<ArrayBuffer>,
  options: InstanceOptions = {},
): Promise<KernelInstance> {
  const { threads = 1 } = options;
  const shared = build.endsWith("-shared");
  const memory = new WebAssembly.Memory({ initial: 32 + 16 * threads, maximum: 65536, shared });
  const module = await WebAssembly.compile(bytes).catch(explainPolicy);
  let call: ((id: number, step: number) => void) | null = null;
  let failure: { readonly cause: unknown } | null = null;
  const host = (id: number, step: number): number => {
    // after an index out of range, thread 0 goes on to the next barrier, where the run ends for all threads
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
  const background = await startBackground(module, memory, exports.FAULT.value, options);
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
    run: (...tape) => (background?.alive === false ? runAlone : run)(...tape),
    runAlone,
    get background() {
      return background?.alive ? background : null;
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
      if (background?.alive) background.end();
      else if (threads > 1) exports.dismiss();
    },
  };
}

/** Throws the error of compiling, or advice if a page's security policy caused it; the browsers' messages differ. */
function explainPolicy(cause: unknown): never {
  if (!/CSP|Content Security Policy|unsafe-eval/i.test(String(cause))) throw cause;
  const advice = `add 'wasm-unsafe-eval' to its script-src, or use the device "reference", which is slow`;
  throw new ValueError("wasm", "the page's security policy forbids WebAssembly", { advice, cause });
}

/** Starts the workers, and measures how often a waiting thread can look at a number in 100 µs. */
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
  // the shortest of several times: the machine did something else during the longer ones
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

/** Copies the tables of tensor/math, so that the kernels compute the same bits. */
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
