/**
 * The layout of the memory, as addresses in bytes. The kernels use what is below HEAP, where the device's heap begins.
 *
 *     CONTROL     words by which threads and a failing kernel notify each other and the device
 *     *_TABLE     the tables of tensor/math, written once by the code that loads the kernels
 *     WORKSPACE   one per thread: blocks of elementwise groups, a packed panel, partial results
 *     PACKED      one per thread: packed columns of a product's right side
 */
export const CONTROL: usize = 64;
export const EXP_TABLE: usize = 1024; // 2 × 128 f64
export const LOG_TABLE: usize = 3072; // 4 × 128 f64
export const TRIG_TABLE: usize = 7168; // 5 × 26 f64
export const DIGITS_TABLE: usize = 8256; // 54 f64
export const COLUMNS: usize = 8704; // 8 f64, scratch of the argument reduction; 16 threads × 64 bytes
export const ERF_TABLE: usize = 9728; // 4 × 16 f64
export const POWERS_TABLE: usize = 10240; // 2098 f64

export const WORKSPACE: usize = 32768;
/** Slots of elementwise groups: 16 of 4096 bytes; then the packed panel of a product's left side; then 16-byte cells. */
export const SLOT_BYTES: usize = 4096;
export const SLOTS: i32 = 16;
export const PANEL_OFFSET: usize = 65536;
export const CELLS_OFFSET: usize = 94208;
export const WORKSPACE_BYTES: usize = 98304;
export const MOST_THREADS: i32 = 16;

export const PACKED: usize = 1605632; // WORKSPACE + 16 · WORKSPACE_BYTES
export const PACKED_BYTES: usize = 1048576;

/** Where the heap begins with one thread. With each further thread it begins PACKED_BYTES later. */
export const HEAP: usize = 2686976; // 41 pages

/** The number of this thread, and the number of threads. */
export let thread: i32 = 0;
export let threads: i32 = 1;
/** The same for the current instruction: (0, 1) if one thread does it alone. */
export let part: i32 = 0;
export let parts: i32 = 1;
/** This thread's workspace. */
export let workspace: usize = WORKSPACE;
/** This thread's packed columns. */
export let packed: usize = PACKED;
/** The number of the current training step. */
export let step: i32 = 0;
/** The address of the current instruction on the tape. */
export let instruction: usize = 0;

export function setThread(number: i32, count: i32): void {
  thread = number;
  threads = count;
  workspace = WORKSPACE + <usize>number * WORKSPACE_BYTES;
  packed = PACKED + <usize>number * PACKED_BYTES;
}

@inline
export function setPart(number: i32, count: i32): void {
  part = number;
  parts = count;
}

@inline
export function setStep(value: i32): void {
  step = value;
}

@inline
export function setInstruction(at: usize): void {
  instruction = at;
}

/** The first of this thread's share of `count` items. The share of the next thread begins where this one ends. */
@inline
export function shareFrom(count: i32): i32 {
  return parts == 1 ? 0 : <i32>((<i64>count * part) / parts);
}
@inline
export function shareTo(count: i32): i32 {
  return parts == 1 ? count : <i32>((<i64>count * (part + 1)) / parts);
}

/** Set when an instruction fails; the run ends then. */
export let stopped: bool = false;
/** The number of the run that this thread takes part in. */
export let command: i32 = 0;

export function beginRun(number: i32): void {
  stopped = false;
  command = number;
}

// words of CONTROL; barrier.ts has the others
export const GENERATION: usize = CONTROL + 4;
export const FAILED_RUN: usize = CONTROL + 16;
export const FAILED_AT: usize = CONTROL + 20;

/** Ends the run: at once with one thread, at the next barrier with several. */
export function stop(): void {
  stopped = true;
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(FAILED_AT, atomic.load<i32>(GENERATION));
  atomic.store<i32>(FAILED_RUN, command);
}

/** Checks that an index lies in 0 … length − 1. If not, it is noted at FAULT, the run ends, and the device throws. */
export const FAULT: usize = 192; // [1 if an index was out of range, the index, the length, the instruction]
@inline
export function checked(index: i32, length: i32): i32 {
  return <u32>index < <u32>length ? index : fault(index, length);
}

function fault(index: i32, length: i32): i32 {
  store<i32>(FAULT, 1);
  store<i32>(FAULT, index, 4);
  store<i32>(FAULT, length, 8);
  store<u32>(FAULT, <u32>instruction, 12);
  stop();
  return 0;
}
