/**
 * How threads wait for each other: the last to arrive moves the generation on; the others look at it again and again
 * for about 100 µs and then sleep. In builds for one thread nothing of it is left.
 */
import { command, CONTROL, FAILED_AT, FAILED_RUN, GENERATION, threads } from "./memory";

// words of CONTROL; memory.ts has the others
const ARRIVED: usize = CONTROL;
const SLEEPING: usize = CONTROL + 8;
/** Moved on when there is a tape to run, or when the workers are to end. */
export const COMMAND: usize = CONTROL + 12;
/** How often to look before sleeping; written by who starts the threads. */
export const PATIENCE: usize = CONTROL + 24;

/** The main thread of a page may not sleep. */
let maySleep: bool = true;

export function setSleep(allowed: i32): void {
  maySleep = allowed != 0;
}

/** Whether the number at `at` becomes another than `value` while it is looked at so often. */
export function changes(at: usize, value: i32, looks: i32): bool {
  if (!ASC_FEATURE_THREADS) return true;
  for (let i = 0; i < looks; i++) if (atomic.load<i32>(at) != value) return true;
  return false;
}

/** Waits until the number at `at` is another than `value`. */
export function waitWhile(at: usize, value: i32, looks: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  if (changes(at, value, looks)) return;
  while (atomic.load<i32>(at) == value) {
    if (!maySleep) continue;
    atomic.add<i32>(SLEEPING, 1);
    atomic.wait<i32>(at, value, -1);
    atomic.sub<i32>(SLEEPING, 1);
  }
}

/** Moves the number at `at` on and wakes who sleeps there. */
export function announce(at: usize): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.add<i32>(at, 1);
  if (atomic.load<i32>(SLEEPING) != 0) atomic.notify(at, -1);
}

/** Returns when all threads have called it: whether the run goes on, the same for all. */
export function barrier(): bool {
  if (!ASC_FEATURE_THREADS) return true;
  const generation = atomic.load<i32>(GENERATION);
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    announce(GENERATION);
  } else waitWhile(GENERATION, generation, load<i32>(PATIENCE));
  // what failed before this barrier is seen by all; what fails after it, by all at the next one
  return atomic.load<i32>(FAILED_RUN) != command || generation - atomic.load<i32>(FAILED_AT) < 0;
}
