/**
 * Where things lie in the one memory, in bytes. Below HEAP is the kernels' own; the device's heap begins there.
 *
 *     CONTROL     what threads and a failing kernel leave for each other and for the device
 *     *_TABLE     the tables of tensor/math, written once by the module that loads the kernels
 *     WORKSPACE   one a thread: blocks of elementwise groups, a packed panel, partial results
 *     PACKED      one a thread: packed columns of a product's right side
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

/** Where the heap of one thread begins; each further thread moves it on by PACKED_BYTES. */
export const HEAP: usize = 2686976; // 41 pages

/** This instance's number, and how many there are. */
export let thread: i32 = 0;
export let threads: i32 = 1;
/** The same for the instruction that runs: (0, 1) where one thread does it alone. */
export let part: i32 = 0;
export let parts: i32 = 1;
/** This thread's workspace. */
export let workspace: usize = WORKSPACE;
/** This thread's packed columns. */
export let packed: usize = PACKED;
/** The number of the training step that a tape is at. */
export let step: i32 = 0;
/** Where the instruction that runs lies on the tape. */
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

/** The first of `count` things that fall to this thread; those of the next thread begin where its own end. */
@inline
export function shareFrom(count: i32): i32 {
  return parts == 1 ? 0 : <i32>((<i64>count * part) / parts);
}
@inline
export function shareTo(count: i32): i32 {
  return parts == 1 ? count : <i32>((<i64>count * (part + 1)) / parts);
}

/** Set when an instruction failed: the run ends. */
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

/** Ends the run: of one thread at once, of several at the barrier that all of them come to next. */
export function stop(): void {
  stopped = true;
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(FAILED_AT, atomic.load<i32>(GENERATION));
  atomic.store<i32>(FAILED_RUN, command);
}

/** An index that must lie in 0 … length − 1; another one is noted at FAULT, for the device to throw, and ends the run. */
export const FAULT: usize = 192; // [1 when there is one, the index, the length, the instruction]
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
