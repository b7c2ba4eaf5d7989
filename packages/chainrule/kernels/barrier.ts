/**
 * How threads wait for each other. The last thread to arrive increments the generation. The others look at the generation
 * repeatedly for about 100 µs and then sleep. Builds for one thread contain none of this.
 */
import { command, CONTROL, FAILED_AT, FAILED_RUN, GENERATION, threads } from "./memory";

// words of CONTROL; memory.ts has the others
const ARRIVED: usize = CONTROL;
const SLEEPING: usize = CONTROL + 8;
/** Incremented when there is a tape to run, or when the workers must end. */
export const COMMAND: usize = CONTROL + 12;
/** How often a thread looks before it sleeps; written by the code that starts the threads. */
export const PATIENCE: usize = CONTROL + 24;

/** The main thread of a page may not sleep. */
let maySleep: bool = true;

export function setSleep(allowed: i32): void {
  maySleep = allowed != 0;
}

/** Whether the number at `at` changes from `value` within `looks` looks. */
export function changes(at: usize, value: i32, looks: i32): bool {
  if (!ASC_FEATURE_THREADS) return true;
  for (let i = 0; i < looks; i++) if (atomic.load<i32>(at) != value) return true;
  return false;
}

/** Waits until the number at `at` differs from `value`. */
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

/** Increments the number at `at` and wakes the threads that sleep there. */
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
  // all threads see a failure before this barrier here, and a later one at the next barrier
  return atomic.load<i32>(FAILED_RUN) != command || generation - atomic.load<i32>(FAILED_AT) < 0;
}
